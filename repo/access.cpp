#include "access.hpp"

#include <algorithm>
#include <array>

namespace sonde::repo {
namespace {

// What engines answer to a statement that was right for the schema as it was. Some of them have
// other causes too, which the look at the schema then rules out.
bool soundsStale(std::string_view sqlState) noexcept {
  static constexpr std::array<std::string_view, 9> kStates{
      "42P01", "42S02",  // no such table
      "42703", "42S22",  // no such column
      "0A000",           // a cached plan gives other types now
      "42883",           // no such operator: a column has another type now
      "42804",           // a value does not fit the column's type
      "42P18",           // the type of a parameter cannot be told
      "42P10",           // the conflict columns are no longer unique
  };
  return std::find(kStates.begin(), kStates.end(), sqlState) != kStates.end();
}

}  // namespace

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

bool Access::renewed(const Error& error, const TablePlans& plans) const {
  if (!soundsStale(error.sqlState()) || executor_->inTransaction()) return false;
  return executor_->recheckSchema() || executor_->schemaVersion() != plans.version();
}

}  // namespace sonde::repo
