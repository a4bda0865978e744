// Collects the SQL text and the slots of one statement while a compiler's hooks render its tree.
//
// Invariant: a value only ever becomes a placeholder, an identifier is always quoted. A column of a
// single-table statement stands alone, of several tables after the table's alias; a subquery's
// columns always carry theirs, and aliases that would collide are numbered. Used by compilers, for
// one statement, on one thread.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "compiler.hpp"
#include "plan.hpp"
#include "tree.hpp"

namespace sonde::query {

/// See the file comment. Everything that appends returns the renderer.
class Renderer {
 public:
  explicit Renderer(const SqlCompiler& compiler) noexcept : compiler_(&compiler) {}

  /// Appends SQL as it is. Never a name or a value.
  Renderer& sql(std::string_view text);
  /// Appends a quoted name.
  Renderer& identifier(std::string_view name);
  /// Appends an expression as it is.
  Renderer& expr(const ExprPtr& expr);
  /// Appends an expression, in parentheses unless it is a name, a value or a call.
  Renderer& operand(const ExprPtr& whole);
  /// Appends expressions with commas between.
  Renderer& list(const std::vector<ExprPtr>& exprs);
  /// Appends a placeholder for a value that is transformed before it is bound.
  /// @throws Unsupported when the expression is not a parameter, constant or claim.
  Renderer& transformed(const ExprPtr& value, BindTransform transform, bool ignoreCase = false);
  /// Appends a value that is compared with a column or stored in it; `column` may be null.
  Renderer& valueFor(const ExprPtr& value, const Column* column);
  /// Appends names, each quoted, with commas between.
  Renderer& identifiers(const std::vector<std::string>& names);

  /// @return The column of its table that an expression is; nullptr for any other expression.
  [[nodiscard]] const Column* columnOf(const ExprPtr& expr) const noexcept;
  /// @return Whether an expression is a column that holds no nulls, nor gets any from a left join.
  [[nodiscard]] bool neverNull(const ExprPtr& expr) const noexcept;

  /// Appends a whole query.
  /// @throws Unsupported when the engine has no way to say it.
  Renderer& query(const Query& query);

  /// @return The plan of what was rendered, with a new id; the renderer is spent.
  /// @throws Unsupported when there are more placeholders than the engine takes.
  [[nodiscard]] PlanPtr finish();

 private:
  // The tables that columns of a statement can name. `alias` is what its columns are qualified by.
  struct ScopeSource {
    const Table* table;
    std::string alias;
    bool optional = false;  ///< Its columns are null where a left join found nothing.
  };
  struct Scope {
    std::vector<ScopeSource> sources;
    bool qualify = false;
  };

  [[nodiscard]] const ScopeSource* sourceOf(const ColumnRef& ref) const noexcept;
  void node(const ColumnRef& ref);
  void node(const Parameter& parameter);
  void node(const Constant& constant);
  void node(const Claim& claim);
  void node(const Compare& compare);
  void node(const Match& match);
  void node(const InList& in);
  void node(const InArray& in);
  void node(const Between& between);
  void node(const IsNull& isNull);
  void node(const Junction& junction);
  void node(const Not& negation);
  void node(const Call& call);
  void node(const Exists& exists);
  void node(const RawSql& raw);

  void statement(const Select& query);
  void statement(const Insert& insert);
  void statement(const Update& update);
  void statement(const Delete& deletion);

  void select(const Select& query, bool nested);
  void items(const Select& query);
  void from(const Select& query);
  void where(const ExprPtr& condition);
  void rows(const Insert& insert);
  void returning(const Table& table, const std::vector<SelectItem>& items, bool possible);
  void item(const SelectItem& item);
  void junctionRange(const Junction& junction, std::size_t from, std::size_t to);
  void inList(const InList& in, bool negated);
  void placeholder(Slot slot);
  void pushSelectScope(const Select& select, bool nested);
  void pushTableScope(const Table& table);
  [[nodiscard]] bool aliasTaken(const Scope& scope, std::string_view alias) const;
  void touch(const Table& table, bool written);

  const SqlCompiler* compiler_;
  Plan plan_;
  std::vector<Scope> scopes_;
};

}  // namespace sonde::query
