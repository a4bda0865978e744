// Notices schema changes on one connection: the schema versions of all its databases as one number.
//
// Invariant: holds no transaction open. Connections of one pool give equal numbers for equal
// schemas, which is why the temp schema, that each connection has for itself, can be left out.
// Shared by a connection and its statements, which ask it only after SQLite prepared one of them
// again: SQLite does that for other reasons too (a LIKE pattern that lets it use an index, fresh
// statistics), and those are no schema change.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>

#include "sqlite_handle.hpp"

struct sqlite3_stmt;

namespace sonde {

/// See the file comment. Not thread-safe.
class SqliteSchemaCounter {
 public:
  /// `handle` must outlive the counter.
  SqliteSchemaCounter(SqliteHandle& handle, bool countTemp) noexcept
      : handle_(handle), countTemp_(countTemp) {}
  ~SqliteSchemaCounter();
  SqliteSchemaCounter(const SqliteSchemaCounter&) = delete;
  SqliteSchemaCounter& operator=(const SqliteSchemaCounter&) = delete;

  /// Runs PRAGMA database_list and PRAGMA schema_version on each database it gives.
  /// @return A hash over names and versions. @throws what reading the file can throw.
  std::uint64_t read();
  /// @return How often read() found another number than before.
  [[nodiscard]] std::uint64_t generation() const noexcept { return generation_; }

 private:
  sqlite3_stmt* list_ = nullptr;
  std::map<std::string, sqlite3_stmt*, std::less<>> versions_;
  SqliteHandle& handle_;
  bool countTemp_;
  std::uint64_t last_ = 0;
  std::uint64_t generation_ = 0;
};

}  // namespace sonde
