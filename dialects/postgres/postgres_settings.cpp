#include "postgres_settings.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <memory>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"
#include "postgres_handle.hpp"

namespace sonde {
namespace {

using std::string_view;

constexpr string_view kPgbouncer = "pgbouncer";

// What decoding relies on: one spelling of dates, one zone, all digits of a float.
constexpr std::pair<string_view, string_view> kNeeded[] = {
    {"datestyle", "ISO"},    {"intervalstyle", "iso_8601"},
    {"timezone", "UTC"},     {"extra_float_digits", "1"},
    {"bytea_output", "hex"}, {"standard_conforming_strings", "on"},
};

// Parameters of libpq that the driver sets itself or cannot serve.
constexpr std::array<string_view, 3> kOwnParameters{"client_encoding", "replication",
                                                    "connect_timeout"};

// Server settings that a wrong name is compared with where there is no server to ask: the ones
// people set for a session.
constexpr string_view kCommonSettings[] = {
    "statement_timeout",
    "lock_timeout",
    "idle_in_transaction_session_timeout",
    "idle_session_timeout",
    "search_path",
    "work_mem",
    "maintenance_work_mem",
    "temp_buffers",
    "default_transaction_isolation",
    "default_transaction_read_only",
    "synchronous_commit",
    "role",
    "timezone",
    "jit",
    "random_page_cost",
    "plan_cache_mode",
};

/// The keywords that this libpq has.
std::vector<std::string> libpqKeywords() {
  std::vector<std::string> keywords;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> all(PQconndefaults(),
                                                                           &PQconninfoFree);
  for (const PQconninfoOption* option = all.get(); option != nullptr && option->keyword != nullptr;
       ++option) {
    keywords.emplace_back(option->keyword);
  }
  return keywords;
}

bool isSettingName(string_view name) noexcept {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.';
  };
  return !name.empty() && std::all_of(name.begin(), name.end(), fits);
}

[[noreturn]] void refuseName(string_view name) {
  std::vector<std::string> names = libpqKeywords();
  names.emplace_back(kPgbouncer);
  names.insert(names.end(), std::begin(kCommonSettings), std::end(kCommonSettings));
  throw ConfigError("PostgreSQL has no setting " + quoteForMessage(name) +
                    didYouMean(nearest(name, names)));
}

bool parseSwitch(string_view name, string_view value) {
  for (const string_view yes : {"on", "true", "yes", "1"}) {
    if (text::equalsIgnoreCase(value, yes)) return true;
  }
  for (const string_view no : {"off", "false", "no", "0"}) {
    if (text::equalsIgnoreCase(value, no)) return false;
  }
  throw ConfigError("option " + quoteForMessage(name) + " takes true or false");
}

void setOne(std::vector<std::pair<std::string, std::string>>& pairs, string_view name,
            string_view value) {
  const auto found = std::find_if(pairs.begin(), pairs.end(), [&](const auto& pair) {
    return text::equalsIgnoreCase(pair.first, name);
  });
  if (found != pairs.end()) {
    found->second = value;
  } else {
    pairs.emplace_back(name, value);
  }
}

void setSetting(std::vector<std::pair<std::string, std::string>>& own, string_view name,
                string_view value) {
  if (!isSettingName(name)) refuseName(name);
  if (text::equalsIgnoreCase(name, "client_encoding")) {
    throw ConfigError("client_encoding is always UTF8: every text of sonde is");
  }
  setOne(own, name, value);
}

void readUriOption(PostgresRequests& requests,
                   std::vector<std::pair<std::string, std::string>>& own, string_view name,
                   string_view value, const std::vector<std::string>& keywords) {
  if (name == kPgbouncer) {
    requests.pgbouncer = parseSwitch(name, value);
    return;
  }
  if (std::find(kOwnParameters.begin(), kOwnParameters.end(), name) != kOwnParameters.end()) {
    throw ConfigError("option " + quoteForMessage(name) + " is not for the URI" +
                      (name == "connect_timeout" ? ": set pool.connectTimeoutMs" : ""));
  }
  if (std::find(keywords.begin(), keywords.end(), name) != keywords.end()) {
    setOne(requests.parameters, name, value);
  } else {
    setSetting(own, name, value);
  }
}

[[noreturn]] void refuseBehindPgbouncer(string_view name) {
  ErrorDetails details;
  details.hint = "set it for the role or the database: ALTER ROLE … SET, ALTER DATABASE … SET";
  throw ConfigError("setting " + quoteForMessage(name) +
                        " would not hold behind PgBouncer, which changes the server connection "
                        "with every transaction",
                    std::move(details));
}

}  // namespace

