// Counting the rows of a table that meet a filter.
//
// Invariant: obeys the rewriters as every select does. Used by count() and paginate().
#pragma once

#include <cstdint>

#include "../query/condition.hpp"
#include "../query/executor.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// @return The number of rows. @throws SchemaError, ValidationError for a wrong filter.
[[nodiscard]] std::uint64_t countRows(Executor& executor, const TablePlans& plans,
                                      const Filter& filter);

}  // namespace sonde::repo
