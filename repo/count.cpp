#include "count.hpp"

#include "../query/filter.hpp"

namespace sonde::repo {

std::uint64_t countRows(Executor& executor, const TablePlans& plans, const Filter& filter) {
  const query::FilterShape shape = query::filterShape(filter, plans.visible());
  const query::PlanPtr plan = plans.shaped(executor, "C" + shape.key, [&] {
    query::Select select = plans.selectAll();
    select.items = {{query::make(query::Call{query::FunctionKind::Count, {}, false}), "count"}};
    select.allColumns = false;
    select.where = query::filterExpr(filter, plans.visible());
    return select;
  });
  const std::optional<Row> row = executor.queryRow(*plan, shape.arguments);
  return row ? row->view()[std::size_t{0}].as<std::uint64_t>() : 0;
}

}  // namespace sonde::repo
