// Repository: create, insert and their many-row forms.
#include <optional>
#include <utility>

#include "access.hpp"
#include "changes.hpp"
#include "insert.hpp"
#include "repository.hpp"
#include "row_copy.hpp"

namespace sonde {

using query::Operation;
using repo::Inserted;
using repo::TablePlans;

namespace {

// One row read back, whichever way that takes. Inside a transaction where readsBack() says so.
Row createOne(Executor& executor, const TablePlans& plans, const Record& values) {
  if (!plans.readsBack(executor, Operation::Insert)) {
    Row row = repo::insertReturning(executor, plans, values);
    repo::tellRow(executor, plans, Operation::Insert, repo::keyInRow(plans, row.view()), row);
    return row;
  }
  const Inserted inserted = repo::insertRow(executor, plans, values);
  if (inserted.stored) repo::verifyRow(executor, plans, Operation::Insert, inserted.key);
  Row row = repo::readBack(executor, plans, inserted);
  repo::tellRow(executor, plans, Operation::Insert, inserted.key, row);
  return row;
}

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
    if (!plans.readsBack(executor, Operation::Insert)) return createOne(executor, plans, values);
    std::optional<Row> row;
    executor.transact([&](Executor& inside) { row = createOne(inside, plans, values); });
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
    BlockPtr block;
    const auto append = [&](RowView row, const std::shared_ptr<const Columns>& columns) {
      if (!block) block = ResultBlock::make(columns, {rows.size(), 0});
      repo::appendCopy(*block, row);
    };
    if (!rows.empty()) {
      executor.transact([&](Executor& inside) {
        block = {};
        for (const Record& values : rows) {
          const Row row = createOne(inside, plans, values);
          append(row.view(), row.block()->sharedColumns());
        }
      });
    }
    if (!block) block = ResultBlock::make(Columns::make({}), {});
    return ResultSet(std::move(block));
  });
}

std::uint64_t Repository::insertMany(std::span<const Record> rows) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    std::uint64_t count = 0;
    if (rows.empty()) return count;
    executor.transact([&](Executor& inside) {
      count = 0;
      const bool singly = inside.wantsChanges();
      for (const Record& values : rows) {
        const Inserted inserted = repo::insertRow(inside, plans, values);
        if (!inserted.stored) continue;
        ++count;
        repo::verifyRow(inside, plans, Operation::Insert, inserted.key);
        if (singly) repo::tellRow(inside, plans, Operation::Insert, inserted.key);
      }
      if (!singly) repo::tellBulk(inside, plans, Operation::Insert, count);
    });
    return count;
  });
}

}  // namespace sonde
