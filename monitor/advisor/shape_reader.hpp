// Reads query shapes out of tokens by recursive descent; one object a text (a statement, or the
// definition of a view it names).
//
// Invariant: every recursion counts its depth, and every copy of a subquery, view or common table
// expression counts against a budget of the statement, so that no text costs more than linear time.
// What lies beyond is left out. Private to readQueryShape().
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "query_shape.hpp"
#include "sql_tokens.hpp"

namespace sonde::advisor {

/// What a statement may cost, whoever reads a part of it.
struct ReadBudget {
  static constexpr std::size_t kMaxDepth = 40;
  std::size_t expansions = 64;  ///< Derived tables, common table expressions and views read.
  std::size_t sources = 256;    ///< Tables in FROM.
};

/// The names under which one item of FROM is reached.
struct NamedSource {
  std::string name;                   ///< Alias, else the table's name.
  std::string schema;                 ///< Of a table named without an alias.
  std::optional<std::size_t> source;  ///< Of a table: in the block's sources.
  /// Of a derived table: its columns as terms of the sources that it brought into the block.
  std::vector<std::pair<std::string, KeyTerm>> columns;
};

/// A common table expression; its text is read where it is named.
struct CommonTable {
  std::string name;
  TokenRange body;
  std::vector<std::string> columns;
  bool open = false;  ///< Being read: a recursive one names itself.
};

/// One SELECT while it is read, with what it can see.
struct Scope {
  QueryBlock block;
  std::vector<NamedSource> names;
  std::vector<CommonTable> commons;
  std::vector<std::pair<std::string, KeyTerm>> outputs;  ///< Columns that are plain terms.
  Scope* outer = nullptr;
  /// A query over a UNION is read once for each of its cores, as planners push conditions into
  /// them.
  std::size_t choice = 0;   ///< The core that this reading takes.
  std::size_t choices = 1;  ///< How many there are.
  bool simple = false;      ///< It only selects and joins: its parent can take it in.
};

/// A chain of names, resolved.
struct ColumnUse {
  KeyTerm term;
  std::size_t end = 0;  ///< Behind the chain.
  bool outer = false;   ///< Of a query around this one: a value, as far as this one goes.
};

/// What one side of a comparison is.
struct Operand {
  enum class Kind : std::uint8_t { Term, Value, Literal, Other } kind = Kind::Other;
  KeyTerm term;
  std::string collation;  ///< That COLLATE gives it.
};

/// See the file comment.
class ShapeReader {
 public:
  ShapeReader(const SqlTokens& tokens, const Schema& schema, const query::LexerRules& rules,
              ReadBudget& budget, std::size_t depth)
      : tokens_(tokens), schema_(schema), rules_(rules), budget_(budget), depth_(depth) {}

  /// Reads a whole statement. @return Its shape.
  QueryShape readStatement();
  /// Reads a query. @return Each of its cores: more than one for UNION and its like.
  std::vector<Scope> readQuery(TokenRange range, Scope* outer);

  [[nodiscard]] std::vector<QueryBlock> takeBlocks() { return std::move(blocks_); }

 private:
  struct Clause {
    TokenRange select, from, where, group, having, order;
    bool distinct = false, limited = false, windows = false;
  };

  // shape_reader.cpp: queries and their clauses
  std::size_t readWith(TokenRange range, Scope& scope);
  void readCore(TokenRange range, Scope& scope);
  void readChoices(TokenRange range, Scope* outer, std::vector<Scope>& into);
  [[nodiscard]] Clause clausesOf(TokenRange range) const;
  void readSelectList(TokenRange range, Scope& scope, bool distinct);
  void readStar(TokenRange item, Scope& scope);
  [[nodiscard]] bool readExtreme(TokenRange range, Scope& scope);
  void readOrder(TokenRange range, Scope& scope, std::vector<Ordering>& into);
  std::optional<KeyTerm> orderTerm(TokenRange item, Scope& scope);
  void finish(Scope& scope);
  void finishAll(std::vector<Scope> cores);

  // shape_writes.cpp: INSERT, UPDATE and DELETE
  void readWritten(TokenRange range, Scope& scope, QueryShape& shape);
  void readInsert(TokenRange range, Scope& scope, QueryShape& shape);
  void readUpdate(TokenRange range, Scope& scope, QueryShape& shape);
  void readDelete(TokenRange range, Scope& scope, QueryShape& shape);

  // shape_from.cpp: the tables of a block
  void readFrom(TokenRange range, Scope& scope);
  std::size_t readFactor(TokenRange range, Scope& scope);
  std::size_t readAlias(TokenRange range, std::string& alias) const;
  void readNamed(const std::vector<std::string>& chain, const std::string& alias, Scope& scope);
  void readCommon(CommonTable& common, std::string alias, Scope& scope);
  void addTable(const Table& table, const std::string& alias, Scope& scope);
  void addDerived(std::vector<Scope> cores, std::string alias,
                  const std::vector<std::string>& columns, Scope& scope);
  void readView(const Table& view, std::string alias, Scope& scope);
  [[nodiscard]] CommonTable* findCommon(std::string_view name, Scope& scope);
  void readUsing(TokenRange names, Scope& scope);
  void joinByName(const std::string& column, Scope& scope);

  // shape_predicates.cpp: conditions
  void readCondition(TokenRange range, Scope& scope, Conjunction& into,
                     std::vector<Disjunction>* alternatives);
  void readComparison(TokenRange range, Scope& scope, Conjunction& into);
  void readRow(TokenRange left, std::string_view sign, TokenRange right, Scope& scope,
               Conjunction& into);
  void compare(TokenRange left, std::string_view sign, TokenRange right, TokenRange whole,
               Scope& scope, Conjunction& into);
  void readWordComparison(TokenRange range, std::size_t at, Scope& scope, Conjunction& into);
  [[nodiscard]] MatchKind patternKind(std::size_t word, TokenRange pattern) const;
  void add(KeyTerm term, MatchKind kind, TokenRange condition, bool literal, Scope& scope,
           Conjunction& into);

  // shape_terms.cpp: expressions
  [[nodiscard]] std::optional<ColumnUse> columnAt(std::size_t i, std::size_t end,
                                                  Scope& scope) const;
  [[nodiscard]] Operand operand(TokenRange range, Scope& scope) const;
  [[nodiscard]] std::string textWithoutQualifiers(TokenRange range, Scope& scope) const;
  void noteColumns(TokenRange range, Scope& scope);
  static void noteColumn(const KeyTerm& term, Scope& scope);

  const SqlTokens& tokens_;
  const Schema& schema_;
  const query::LexerRules& rules_;
  ReadBudget& budget_;
  std::size_t depth_;
  bool inView_ = false;
  std::vector<QueryBlock> blocks_;
};

}  // namespace sonde::advisor
