// Value::as, apart from value.hpp because it needs the conversions, which need Value.
#pragma once

#include "cell.hpp"
#include "convert.hpp"

namespace sonde {

class Columns;

namespace convert {
// Declared here as well, for whoever includes convert.hpp first: it needs Value before it begins.
template <class T>
[[nodiscard]] T to(const Cell& cell, const Columns* columns);
}  // namespace convert

/// @return The scalar as a cell that points into `value`. Arrays and objects have no cell.
/// @throws ConversionError for an array or object.
[[nodiscard]] Cell cellOf(const Value& value);

/// `value.toJson()`, a template so that this header needs only nlohmann's forward declaration.
template <class Json>
[[nodiscard]] Json jsonOf(const Value& value);
extern template nlohmann::json jsonOf(const Value& value);

template <class T>
T Value::as() const {
  if constexpr (std::same_as<T, Value>) {
    return *this;
  } else if constexpr (std::same_as<T, nlohmann::json>) {
    return jsonOf<T>(*this);
  } else {
    return convert::to<T>(cellOf(*this), nullptr);
  }
}

}  // namespace sonde
