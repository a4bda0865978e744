// What several parts of core/ say about one cell: its column in a message, its digits as a decimal.
//
// Internal to core/.
#pragma once

#include <string>

#include "cell.hpp"
#include "columns.hpp"
#include "error.hpp"

namespace sonde {

/// @return `column "age" of table "users"`, or "the value" without columns.
[[nodiscard]] std::string describeColumn(const Cell& cell, const Columns* columns);

/// @return Error details with the names of the column and its table, where they are known.
[[nodiscard]] ErrorDetails detailsOfColumn(const Cell& cell, const Columns* columns);

/// Appends the digits of a cell in a decimal column, at the scale the column declares.
/// The cell is not null and no blob.
void appendDecimalDigits(std::string& out, const Cell& cell, const Columns* columns);

}  // namespace sonde
