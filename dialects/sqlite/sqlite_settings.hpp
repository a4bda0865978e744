// The settings of a SQLite connection: which there are, what values they take, how they are applied
// as a connection opens, and what SQLite made of them.
//
// Invariant: only names and values of a fixed table ever become PRAGMA text. SQLite ignores an
// unknown pragma and turns a wrong value into some other one without a word, so both are refused
// here, and every setting is read back. Used by the SQLite driver.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../driver.hpp"
#include "sqlite_handle.hpp"
#include "sqlite_mount.hpp"

namespace sonde {

/// A setting to apply, checked: `value` is in its canonical spelling ("on", "normal", "-2000").
struct SqliteSettingRequest {
  std::size_t spec = 0;  ///< Index in sqliteSpecs().
  std::string value;
};

/// What the options of a connection ask for, checked.
struct SqliteRequests {
  AccessMode access = AccessMode::ReadWrite;
  bool immutable = false;  ///< Nobody writes the file; no locks, no -wal (SQLite's `immutable=1`).
  std::chrono::milliseconds busyTimeout{};
  std::vector<SqliteSettingRequest> settings;  ///< In the order to apply; without busy_timeout.
  /// Tells the type of the file system that a file lies on, for reasons.
  std::string (*mountType)(const std::string& path) = &mountTypeOf;
};

/// Reads `options.access`, `options.settings` and the options of the URI, which win:
/// `mode=ro|rw|rwc` (never widening AccessMode::ReadOnly), `immutable=1`, and every setting by
/// name. Foreign keys are on unless they are asked to be off.
/// @throws ConfigError naming the nearest setting, or the values that a setting takes. Thread-safe.
[[nodiscard]] SqliteRequests readSqliteRequests(const DriverOptions& options);

/// Applies the settings that guard against a hostile file (defensive, enable_trigger, enable_view,
/// dqs_ddl, trusted_schema, cell_size_check), before anything of it is read.
void applySqliteGuards(SqliteHandle& handle, const SqliteRequests& requests);

/// Applies the other settings: PRAGMA name = value. Those that are kept in the file (journal_mode,
/// page_size, auto_vacuum, encoding) only where `mayWriteFile`.
/// @throws Timeout when a lock was not had, QueryError when SQLite refuses one.
void applySqliteSettings(SqliteHandle& handle, const SqliteRequests& requests, bool mayWriteFile);

/// @return Each setting asked for with the value that holds now, read back (PRAGMA name,
/// sqlite3_db_config), and why where it differs.
[[nodiscard]] std::vector<SettingReport> reportSqliteSettings(SqliteHandle& handle,
                                                              const SqliteRequests& requests);

/// @return The value of a setting that holds now, in its canonical spelling; empty for a name that
/// is no setting.
[[nodiscard]] std::string sqliteEffectiveSetting(SqliteHandle& handle, std::string_view name);

/// @return The journal mode of one database of the connection, such as "wal".
[[nodiscard]] std::string sqliteJournalMode(SqliteHandle& handle, std::string_view schema);

}  // namespace sonde
