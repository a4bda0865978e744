// SQLite's result codes and messages as sonde's typed errors.
//
// Invariant: the mapping depends on the code and on SQLite's own message alone; values of
// parameters are taken out of messages that quote them. SQLSTATEs are derived, after the names
// PostgreSQL gives to the same situation; the table stands in sqlite_error.cpp and docs/sqlite.md.
// Used by everything in this folder.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include "../../core/arg.hpp"
#include "../../core/error.hpp"

struct sqlite3;

namespace sonde {

/// Why SQLite stopped early, as far as the connection knows.
enum class SqliteStop : std::uint8_t {
  None,
  Deadline,   ///< The deadline of the armed context passed.
  Cancelled,  ///< Its stop token was triggered.
  LockWait,   ///< A lock was waited for as long as the busy timeout allows.
};

/// What was being done when SQLite failed.
struct SqliteScene {
  std::string_view sql;  ///< The statement; empty when there is none.
  Args args;             ///< Its parameters, to keep them out of the message.
  SqliteStop stop = SqliteStop::None;
  std::chrono::milliseconds busyTimeout{};  ///< For the message of LockWait.
  /// The script that `sql` is the rest of, in which positions are counted; empty for one statement.
  std::string_view script;
};

/// Throws the error that an extended result code stands for. Reads the message of the last call, so
/// nothing may be done with `db` in between.
/// @throws ConstraintError, Timeout, Cancelled, TransactionError, AuthorizationError,
/// ConnectionError or QueryError; never returns.
[[noreturn]] void throwSqliteError(sqlite3* db, int code, const SqliteScene& scene);

/// @return The derived SQLSTATE of an extended result code and SQLite's message for it.
/// Thread-safe.
[[nodiscard]] std::string_view sqliteSqlState(int code, std::string_view message) noexcept;

/// @return Whether the code means that the file behind the connection is lost or replaced, so that
/// only a new connection can help. Thread-safe.
[[nodiscard]] bool sqliteConnectionLost(int code) noexcept;

}  // namespace sonde
