// Conversions from a cell to C++ types: the rules behind `as<T>()` of Value and ValueView.
//
// Invariant: a conversion either keeps the value or throws ConversionError naming the column, the
// type asked for and the type found; it never throws only because a stored width differs.
#pragma once

#include <chrono>
#include <cmath>
#include <concepts>
#include <cstdint>
#include <limits>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "cell.hpp"
#include "value.hpp"

namespace sonde {

class Columns;

namespace convert {

/// @throws ConversionError always: `found` cannot be a `wanted`. `columns` may be null.
[[noreturn]] void fail(const Cell& found, const Columns* columns, std::string_view wanted);

/// True, false, 0, 1, and the texts true/false/t/f/0/1 in any case. @throws ConversionError for the
/// rest.
[[nodiscard]] bool toBool(const Cell& cell, const Columns* columns);
/// Integers in range, reals and decimal or numeric text without a fraction.
/// @throws ConversionError for the rest, null included.
[[nodiscard]] std::int64_t toInt64(const Cell& cell, const Columns* columns);
[[nodiscard]] std::uint64_t toUint64(const Cell& cell, const Columns* columns);
/// Any number, decimal or numeric text, "NaN" and "Infinity", to the nearest double.
/// @throws ConversionError for the rest, and for text beyond the range of a double.
[[nodiscard]] double toDouble(const Cell& cell, const Columns* columns);
/// The text of text cells; numbers and booleans in their JSON spelling; blobs refused.
/// @throws ConversionError for null and blobs.
[[nodiscard]] std::string toText(const Cell& cell, const Columns* columns);
/// The bytes of a text cell, not copied. @throws ConversionError unless the cell holds text.
[[nodiscard]] std::string_view toTextView(const Cell& cell, const Columns* columns);
/// The bytes of a blob or text cell. @throws ConversionError for the rest.
[[nodiscard]] Blob toBlob(const Cell& cell, const Columns* columns);
/// A date or timestamp text, UTC unless it has an offset. @throws ConversionError for the rest.
[[nodiscard]] std::chrono::sys_time<std::chrono::microseconds> toTime(const Cell& cell,
                                                                      const Columns* columns);
/// An owning value, with booleans as booleans and decimals at their declared scale.
[[nodiscard]] Value toValue(const Cell& cell, const Columns* columns);
/// The document that the text of a cell holds; for a cell of another kind, or of a type such as
/// timestamp, its logical JSON form. `Json` is nlohmann::json, a template so that this header needs
/// only its forward declaration. @throws ConversionError when the text is not JSON.
template <class Json>
[[nodiscard]] Json toJsonDocument(const Cell& cell, const Columns* columns);
extern template nlohmann::json toJsonDocument(const Cell& cell, const Columns* columns);
/// What the cell means to a user of the value: Boolean for 0 and 1 in a BOOLEAN column, else as
/// stored.
[[nodiscard]] Value::Kind kindOf(const Cell& cell) noexcept;

template <class T>
inline constexpr bool isOptional = false;
template <class T>
inline constexpr bool isOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool alwaysFalse = false;

/// The conversion that `as<T>()` means. See each function above.
template <class T>
[[nodiscard]] T to(const Cell& cell, const Columns* columns) {
  if constexpr (isOptional<T>) {
    if (cell.storage == Storage::Null) return std::nullopt;
    return to<typename T::value_type>(cell, columns);
  } else if constexpr (std::same_as<T, bool>) {
    return toBool(cell, columns);
  } else if constexpr (IntegerNumber<T>) {
    if constexpr (std::is_signed_v<T>) {
      const std::int64_t wide = toInt64(cell, columns);
      if (!std::in_range<T>(wide)) fail(cell, columns, "an integer of this width");
      return static_cast<T>(wide);
    } else {
      const std::uint64_t wide = toUint64(cell, columns);
      if (!std::in_range<T>(wide)) fail(cell, columns, "an unsigned integer of this width");
      return static_cast<T>(wide);
    }
  } else if constexpr (std::floating_point<T>) {
    const double wide = toDouble(cell, columns);
    if constexpr (std::same_as<T, float>) {
      constexpr double kLargest = std::numeric_limits<float>::max();
      if (std::isfinite(wide) && std::fabs(wide) > kLargest) fail(cell, columns, "a float");
    }
    return static_cast<T>(wide);
  } else if constexpr (std::same_as<T, std::string>) {
    return toText(cell, columns);
  } else if constexpr (std::same_as<T, std::string_view>) {
    return toTextView(cell, columns);
  } else if constexpr (std::same_as<T, Blob>) {
    return toBlob(cell, columns);
  } else if constexpr (std::same_as<T, Value>) {
    return toValue(cell, columns);
  } else if constexpr (std::same_as<T, std::chrono::sys_time<std::chrono::microseconds>>) {
    return toTime(cell, columns);
  } else if constexpr (std::same_as<T, nlohmann::json>) {
    return toJsonDocument<T>(cell, columns);
  } else {
    static_assert(alwaysFalse<T>, "as<T>() cannot convert to this type");
  }
}

}  // namespace convert
}  // namespace sonde
