// Value::as, apart from value.hpp because it needs the conversions, which need Value.
#pragma once

#include "cell.hpp"
#include "convert.hpp"

namespace sonde {

class Columns;

// Again, for when convert.hpp is what includes value.hpp and its own declarations are still to
// come.
namespace convert {
template <class T>
[[nodiscard]] T to(const Cell& cell, const Columns* columns);
template <class Json>
[[nodiscard]] Json toJsonDocument(const Cell& cell, const Columns* columns);
}  // namespace convert

/// @return The scalar as a cell that points into `value`. Arrays and objects have no cell.
/// @throws ConversionError for an array or object.
[[nodiscard]] Cell cellOf(const Value& value);

/// `value.toJson()`, a template so that this header needs only nlohmann's forward declaration.
template <class Json>
[[nodiscard]] Json jsonOf(const Value& value);
extern template nlohmann::json jsonOf(const Value& value);

template <class T>
T Value::as() const& {
  if constexpr (std::same_as<T, Value>) {
    return *this;
  } else if constexpr (std::same_as<T, nlohmann::json>) {
    const bool nested = kind() == Kind::Array || kind() == Kind::Object;
    return nested ? jsonOf<T>(*this) : convert::toJsonDocument<T>(cellOf(*this), nullptr);
  } else {
    return convert::to<T>(cellOf(*this), nullptr);
  }
}

}  // namespace sonde
