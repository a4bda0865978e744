#include "postgres_open.hpp"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <cctype>
#include <utility>

#include "../../core/suggest.hpp"

namespace sonde {
namespace {

using Clock = Context::Clock;
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Finish {
  void operator()(PGconn* connection) const noexcept { PQfinish(connection); }
};
using OwnedConnection = std::unique_ptr<PGconn, Finish>;

/// What a failed attempt said.
struct Failure {
  std::string sqlState;
  std::string message;
  std::string said{};  ///< The server's part of the message, where there is one.
};

/// Cuts "FATAL:  28P01: password …" out of libpq's message, which is how it shows the SQLSTATE in
/// verbose mode; there is no other way to have it before the connection is up.
Failure readFailure(const PGconn* connection) {
  Failure failure;
  std::string_view rest = PQerrorMessage(connection);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    std::string line(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
    if (line.empty() || line.starts_with("LOCATION:")) continue;
    constexpr std::size_t kState = 5;
    for (std::size_t at = line.find(":  "); at != std::string::npos;
         at = line.find(":  ", at + 1)) {
      const std::string_view state = std::string_view(line).substr(at + 3).substr(0, kState);
      const bool fits =
          state.size() == kState && std::all_of(state.begin(), state.end(), [](unsigned char c) {
            return std::isdigit(c) != 0 || (c >= 'A' && c <= 'Z');
          });
      if (!fits || line.substr(at + 3 + kState, 2) != ": ") continue;
      failure.sqlState = state;
      failure.said = line.substr(at + 3 + kState + 2);
      line.erase(at + 2, kState + 2);
      break;
    }
    if (!failure.message.empty()) failure.message += "; ";
    failure.message += line;
  }
  if (failure.message.empty()) failure.message = "the server cannot be reached";
  return failure;
}

/// Takes the steps of a connection attempt until it is up, has failed, or `until` passes.
/// @return Whether it is up.
bool completeConnect(PGconn* connection, Clock::time_point until, bool& timedOut) {
  PostgresPollingStatusType status = PGRES_POLLING_WRITING;
  while (status != PGRES_POLLING_OK && status != PGRES_POLLING_FAILED) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now()).count();
    if (left <= 0) {
      timedOut = true;
      return false;
    }
    pollfd wait{PQsocket(connection),
                static_cast<short>(status == PGRES_POLLING_READING ? POLLIN : POLLOUT), 0};
    if (poll(&wait, 1, static_cast<int>(left)) == 0) continue;
    status = PQconnectPoll(connection);
  }
  return status == PGRES_POLLING_OK;
}

OwnedConnection attempt(const Parameters& parameters, std::chrono::milliseconds timeout,
                        Failure& failure) {
  std::vector<const char*> keywords;
  std::vector<const char*> values;
  for (const auto& [keyword, value] : parameters) {
    keywords.push_back(keyword.c_str());
    values.push_back(value.c_str());
  }
  keywords.push_back(nullptr);
  values.push_back(nullptr);
  OwnedConnection connection(PQconnectStartParams(keywords.data(), values.data(), 0));
  if (connection == nullptr) throw std::bad_alloc();
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  bool timedOut = false;
  const bool up = PQstatus(connection.get()) != CONNECTION_BAD &&
                  completeConnect(connection.get(), Clock::now() + timeout, timedOut);
  if (up) {
    PQsetErrorVerbosity(connection.get(), PQERRORS_DEFAULT);
    return connection;
  }
  failure = timedOut ? Failure{"08001", "the server did not answer within " +
                                            std::to_string(timeout.count()) + " ms"}
                     : readFailure(connection.get());
  return nullptr;
}

Parameters commonParameters(const DriverOptions& options, const PostgresRequests& requests) {
  Parameters parameters;
  const auto add = [&](std::string_view keyword, const std::string& value) {
    if (!value.empty()) parameters.emplace_back(keyword, value);
  };
  add("user", options.uri.user);
  add("password", options.uri.password);
  add("dbname", options.uri.path);
  parameters.emplace_back("client_encoding", "UTF8");
  parameters.emplace_back("fallback_application_name", "sonde");
  std::string startup = postgresStartupOptions(requests);
  for (const auto& [keyword, value] : requests.parameters) {
    if (keyword == "options") {
      startup += " " + value;
    } else {
      parameters.emplace_back(keyword, value);
    }
  }
  add("options", startup);
  return parameters;
}

std::string describe(const UriHost& host) {
  return host.name + (host.port ? ":" + std::to_string(*host.port) : std::string());
}

bool namesHost(const Parameters& parameters) {
  return std::any_of(parameters.begin(), parameters.end(), [](const auto& parameter) {
    return parameter.first == "host" || parameter.first == "hostaddr" ||
           parameter.first == "service";
  });
}

/// Replaces a parameter's value, where it is there.
void replace(Parameters& parameters, std::string_view keyword, std::string_view value) {
  for (auto& [name, old] : parameters) {
    if (name == keyword) old = value;
  }
}

OwnedConnection tryHosts(const DriverOptions& options, const Parameters& common,
                         std::vector<Failure>& failures) {
  // Without a host, or with one among libpq's own parameters, libpq decides.
  if (options.uri.hosts.empty() || namesHost(common)) {
    Failure failure;
    OwnedConnection connection = attempt(common, options.connectTimeout, failure);
    if (connection == nullptr) failures.push_back(std::move(failure));
    return connection;
  }
  for (const UriHost& host : options.uri.hosts) {
    Parameters parameters = common;
    if (!host.name.empty()) parameters.emplace_back("host", host.name);
    if (host.port) parameters.emplace_back("port", std::to_string(*host.port));
    Failure failure;
    OwnedConnection connection = attempt(parameters, options.connectTimeout, failure);
    if (connection != nullptr) return connection;
    if (options.uri.hosts.size() > 1) failure.message = describe(host) + ": " + failure.message;
    failures.push_back(std::move(failure));
  }
  return nullptr;
}

