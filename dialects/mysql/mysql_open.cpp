#include "mysql_open.hpp"

#include <fcntl.h>
#include <mysql.h>
#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <string>
#include <utility>
#include <vector>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"

namespace sonde {
namespace {

using std::chrono::milliseconds;
using Clock = MysqlWait::Clock;

constexpr unsigned kUnknownVariable = 1193;

// libmariadb frees a connection that could not be opened as any other.
struct Close {
  void operator()(MYSQL* db) const noexcept { mysql_close(db); }
};
using OwnedMysql = std::unique_ptr<MYSQL, Close>;

const char* orNull(const std::string& text) noexcept {
  return text.empty() ? nullptr : text.c_str();
}

bool isSocket(const UriHost& host) noexcept { return host.name.starts_with('/'); }

/// A folder stands for the socket that servers make in it.
std::string socketPath(const UriHost& host) {
  struct stat status {};
  const bool folder = stat(host.name.c_str(), &status) == 0 && S_ISDIR(status.st_mode);
  return folder ? host.name + "/mysqld.sock" : host.name;
}

std::string nameOf(const UriHost& host) {
  if (host.name.empty() && !host.port) return "the default socket";
  std::string name = host.name.empty() ? "localhost" : host.name;
  if (host.port) name += ":" + std::to_string(*host.port);
  return name;
}

bool isTls(const MysqlTls& tls, const UriHost& host) noexcept {
  if (tls.mode == MysqlTlsMode::Disabled) return false;
  // Nobody listens in on a socket of the file system.
  return tls.mode != MysqlTlsMode::Preferred || !(isSocket(host) || host.name.empty());
}

void setTls(MYSQL* db, const MysqlTls& tls) {
  mysql_ssl_set(db, orNull(tls.key), orNull(tls.cert), orNull(tls.ca), orNull(tls.caPath),
                orNull(tls.cipher));
  if (!tls.crl.empty()) mysql_optionsv(db, MYSQL_OPT_SSL_CRL, tls.crl.c_str());
  if (!tls.version.empty()) mysql_optionsv(db, MARIADB_OPT_TLS_VERSION, tls.version.c_str());
  my_bool enforce = tls.mode == MysqlTlsMode::Preferred ? 0 : 1;
  mysql_optionsv(db, MYSQL_OPT_SSL_ENFORCE, &enforce);
  my_bool verify =
      tls.mode == MysqlTlsMode::VerifyCa || tls.mode == MysqlTlsMode::VerifyIdentity ? 1 : 0;
  mysql_optionsv(db, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
}

void setOptions(MYSQL* db, const MysqlOptions& options, const UriHost& host, milliseconds timeout) {
  installMysqlWait(db);
  const auto seconds = static_cast<unsigned>(
      std::max<std::int64_t>(1, std::chrono::ceil<std::chrono::seconds>(timeout).count()));
  mysql_optionsv(db, MYSQL_OPT_CONNECT_TIMEOUT, &seconds);
  mysql_optionsv(db, MYSQL_SET_CHARSET_NAME, "utf8mb4");
  // A server could ask for any file of the client otherwise.
  const unsigned noLocalFiles = 0;
  mysql_optionsv(db, MYSQL_OPT_LOCAL_INFILE, &noLocalFiles);
  const unsigned long largestPacket = 1UL << 30;
  mysql_optionsv(db, MYSQL_OPT_MAX_ALLOWED_PACKET, &largestPacket);
  if (options.compress) mysql_optionsv(db, MYSQL_OPT_COMPRESS, nullptr);
  if (isTls(options.tls, host)) setTls(db, options.tls);
}

/// A connection to one host; null with the reason in `failure`.
OwnedMysql connectTo(const MysqlOptions& options, const UriHost& host, milliseconds timeout,
                     MysqlFailure& failure) {
  OwnedMysql db(mysql_init(nullptr));
  if (db == nullptr) throw std::bad_alloc();
  MysqlWaitUntil wait(Clock::now() + timeout);
  const MysqlWaitScope scope(wait);
  setOptions(db.get(), options, host, timeout);
  const std::string socket = isSocket(host) ? socketPath(host) : std::string();
  const std::string name = isSocket(host) || (host.name.empty() && host.port)
                               ? (isSocket(host) ? "" : "127.0.0.1")
                               : host.name;
  // Rows that an update finds count, not only those that it changes, as on every other engine.
  const unsigned long flags = CLIENT_FOUND_ROWS | CLIENT_MULTI_RESULTS;
  if (mysql_real_connect(db.get(), orNull(name), options.user.c_str(), options.password.c_str(),
                         orNull(options.database), host.port.value_or(0), orNull(socket),
                         flags) == nullptr) {
    failure = mysqlFailure(db.get());
    if (wait.expired()) {
      failure.message = "no answer within " + std::to_string(timeout.count()) + " ms";
    }
    return nullptr;
  }
  const bool mustEncrypt =
      options.tls.mode != MysqlTlsMode::Disabled && options.tls.mode != MysqlTlsMode::Preferred;
  if (mustEncrypt && mysql_get_ssl_cipher(db.get()) == nullptr) {
    failure = {2026, "HY000", "TLS is asked for, and the server does not speak it"};
    return nullptr;
  }
  // So that TLS, too, asks before it blocks.
  const int fd = mysql_get_socket(db.get());
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  return db;
}

/// Whether another host may do better: this one is not there, full, or on its way down.
bool triesNext(unsigned code) noexcept {
  return (code >= 2000 && code < 3000 && code != 2026) || code == 1040 || code == 1053 ||
         code == 1129 || code == 1130;
}

bool isNumber(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  bool digits = false;
  bool point = false;
  for (const char c : text) {
    if (c == '.' && digits && !point) {
      point = true;
    } else if (std::isdigit(static_cast<unsigned char>(c)) == 0) {
      return false;
    } else {
      digits = true;
    }
  }
  return digits && text.back() != '.';
}

[[noreturn]] void refuseVariable(MysqlHandle& handle, const std::string& name) {
  std::vector<std::string> names = mysqlOptionNames();
  MysqlRows rows = handle.query("SHOW SESSION VARIABLES");
  while (rows.next()) names.emplace_back(rows.text(0));
  throw ConfigError("the server has no setting " + quoteForMessage(name) +
                    didYouMean(nearest(name, names)));
}

void applySetting(MysqlHandle& handle, const std::string& name, const std::string& value) {
  const std::string text = isNumber(value) ? value : MysqlHandle::literal(value);
  try {
    handle.execute("SET SESSION " + name + " = " + text);
  } catch (const QueryError& error) {
    if (error.nativeCode() == static_cast<int>(kUnknownVariable)) refuseVariable(handle, name);
    ErrorDetails details;
    details.nativeCode = error.nativeCode();
    details.sqlState = error.sqlState();
    throw ConfigError("setting " + quoteForMessage(name) + ": " + error.what(), std::move(details));
  }
}

}  // namespace

void setUpMysqlSession(MysqlHandle& handle) {
  const MysqlOptions& options = handle.options();
  // Whole seconds; 0 is not taken everywhere.
  const auto seconds = std::max<std::int64_t>(
      1, std::chrono::ceil<std::chrono::seconds>(options.busyTimeout).count());
  const std::string wait = std::to_string(std::min<std::int64_t>(seconds, 31'536'000));
  handle.execute(
      "SET SESSION sql_mode = 'STRICT_TRANS_TABLES,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,"
      "NO_ENGINE_SUBSTITUTION,NO_AUTO_VALUE_ON_ZERO', time_zone = '+00:00', autocommit = 1, "
      "innodb_lock_wait_timeout = " +
      wait + ", lock_wait_timeout = " + wait);
  if (options.readOnly) handle.execute("SET SESSION TRANSACTION READ ONLY");
  for (const auto& [name, value] : options.settings) applySetting(handle, name, value);
}

std::shared_ptr<MysqlHandle> openMysql(const std::shared_ptr<const MysqlOptions>& options) {
  MysqlFailure failure;
  std::string where;
  for (std::size_t i = 0; i < options->hosts.size(); ++i) {
    const UriHost& host = options->hosts[i];
    if (!where.empty()) where += " (" + failure.message + "), ";
    where += nameOf(host);
    OwnedMysql db = connectTo(*options, host, options->connectTimeout, failure);
    if (db == nullptr) {
      if (!triesNext(failure.code)) throwMysqlConnectError(failure, nameOf(host));
      continue;
    }
    auto handle = std::make_shared<MysqlHandle>(db.release(), options, i);
    Context within;
    within.timeout(options->connectTimeout);
    handle->arm(within);
    try {
      setUpMysqlSession(*handle);
    } catch (const Timeout&) {
      failure.message =
          "no answer within " + std::to_string(options->connectTimeout.count()) + " ms";
      continue;
    }
    handle->disarm();
    return handle;
  }
  throwMysqlConnectError(failure, where);
}

bool killMysqlQuery(const MysqlOptions& options, std::size_t host, unsigned long threadId,
                    milliseconds timeout) noexcept {
  try {
    const Clock::time_point until = Clock::now() + timeout;
    MysqlFailure failure;
    const OwnedMysql db = connectTo(options, options.hosts[host], timeout, failure);
    if (db == nullptr) return false;
    MysqlWaitUntil wait(until);
    const MysqlWaitScope scope(wait);
    const std::string sql = "KILL QUERY " + std::to_string(threadId);
    return mysql_real_query(db.get(), sql.data(), sql.size()) == 0;
  } catch (const std::exception&) {
    return false;  // What was to be stopped is given up after its grace.
  }
}

}  // namespace sonde
