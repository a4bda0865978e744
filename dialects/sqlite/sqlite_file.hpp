// What can be said of a database file without SQLite: whether it is there and may be used, and what
// it looks like when SQLite cannot read it.
//
// Invariant: never changes a file. Used by sqlite_open.cpp.
#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// What the file is wanted for.
enum class SqliteFileUse : std::uint8_t { Read, Write, Create };

/// Looks at a file before SQLite is given it.
/// @throws ConnectionError when it is missing (and not to be created), a folder, no regular file,
/// or not to be read or written by this user.
void checkSqliteFile(const std::string& path, SqliteFileUse use);

/// What went wrong when SQLite read a file for the first time.
struct SqliteOpenFailure {
  int code = 0;         ///< Extended result code.
  std::string message;  ///< SQLite's own words.
};

/// @throws ConnectionError always: what is wrong with the file, judged by the code and by a look at
/// it.
[[noreturn]] void throwSqliteOpenFailure(const std::string& path, const SqliteOpenFailure& failure);

/// @throws ConnectionError always: the file could only be opened for reading.
[[noreturn]] void refuseSqliteWrites(const std::string& path);

/// @return Whether the write-ahead log beside a database file is there and holds nothing.
[[nodiscard]] bool sqliteWalIsEmpty(const std::string& path);

/// @return Whether there is a write-ahead log beside a database file.
[[nodiscard]] bool sqliteWalExists(const std::string& path);

}  // namespace sonde