/// libpq knows "prefer-standby" only among the hosts of one attempt, and each host is an attempt of
/// its own here: first any standby, then any server.
OwnedConnection connectAny(const DriverOptions& options, Parameters common,
                           std::vector<Failure>& failures) {
  const auto wanted = options.uri.option("target_session_attrs");
  if (options.uri.hosts.size() < 2 || wanted != "prefer-standby") {
    return tryHosts(options, common, failures);
  }
  replace(common, "target_session_attrs", "standby");
  OwnedConnection connection = tryHosts(options, common, failures);
  if (connection != nullptr) return connection;
  failures.clear();
  replace(common, "target_session_attrs", "any");
  return tryHosts(options, common, failures);
}

/// The name in the first quotes of a message.
std::string firstQuoted(std::string_view message) {
  const std::size_t open = message.find('"');
  const std::size_t close = open == std::string_view::npos ? open : message.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  return std::string(message.substr(open + 1, close - open - 1));
}

/// Reads one column over a connection made without the settings that were asked for. Empty when
/// there is none to be had: the caller has an error to tell already.
std::vector<std::string> readNames(DriverOptions options, const char* sql) noexcept {
  try {
    options.settings.clear();
    const PostgresRequests bare = readPostgresRequests(options);
    std::vector<Failure> failures;
    Parameters parameters = commonParameters(options, bare);
    OwnedConnection connection = connectAny(options, std::move(parameters), failures);
    if (connection == nullptr) return {};
    PostgresHandle handle(connection.release());
    const PostgresResult rows = handle.exec(sql);
    std::vector<std::string> names;
    for (std::size_t i = 0; i < rows.rows(); ++i) names.emplace_back(rows.text(i, 0));
    return names;
  } catch (const std::exception&) {
    return {};
  }
}

bool isLibpqKeywordError(const std::string& message) {
  return message.find("invalid connection option") != std::string::npos ||
         (message.starts_with("invalid ") && message.find(" value") != std::string::npos);
}

std::string hintFor(const Failure& failure) {
  if (const std::string_view hint = postgresHint(failure.sqlState); !hint.empty()) {
    return std::string(hint);
  }
  if (failure.message.find("does not support SSL") != std::string::npos) {
    return "the server has no TLS: switch it on there, or use sslmode=prefer or disable";
  }
  if (failure.message.find("certificate") != std::string::npos) {
    return "see sslrootcert, sslmode and the name in the server's certificate";
  }
  return "see whether the server runs, and its host and port";
}

[[noreturn]] void throwUnknownDatabase(const DriverOptions& options, const Failure& failure,
                                       const std::string& message, ErrorDetails details) {
  DriverOptions other = options;
  other.uri.path = "postgres";
  const auto names =
      readNames(std::move(other), "SELECT datname FROM pg_database WHERE NOT datistemplate");
  throw ConnectionError(message + didYouMean(nearest(firstQuoted(failure.said), names)),
                        std::move(details));
}

[[noreturn]] void throwSetting(const DriverOptions& options, const Failure& failure,
                               ErrorDetails details) {
  const std::string name = firstQuoted(failure.said);
  if (failure.sqlState != "42704") {
    // The message may quote the value.
    throw ConfigError("the server refuses the value of setting " + quoteForMessage(name),
                      std::move(details));
  }
  DriverOptions plain = options;
  std::erase_if(plain.uri.options, [&](const auto& option) { return option.first == name; });
  const auto names = readNames(std::move(plain), "SELECT name FROM pg_settings");
  throw ConfigError(
      "PostgreSQL has no setting " + quoteForMessage(name) + didYouMean(nearest(name, names)),
      std::move(details));
}

[[noreturn]] void throwFailure(const DriverOptions& options, const std::vector<Failure>& failures) {
  // What says most is what a server answered, not that another could not be reached.
  const auto answered = std::find_if(failures.begin(), failures.end(), [](const Failure& failure) {
    return !failure.sqlState.empty() && failure.sqlState != "08001";
  });
  const Failure& failure = answered == failures.end() ? failures.front() : *answered;
  ErrorDetails details;
  details.sqlState = failure.sqlState.empty() ? "08001" : failure.sqlState;
  if (isLibpqKeywordError(failure.message)) throw ConfigError(failure.message, std::move(details));
  const std::string_view state = failure.sqlState;
  if (state == "42704" || state == "22023" || state == "42501" || state == "55P02") {
    throwSetting(options, failure, std::move(details));
  }
  std::string message;
  for (const Failure& one : failures) message += (message.empty() ? "" : "; ") + one.message;
  details.hint = hintFor(failure);
  message += "; " + details.hint;
  if (state == "3D000") throwUnknownDatabase(options, failure, message, std::move(details));
  throw ConnectionError(message, std::move(details));
}

}  // namespace

std::shared_ptr<PostgresHandle> openPostgres(const DriverOptions& options,
                                             const PostgresRequests& requests) {
  std::vector<Failure> failures;
  OwnedConnection connection = connectAny(options, commonParameters(options, requests), failures);
  if (connection == nullptr) throwFailure(options, failures);
  auto handle = std::make_shared<PostgresHandle>(connection.release());
  if (requests.pgbouncer) applyPgbouncerSettings(*handle);
  return handle;
}

}  // namespace sonde
