// Rows on their way into an array binding: copied column by column, as libmariadb takes them.
//
// Invariant: every value of a column is of one kind or NULL, so that one type describes them; a row
// that does not fit begins the next batch. Used by the bulk insert.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/arg.hpp"

struct st_mysql_stmt;

namespace sonde {

/// See the file comment.
class MysqlBatch {
 public:
  explicit MysqlBatch(std::size_t columns) : columns_(columns) {}

  /// Adds a row. @return False, with nothing added, when a value is of another kind than those
  /// above it, or the batch is as large as it should get.
  /// @throws ValidationError for what the engine cannot hold.
  [[nodiscard]] bool add(Args row, std::string_view sql);
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }
  /// Gives the rows to a statement with a placeholder for each column. @return Whether it took
  /// them. They must stay until it ran.
  [[nodiscard]] bool apply(st_mysql_stmt* statement);
  void clear() noexcept;

 private:
  enum class Kind : std::uint8_t { Unknown, Integer, Unsigned, Real, Text, Blob };

  /// One value of eight bytes, or a text as its place in `bytes_`.
  union Place {
    std::int64_t integer;
    std::uint64_t unsignedInteger;
    double real;
    std::size_t offset;
  };

  struct ColumnData {
    Kind kind = Kind::Unknown;
    std::vector<Place> places;
    std::vector<unsigned long> lengths;
    std::vector<char> indicators;
    std::vector<const char*> pointers;  // made of the offsets once the bytes move no more
  };

  [[nodiscard]] static Kind kindOf(const Arg& arg, std::size_t column, std::string_view sql);
  void append(ColumnData& column, const Arg& arg);
  void appendBytes(ColumnData& column, std::string_view bytes);

  std::vector<ColumnData> columns_;
  std::string bytes_;
  std::size_t rows_ = 0;
};

}  // namespace sonde
