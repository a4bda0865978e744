// From a record to what is written: names resolved and checked once for each set of columns.
//
// Invariant: what depends on names only is checked when a shape is made, what depends on values on
// every call (checkValues). Refuses only what nothing in the database could make right. Used by
// TablePlans and the writing half of Repository.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../core/record.hpp"
#include "../query/executor.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// @return A hash over the names of a record; no allocation.
[[nodiscard]] std::size_t writeShapeHash(WriteKind kind, const Record& record,
                                         const std::vector<std::string>& conflict) noexcept;
/// @return Whether a record has exactly the names of a shape, in its order.
[[nodiscard]] bool fits(const WriteShape& shape, WriteKind kind, const Record& record,
                        const std::vector<std::string>& conflict) noexcept;

/// @throws SchemaError for a column or conflict target that does not exist.
/// @throws ValidationError listing columns that must not be written or are given twice, and
/// conflict columns that are not unique or not in the record.
[[nodiscard]] std::shared_ptr<const WriteShape> makeWriteShape(
    const TablePlans& plans, const Executor& executor, WriteKind kind, const Record& record,
    const std::vector<std::string>& conflict);

/// @throws ValidationError listing the values that a strictly typed column cannot hold, and nulls
/// in the conflict columns of an upsert.
void checkValues(const TablePlans& plans, const WriteShape& shape, const Record& record);

/// @return INSERT of the shape's columns, its values the arguments in order.
[[nodiscard]] query::Insert insertOf(const TablePlans& plans, const WriteShape& shape);
/// @return UPDATE of the shape's columns, without a condition.
[[nodiscard]] query::Update updateOf(const TablePlans& plans, const WriteShape& shape);

}  // namespace sonde::repo
