#include "select_request.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "../query/filter.hpp"

namespace sonde::repo {
namespace {

// Engines count rows in signed 64-bit integers.
std::uint64_t clamp(std::uint64_t rows) {
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  return std::min(rows, kMost);
}

bool asksNothing(const Condition& condition) {
  const auto& operands = condition.operands();
  const auto nothing = [](const Condition& operand) { return asksNothing(operand); };
  switch (condition.op()) {
    case Condition::Op::All:
      return std::all_of(operands.begin(), operands.end(), nothing);
    case Condition::Op::Any:
      return std::any_of(operands.begin(), operands.end(), nothing);
    default:
      return false;
  }
}

bool asksNothing(const Filter::Term& term) {
  return term.group ? repo::asksNothing(*term.group) : asksNothing(term.condition);
}

bool hasColumn(const TablePlans& plans, std::string_view name) {
  return plans.visible().columnIndex(name) != Table::npos;
}

}  // namespace

std::vector<OrderColumn> resolveOrder(const TablePlans& plans,
                                      const std::vector<std::string>& orderBy) {
  std::vector<OrderColumn> order;
  order.reserve(orderBy.size());
  for (const std::string& item : orderBy) {
    const bool descending = item.starts_with('-') && !hasColumn(plans, item);
    const std::string_view name = std::string_view(item).substr(descending ? 1 : 0);
    order.push_back({query::resolveColumn(plans.visible(), name), descending});
  }
  return order;
}

bool completeOrder(const TablePlans& plans, std::vector<OrderColumn>& order) {
  const TableRules& reading = plans.rules(query::Operation::Select);
  if (plans.key().empty()) return false;
  for (const std::string& column : plans.key()) {
    if (reading.hides(column)) return false;
    const bool there = std::any_of(order.begin(), order.end(),
                                   [&](const OrderColumn& item) { return item.column == column; });
    if (!there) order.push_back({column, false});
  }
  return true;
}

std::vector<query::OrderItem> orderItems(const std::vector<OrderColumn>& order) {
  std::vector<query::OrderItem> items;
  items.reserve(order.size());
  for (const OrderColumn& item : order) {
    items.push_back({query::column(item.column), item.descending, std::nullopt, false});
  }
  return items;
}

void appendOrderKey(std::string& key, const std::vector<OrderColumn>& order) {
  for (const OrderColumn& item : order) {
    key.append(item.descending ? "-" : "+").append(item.column).append(1, '\0');
  }
}

bool asksNothing(const Filter& filter) {
  if (filter.negated()) return false;
  const auto& terms = filter.terms();
  const auto nothing = [](const Filter::Term& term) { return asksNothing(term); };
  return filter.conjunction() ? std::all_of(terms.begin(), terms.end(), nothing)
                              : std::any_of(terms.begin(), terms.end(), nothing);
}

query::ExprPtr bothFilters(const TablePlans& plans, const Filter& a, const Filter& b,
                           std::uint32_t argumentsOfA) {
  return query::both(query::filterExpr(a, plans.visible()),
                     query::filterExpr(b, plans.visible(), argumentsOfA));
}

void setItems(const TablePlans& plans, const std::vector<std::string>& columns,
              query::Select& select) {
  if (columns.empty()) return;  // selectAll() has them
  select.items.clear();
  select.allColumns = false;
  for (const std::string& column : columns) {
    select.items.push_back({query::column(query::resolveColumn(plans.visible(), column)), {}});
  }
}

SelectRequest::SelectRequest(const TablePlans& plans, const Filter& filter,
                             const FindOptions& options)
    : plans_(plans),
      filter_(filter),
      options_(options),
      order_(resolveOrder(plans, options.orderBy)),
      limit_(options.limit),
      offset_(options.offset) {
  for (const std::string& column : options.columns) {
    columns_.push_back(query::resolveColumn(plans.visible(), column));
  }
}

SelectRequest& SelectRequest::limit(std::uint64_t rows) {
  limit_ = rows;
  return *this;
}

SelectRequest& SelectRequest::offset(std::uint64_t rows) {
  offset_ = rows;
  return *this;
}

SelectRequest& SelectRequest::totalOrder() {
  completeOrder(plans_, order_);
  return *this;
}

query::PlanPtr SelectRequest::plan(const Executor& executor) {
  std::string key("S");
  arguments_.clear();
  query::appendFilterShape(filter_, plans_.visible(), key, arguments_);
  filterArguments_ = static_cast<std::uint32_t>(arguments_.size());
  key += ';';
  query::appendFilterShape(options_.where, plans_.visible(), key, arguments_);
  key.append(options_.distinct ? ";d" : ";").append(limit_ ? "l" : "").append(offset_ ? "o" : "");
  key += ';';
  appendOrderKey(key, order_);
  key += ';';
  for (const std::string& column : columns_) key.append(column).append(1, '\0');

  if (limit_) arguments_.emplace_back(clamp(*limit_));
  if (offset_) arguments_.emplace_back(clamp(*offset_));
  return plans_.shaped(executor, key, [this] { return build(); });
}

query::Select SelectRequest::build() const {
  query::Select select = plans_.selectAll();
  setItems(plans_, columns_, select);
  select.distinct = options_.distinct;
  select.where = bothFilters(plans_, filter_, options_.where, filterArguments_);
  select.orderBy = orderItems(order_);
  auto argument = static_cast<std::uint32_t>(arguments_.size());
  if (offset_) select.offset = query::parameter(--argument);
  if (limit_) select.limit = query::parameter(--argument);
  return select;
}

}  // namespace sonde::repo
