// What the schema knows of a broken constraint and the engine did not say.
//
// Invariant: runs only after a failure. Afterwards a ConstraintError has the same kind, table and
// columns whichever engine it came from, as far as that can be told. Used by both executors and by
// the commit.
#pragma once

#include "../core/error.hpp"
#include "../introspect/schema.hpp"
#include "../query/lexer.hpp"
#include "../query/plan.hpp"

namespace sonde {

/// Throws the error that is being handled again, its details completed: the columns behind the name
/// of a constraint or index, the kind primaryKey where that name is a primary key's, the table that
/// the plan writes where the engine names none, and the foreign key where only one can be meant.
/// Call it from the handler. `plan` may be null.
/// @throws ConstraintError.
[[noreturn]] void throwDescribed(const ConstraintError& error, const Schema& schema,
                                 const query::Plan* plan, const query::LexerRules& rules);

}  // namespace sonde
