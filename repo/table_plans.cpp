#include "table_plans.hpp"

#include <algorithm>
#include <atomic>
#include <functional>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../query/compiler.hpp"
#include "../query/filter.hpp"
#include "finder_query.hpp"
#include "write_shape.hpp"

namespace sonde::repo {
namespace {

constexpr query::Operation kOperations[] = {query::Operation::Select, query::Operation::Insert,
                                            query::Operation::Update, query::Operation::Delete};

const Table& tableOf(const Schema& schema, std::string_view inSchema, std::string_view name) {
  if (const Table* table = schema.findTable(inSchema, name)) return *table;
  return schema.table(name);  // throws, naming the nearest
}

bool holdsJson(const Table& table) {
  return std::any_of(table.columns.begin(), table.columns.end(),
                     [](const Column& column) { return column.type == Type::Json; });
}

bool hasTrigger(const Table& table, query::Operation operation) {
  const std::string_view event = operation == query::Operation::Insert   ? "INSERT"
                                 : operation == query::Operation::Update ? "UPDATE"
                                                                         : "DELETE";
  return std::any_of(table.triggers.begin(), table.triggers.end(), [&](const Trigger& trigger) {
    return std::find(trigger.events.begin(), trigger.events.end(), event) != trigger.events.end();
  });
}

std::uint64_t nextId() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace

TablePlans::TablePlans(const Executor& executor, std::uint64_t version, std::string_view schema,
                       std::string_view table)
    : id_(nextId()),
      version_(version),
      schema_(executor.schema()),
      table_(&tableOf(*schema_, schema, table)),
      key_(table_->keyColumns()) {
  if (key_.empty() && table_->implicitKey) key_.push_back(*table_->implicitKey);
  applyRules(executor);
  byColumn_ = std::make_unique<ColumnSlots[]>(visible().columns.size() + 1);
}

TablePlans::~TablePlans() = default;

void TablePlans::applyRules(const Executor& executor) {
  const RewriterChain& chain = executor.rewriters();
  if (chain.empty()) return;
  for (const query::Operation operation : kOperations) {
    rules_[static_cast<std::size_t>(operation)] =
        chain.rulesFor(*table_, operation, executor.context());
  }
  const TableRules& reading = rules(query::Operation::Select);
  if (reading.hidden.empty()) return;
  filtered_ = *table_;
  auto& columns = filtered_->columns;
  columns.erase(std::remove_if(columns.begin(), columns.end(),
                               [&](const Column& c) { return reading.hides(c.name); }),
                columns.end());
}

const std::vector<std::string>& TablePlans::requireKey() const {
  if (!key_.empty()) return key_;
  ErrorDetails details;
  details.table = table_->name;
  throw SchemaError(
      quoteForMessage(table_->name) + " has no key that identifies a row; use a filter instead", {},
      std::move(details));
}

bool TablePlans::canReturn(const Executor& executor, query::Operation operation) const {
  const Capabilities& can = executor.capabilities();
  if (!can.returning) return false;
  if (operation == query::Operation::Update && !can.returningUpdate) return false;
  switch (table_->kind) {
    case TableKind::Table:
    case TableKind::Partitioned:
    case TableKind::Partition:
    case TableKind::Shadow:
      return true;
    case TableKind::Foreign:
      return operation == query::Operation::Insert;
    default:
      return false;
  }
}

bool TablePlans::readsBack(const Executor& executor, query::Operation operation) const {
  return rules(query::Operation::Select).predicate || rules(operation).check ||
         !canReturn(executor, operation) ||
         (!executor.capabilities().returningTellsJson && holdsJson(*table_)) ||
         (hasTrigger(*table_, operation) && !executor.capabilities().returningSeesTriggers);
}

std::vector<query::SelectItem> TablePlans::allItems() const {
  std::vector<query::SelectItem> items;
  items.reserve(table_->columns.size());
  for (const Column& column : table_->columns) items.push_back({query::column(column.name), {}});
  return items;
}

std::vector<query::SelectItem> TablePlans::keyItems() const {
  std::vector<query::SelectItem> items;
  for (const std::string& column : requireKey()) items.push_back({query::column(column), {}});
  return items;
}

query::Select TablePlans::selectAll() const {
  query::Select select;
  select.sources.push_back({table_, {}, query::JoinKind::None, nullptr});
  select.items = allItems();
  select.allColumns = true;
  return select;
}

query::ExprPtr TablePlans::keyEquals(std::uint32_t firstArgument) const {
  query::ExprPtr all;
  for (const std::string& column : requireKey()) {
    all = query::both(std::move(all),
                      query::make(query::Compare{query::CompareOp::Eq, query::column(column),
                                                 query::parameter(firstArgument++)}));
  }
  return all;
}

query::PlanPtr TablePlans::compile(const Executor& executor, query::Query query) const {
  const RewriterChain& chain = executor.rewriters();
  if (!chain.empty()) query = chain.apply(std::move(query), executor.context());
  return executor.compiler().compile(query);
}

const query::Plan& TablePlans::keep(const PlanSlot& slot, query::PlanPtr plan) const {
  const std::lock_guard lock(mutex_);
  if (const query::Plan* theirs = slot.get()) return *theirs;
  kept_.push_back(std::move(plan));
  slot.plan_.store(kept_.back().get(), std::memory_order_release);
  return *kept_.back();
}

const query::Plan& TablePlans::fill(const PlanSlot& slot, const Executor& executor,
                                    FunctionRef<query::Query()> make) const {
  return keep(slot, compile(executor, make()));
}

const query::Plan& TablePlans::byKey(const Executor& executor) const {
  return slot(byKey_, executor, [this]() -> query::Query {
    query::Select select = selectAll();
    select.where = keyEquals();
    return select;
  });
}

const query::Plan& TablePlans::deleteByKey(const Executor& executor) const {
  return slot(deleteByKey_, executor, [this]() -> query::Query {
    query::Delete deletion;
    deletion.table = table_;
    deletion.where = keyEquals();
    return deletion;
  });
}

const query::Plan& TablePlans::rawSlot(const PlanSlot& slot, const Executor& executor,
                                       const query::Select& rule) const {
  if (const query::Plan* plan = slot.get()) return *plan;
  return keep(slot, executor.compiler().compile(rule));
}

const query::Plan& TablePlans::checkByKey(const Executor& executor,
                                          query::Operation operation) const {
  const PlanSlot& slot = operation == query::Operation::Insert ? checkInsert_ : checkUpdate_;
  if (const query::Plan* plan = slot.get()) return *plan;
  query::Select select;
  select.sources.push_back({table_, {}, query::JoinKind::None, nullptr});
  select.where = query::both(keyEquals(), rules(operation).check);
  return rawSlot(slot, executor, select);
}

const query::Plan& TablePlans::byColumn(const Executor& executor, std::string_view column,
                                        bool null, bool limited) const {
  std::size_t index = visible().columnIndex(column);
  if (index == Table::npos) {
    (void)query::resolveColumn(visible(), column);  // throws unless it is the implicit key
    index = visible().columns.size();
  }
  const ColumnSlots& slots = byColumn_[index];
  const PlanSlot& wanted =
      limited ? (null ? slots.oneNull : slots.one) : (null ? slots.manyNull : slots.many);
  return slot(wanted, executor, [&]() -> query::Query {
    const query::ExprPtr subject = query::column(query::resolveColumn(visible(), column));
    query::Select select = selectAll();
    std::uint32_t arguments = 0;
    if (null) {
      select.where = query::make(query::IsNull{subject});
    } else {
      select.where =
          query::make(query::Compare{query::CompareOp::Eq, subject, query::parameter(arguments++)});
    }
    if (limited) select.limit = query::parameter(arguments);
    return select;
  });
}

query::PlanPtr TablePlans::shaped(const Executor& executor, std::string_view key,
                                  FunctionRef<query::Query()> make) const {
  const std::size_t hash = std::hash<std::string_view>{}(key);
  const auto matches = [key](const Shaped& shaped) { return shaped.key == key; };
  if (const Shaped* found = shaped_.find(hash, matches)) return found->plan;
  query::PlanPtr plan = compile(executor, make());
  const std::lock_guard lock(mutex_);
  if (const Shaped* theirs = shaped_.find(hash, matches)) return theirs->plan;
  shaped_.add(hash, Shaped{std::string(key), plan});
  return plan;
}

std::shared_ptr<const WriteShape> TablePlans::writeShape(
    const Executor& executor, WriteKind kind, const Record& record,
    const std::vector<std::string>& conflict) const {
  const std::size_t hash = writeShapeHash(kind, record, conflict);
  const auto matches = [&](const std::shared_ptr<const WriteShape>& shape) {
    return fits(*shape, kind, record, conflict);
  };
  if (const auto* found = writes_.find(hash, matches)) return *found;
  std::shared_ptr<const WriteShape> shape = makeWriteShape(*this, executor, kind, record, conflict);
  const std::lock_guard lock(mutex_);
  if (const auto* theirs = writes_.find(hash, matches)) return *theirs;
  writes_.add(hash, std::shared_ptr<const WriteShape>(shape));
  return shape;
}

std::shared_ptr<const FinderPlan> TablePlans::finder(const Executor& executor,
                                                     std::string_view name) const {
  const std::size_t hash = std::hash<std::string_view>{}(name);
  const auto matches = [name](const std::shared_ptr<const FinderPlan>& plan) {
    return plan->name == name;
  };
  if (const auto* found = finders_.find(hash, matches)) return *found;
  std::shared_ptr<const FinderPlan> plan = compileFinder(*this, executor, name);
  const std::lock_guard lock(mutex_);
  if (const auto* theirs = finders_.find(hash, matches)) return *theirs;
  finders_.add(hash, std::shared_ptr<const FinderPlan>(plan));
  return plan;
}

}  // namespace sonde::repo
