// Resolves the foreign keys of a catalog against its own tables.
//
// Invariant: afterwards a foreign key either names a real table and real columns, as they are
// written there, or is dangling. Used by Schema::build.
#pragma once

#include <vector>

#include "table.hpp"
#include "table_lookup.hpp"

namespace sonde::detail {

/// Gives every foreign key its target in the target's own spelling, fills in columns that the DDL
/// left out (the target's primary key, in key order), and sets `dangling` and `targetUnique`.
void resolveForeignKeys(std::vector<Table>& tables, const TableLookup& lookup);

}  // namespace sonde::detail
