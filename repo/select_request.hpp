// A filter and options as the key of a plan, its arguments, and the select itself.
//
// Invariant: names are resolved when it is made, so that nothing wrong reaches SQL; the key says
// all that changes the SQL and no value. Points into filter and options, which must outlive it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "../query/condition.hpp"
#include "../query/executor.hpp"
#include "options.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// A column to order by, resolved.
struct OrderColumn {
  std::string column;
  bool descending = false;
};

/// @return The columns of an orderBy option. @throws SchemaError naming the nearest columns.
[[nodiscard]] std::vector<OrderColumn> resolveOrder(const TablePlans& plans,
                                                    const std::vector<std::string>& orderBy);
/// Adds the key behind the order, where it is not part of it, so that the order is total.
/// @return Whether it is; false where there is no key, or the caller may not see it.
bool completeOrder(const TablePlans& plans, std::vector<OrderColumn>& order);
/// @return An order as items of a query.
[[nodiscard]] std::vector<query::OrderItem> orderItems(const std::vector<OrderColumn>& order);
/// Appends an order to the key of a plan.
void appendOrderKey(std::string& key, const std::vector<OrderColumn>& order);

/// @return Whether a filter is met by every row because it has no condition at all, however nested.
[[nodiscard]] bool asksNothing(const Filter& filter);

/// See the file comment.
class SelectRequest {
 public:
  /// A select of the rows that meet both filters.
  SelectRequest(const TablePlans& plans, const Filter& filter, const FindOptions& options);

  /// Replaces the limit of the options. @return This request.
  SelectRequest& limit(std::uint64_t rows);
  SelectRequest& offset(std::uint64_t rows);
  /// Adds the key to the order, where there is one. @return This request.
  SelectRequest& totalOrder();

  [[nodiscard]] query::PlanPtr plan(const Executor& executor);
  /// @return The arguments; after plan().
  [[nodiscard]] Args args() const noexcept { return arguments_; }

 private:
  [[nodiscard]] query::Select build() const;

  const TablePlans& plans_;
  const Filter& filter_;
  const FindOptions& options_;
  std::vector<OrderColumn> order_;
  std::vector<std::string> columns_;
  std::optional<std::uint64_t> limit_;
  std::optional<std::uint64_t> offset_;
  std::vector<Arg> arguments_;
  std::uint32_t filterArguments_ = 0;
};

/// @return The expression of both filters, parameters from `firstArgument` on; null for none.
[[nodiscard]] query::ExprPtr bothFilters(const TablePlans& plans, const Filter& a, const Filter& b,
                                         std::uint32_t argumentsOfA);

/// @return Items for the columns of an option, every column for none.
void setItems(const TablePlans& plans, const std::vector<std::string>& columns,
              query::Select& select);

}  // namespace sonde::repo
