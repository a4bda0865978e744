// Repository: reads by filter and options.
#include <utility>

#include "../core/error.hpp"
#include "../core/json_writer.hpp"
#include "../core/suggest.hpp"
#include "../query/filter.hpp"
#include "access.hpp"
#include "count.hpp"
#include "repository.hpp"
#include "select_request.hpp"

namespace sonde {

using repo::SelectRequest;
using repo::TablePlans;

std::optional<Row> Repository::findOneBy(const Filter& filter, const FindOptions& options) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    SelectRequest request(plans, filter, options);
    if (!options.limit) request.limit(1);
    const query::PlanPtr plan = request.plan(executor);
    return executor.queryRow(*plan, request.args());
  });
}

Row Repository::getOneBy(const Filter& filter) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    const FindOptions options;
    SelectRequest request(plans, filter, options);
    request.limit(2);  // one more than wanted tells whether there are several
    const query::PlanPtr plan = request.plan(executor);
    const ResultSet rows = executor.query(*plan, request.args());
    if (rows.size() == 1) return rows[0];
    ErrorDetails details;
    details.table = plans.table().name;
    const std::string where = "of " + quoteForMessage(plans.table().name) + " meets the conditions";
    if (rows.empty()) throw NotFound("no row " + where, std::move(details));
    throw NotUnique("more than one row " + where, std::move(details));
  });
}

ResultSet Repository::findManyBy(const Filter& filter, const FindOptions& options) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    SelectRequest request(plans, filter, options);
    const query::PlanPtr plan = request.plan(executor);
    return executor.query(*plan, request.args());
  });
}

ResultSet Repository::findAll(const FindOptions& options) const {
  return findManyBy(Filter(), options);
}

std::uint64_t Repository::count(const Filter& filter) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    return repo::countRows(executor, plans, filter);
  });
}

bool Repository::exists(const Filter& filter) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    query::FilterShape shape = query::filterShape(filter, plans.visible());
    const auto limit = static_cast<std::uint32_t>(shape.arguments.size());
    const query::PlanPtr plan = plans.shaped(executor, "E" + shape.key, [&] {
      query::Select select = plans.selectAll();
      select.items.clear();
      select.allColumns = false;
      select.where = query::filterExpr(filter, plans.visible());
      select.limit = query::parameter(limit);
      return select;
    });
    shape.arguments.emplace_back(1);
    return executor.queryRow(*plan, shape.arguments).has_value();
  });
}

void Repository::stream(const FindOptions& options, RowCallback callback) const {
  bool untouched = true;  // once a row was handed out the call cannot start again
  access_->run(
      [&](Executor& executor, const TablePlans& plans) {
        const Filter everything;
        SelectRequest request(plans, everything, options);
        const query::PlanPtr plan = request.plan(executor);
        executor.stream(*plan, request.args(), [&](RowView row) {
          untouched = false;
          return callback(row);
        });
      },
      untouched);
}

std::uint64_t Repository::streamJson(const FindOptions& options, TextSink sink,
                                     const JsonOptions& json) const {
  json::ArrayWriter writer(sink, json);
  std::uint64_t rows = 0;
  stream(options, [&](RowView row) {
    ++rows;
    writer.add(row);
    return true;
  });
  writer.finish();
  return rows;
}

}  // namespace sonde
