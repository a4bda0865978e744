// What the options of a PostgreSQL connection ask for: libpq's own parameters, and settings of the
// server for the session.
//
// Invariant: settings go to the server as the session starts, so that RESET ALL returns to them;
// values are never shown in errors, because they may be secrets. Behind PgBouncer, which gives a
// session another server connection for each transaction, only the few settings that it follows are
// sent. Used by the PostgreSQL driver.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../driver.hpp"

namespace sonde {

class PostgresHandle;

/// See the file comment.
struct PostgresRequests {
  /// libpq's parameters by keyword, without hosts, user, password and database.
  std::vector<std::pair<std::string, std::string>> parameters;
  /// Settings of the server: those that sonde needs first, then those asked for. Names are unique.
  std::vector<std::pair<std::string, std::string>> settings;
  std::size_t firstOwn = 0;  ///< Index in `settings` of the first that was asked for by name.
  bool pgbouncer = false;    ///< A pooler gives out server connections by transaction.
  bool readOnly = false;
};

/// Reads `options.access`, `options.busyTimeout` (lock_timeout), `options.settings` and the options
/// of the URI, which win: `pgbouncer=true`, every keyword of libpq (`sslmode`, `sslrootcert`,
/// `target_session_attrs`, `application_name` …), and every setting of the server by name.
/// @throws ConfigError for a name that can be none, `replication`, a wrong `pgbouncer`, and
/// settings that PgBouncer would not keep. Thread-safe.
[[nodiscard]] PostgresRequests readPostgresRequests(const DriverOptions& options);

/// @return The settings as libpq's `options` parameter: `-c name=value …`. Thread-safe.
[[nodiscard]] std::string postgresStartupOptions(const PostgresRequests& requests);

/// Sets what PgBouncer follows through its server connections: DateStyle and TimeZone.
void applyPgbouncerSettings(PostgresHandle& handle);

/// @return Each setting asked for with the value that holds now. One statement:
/// SELECT current_setting($1), set_config($1, $2, true), …
[[nodiscard]] std::vector<SettingReport> reportPostgresSettings(PostgresHandle& handle,
                                                                const PostgresRequests& requests);

}  // namespace sonde
