// Opening a SQLite database, and saying what is wrong with the file when it cannot be opened.
//
// Invariant: what is returned has been read from: a file that is no database, is damaged or is
// locked fails here and not at the first query. Nothing is created unless asked for, and a file
// opened read-only is left as it was, without a -wal or -shm beside it that was not there before.
// Used by the driver.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "../driver.hpp"
#include "sqlite_handle.hpp"
#include "sqlite_settings.hpp"

namespace sonde {

/// Where a database lives.
enum class SqliteHome : std::uint8_t { File, Memory, Temporary };

/// @return What a path means: ":memory:" and the empty path, which is a private temporary file, are
/// no files of the user.
[[nodiscard]] SqliteHome sqliteHome(std::string_view path) noexcept;

/// Opens the database, reads its schema, applies the settings and attaches the others. Readers and
/// everything under AccessMode::ReadOnly are opened with SQLITE_OPEN_READONLY, which no PRAGMA
/// undoes.
/// @throws ConnectionError saying what is wrong with which file and what to do; Timeout when it
/// stays locked; ConfigError for an attachment without a usable name.
[[nodiscard]] std::shared_ptr<SqliteHandle> openSqlite(const DriverOptions& options,
                                                       const SqliteRequests& requests,
                                                       TransactionMode mode);

}  // namespace sonde
