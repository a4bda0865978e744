// Conditions on columns as users write them: `{{"age", sonde::gt(18)}, {"active", true}}`.
//
// Invariant: owns its values; says nothing of SQL. Repositories and the builder check the names
// against the schema and turn a Filter into an expression. A plain value means eq; null means
// isNull.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../core/value.hpp"

namespace sonde {

/// One test of one column.
class Condition {
 public:
  enum class Op : std::uint8_t {
    Eq,
    Ne,
    Lt,
    Lte,
    Gt,
    Gte,
    In,
    NotIn,
    Between,
    Like,
    StartsWith,
    EndsWith,
    Contains,
    IsNull,
    Not,
    All,
    Any,
  };

  /// A plain value: equality, or isNull for a null.
  template <class T>
  requires(std::constructible_from<Value, T> && !std::same_as<std::remove_cvref_t<T>, Condition>)
      Condition(T&& value)
      : Condition(equals(Value(std::forward<T>(value)))) {}

  Condition(Op op, std::vector<Value> values, bool ignoreCase = false)
      : op_(op), ignoreCase_(ignoreCase), values_(std::move(values)) {}
  /// Not, All, Any over other conditions on the same column.
  Condition(Op op, std::vector<Condition> operands);

  [[nodiscard]] Op op() const noexcept { return op_; }
  [[nodiscard]] bool ignoresCase() const noexcept { return ignoreCase_; }
  [[nodiscard]] const std::vector<Value>& values() const noexcept { return values_; }
  [[nodiscard]] const std::vector<Condition>& operands() const noexcept { return operands_; }
  /// @return The same test without regard to case: comparison of text in lower case.
  [[nodiscard]] Condition ignoreCase() const;

 private:
  static Condition equals(Value value);

  Op op_;
  bool ignoreCase_ = false;
  std::vector<Value> values_;
  std::vector<Condition> operands_;
};

[[nodiscard]] Condition eq(Value value);
[[nodiscard]] Condition ne(Value value);
[[nodiscard]] Condition lt(Value value);
[[nodiscard]] Condition lte(Value value);
[[nodiscard]] Condition gt(Value value);
[[nodiscard]] Condition gte(Value value);
[[nodiscard]] Condition in(std::vector<Value> values);
[[nodiscard]] Condition notIn(std::vector<Value> values);
/// Both ends included.
[[nodiscard]] Condition between(Value low, Value high);
/// The caller's pattern: `%` any text, `_` any character, `\` escapes.
[[nodiscard]] Condition like(std::string pattern);
[[nodiscard]] Condition startsWith(std::string text);
[[nodiscard]] Condition endsWith(std::string text);
[[nodiscard]] Condition contains(std::string text);
[[nodiscard]] Condition isNull();
[[nodiscard]] Condition isNotNull();
/// The opposite; a row for which the inner test is unknown (null) matches neither.
[[nodiscard]] Condition not_(Condition condition);
/// Every one of the conditions on one column.
[[nodiscard]] Condition all(std::vector<Condition> conditions);
/// At least one of the conditions on one column.
[[nodiscard]] Condition any(std::vector<Condition> conditions);

/// Conditions on several columns: all of them, or at least one; may be nested.
class Filter {
 public:
  struct Term {
    std::string column;  ///< Empty when `group` is set.
    Condition condition = nullptr;
    std::shared_ptr<const Filter> group;  ///< A nested filter.
  };

  /// No condition: every row.
  Filter() = default;
  /// All of these: `{{"age", gt(18)}, {"name", "Ada"}}`.
  Filter(std::initializer_list<std::pair<std::string, Condition>> terms);

  /// Adds a condition on a column. @return This filter.
  Filter& add(std::string column, Condition condition);
  /// Adds a nested filter. @return This filter.
  Filter& add(Filter group);
  /// Sets whether the negation is meant. @return This filter.
  Filter& negate() noexcept;

  [[nodiscard]] bool conjunction() const noexcept { return conjunction_; }
  [[nodiscard]] bool negated() const noexcept { return negated_; }
  [[nodiscard]] const std::vector<Term>& terms() const noexcept { return terms_; }
  [[nodiscard]] bool empty() const noexcept { return terms_.empty(); }

 private:
  friend Filter anyOf(std::vector<Filter> filters);
  bool conjunction_ = true;
  bool negated_ = false;
  std::vector<Term> terms_;
};

/// All of the filters.
[[nodiscard]] Filter allOf(std::vector<Filter> filters);
/// At least one of the filters; none of them for an empty list.
[[nodiscard]] Filter anyOf(std::vector<Filter> filters);
/// The opposite of a filter.
[[nodiscard]] Filter noneOf(Filter filter);

}  // namespace sonde
