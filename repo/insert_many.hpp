// Inserting many rows: in bulk, several a statement, or one by one, whichever the engine does
// fastest and the access rules, triggers and listeners allow.
//
// Invariant: whatever way is taken, the same rows are stored, checked and told, all or none; the
// number of plans for a set of columns is small and fixed. Used by Repository.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "../core/record.hpp"
#include "../core/result_block.hpp"
#include "../query/executor.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// Inserts rows by Executor::bulkInsert, which is all or none by itself. @return The rows stored;
/// empty, with nothing done, where that is not possible or not worth while.
[[nodiscard]] std::optional<std::uint64_t> insertInBulk(Executor& executor, const TablePlans& plans,
                                                        std::span<const Record> rows);

/// Inserts rows, inside a transaction. @return The rows stored: less what triggers made the engine
/// ignore.
[[nodiscard]] std::uint64_t insertRows(Executor& executor, const TablePlans& plans,
                                       std::span<const Record> rows);

/// Inserts rows, inside a transaction. @return Them as stored, in the order given: engines return
/// the rows of VALUES in its order, and where one returns fewer nothing is stored.
/// @throws NotFound when a trigger made the engine ignore a row.
[[nodiscard]] BlockPtr createRows(Executor& executor, const TablePlans& plans,
                                  std::span<const Record> rows);

}  // namespace sonde::repo
