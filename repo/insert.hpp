// Inserting one row: the steps that insert, create and their many-row forms share.
//
// Invariant: checks names and values before any SQL; runs on the executor it is given and opens no
// transaction of its own. Used by the writing half of Repository.
#pragma once

#include "../core/record.hpp"
#include "../query/executor.hpp"
#include "arg_buffer.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// What is known of a row after its INSERT.
struct Inserted {
  bool stored = true;  ///< False when a trigger made the engine ignore the row.
  Value key;           ///< Null where the table has none.
};

/// @return The arguments of a shape: the values of the record in order.
[[nodiscard]] ArgBuffer argsOf(const Record& record);

/// Inserts a row without reading it back. Neither verifies nor tells it.
[[nodiscard]] Inserted insertRow(Executor& executor, const TablePlans& plans, const Record& record);
/// @return The plan of INSERT … RETURNING the row; only where TablePlans::readsBack() is false.
[[nodiscard]] const query::Plan& insertReturningRow(const Executor& executor,
                                                    const TablePlans& plans,
                                                    const WriteShape& shape);
/// Inserts a row, reads it back, whichever way that takes, and tells it. Inside a transaction where
/// TablePlans::readsBack() says so.
/// @throws NotFound when a trigger made the engine ignore the row; what verifyRow() and readBack()
/// throw.
[[nodiscard]] Row createRow(Executor& executor, const TablePlans& plans, const Record& record);
/// @throws AuthorizationError unless a written row meets the check of the access rules.
void verifyRow(Executor& executor, const TablePlans& plans, query::Operation operation,
               const Value& key);
/// Reads an inserted row as the caller may see it.
/// @throws AuthorizationError when the caller may not; NotFound when it is gone.
[[nodiscard]] Row readBack(Executor& executor, const TablePlans& plans, const Inserted& inserted);

/// Throws what it means that a row just written cannot be read: AuthorizationError under access
/// rules, else NotFound, because a trigger moved or removed it.
[[noreturn]] void rowNotVisible(const TablePlans& plans);

}  // namespace sonde::repo
