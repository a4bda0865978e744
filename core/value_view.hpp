// A value inside a row, not owned: two pointers.
//
// Invariant: valid as long as the Row, ResultSet or streaming callback it came from. A temporary
// Row gives an owning Value instead, so that `users.findById(1)->…` cannot dangle silently.
#pragma once

#include <string_view>

#include "cell.hpp"
#include "columns.hpp"
#include "convert.hpp"
#include "lifetime.hpp"
#include "value.hpp"

namespace sonde {

/// See the file comment. Trivially copyable. Thread-safe: it only reads.
class ValueView {
 public:
  ValueView(const Cell& cell SONDE_LIFETIMEBOUND,
            const Columns& columns SONDE_LIFETIMEBOUND) noexcept
      : cell_(&cell), columns_(&columns) {}

  [[nodiscard]] bool isNull() const noexcept { return cell_->storage == Storage::Null; }
  /// @return What the value means: Boolean for 0 and 1 in a column declared BOOLEAN.
  [[nodiscard]] Value::Kind kind() const noexcept { return convert::kindOf(*cell_); }
  /// @return The logical type of this value; Other where only the storage is known.
  [[nodiscard]] Type type() const noexcept { return cell_->type; }
  /// @return How the engine stored it.
  [[nodiscard]] Storage storage() const noexcept { return cell_->storage; }

  /// @return The value as T; see Value::as. `std::string_view` and text() live as long as the row.
  /// @throws ConversionError naming the column and what it holds.
  template <class T>
  [[nodiscard]] T as() const {
    return convert::to<T>(*cell_, columns_);
  }
  /// @return The bytes of a text value. @throws ConversionError for null and everything else.
  [[nodiscard]] std::string_view text() const { return convert::toTextView(*cell_, columns_); }
  /// @return An owning copy.
  [[nodiscard]] Value value() const { return convert::toValue(*cell_, columns_); }
  operator Value() const { return value(); }

  [[nodiscard]] const Cell& cell() const noexcept { return *cell_; }
  [[nodiscard]] const ColumnInfo& column() const noexcept { return (*columns_)[cell_->column]; }

 private:
  const Cell* cell_;
  const Columns* columns_;
};

}  // namespace sonde
