// Finds the two foreign keys that make a table a junction of a many-to-many relation.
//
// Used by relations.cpp; docs/relations.md gives the rule and what it was measured on.
#pragma once

#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "names.hpp"
#include "table.hpp"

namespace sonde::detail {

/// @return The positions in `links` of the two keys that `table` joins; empty when it is no
/// junction. `links[first, last)` are the keys of the table.
[[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> findJunction(
    const Table& table, const std::vector<Link>& links, std::size_t first, std::size_t last);

}  // namespace sonde::detail
