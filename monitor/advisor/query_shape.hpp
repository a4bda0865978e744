// What a statement asks of the tables it names, as far as an index could help: which columns it
// compares, joins, orders and reads.
//
// Invariant: plain data, made from the text of one statement and a schema, whose tables it points
// at. It holds no value of the statement but the literals that a partial index could be made of.
// Used by the index advisor.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../../introspect/schema.hpp"
#include "../../query/lexer.hpp"

namespace sonde::advisor {

/// What an index could have for a key: a column of a source, or an expression over its columns.
struct KeyTerm {
  std::size_t source = 0;  ///< In QueryBlock::sources.
  std::string column;      ///< As the schema spells it; empty for an expression.
  std::string expression;  ///< As written, without qualifiers; empty for a column.
  std::string collation;   ///< That the statement asks for; empty for the column's own.

  /// @return Whether both are the same key of the same source.
  [[nodiscard]] bool operator==(const KeyTerm& other) const noexcept = default;
};

enum class MatchKind : std::uint8_t {
  Equal,     ///< = with something that is known before the table is read.
  In,        ///< IN with a list or a subquery.
  Null,      ///< IS NULL
  Range,     ///< <, <=, >, >=, BETWEEN
  Like,      ///< LIKE with a literal that begins with plain characters.
  Glob,      ///< GLOB with such a literal.
  NotNull,   ///< IS NOT NULL
  NotEqual,  ///< <>
  Other,     ///< Anything that no ordered index finds.
};

/// One comparison of a term.
struct Predicate {
  KeyTerm term;
  MatchKind kind = MatchKind::Other;
  /// The comparison as text, without qualifiers, where all it compares with is literals: what the
  /// predicate of a partial index could be.
  std::string condition;
  /// The other table's term where the comparison joins two.
  std::optional<KeyTerm> joined;
};

/// Predicates that hold together.
using Conjunction = std::vector<Predicate>;

/// Alternatives, joined by OR.
struct Disjunction {
  std::vector<Conjunction> branches;
};

/// A key of ORDER BY, GROUP BY or DISTINCT.
struct Ordering {
  KeyTerm term;
  bool descending = false;
  std::optional<bool> nullsFirst;  ///< As written; empty when the statement does not say.
};

/// A table as one block names it.
struct Source {
  const Table* table = nullptr;
  std::vector<std::string>
      columns;              ///< That the block reads, as the schema spells them, each once.
  bool allColumns = false;  ///< By a star.
  bool target = false;      ///< What the statement updates or deletes from.
};

/// One SELECT, UPDATE or DELETE with what it is joined to: what the planner plans in one piece.
struct QueryBlock {
  std::vector<Source> sources;
  Conjunction predicates;
  std::vector<Disjunction> alternatives;
  std::vector<Ordering> order;
  std::vector<Ordering> group;     ///< GROUP BY, or the columns of SELECT DISTINCT.
  std::optional<KeyTerm> extreme;  ///< Of min() or max() as the only thing that is selected.
  bool limited = false;            ///< LIMIT or FETCH FIRST.
};

enum class StatementKind : std::uint8_t { Select, Insert, Update, Delete, Other };

/// The table that a statement changes.
struct WriteTarget {
  const Table* table = nullptr;
  std::vector<std::string> columns;  ///< That UPDATE sets, as the schema spells them.
};

/// See the file comment.
struct QueryShape {
  StatementKind kind = StatementKind::Other;
  std::vector<QueryBlock> blocks;
  std::optional<WriteTarget> write;
};

/// Reads the shape of one statement. Views, subqueries in FROM and common table expressions that
/// only select and join become part of the block that names them, as planners have it; others are
/// blocks of their own. It judges nothing: text that it does not understand, tables that are not
/// there and columns that are ambiguous are left out. Never throws for what is in the text; takes
/// time linear in it, for any text. Thread-safe.
[[nodiscard]] QueryShape readQueryShape(std::string_view sql, const Schema& schema,
                                        const query::LexerRules& rules);

}  // namespace sonde::advisor
