// Repository: numbered pages, and pages by cursor.
#include <algorithm>
#include <limits>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../query/filter.hpp"
#include "access.hpp"
#include "count.hpp"
#include "cursor.hpp"
#include "repository.hpp"
#include "row_copy.hpp"
#include "select_request.hpp"

namespace sonde {

using repo::OrderColumn;
using repo::SelectRequest;
using repo::TablePlans;

namespace {

constexpr auto kMostRows = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

[[noreturn]] void refuse(const char* field, const char* rule) {
  throw ValidationError(std::string("pagination: ") + field + " " + rule, {{field, rule}});
}

// The rows after some order values (keyset pagination; Winand, "We need tool support for keyset
// pagination"): those that are behind in the first column in which they differ. Nulls come first
// ascending and last descending, as in every order of sonde.
class AfterCursor {
 public:
  AfterCursor(const TablePlans& plans, const std::vector<OrderColumn>& order,
              const std::vector<Value>& values)
      : plans_(plans), order_(order), values_(values) {}

  // Which values are null decides the SQL.
  [[nodiscard]] std::string key() const {
    std::string nulls;
    for (const Value& value : values_) nulls += value.isNull() ? '0' : '1';
    return nulls;
  }
  // The values that are bound, in order; parameters count from `firstArgument`.
  void appendTo(std::vector<Arg>& arguments) const {
    for (const Value& value : values_) {
      if (!value.isNull()) arguments.emplace_back(value);
    }
  }

  [[nodiscard]] query::ExprPtr expr(std::uint32_t firstArgument) const {
    std::vector<query::ExprPtr> parameters(order_.size());
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (!values_[i].isNull()) parameters[i] = query::parameter(firstArgument++);
    }
    query::Junction any{false, {}};
    query::ExprPtr equalSoFar;
    for (std::size_t i = 0; i < order_.size(); ++i) {
      if (query::ExprPtr behind = behindIn(i, parameters[i])) {
        any.operands.push_back(query::both(equalSoFar, std::move(behind)));
      }
      equalSoFar = query::both(equalSoFar, equalIn(i, parameters[i]));
    }
    query::ExprPtr rest = query::make(std::move(any));
    // Says the same once more about the first column alone, so that its index can be used.
    return query::both(atOrBehindFirst(parameters.front()), std::move(rest));
  }

 private:
  [[nodiscard]] bool nullable(std::size_t i) const {
    const Column* column = plans_.table().findColumn(order_[i].column);
    return column != nullptr && column->nullable;
  }
  [[nodiscard]] query::ExprPtr compared(std::size_t i, query::CompareOp op,
                                        const query::ExprPtr& parameter) const {
    return query::make(query::Compare{op, query::column(order_[i].column), parameter});
  }
  [[nodiscard]] query::ExprPtr isNull(std::size_t i) const {
    return query::make(query::IsNull{query::column(order_[i].column)});
  }
  [[nodiscard]] query::ExprPtr equalIn(std::size_t i, const query::ExprPtr& parameter) const {
    return parameter ? compared(i, query::CompareOp::Eq, parameter) : isNull(i);
  }
  // Null where nothing can be behind.
  [[nodiscard]] query::ExprPtr behindIn(std::size_t i, const query::ExprPtr& parameter) const {
    if (!order_[i].descending) {
      return parameter ? compared(i, query::CompareOp::Gt, parameter)
                       : query::make(query::Not{isNull(i)});
    }
    if (!parameter) return nullptr;
    query::ExprPtr less = compared(i, query::CompareOp::Lt, parameter);
    if (!nullable(i)) return less;
    return query::make(query::Junction{false, {std::move(less), isNull(i)}});
  }
  [[nodiscard]] query::ExprPtr atOrBehindFirst(const query::ExprPtr& parameter) const {
    if (!parameter || order_.size() == 1) return nullptr;
    if (!order_.front().descending) return compared(0, query::CompareOp::Ge, parameter);
    return nullable(0) ? nullptr : compared(0, query::CompareOp::Le, parameter);
  }

  const TablePlans& plans_;
  const std::vector<OrderColumn>& order_;
  const std::vector<Value>& values_;
};

// What one page by cursor reads: the columns asked for, then the order columns that are not among
// them.
struct CursorItems {
  std::vector<std::string> columns;  // empty: every column of the table
  std::vector<std::string> extra;

