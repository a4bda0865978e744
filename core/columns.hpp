// The header of a result: what its columns are called and what they mean.
//
// Invariant: immutable after construction; one per prepared statement, shared by every row it
// gives. Names may repeat (`SELECT a.id, b.id`); a lookup by name gives the first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "type.hpp"

namespace sonde {

/// What is known of one column of a result.
struct ColumnInfo {
  std::string name{};          ///< As the statement names it.
  Type type = Type::Other;     ///< Logical type; Other for expressions without a declared type.
  std::string declaredType{};  ///< As declared in the table; empty for expressions.
  std::string table{};         ///< Table the value comes from; empty for expressions.
  std::string origin{};        ///< Name of the column in that table; empty for expressions.
  int scale = -1;              ///< Digits after the point of a decimal; -1 when not declared.
};

/// The immutable column header of a result set. Thread-safe.
class Columns {
 public:
  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  /// @throws Error when there are more than kMaxColumns columns.
  explicit Columns(std::vector<ColumnInfo> columns);

  /// @return A shared header; never null.
  [[nodiscard]] static std::shared_ptr<const Columns> make(std::vector<ColumnInfo> columns);

  Columns(const Columns&) = delete;  // names_ points into columns_
  Columns& operator=(const Columns&) = delete;

  [[nodiscard]] std::size_t size() const noexcept { return columns_.size(); }
  [[nodiscard]] const ColumnInfo& operator[](std::size_t index) const noexcept {
    return columns_[index];
  }
  [[nodiscard]] auto begin() const noexcept { return columns_.begin(); }
  [[nodiscard]] auto end() const noexcept { return columns_.end(); }

  /// @return The index of the first column of this exact name; npos when there is none.
  [[nodiscard]] std::size_t find(std::string_view name) const noexcept;

  /// @return The index of the first column of this exact name.
  /// @throws SchemaError naming the nearest column when there is none.
  [[nodiscard]] std::size_t index(std::string_view name) const;

  /// @return The column's name as a JSON key with quotes and colon, escaped: `"name":`. Bytes that
  /// are not UTF-8 are replaced by U+FFFD.
  [[nodiscard]] std::string_view jsonKey(std::size_t index) const noexcept {
    return jsonSeparatedKey(index).substr(1);
  }
  /// @return The column's name as a JSON string, the key without its colon.
  [[nodiscard]] std::string_view jsonName(std::size_t index) const noexcept {
    std::string_view name = jsonKey(index);
    name.remove_suffix(1);
    return name;
  }
  /// @return The key after what stands before it in an object: `{"name":` for the first column,
  /// `,"name":` for the others. At least kKeySlack readable bytes follow the last.
  [[nodiscard]] std::string_view jsonSeparatedKey(std::size_t index) const noexcept {
    const std::size_t begin = keyStarts_[index];
    return {keys_.data() + begin, keyStarts_[index + 1] - begin};
  }
  static constexpr std::size_t kKeySlack = 16;

 private:
  void buildSlots();

  std::vector<ColumnInfo> columns_;
  std::vector<std::string_view> names_;  // apart, so that a search reads few cache lines
  std::string keys_;
  std::vector<std::size_t> keyStarts_;  // one more than there are columns
  // Open-addressing table of column index + 1, only above kHashAbove columns: below, comparing
  // lengths and bytes in order is faster than hashing (7 ns at 6 columns, 11 ns at 16).
  std::vector<std::uint16_t> slots_;
};

}  // namespace sonde
