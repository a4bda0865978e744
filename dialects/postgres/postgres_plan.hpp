// Reads what EXPLAIN (FORMAT JSON) says.
//
// Invariant: a pure function of the text, which comes from the server. Used by the PostgreSQL
// WhatIf.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "../what_if.hpp"

namespace sonde {

/// @param names What indexes are called instead, where they go by another name in the plan.
/// @return The plan; cost, rows and order as the planner gives them. Thread-safe.
/// @throws QueryError when the text is no plan.
[[nodiscard]] QueryPlan readPostgresPlan(std::string_view json,
                                         const std::map<std::string, std::string>& names);

}  // namespace sonde
