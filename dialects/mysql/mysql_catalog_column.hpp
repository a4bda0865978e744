// What COLUMN_TYPE says of a column, such as "decimal(10,2) unsigned" or "enum('a','b,c')". The
// table of types stands in docs/introspection.md.
//
// Invariant: pure functions that never fail; what they cannot make sense of is Type::Other. Used by
// the catalog reader.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "../../introspect/column.hpp"

namespace sonde::mysql {

/// Fills in type, length, precision, scale, sign and labels from the declared type. tinyint(1) is
/// an integer still, see settleBoolean().
void describeType(Column& column);

/// Makes a boolean of a tinyint(1), unless it is unsigned, counts by itself, or has a default other
/// than 0 and 1: then somebody stores numbers in it. The column has its default.
void settleBoolean(Column& column);

/// @return The labels of an enum or set type, exactly; empty for any other type.
[[nodiscard]] std::vector<std::string> readLabels(std::string_view columnType);

}  // namespace sonde::mysql
