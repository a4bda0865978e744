#include "changes.hpp"

#include <utility>

#include "key_args.hpp"

namespace sonde::repo {
namespace {

Change changeOf(const TablePlans& plans, query::Operation operation) {
  Change change;
  change.schema = plans.table().schema;
  change.table = plans.table().name;
  change.operation = operation;
  return change;
}

bool heard(const Executor& executor) { return executor.wantsChanges() || executor.inTransaction(); }

}  // namespace

void tellRow(Executor& executor, const TablePlans& plans, query::Operation operation,
             const Value& key, const std::optional<Row>& row) {
  if (!heard(executor)) return;
  Change change = changeOf(plans, operation);
  if (executor.wantsChanges()) {
    if (!key.isNull()) change.key = keyRecord(plans, KeyArgs(plans, Arg(key)).args());
    change.row = row;
  }
  executor.recordChange(std::move(change));
}

void tellBulk(Executor& executor, const TablePlans& plans, query::Operation operation,
              std::uint64_t affected) {
  if (affected == 0 || !heard(executor)) return;
  Change change = changeOf(plans, operation);
  change.affected = affected;
  executor.recordChange(std::move(change));
}

bool tellsKeys(const Executor& executor, const TablePlans& plans, query::Operation operation) {
  return executor.wantsChanges() && !plans.key().empty() && plans.canReturn(executor, operation);
}

std::uint64_t runBulk(Executor& executor, const TablePlans& plans, query::Operation operation,
                      const query::Plan& plan, Args args) {
  if (!plan.returnsRows) {
    const std::uint64_t affected = executor.execute(plan, args).affected;
    tellBulk(executor, plans, operation, affected);
    return affected;
  }
  const ResultSet keys = executor.query(plan, args);
  if (executor.wantsChanges()) {
    for (const RowView row : keys) tellRow(executor, plans, operation, keyOf(plans, row));
  } else {
    tellBulk(executor, plans, operation, keys.size());
  }
  return keys.size();
}

Value keyOf(const TablePlans& plans, RowView keyRow) {
  if (plans.key().size() == 1) return keyRow[std::size_t{0}].value();
  Value::Object members;
  for (std::size_t i = 0; i < plans.key().size(); ++i) {
    members.emplace_back(plans.key()[i], keyRow[i].value());
  }
  return Value::object(std::move(members));
}

Value keyInRow(const TablePlans& plans, RowView row) {
  for (const std::string& column : plans.key()) {
    if (!row.has(column)) return nullptr;
  }
  if (plans.key().empty()) return nullptr;
  if (plans.key().size() == 1) return row[plans.key().front()].value();
  Value::Object members;
  for (const std::string& column : plans.key()) members.emplace_back(column, row[column].value());
  return Value::object(std::move(members));
}

}  // namespace sonde::repo
