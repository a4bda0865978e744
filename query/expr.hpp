// The expressions of a query tree.
//
// Invariant: immutable and shared by pointer; a value is always a Parameter, a Constant or a Claim,
// all three bound, never SQL text; a column is named by its source in the enclosing select. Built
// by repositories, the builder and rewriters; rendered only by SqlCompiler.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "../core/value.hpp"

namespace sonde::query {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;
struct Select;

enum class CompareOp : std::uint8_t { Eq, Ne, Lt, Le, Gt, Ge };
enum class MatchKind : std::uint8_t { Like, StartsWith, EndsWith, Contains };
enum class FunctionKind : std::uint8_t { Lower, Upper, Count, Sum, Avg, Min, Max, Coalesce };

/// A column of the `source`-th table of the enclosing statement; may be a table's implicit key.
struct ColumnRef {
  std::uint32_t source = 0;
  std::string name;
  std::uint32_t depth =
      0;  ///< Inside a subquery: how many statements out; 0 is the subquery's own.
};
/// The `index`-th argument of the call.
struct Parameter {
  std::uint32_t index = 0;
};
/// A value fixed when the query was built; bound all the same.
struct Constant {
  Value value;
};
/// A claim of the context, bound when the query runs.
struct Claim {
  std::string name;
};
struct Compare {
  CompareOp op = CompareOp::Eq;
  ExprPtr left;
  ExprPtr right;
};
/// A pattern match. Like takes the caller's pattern with `%`, `_` and `\` as escape; the other
/// kinds take plain text. Case matters on every engine unless `ignoreCase`. The pattern is a bound
/// value.
struct Match {
  MatchKind kind = MatchKind::Like;
  ExprPtr subject;
  ExprPtr pattern;
  bool ignoreCase = false;
};
/// Membership in a list of bound values. An empty list is false.
struct InList {
  ExprPtr subject;
  std::vector<ExprPtr> items;
};
/// Membership in one list parameter of any length, bound as a whole (json_each, = ANY).
struct InArray {
  ExprPtr subject;
  ExprPtr list;
};
struct Between {
  ExprPtr subject;
  ExprPtr low;
  ExprPtr high;
};
struct IsNull {
  ExprPtr operand;
};
/// AND or OR. No operands: AND is true, OR is false.
struct Junction {
  bool conjunction = true;
  std::vector<ExprPtr> operands;
};
struct Not {
  ExprPtr operand;
};
/// COUNT with no arguments counts rows.
struct Call {
  FunctionKind function = FunctionKind::Count;
  std::vector<ExprPtr> arguments;
  bool distinct = false;
};
struct Exists {
  std::shared_ptr<const Select> select;
};
/// SQL written by the caller, with `?` for each parameter in order. Named so that reviewers see it.
struct RawSql {
  std::string sql;
  std::vector<ExprPtr> parameters;
};

struct Expr {
  using Node = std::variant<ColumnRef, Parameter, Constant, Claim, Compare, Match, InList, InArray,
                            Between, IsNull, Junction, Not, Call, Exists, RawSql>;
  Node node;
};

/// @return A shared expression of this node. Thread-safe.
[[nodiscard]] ExprPtr make(Expr::Node node);
/// @return A column of a source. Thread-safe.
[[nodiscard]] ExprPtr column(std::string name, std::uint32_t source = 0);
/// @return The nth argument of the call. Thread-safe.
[[nodiscard]] ExprPtr parameter(std::uint32_t index);
/// @return A bound constant. Thread-safe.
[[nodiscard]] ExprPtr constant(Value value);
/// @return A claim of the context. Thread-safe.
[[nodiscard]] ExprPtr claim(std::string name);
/// @return A comparison. Thread-safe.
[[nodiscard]] ExprPtr compare(CompareOp op, ExprPtr left, ExprPtr right);
/// @return The opposite of an expression. Thread-safe.
[[nodiscard]] ExprPtr negation(ExprPtr operand);
/// @return Both; either may be null, which stands for no condition. Null when both are.
[[nodiscard]] ExprPtr both(ExprPtr a, ExprPtr b);
/// @return Whether two expressions are the same tree; two nulls are. Thread-safe.
[[nodiscard]] bool sameExpr(const ExprPtr& a, const ExprPtr& b);

}  // namespace sonde::query
