// What the probes of the engines share: asking a statement without parameters, and texts.
// Internal to dialects/.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "../core/result_set.hpp"
#include "connection.hpp"

namespace sonde {

/// Runs one statement. @return Its rows.
[[nodiscard]] inline ResultSet probeRows(Connection& connection, std::string_view sql) {
  const auto statement = connection.prepare(sql, false);
  ResultSet rows(statement->fetch(0, 0));
  statement->reset();
  return rows;
}

/// @return The value as a number; 0 for null.
[[nodiscard]] inline double probeNumber(const ValueView& value) {
  return value.isNull() ? 0 : value.as<double>();
}

}  // namespace sonde
