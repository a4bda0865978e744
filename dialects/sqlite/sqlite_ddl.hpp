// Reads out of SQLite's stored DDL what no pragma tells: names of constraints, checks, expressions
// of generated columns and indexes, predicates of partial indexes, deferrable foreign keys,
// triggers.
//
// Invariant: a reader of DDL that SQLite has accepted, not a validator: hostile text gives an empty
// result or a wrong one, never an error, and takes linear time. Pure functions of the text. Used by
// the catalog reader, which believes them only where they agree with the pragmas.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../../introspect/column.hpp"
#include "../../introspect/constraint.hpp"

namespace sonde::sqlite {

/// A foreign key as written, on a column or on the table.
struct ParsedForeignKey {
  std::optional<std::string> name;
  std::vector<std::string> columns;
  std::string table;
  bool deferrable = false;
  bool initiallyDeferred = false;
  std::string match = "SIMPLE";  ///< In upper case; SQLite stores it and ignores it.
};

/// The expression of a generated column, as written, without the outer parentheses.
struct ParsedGenerated {
  std::string column;
  std::string expression;
};

/// Everything in the order of the text. Expressions run from their first token to their last:
/// comments inside are kept, those around are not.
struct ParsedTable {
  std::optional<std::string> primaryKeyName;
  std::vector<UniqueConstraint> uniqueConstraints;
  std::vector<ParsedForeignKey> foreignKeys;
  std::vector<Check> checks;
  std::vector<ParsedGenerated> generated;
};

/// @return What a CREATE TABLE says; empty when the text is no CREATE TABLE with a list of columns
/// that is closed. As in SQLite, a CONSTRAINT name holds for every CHECK up to the next comma; for
/// other constraints only for the one that follows it. Thread-safe.
[[nodiscard]] std::optional<ParsedTable> parseCreateTable(std::string_view sql);

struct ParsedIndex {
  std::vector<std::string> parts;  ///< Each as written, COLLATE included, without ASC and DESC.
  std::optional<std::string> where;
};

/// @return What a CREATE INDEX says; empty when the text is none. Thread-safe.
[[nodiscard]] std::optional<ParsedIndex> parseCreateIndex(std::string_view sql);

struct ParsedTrigger {
  std::string timing;                ///< "BEFORE" (also when left out), "AFTER" or "INSTEAD OF".
  std::string event;                 ///< "INSERT", "UPDATE" or "DELETE".
  std::vector<std::string> columns;  ///< Of UPDATE OF; empty for any.
  std::string schema;                ///< Qualifier of the table; empty when it has none.
  std::string table;
};

/// @return What the head of a CREATE TRIGGER says; empty when the text is none. Thread-safe.
[[nodiscard]] std::optional<ParsedTrigger> parseCreateTrigger(std::string_view sql);

/// How the catalog shows a default: SQLite's pragma gives the text after DEFAULT, in which "x" and
/// a bare word are strings.
/// @return The default as a literal or an expression; empty for NULL and for no text. Thread-safe.
[[nodiscard]] std::optional<ColumnDefault> parseDefault(std::string_view text);

}  // namespace sonde::sqlite
