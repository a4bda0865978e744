// What a URI and the options of a driver ask of a connection to MySQL or MariaDB, checked.
//
// Invariant: plain data, read once and shared by the connections made from it; the password is
// shown by nothing. Names of options ignore case, `-` and `_`, so that ssl-mode, ssl_mode and
// sslmode are one. docs/mysql.md has the table.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../driver.hpp"

namespace sonde {

/// How much a connection insists on TLS, by the names of MySQL's own clients.
enum class MysqlTlsMode : std::uint8_t {
  Disabled,
  Preferred,       ///< TLS where the server has it, without looking at its certificate.
  Required,        ///< TLS or no connection.
  VerifyCa,        ///< … with a certificate that leads to `ca`.
  VerifyIdentity,  ///< … which names the host that was asked for.
};

struct MysqlTls {
  MysqlTlsMode mode = MysqlTlsMode::Preferred;
  bool asked = false;  ///< Whether the mode was asked for by name.
  std::string ca;
  std::string caPath;
  std::string cert;
  std::string key;
  std::string cipher;
  std::string crl;
  std::string version;
};

/// See the file comment.
struct MysqlOptions {
  std::vector<UriHost> hosts;  ///< In the order to try, one at least; a name may be a socket.
  std::string user;
  std::string password;
  std::string database;
  MysqlTls tls;
  bool compress = false;
  bool readOnly = false;
  std::chrono::milliseconds connectTimeout{};
  std::chrono::milliseconds busyTimeout{};
  /// Session variables by name, in the order given.
  std::vector<std::pair<std::string, std::string>> settings;
};

/// Reads the URI, its options (which win) and the settings.
/// @throws ConfigError for a value that an option does not take, an option that sonde itself
/// decides, and a name that cannot be a session variable. Thread-safe.
[[nodiscard]] MysqlOptions readMysqlOptions(const DriverOptions& options);

/// @return The names of the options that are not session variables. Thread-safe.
[[nodiscard]] std::vector<std::string> mysqlOptionNames();

}  // namespace sonde
