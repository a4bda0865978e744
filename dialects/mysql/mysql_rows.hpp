// The rows of one statement of sonde's own, kept by the client.
//
// Invariant: the connection is free again once they were read, so queries may follow each other
// while rows are held; texts live as long as the rows. Used by the catalog reader, the settings and
// EXPLAIN, where neither plans nor result blocks are wanted. Made by MysqlHandle::query().
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>

struct st_mysql_res;

namespace sonde {

/// See the file comment. Used by one thread at a time.
class MysqlRows {
 public:
  /// Takes over a stored result; null for a statement without one.
  explicit MysqlRows(st_mysql_res* result) noexcept : result_(result) {}

  /// Goes to the next row. @return False behind the last one.
  bool next() noexcept;
  [[nodiscard]] std::uint64_t count() const noexcept;
  [[nodiscard]] unsigned width() const noexcept;
  /// @return The name of a column.
  [[nodiscard]] std::string_view name(unsigned column) const noexcept;

  [[nodiscard]] bool isNull(unsigned column) const noexcept;
  /// @return The text of a column, as the server writes the value; empty for NULL.
  [[nodiscard]] std::string_view text(unsigned column) const noexcept;
  /// @return The number of a column; 0 for NULL and for what is no integer of 64 bits.
  [[nodiscard]] std::int64_t integer(unsigned column) const noexcept;

 private:
  struct Free {
    void operator()(st_mysql_res* result) const noexcept;
  };
  std::unique_ptr<st_mysql_res, Free> result_;
  char** row_ = nullptr;
  unsigned long* lengths_ = nullptr;
};

}  // namespace sonde
