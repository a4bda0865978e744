// Repository: making one, and the calls by key, by one column and by finder name, whose plans are
// found without building anything.
#include "repository.hpp"

#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "access.hpp"
#include "finder_query.hpp"
#include "key_args.hpp"

namespace sonde {

using repo::KeyArgs;
using repo::TablePlans;

namespace {

ErrorDetails detailsOf(const TablePlans& plans) {
  ErrorDetails details;
  details.table = plans.table().name;
  return details;
}

template <class Key>
std::optional<Row> rowOfKey(const repo::Access& access, const Key& key) {
  return access.run([&](Executor& executor, const TablePlans& plans) {
    const KeyArgs args(plans, key);
    return executor.queryRow(plans.byKey(executor), args.args());
  });
}

template <class Key>
Row requiredRowOfKey(const repo::Access& access, const Key& key) {
  std::optional<Row> row = rowOfKey(access, key);
  if (row) return *std::move(row);
  const repo::TableHandle::Pin pinned = access.pin();
  throw NotFound("no row of " + quoteForMessage((*pinned).table().name) + " has this key",
                 detailsOf(*pinned));
}

bool isList(const Arg& value) { return value.kind() == Arg::Kind::List; }

void refuseList(const TablePlans& plans, std::string_view column, const Arg& value) {
  if (!isList(value)) return;
  throw ValidationError(
      "column " + quoteForMessage(column) + " is compared with one value; use in(…) for a list",
      {{std::string(column), "is compared with one value"}}, detailsOf(plans));
}

}  // namespace

Repository::Repository(std::shared_ptr<Executor> executor, std::string_view table,
                       std::shared_ptr<PlanStore> plans)
    : access_(std::make_shared<const repo::Access>(std::move(executor), table, std::move(plans))) {}

std::shared_ptr<const Table> Repository::table() const {
  const repo::TableHandle::Pin pinned = access_->pin();
  return {(*pinned).schema(), &(*pinned).table()};
}

const std::shared_ptr<Executor>& Repository::executor() const noexcept {
  return access_->executor();
}

std::optional<Row> Repository::findById(Arg key) const { return rowOfKey(*access_, key); }
std::optional<Row> Repository::findById(const Record& key) const { return rowOfKey(*access_, key); }
Row Repository::getById(Arg key) const { return requiredRowOfKey(*access_, key); }
Row Repository::getById(const Record& key) const { return requiredRowOfKey(*access_, key); }

std::optional<Row> Repository::findOneBy(std::string_view column, Arg value) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    refuseList(plans, column, value);
    const query::Plan& plan = plans.byColumn(executor, column, value.isNull(), true);
    if (value.isNull()) {
      const Arg one(1);
      return executor.queryRow(plan, Args(&one, 1));
    }
    const std::array<Arg, 2> args{value, Arg(1)};
    return executor.queryRow(plan, Args(args).first(plan.argumentCount));
  });
}

Row Repository::getOneBy(std::string_view column, Arg value) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    refuseList(plans, column, value);
    const query::Plan& plan = plans.byColumn(executor, column, value.isNull(), true);
    const std::array<Arg, 2> args{value, Arg(2)};
    const std::size_t skip = value.isNull() ? 1 : 0;
    const ResultSet rows = executor.query(plan, Args(args).subspan(skip, plan.argumentCount));
    if (rows.size() == 1) return rows[0];
    const std::string where =
        "of " + quoteForMessage(plans.table().name) + " has this " + quoteForMessage(column);
    if (rows.empty()) throw NotFound("no row " + where, detailsOf(plans));
    throw NotUnique("more than one row " + where, detailsOf(plans));
  });
}

ResultSet Repository::findManyBy(std::string_view column, Arg value) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    refuseList(plans, column, value);
    const query::Plan& plan = plans.byColumn(executor, column, value.isNull(), false);
    return executor.query(plan, Args(&value, value.isNull() ? 0 : 1));
  });
}

Finder Repository::finder(std::string_view name) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    return Finder(access_, std::string(name), plans.finder(executor, name));
  });
}

FinderResult Repository::callWith(std::string_view name, Args args) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    return repo::runFinder(executor, plans, *plans.finder(executor, name), args);
  });
}

}  // namespace sonde
