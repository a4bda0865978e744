// Copying rows from one block to another.
//
// Invariant: a copy owns its text and blobs. Used where rows of several statements become one
// result, and where a result loses rows or columns that were read for sonde's own use.
#pragma once

#include <cstddef>

#include "../core/result_set.hpp"

namespace sonde::repo {

/// Appends a copy of a row; the block's header has at most as many columns.
void appendCopy(ResultBlock& block, RowView row);

/// @return The first rows and columns of a result; the result itself when that is all of it.
[[nodiscard]] ResultSet copyRows(const ResultSet& rows, std::size_t rowCount,
                                 std::size_t columnCount);

}  // namespace sonde::repo
