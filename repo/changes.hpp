// Telling the executor what a write changed.
//
// Invariant: costs nothing while nobody can hear of it. Single rows are told with their key, bulk
// writes with keys only when a listener wants them. Used by every path that writes.
#pragma once

#include <cstdint>
#include <optional>

#include "../core/arg.hpp"
#include "../core/row.hpp"
#include "../query/executor.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// Tells one written row. `key` may be null where the table has none.
void tellRow(Executor& executor, const TablePlans& plans, query::Operation operation,
             const Value& key, const std::optional<Row>& row = std::nullopt);

/// Tells a write of many rows without their keys.
void tellBulk(Executor& executor, const TablePlans& plans, query::Operation operation,
              std::uint64_t affected);

/// @return Whether a bulk write should return the keys of its rows.
[[nodiscard]] bool tellsKeys(const Executor& executor, const TablePlans& plans,
                             query::Operation operation);

/// Runs a bulk write and tells it: by keys when its plan returns them. @return The rows it changed.
std::uint64_t runBulk(Executor& executor, const TablePlans& plans, query::Operation operation,
                      const query::Plan& plan, Args args);

/// @return The key of a row whose columns are TablePlans::keyItems(): a value, or an object.
[[nodiscard]] Value keyOf(const TablePlans& plans, RowView keyRow);

/// @return The key of a row that has the key among its columns; null when it does not.
[[nodiscard]] Value keyInRow(const TablePlans& plans, RowView row);

}  // namespace sonde::repo
