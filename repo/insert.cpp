#include "insert.hpp"

#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "changes.hpp"
#include "key_args.hpp"
#include "write_shape.hpp"

namespace sonde::repo {
namespace {

using query::Operation;

const query::Plan& plainInsert(const Executor& executor, const TablePlans& plans,
                               const WriteShape& shape) {
  return plans.slot(shape.plain, executor,
                    [&]() -> query::Query { return insertOf(plans, shape); });
}

const query::Plan& insertReturningKey(const Executor& executor, const TablePlans& plans,
                                      const WriteShape& shape) {
  return plans.slot(shape.returningKey, executor, [&]() -> query::Query {
    query::Insert insert = insertOf(plans, shape);
    insert.returning = plans.keyItems();
    return insert;
  });
}

ErrorDetails detailsOf(const TablePlans& plans) {
  ErrorDetails details;
  details.table = plans.table().name;
  return details;
}

// The key as it was given; empty when a part of it is null, which the engine will fill.
std::optional<Value> givenKey(const TablePlans& plans, const WriteShape& shape,
                              const Record& record) {
  for (const std::size_t field : shape.keyFields) {
    if (record[field].second.isNull()) return std::nullopt;
  }
  if (shape.keyFields.size() == 1) return record[shape.keyFields.front()].second;
  ArgBuffer key;
  for (const std::size_t field : shape.keyFields) key.push(record[field].second);
  return keyValue(plans, key.args());
}

// Where a key comes from that was given as null: the engine makes one.
KeySource sourceOfMadeKey(const Executor& executor, const TablePlans& plans) {
  if (plans.canReturn(executor, Operation::Insert)) return KeySource::Returning;
  const Column* only =
      plans.key().size() == 1 ? plans.table().findColumn(plans.key().front()) : nullptr;
  const bool counted = only != nullptr && only->autoIncrement;
  return counted && executor.capabilities().lastInsertId ? KeySource::LastInsertId
                                                         : KeySource::Record;
}

}  // namespace

ArgBuffer argsOf(const Record& record) {
  ArgBuffer args;
  for (const auto& field : record) args.push(field.second);
  return args;
}

Inserted insertRow(Executor& executor, const TablePlans& plans, const Record& record) {
  const auto shape = plans.writeShape(executor, WriteKind::Insert, record, {});
  checkValues(plans, *shape, record);
  const ArgBuffer args = argsOf(record);

  KeySource source = shape->keySource;
  std::optional<Value> given;
  if (source == KeySource::Record) {
    given = givenKey(plans, *shape, record);
    if (!given) source = sourceOfMadeKey(executor, plans);
  }
  Inserted inserted;
  if (source == KeySource::Returning) {
    const query::Plan& plan = insertReturningKey(executor, plans, *shape);
    const std::optional<Row> key = executor.queryRow(plan, args.args());
    inserted.stored = key.has_value();
    if (key) inserted.key = keyOf(plans, key->view());
    return inserted;
  }
  const WriteResult result = executor.execute(plainInsert(executor, plans, *shape), args.args());
  inserted.stored = result.affected != 0 || plans.table().kind == TableKind::View;
  if (!inserted.stored) return inserted;
  if (source == KeySource::LastInsertId) {
    inserted.key = result.lastInsertId;
  } else if (given) {
    inserted.key = *std::move(given);
  }
  return inserted;
}

const query::Plan& insertReturningRow(const Executor& executor, const TablePlans& plans,
                                      const WriteShape& shape) {
  return plans.slot(shape.returningRow, executor, [&]() -> query::Query {
    query::Insert insert = insertOf(plans, shape);
    insert.returning = plans.allItems();
    insert.returningAll = true;
    return insert;
  });
}

Row createRow(Executor& executor, const TablePlans& plans, const Record& record) {
  if (plans.readsBack(executor, Operation::Insert)) {
    const Inserted inserted = insertRow(executor, plans, record);
    if (inserted.stored) verifyRow(executor, plans, Operation::Insert, inserted.key);
    Row row = readBack(executor, plans, inserted);
    tellRow(executor, plans, Operation::Insert, inserted.key, row);
    return row;
  }
  const auto shape = plans.writeShape(executor, WriteKind::Insert, record, {});
  checkValues(plans, *shape, record);
  const ArgBuffer args = argsOf(record);
  std::optional<Row> row =
      executor.queryRow(insertReturningRow(executor, plans, *shape), args.args());
  if (!row) rowNotVisible(plans);
  tellRow(executor, plans, Operation::Insert, keyInRow(plans, row->view()), row);
  return *std::move(row);
}

void verifyRow(Executor& executor, const TablePlans& plans, Operation operation, const Value& key) {
  if (!plans.rules(operation).check) return;
  if (!key.isNull()) {
    const KeyArgs args(plans, Arg(key));
    if (executor.queryRow(plans.checkByKey(executor, operation), args.args())) return;
  }
  throw AuthorizationError(
      "the access rules of " + quoteForMessage(plans.table().name) + " do not allow this row",
      detailsOf(plans));
}

Row readBack(Executor& executor, const TablePlans& plans, const Inserted& inserted) {
  (void)plans.requireKey();
  if (!inserted.stored) rowNotVisible(plans);
  const KeyArgs key(plans, Arg(inserted.key));
  std::optional<Row> row = executor.queryRow(plans.byKey(executor), key.args());
  if (!row) rowNotVisible(plans);
  return *std::move(row);
}

void rowNotVisible(const TablePlans& plans) {
  const std::string table = quoteForMessage(plans.table().name);
  if (plans.rules(Operation::Select).predicate) {
    throw AuthorizationError("the access rules of " + table + " do not show the written row",
                             detailsOf(plans));
  }
  throw NotFound("the row written to " + table + " is not there: a trigger ignored or moved it",
                 detailsOf(plans));
}

}  // namespace sonde::repo
