// Values that a column can never hold, found before any SQL runs.
//
// Invariant: refuses only where the column is strictly typed and no trigger, default or conversion
// of the engine could make the value fit; null is always left to the engine. Used by write shapes.
#pragma once

#include <string>

#include "../core/value.hpp"
#include "../introspect/column.hpp"

namespace sonde::repo {

/// @return Whether the column refuses any value early, so that values have to be looked at.
[[nodiscard]] bool refusesValues(const Column& column) noexcept;

/// @return Why the column cannot hold the value, without the value; empty when it may.
[[nodiscard]] std::string valueProblem(const Column& column, const Value& value);

}  // namespace sonde::repo
