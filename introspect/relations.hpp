// Infers the relations of tables from their foreign keys. docs/relations.md states the rules.
//
// Invariant: foreign keys are resolved before. Within a table no two relations have names equal but
// for case, and none has the name of a column. Time and memory are linear in tables, columns and
// keys. Used by Schema::build.
#pragma once

#include <string>
#include <vector>

#include "schema.hpp"
#include "table_lookup.hpp"

namespace sonde::detail {

/// Fills in `relations` of every table: belongsTo in the order of the foreign keys, then hasOne and
/// hasMany in the order of the child tables, then manyToMany in the order of the junction tables.
void inferRelations(std::vector<Table>& tables, const TableLookup& lookup);

/// Replaces inferred names by those of the configuration.
/// @throws ConfigError when an override names a table or relation that does not exist, is empty, or
/// makes the name of a relation equal to that of another or of a column.
void overrideNames(std::vector<Table>& tables, const TableLookup& lookup,
                   const RelationNames& names);

}  // namespace sonde::detail
