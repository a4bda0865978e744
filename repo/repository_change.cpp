// Repository: update, upsert and delete.
#include <algorithm>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../query/filter.hpp"
#include "access.hpp"
#include "changes.hpp"
#include "insert.hpp"
#include "key_args.hpp"
#include "repository.hpp"
#include "select_request.hpp"
#include "write_shape.hpp"

namespace sonde {

using query::Operation;
using repo::ArgBuffer;
using repo::KeyArgs;
using repo::TablePlans;
using repo::WriteKind;
using repo::WriteShape;

namespace {

void requireConditions(const TablePlans& plans, const Filter& filter, const char* call) {
  if (!repo::asksNothing(filter)) return;
  ErrorDetails details;
  details.table = plans.table().name;
  details.hint = std::string("pass sonde::everyRow to ") + call + " if that is meant";
  const std::string rule = "has no condition and would change every row";
  throw ValidationError(
      std::string(call) + " on " + quoteForMessage(plans.table().name) + ": the filter " + rule,
      {{"", rule}}, std::move(details));
}

// --- one row by key ---

query::Query updateByKey(const TablePlans& plans, const WriteShape& shape, bool returning) {
  query::Update update = updateOf(plans, shape);
  update.where = plans.keyEquals(static_cast<std::uint32_t>(shape.columns.size()));
  if (returning) update.returning = plans.allItems();
  update.returningAll = returning;
  return update;
}

// The key of the row after the update, which may have changed it.
Value keyAfter(const TablePlans& plans, const WriteShape& shape, const Record& changes,
               const KeyArgs& key) {
  ArgBuffer after;
  for (std::size_t i = 0; i < plans.key().size(); ++i) {
    const std::size_t field = shape.keyFields[i];
    after.push(field == TablePlans::npos ? key.args()[i] : Arg(changes[field].second));
  }
  return repo::keyValue(plans, after.args());
}

std::optional<Row> updateReturning(Executor& executor, const TablePlans& plans,
                                   const WriteShape& shape, Args args) {
  const query::Plan& plan =
      plans.slot(shape.returningRow, executor, [&] { return updateByKey(plans, shape, true); });
  std::optional<Row> row = executor.queryRow(plan, args);
  if (row) {
    repo::tellRow(executor, plans, Operation::Update, repo::keyInRow(plans, row->view()), row);
  }
  return row;
}

std::optional<Row> updateAndRead(Executor& executor, const TablePlans& plans,
                                 const WriteShape& shape, Args args, const Value& keyAfter) {
  const query::Plan& plan =
      plans.slot(shape.plain, executor, [&] { return updateByKey(plans, shape, false); });
  if (executor.execute(plan, args).affected == 0) return std::nullopt;
  repo::verifyRow(executor, plans, Operation::Update, keyAfter);
  const KeyArgs key(plans, Arg(keyAfter));
  std::optional<Row> row = executor.queryRow(plans.byKey(executor), key.args());
  if (!row) repo::rowNotVisible(plans);
  repo::tellRow(executor, plans, Operation::Update, keyAfter, row);
  return row;
}

template <class Key>
std::optional<Row> updateRow(const repo::Access& access, const Key& key, const Record& changes) {
  return access.run([&](Executor& executor, const TablePlans& plans) -> std::optional<Row> {
    const KeyArgs keyArgs(plans, key);
    if (changes.empty()) return executor.queryRow(plans.byKey(executor), keyArgs.args());
    const auto shape = plans.writeShape(executor, WriteKind::Update, changes, {});
    repo::checkValues(plans, *shape, changes);
    ArgBuffer args = repo::argsOf(changes);
    keyArgs.appendTo(args);
    if (!plans.readsBack(executor, Operation::Update)) {
      return updateReturning(executor, plans, *shape, args.args());
    }
    std::optional<Row> row;
    executor.transact([&](Executor& inside) {
      row = updateAndRead(inside, plans, *shape, args.args(),
                          keyAfter(plans, *shape, changes, keyArgs));
    });
    return row;
  });
}

template <class Key>
bool deleteRow(const repo::Access& access, const Key& key) {
  return access.run([&](Executor& executor, const TablePlans& plans) {
    const KeyArgs args(plans, key);
    if (executor.execute(plans.deleteByKey(executor), args.args()).affected == 0) return false;
    repo::tellRow(executor, plans, Operation::Delete, repo::keyValue(plans, args.args()));
    return true;
  });
}

// --- rows by filter ---

std::uint64_t updateVerified(Executor& executor, const TablePlans& plans, const query::Plan& plan,
                             Args args) {
  const ResultSet keys = executor.query(plan, args);
  for (const RowView row : keys) {
    const Value key = repo::keyOf(plans, row);
    repo::verifyRow(executor, plans, Operation::Update, key);
    if (executor.wantsChanges()) repo::tellRow(executor, plans, Operation::Update, key);
  }
  if (!executor.wantsChanges()) repo::tellBulk(executor, plans, Operation::Update, keys.size());
  return keys.size();
}

std::uint64_t updateRows(Executor& executor, const TablePlans& plans, const Filter& filter,
                         const Record& changes) {
  if (changes.empty()) return 0;
  const auto shape = plans.writeShape(executor, WriteKind::Update, changes, {});
  repo::checkValues(plans, *shape, changes);
  const bool checked = plans.rules(Operation::Update).check != nullptr;
  const bool returning = checked || repo::tellsKeys(executor, plans, Operation::Update);
  const query::FilterShape conditions = query::filterShape(filter, plans.visible());
  const auto first = static_cast<std::uint32_t>(shape->columns.size());

  std::string planKey(returning ? "UK" : "U");
  for (const std::string& column : shape->columns) planKey.append(column).append(1, '\0');
  planKey.append(";").append(conditions.key);
  const query::PlanPtr plan = plans.shaped(executor, planKey, [&] {
    query::Update update = updateOf(plans, *shape);
    update.where = query::filterExpr(filter, plans.visible(), first);
    if (returning) update.returning = plans.keyItems();
    return update;
  });
  ArgBuffer args = repo::argsOf(changes);
  args.push(conditions.arguments);
  if (!checked) return repo::runBulk(executor, plans, Operation::Update, *plan, args.args());
  std::uint64_t affected = 0;
  executor.transact(
      [&](Executor& inside) { affected = updateVerified(inside, plans, *plan, args.args()); });
  return affected;
}

std::uint64_t deleteRows(Executor& executor, const TablePlans& plans, const Filter& filter) {
  const bool returning = repo::tellsKeys(executor, plans, Operation::Delete);
  const query::FilterShape conditions = query::filterShape(filter, plans.visible());
  const query::PlanPtr plan =
      plans.shaped(executor, (returning ? "DK" : "D") + conditions.key, [&] {
        query::Delete deletion;
        deletion.table = &plans.table();
        deletion.where = query::filterExpr(filter, plans.visible());
        if (returning) deletion.returning = plans.keyItems();
        return deletion;
      });
  return repo::runBulk(executor, plans, Operation::Delete, *plan, conditions.arguments);
}

// --- upsert ---

Row upsertReturning(Executor& executor, const TablePlans& plans, const WriteShape& shape,
                    Args args) {
  const query::Plan& plan = plans.slot(shape.returningRow, executor, [&]() -> query::Query {
    query::Insert insert = insertOf(plans, shape);
    insert.returning = plans.allItems();
    insert.returningAll = true;
    return insert;
  });
  std::optional<Row> row = executor.queryRow(plan, args);
  if (!row) repo::rowNotVisible(plans);
  return *std::move(row);
}

query::ExprPtr targetEquals(const WriteShape& shape) {
  query::ExprPtr all;
  for (std::uint32_t i = 0; i < shape.target.size(); ++i) {
    all = query::both(std::move(all), query::make(query::Compare{query::CompareOp::Eq,
                                                                 query::column(shape.target[i]),
                                                                 query::parameter(i)}));
  }
  return all;
}

ArgBuffer targetArgs(const WriteShape& shape, const Record& values) {
  ArgBuffer args;
  for (const std::string& column : shape.target) {
    const auto at = std::find(shape.columns.begin(), shape.columns.end(), column);
    args.push(values[static_cast<std::size_t>(at - shape.columns.begin())].second);
  }
  return args;
}

// Whether the row was inserted or updated is not known, so it has to be right as either.
void verifyUpserted(Executor& executor, const TablePlans& plans, const WriteShape& shape,
                    Args target) {
  const query::ExprPtr check =
      query::both(plans.rules(Operation::Insert).check, plans.rules(Operation::Update).check);
  if (!check) return;
  query::Select select;
  select.sources.push_back({&plans.table(), {}, query::JoinKind::None, nullptr});
  select.where = query::both(targetEquals(shape), check);
  const query::Plan& plan = plans.rawSlot(shape.returningKey, executor, select);
  if (executor.queryRow(plan, target)) return;
  ErrorDetails details;
  details.table = plans.table().name;
  throw AuthorizationError(
      "the access rules of " + quoteForMessage(plans.table().name) + " do not allow this row",
      std::move(details));
}

Row upsertAndRead(Executor& executor, const TablePlans& plans, const WriteShape& shape,
                  const Record& values, Args args) {
  executor.execute(
      plans.slot(shape.plain, executor, [&]() -> query::Query { return insertOf(plans, shape); }),
      args);
  const ArgBuffer target = targetArgs(shape, values);
  verifyUpserted(executor, plans, shape, target.args());
  std::string key("T");
  for (const std::string& column : shape.target) key.append(column).append(1, '\0');
  const query::PlanPtr plan = plans.shaped(executor, key, [&] {
    query::Select select = plans.selectAll();
    select.where = targetEquals(shape);
    return select;
  });
  std::optional<Row> row = executor.queryRow(*plan, target.args());
  if (!row) repo::rowNotVisible(plans);
  return *std::move(row);
}

}  // namespace

std::optional<Row> Repository::update(Arg key, const Record& changes) const {
  return updateRow(*access_, key, changes);
}
std::optional<Row> Repository::update(const Record& key, const Record& changes) const {
  return updateRow(*access_, key, changes);
}

std::uint64_t Repository::updateBy(const Filter& filter, const Record& changes) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    requireConditions(plans, filter, "updateBy");
    return updateRows(executor, plans, filter, changes);
  });
}
std::uint64_t Repository::updateBy(EveryRow, const Record& changes) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    return updateRows(executor, plans, Filter(), changes);
  });
}

