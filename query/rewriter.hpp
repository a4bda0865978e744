// Rewriters: rules that every generated query passes before it is compiled.
//
// Invariant: rules are asked for every table in every query (finders, counts, relations, writes,
// subqueries) and applied by sonde, so a rewriter cannot forget a path. Plan keys include the
// chain's fingerprint; values come from claims as bound parameters. An empty chain costs nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "../core/context.hpp"
#include "../introspect/schema.hpp"
#include "tree.hpp"

namespace sonde {

/// What a chain asks of one table in one query. Expressions see the table as source 0 and are
/// trusted: no rules are applied to them again.
struct TableRules {
  query::ExprPtr predicate;  ///< Only rows for which this holds are seen or changed.
  /// Must hold for every row after a write, else it is undone. Where a rewriter restricts an insert
  /// or update without a check, its predicate is the check: nobody writes what he could not see.
  query::ExprPtr check;
  std::vector<std::string> hidden;  ///< Columns that do not exist for this caller.
  std::vector<query::Assignment>
      masks;            ///< Columns replaced by an expression wherever they are read.
  bool denied = false;  ///< The operation is refused with AuthorizationError.

  /// Adds a predicate to those already there (AND).
  void restrict(query::ExprPtr more);
  /// Adds a check to those already there (AND).
  void require(query::ExprPtr more);
  /// Hides a column of the table; a name the table does not have is ignored.
  void hide(std::string column);
  /// Replaces a column wherever it is read.
  void mask(std::string column, query::ExprPtr by);

  [[nodiscard]] bool empty() const noexcept {
    return !predicate && !check && hidden.empty() && masks.empty() && !denied;
  }
  /// @return Whether a column is hidden; ASCII case is ignored, to err on the hiding side.
  [[nodiscard]] bool hides(std::string_view column) const noexcept;
  /// @return The expression that replaces a column; nullptr when it is not masked.
  [[nodiscard]] const query::ExprPtr* maskOf(std::string_view column) const noexcept;
};

/// One rule-giver. Implementations must be thread-safe.
class QueryRewriter {
 public:
  virtual ~QueryRewriter() = default;

  /// @return A number that changes whenever rules() would answer differently for this context,
  /// claims bound as parameters aside. Plans are cached under it.
  [[nodiscard]] virtual std::uint64_t fingerprint(const Context& context) const = 0;

  /// Adds what this rewriter asks of `table` for `operation` to `rules`.
  virtual void rules(const Table& table, query::Operation operation, const Context& context,
                     TableRules& rules) const = 0;
};

/// The ordered rewriters of a database. Immutable; replaced whole. Thread-safe.
class RewriterChain {
 public:
  RewriterChain() = default;
  explicit RewriterChain(std::vector<std::shared_ptr<const QueryRewriter>> rewriters);

  [[nodiscard]] bool empty() const noexcept { return rewriters_.empty(); }
  /// @return The chain's fingerprint for this context; 0 for an empty chain.
  [[nodiscard]] std::uint64_t fingerprint(const Context& context) const;
  /// @return The sum of every rewriter's rules for a table.
  [[nodiscard]] TableRules rulesFor(const Table& table, query::Operation operation,
                                    const Context& context) const;

  /// Applies the rules of every table in a query; an update, delete or upsert is also restricted to
  /// rows that may be read. Checks (TableRules::check) are not part of the tree: the caller of a
  /// write asks rulesFor() and verifies rows in the same transaction.
  /// @throws SchemaError when the query names a hidden column, as if it did not exist.
  /// @throws AuthorizationError when an operation is denied, a masked or hidden column is written,
  /// or the query holds a raw SQL fragment.
  [[nodiscard]] query::Query apply(query::Query query, const Context& context) const;

 private:
  std::vector<std::shared_ptr<const QueryRewriter>> rewriters_;
};

}  // namespace sonde