  CursorItems(const TablePlans& plans, const CursorRequest& request,
              const std::vector<OrderColumn>& order) {
    for (const std::string& name : request.columns) {
      columns.push_back(query::resolveColumn(plans.visible(), name));
    }
    for (const OrderColumn& item : order) {
      const bool there =
          columns.empty() ? plans.visible().findColumn(item.column) != nullptr
                          : std::find(columns.begin(), columns.end(), item.column) != columns.end();
      if (!there) extra.push_back(item.column);
    }
  }
};

std::string nextCursor(std::uint64_t hash, const std::vector<OrderColumn>& order, RowView last) {
  std::vector<Cell> cells;
  cells.reserve(order.size());
  for (const OrderColumn& item : order) {
    cells.push_back(last.cells()[last.columns().index(item.column)]);
  }
  return repo::encodeCursor(hash, cells);
}

query::PlanPtr cursorPlan(Executor& executor, const TablePlans& plans, const CursorRequest& request,
                          const std::vector<OrderColumn>& order, const CursorItems& items,
                          const AfterCursor* after, std::vector<Arg>& arguments) {
  std::string key("P");
  query::appendFilterShape(request.where, plans.visible(), key, arguments);
  const auto behind = static_cast<std::uint32_t>(arguments.size());
  key.append(";").append(after != nullptr ? after->key() : "").append(";");
  if (after != nullptr) after->appendTo(arguments);
  repo::appendOrderKey(key, order);
  key += ';';
  for (const std::string& column : items.columns) key.append(column).append(1, '\0');
  const auto limit = static_cast<std::uint32_t>(arguments.size());
  arguments.emplace_back(std::min(request.size, kMostRows - 1) + 1);

  return plans.shaped(executor, key, [&] {
    query::Select select = plans.selectAll();
    repo::setItems(plans, items.columns, select);
    for (const std::string& column : items.extra) {
      select.items.push_back({query::column(column), {}});
    }
    select.where = query::filterExpr(request.where, plans.visible());
    if (after != nullptr) select.where = query::both(select.where, after->expr(behind));
    select.orderBy = repo::orderItems(order);
    select.limit = query::parameter(limit);
    return select;
  });
}

}  // namespace

Page Repository::paginate(const PageRequest& request) const {
  if (request.page == 0) refuse("page", "counts from 1");
  if (request.size == 0) refuse("size", "has to be at least 1");
  if (request.page - 1 > kMostRows / request.size) refuse("page", "is beyond what can be counted");
  const std::uint64_t before = (request.page - 1) * request.size;
  FindOptions options;
  options.orderBy = request.orderBy;
  options.columns = request.columns;
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    SelectRequest select(plans, request.where, options);
    select.totalOrder().limit(request.size).offset(before);
    const query::PlanPtr plan = select.plan(executor);
    Page page{executor.query(*plan, select.args()), request.page, request.size, 0, 0};
    // A page that is not full is the last one, and tells the total by itself.
    const std::uint64_t found = page.rows.size();
    const bool last = found < request.size && (found > 0 || before == 0);
    page.total = last ? before + found : repo::countRows(executor, plans, request.where);
    page.pages = page.total / request.size + (page.total % request.size != 0 ? 1 : 0);
    return page;
  });
}

CursorPage Repository::paginateByCursor(const CursorRequest& request) const {
  if (request.size == 0) refuse("size", "has to be at least 1");
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    std::vector<OrderColumn> order = repo::resolveOrder(plans, request.orderBy);
    if (!repo::completeOrder(plans, order)) {
      ErrorDetails details;
      details.table = plans.table().name;
      throw SchemaError("pages by cursor need a key to order by, which " +
                            quoteForMessage(plans.table().name) + " does not have",
                        {}, std::move(details));
    }
    const std::uint64_t hash = repo::orderHash(plans.table(), order);
    std::vector<Value> values;
    if (!request.after.empty()) values = repo::decodeCursor(request.after, hash, order.size());
    const AfterCursor after(plans, order, values);
    const CursorItems items(plans, request, order);

    std::vector<Arg> arguments;
    const query::PlanPtr plan = cursorPlan(executor, plans, request, order, items,
                                           request.after.empty() ? nullptr : &after, arguments);
    const ResultSet rows = executor.query(*plan, arguments);
    // One row more than asked for tells whether there is a next page.
    const bool more = rows.size() > request.size;
    const std::size_t kept = more ? request.size : rows.size();
    CursorPage page{repo::copyRows(rows, kept, rows.columns().size() - items.extra.size()), {}};
    if (more) page.next = nextCursor(hash, order, rows[kept - 1].view());
    return page;
  });
}

}  // namespace sonde