Row Repository::upsert(const Record& values, const std::vector<std::string>& conflict) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    const auto shape = plans.writeShape(executor, WriteKind::Upsert, values, conflict);
    repo::checkValues(plans, *shape, values);
    const ArgBuffer args = repo::argsOf(values);
    // With nothing to update, an existing row is kept and RETURNING gives none.
    const bool readsBack = shape->target.size() == shape->columns.size() ||
                           plans.readsBack(executor, Operation::Insert) ||
                           plans.readsBack(executor, Operation::Update);
    std::optional<Row> row;
    const auto write = [&](Executor& inside) {
      row = readsBack ? upsertAndRead(inside, plans, *shape, values, args.args())
                      : upsertReturning(inside, plans, *shape, args.args());
      repo::tellRow(inside, plans, Operation::Update, repo::keyInRow(plans, row->view()), row);
    };
    if (readsBack) {
      executor.transact(write);
    } else {
      write(executor);
    }
    return *std::move(row);
  });
}

bool Repository::deleteById(Arg key) const { return deleteRow(*access_, key); }
bool Repository::deleteById(const Record& key) const { return deleteRow(*access_, key); }

std::uint64_t Repository::deleteBy(const Filter& filter) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    requireConditions(plans, filter, "deleteBy");
    return deleteRows(executor, plans, filter);
  });
}
std::uint64_t Repository::deleteBy(EveryRow) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    return deleteRows(executor, plans, Filter());
  });
}

}  // namespace sonde