PostgresRequests readPostgresRequests(const DriverOptions& options) {
  PostgresRequests requests;
  std::vector<std::pair<std::string, std::string>> own;
  for (const auto& [name, value] : options.settings) {
    if (text::equalsIgnoreCase(name, kPgbouncer)) {
      requests.pgbouncer = parseSwitch(name, value);
    } else {
      setSetting(own, name, value);
    }
  }
  const std::vector<std::string> keywords = libpqKeywords();
  for (const auto& [name, value] : options.uri.options) {
    readUriOption(requests, own, name, value, keywords);
  }
  requests.readOnly = options.access == AccessMode::ReadOnly;
  if (requests.pgbouncer) {
    if (!own.empty()) refuseBehindPgbouncer(own.front().first);
    return requests;
  }
  for (const auto& [name, value] : kNeeded) requests.settings.emplace_back(name, value);
  requests.settings.emplace_back("lock_timeout", std::to_string(options.busyTimeout.count()));
  if (requests.readOnly) requests.settings.emplace_back("default_transaction_read_only", "on");
  requests.firstOwn = requests.settings.size();
  for (auto& [name, value] : own) {
    // One that sonde sets too is moved behind, so that it counts as asked for.
    const auto same = std::find_if(
        requests.settings.begin(), requests.settings.end(),
        [&wanted = name](const auto& pair) { return text::equalsIgnoreCase(pair.first, wanted); });
    if (same != requests.settings.end()) {
      requests.settings.erase(same);
      --requests.firstOwn;
    }
    requests.settings.emplace_back(std::move(name), std::move(value));
  }
  return requests;
}

std::string postgresStartupOptions(const PostgresRequests& requests) {
  std::string text;
  for (const auto& [name, value] : requests.settings) {
    if (!text.empty()) text += ' ';
    text += "-c " + name + "=";
    for (const char c : value) {
      if (c == ' ' || c == '\\' || (c >= '\t' && c <= '\r')) text += '\\';
      text += c;
    }
  }
  return text;
}

void applyPgbouncerSettings(PostgresHandle& handle) {
  handle.exec("SET datestyle = 'ISO'; SET timezone = 'UTC'");
}

std::vector<SettingReport> reportPostgresSettings(PostgresHandle& handle,
                                                  const PostgresRequests& requests) {
  std::vector<SettingReport> reports;
  if (requests.settings.size() == requests.firstOwn) return reports;
  // Setting what was asked for once more, for this statement only, gives it in the server's own
  // spelling ("5000" is "5s"), so that equal values compare equal.
  std::string sql = "SELECT ";
  std::vector<const char*> parameters;
  for (std::size_t i = requests.firstOwn; i < requests.settings.size(); ++i) {
    const std::string name = "$" + std::to_string(parameters.size() + 1);
    const std::string value = "$" + std::to_string(parameters.size() + 2);
    if (!parameters.empty()) sql += ", ";
    sql += "current_setting(" + name + "), set_config(" + name + ", " + value + ", true)";
    parameters.push_back(requests.settings[i].first.c_str());
    parameters.push_back(requests.settings[i].second.c_str());
  }
  const PostgresResult row = handle.exec(sql, parameters);
  for (std::size_t i = requests.firstOwn; i < requests.settings.size(); ++i) {
    const std::size_t column = 2 * (i - requests.firstOwn);
    const auto& [name, requested] = requests.settings[i];
    const bool holds = row.text(0, column) == row.text(0, column + 1);
    reports.push_back({name, requested, holds ? requested : std::string(row.text(0, column))});
    if (!holds) reports.back().reason = "a statement of this session changed it since it began";
  }
  return reports;
}

}  // namespace sonde
