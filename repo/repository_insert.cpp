// Repository: create, insert and their many-row forms.
#include <optional>
#include <utility>

#include "access.hpp"
#include "changes.hpp"
#include "insert.hpp"
#include "insert_many.hpp"
#include "repository.hpp"

namespace sonde {

using query::Operation;
using repo::Inserted;
using repo::TablePlans;

namespace {

Value insertOne(Executor& executor, const TablePlans& plans, const Record& values) {
  Inserted inserted = repo::insertRow(executor, plans, values);
  if (!inserted.stored) return {};
  repo::verifyRow(executor, plans, Operation::Insert, inserted.key);
  repo::tellRow(executor, plans, Operation::Insert, inserted.key);
  return std::move(inserted.key);
}

}  // namespace

Row Repository::create(const Record& values) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    if (!plans.readsBack(executor, Operation::Insert)) {
      return repo::createRow(executor, plans, values);
    }
    std::optional<Row> row;
    executor.transact([&](Executor& inside) { row = repo::createRow(inside, plans, values); });
    return *std::move(row);
  });
}

Value Repository::insert(const Record& values) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    if (!plans.rules(Operation::Insert).check) return insertOne(executor, plans, values);
    Value key;
    executor.transact([&](Executor& inside) { key = insertOne(inside, plans, values); });
    return key;
  });
}

ResultSet Repository::createMany(std::span<const Record> rows) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    if (rows.empty()) return ResultSet(ResultBlock::make(Columns::make({}), {}));
    BlockPtr block;
    executor.transact([&](Executor& inside) { block = repo::createRows(inside, plans, rows); });
    return ResultSet(std::move(block));
  });
}

std::uint64_t Repository::insertMany(std::span<const Record> rows) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    std::uint64_t stored = 0;
    if (rows.empty()) return stored;
    if (!executor.inTransaction()) {
      if (const auto inBulk = repo::insertInBulk(executor, plans, rows)) return *inBulk;
    }
    executor.transact([&](Executor& inside) { stored = repo::insertRows(inside, plans, rows); });
    return stored;
  });
}

}  // namespace sonde
