// The text a page cursor is: where the last row of a page stands in its order.
//
// Invariant: holds the order values exactly as stored (no rounding), a hash of table and order, and
// a checksum; what does not read back whole is refused. URL-safe base64 without padding. Not
// signed: a forged cursor can only start at another place among rows that its caller may read
// anyway.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../core/row.hpp"
#include "../core/value.hpp"
#include "select_request.hpp"

namespace sonde::repo {

/// @return A number for a table and an order; equal for equal ones in every process.
[[nodiscard]] std::uint64_t orderHash(const Table& table, const std::vector<OrderColumn>& order);

/// @return The cursor of a row, of which `cells[i]` is the value of the i-th order column.
[[nodiscard]] std::string encodeCursor(std::uint64_t order, const std::vector<Cell>& cells);

/// @return The order values. @throws ValidationError when the text is damaged, was made for another
/// table or order, or does not have `count` values.
[[nodiscard]] std::vector<Value> decodeCursor(std::string_view cursor, std::uint64_t order,
                                              std::size_t count);

}  // namespace sonde::repo
