// Adds what the DDL tells to a table that was read from pragmas.
//
// Invariant: the pragmas are right; DDL that does not agree with them (somebody edited
// sqlite_schema) adds nothing. Used by the catalog reader.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>

#include "../../introspect/table.hpp"
#include "sqlite_ddl.hpp"

namespace sonde::sqlite {

/// The collation of columns that declare none.
inline constexpr std::string_view kBinaryCollation = "BINARY";

/// What sqlite_schema says of an index.
struct IndexSource {
  std::size_t order = 0;  ///< Of making.
  std::string sql;        ///< Empty for the index of a constraint.
};
using IndexSources = std::unordered_map<std::string, IndexSource>;  // by name

/// Fills in type, length, precision, scale and sign from the declared type.
void describeType(Column& column);

/// Puts the indexes of a table in the order they were made in, adds expressions and predicates, and
/// takes away collations that the column has anyway. Columns must have their collations.
void describeIndexes(Table& table, const IndexSources& sources);

/// Adds names of constraints, clauses of foreign keys, checks, unique constraints (by the indexes
/// that stand for them) and expressions of generated columns.
void describeTable(Table& table, ParsedTable parsed);

}  // namespace sonde::sqlite
