#include "condition.hpp"

#include <utility>

namespace sonde {

Condition::Condition(Op op, std::vector<Condition> operands)
    : op_(op), operands_(std::move(operands)) {}

Condition Condition::equals(Value value) {
  if (value.isNull()) return isNull();
  std::vector<Value> values;
  values.push_back(std::move(value));
  return {Op::Eq, std::move(values)};
}

Condition Condition::ignoreCase() const {
  Condition copy = *this;
  copy.ignoreCase_ = true;
  for (Condition& operand : copy.operands_) operand = operand.ignoreCase();
  return copy;
}

namespace {

Condition withOne(Condition::Op op, Value value) {
  std::vector<Value> values;
  values.push_back(std::move(value));
  return {op, std::move(values)};
}

}  // namespace

Condition eq(Value value) { return {std::move(value)}; }

Condition ne(Value value) {
  if (value.isNull()) return isNotNull();
  return withOne(Condition::Op::Ne, std::move(value));
}

Condition lt(Value value) { return withOne(Condition::Op::Lt, std::move(value)); }
Condition lte(Value value) { return withOne(Condition::Op::Lte, std::move(value)); }
Condition gt(Value value) { return withOne(Condition::Op::Gt, std::move(value)); }
Condition gte(Value value) { return withOne(Condition::Op::Gte, std::move(value)); }
Condition in(std::vector<Value> values) { return {Condition::Op::In, std::move(values)}; }
Condition notIn(std::vector<Value> values) { return {Condition::Op::NotIn, std::move(values)}; }

Condition between(Value low, Value high) {
  std::vector<Value> values;
  values.push_back(std::move(low));
  values.push_back(std::move(high));
  return {Condition::Op::Between, std::move(values)};
}

Condition like(std::string pattern) { return withOne(Condition::Op::Like, std::move(pattern)); }

Condition startsWith(std::string text) {
  return withOne(Condition::Op::StartsWith, std::move(text));
}

Condition endsWith(std::string text) { return withOne(Condition::Op::EndsWith, std::move(text)); }
Condition contains(std::string text) { return withOne(Condition::Op::Contains, std::move(text)); }
Condition isNull() { return {Condition::Op::IsNull, std::vector<Value>{}}; }
Condition isNotNull() { return not_(isNull()); }

Condition not_(Condition condition) {
  std::vector<Condition> operands;
  operands.push_back(std::move(condition));
  return {Condition::Op::Not, std::move(operands)};
}

Condition all(std::vector<Condition> conditions) {
  return {Condition::Op::All, std::move(conditions)};
}

Condition any(std::vector<Condition> conditions) {
  return {Condition::Op::Any, std::move(conditions)};
}

Filter::Filter(std::initializer_list<std::pair<std::string, Condition>> terms) {
  terms_.reserve(terms.size());
  for (const auto& [column, condition] : terms) terms_.push_back({column, condition, nullptr});
}

Filter& Filter::add(std::string column, Condition condition) {
  terms_.push_back({std::move(column), std::move(condition), nullptr});
  return *this;
}

Filter& Filter::add(Filter group) {
  Term term;
  term.group = std::make_shared<const Filter>(std::move(group));
  terms_.push_back(std::move(term));
  return *this;
}

Filter& Filter::negate() noexcept {
  negated_ = !negated_;
  return *this;
}

Filter allOf(std::vector<Filter> filters) {
  Filter result;
  for (Filter& filter : filters) result.add(std::move(filter));
  return result;
}

Filter anyOf(std::vector<Filter> filters) {
  Filter result = allOf(std::move(filters));
  result.conjunction_ = false;
  return result;
}

Filter noneOf(Filter filter) {
  filter.negate();
  return filter;
}

}  // namespace sonde
