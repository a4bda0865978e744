#include "access.hpp"

namespace sonde::repo {

Access::Access(std::shared_ptr<Executor> executor, std::string_view table,
               std::shared_ptr<PlanStore> store)
    : executor_(std::move(executor)),
      store_(store != nullptr ? std::move(store) : std::make_shared<PlanStore>()),
      handle_(store_->handle(*executor_, table)) {}

// The rules changed since this repository was made: another set of plans, by the same store.
TableHandle::Pin Access::pinOther() const {
  std::string name = handle_->table();
  if (!handle_->schema().empty()) name = handle_->schema() + "." + name;
  std::shared_ptr<TableHandle> other = store_->handle(*executor_, name);
  TableHandle::Pin pin = other->pin(*executor_);
  pin.own(std::move(other));
  return pin;
}

bool Access::renewed(const QueryError& error, const TablePlans& plans) const {
  // No such table, no such column: standard SQL and PostgreSQL, then MySQL.
  const std::string& state = error.sqlState();
  const bool stale = state == "42P01" || state == "42703" || state == "42S02" || state == "42S22";
  if (!stale || executor_->inTransaction()) return false;
  return executor_->refreshSchema() || executor_->schemaVersion() != plans.version();
}

}  // namespace sonde::repo
