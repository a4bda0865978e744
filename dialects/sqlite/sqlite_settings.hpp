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

namespace sonde {

/// A setting to apply, checked: `value` is in its canonical spelling ("on", "normal", "-2000").
struct SqliteSettingRequest {
  std::size_t spec = 0;  ///< Index in the table of settings.
  std::string value;
};

/// What the options of a connection ask for, checked.
struct SqliteRequests {
  AccessMode access = AccessMode::ReadWrite;
  bool immutable = false;  ///< Nobody writes the file; no locks, no -wal (SQLite's `immutable=1`).
  std::chrono::milliseconds busyTimeout{};
  std::vector<SqliteSettingRequest> settings;  ///< In the order to apply; without busy_timeout.
};

/// Reads `options.access`, `options.settings` and the options of the URI, which win:
/// `mode=ro|rw|rwc` (never widening AccessMode::ReadOnly), `immutable=1`, and every setting by
/// name. Foreign keys are on unless they are asked to be off.
/// @throws ConfigError naming the nearest setting, or the values that a setting takes. Thread-safe.
[[nodiscard]] SqliteRequests readSqliteRequests(const DriverOptions& options);

/// Applies the settings: PRAGMA name = value. Those that are kept in the file (journal_mode,
/// page_size, auto_vacuum, encoding) only where `mayWriteFile`.
/// @throws Timeout when a lock was not had, QueryError when SQLite refuses one.
void applySqliteSettings(SqliteHandle& handle, const SqliteRequests& requests, bool mayWriteFile);

/// @return Each setting asked for with the value that holds now, read back: PRAGMA name.
[[nodiscard]] std::vector<SettingReport> reportSqliteSettings(SqliteHandle& handle,
                                                              const SqliteRequests& requests);

/// @return The journal mode of one database of the connection, such as "wal".
[[nodiscard]] std::string sqliteJournalMode(SqliteHandle& handle, std::string_view schema);

}  // namespace sonde
