// The rows of one short-lived statement of sonde's own.
//
// Invariant: owns its statement; text is valid until the next step. Used by the catalog reader,
// where neither plans nor result blocks are wanted.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace sonde {

class SqliteHandle;

/// See the file comment. Every function that can throw throws what throwSqliteError does.
class SqliteRows {
 public:
  /// `handle` is that of the connection, which knows why it was stopped; null where there is none.
  SqliteRows(sqlite3* db, SqliteHandle* handle, std::string sql);
  /// The same, with a text bound to ?1.
  SqliteRows(sqlite3* db, SqliteHandle* handle, std::string sql, std::string_view first);
  ~SqliteRows();
  SqliteRows(const SqliteRows&) = delete;
  SqliteRows& operator=(const SqliteRows&) = delete;

  /// Goes to the next row. @return False behind the last one. Throws for every failure.
  bool step();
  /// The same, but a failure that speaks of the object being read gives false, and failed() is
  /// true. A lost, locked or interrupted connection throws.
  bool tryStep();
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  /// @return SQLite's words for the failure of tryStep; empty without one.
  [[nodiscard]] const std::string& message() const noexcept { return message_; }

  /// Makes it ready to run again.
  void reset() noexcept;
  void bind(int parameter, std::string_view text);

  [[nodiscard]] bool isNull(int column) const noexcept;
  [[nodiscard]] std::int64_t integer(int column) const noexcept;
  /// @return The text of the column; empty for NULL.
  [[nodiscard]] std::string_view text(int column) const noexcept;

 private:
  [[noreturn]] void fail(int code) const;

  sqlite3* db_;
  SqliteHandle* handle_;
  std::string sql_;
  sqlite3_stmt* statement_ = nullptr;
  bool failed_ = false;
  std::string message_;
};

}  // namespace sonde
