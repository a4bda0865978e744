// Repository: many rows by their keys at once.
#include <algorithm>
#include <unordered_map>
#include <utility>

#include "../query/filter.hpp"
#include "access.hpp"
#include "key_args.hpp"
#include "repository.hpp"
#include "select_request.hpp"

namespace sonde {

using repo::KeyArgs;
using repo::TablePlans;

namespace {

using Found = std::vector<std::optional<Row>>;

// How many keys stand in one statement where each is a parameter of its own.
constexpr std::size_t kKeysInList = 256;

// Whether equal keys are equal numbers, here and in the engine: no collation, no conversion.
bool areNumbers(const TablePlans& plans, std::span<const Value> keys) {
  if (plans.key().size() != 1) return false;
  const Column* column = plans.visible().findColumn(plans.key().front());
  if (column == nullptr || column->type != Type::Integer) return false;
  return std::all_of(keys.begin(), keys.end(),
                     [](const Value& key) { return key.kind() == Value::Kind::Integer; });
}

void findNumbers(Executor& executor, const TablePlans& plans, std::span<const Value> keys,
                 Found& found) {
  const std::string& column = plans.key().front();
  const Filter filter{{column, in(Value::Array(keys.begin(), keys.end()))}};
  const FindOptions options;
  repo::SelectRequest request(plans, filter, options);
  const query::PlanPtr plan = request.plan(executor);
  const ResultSet rows = executor.query(*plan, request.args());
  std::unordered_map<std::int64_t, std::size_t> byKey;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    byKey.emplace(rows[i][column].as<std::int64_t>(), i);
  }
  for (const Value& key : keys) {
    const auto at = byKey.find(key.as<std::int64_t>());
    found.push_back(at == byKey.end() ? std::nullopt : std::optional<Row>(rows[at->second]));
  }
}

void findOneByOne(Executor& executor, const TablePlans& plans, std::span<const Value> keys,
                  Found& found) {
  std::vector<KeyArgs> keyArgs;
  keyArgs.reserve(keys.size());
  std::vector<Args> batch;
  batch.reserve(keys.size());
  for (const Value& key : keys) batch.push_back(keyArgs.emplace_back(plans, Arg(key)).args());
  for (const ResultSet& rows : executor.queryEach(plans.byKey(executor), batch)) {
    found.push_back(rows.empty() ? std::nullopt : std::optional<Row>(rows[0]));
  }
}

}  // namespace

std::vector<std::optional<Row>> Repository::findByIds(std::span<const Value> keys) const {
  return access_->run([&](Executor& executor, const TablePlans& plans) {
    Found found;
    found.reserve(keys.size());
    (void)plans.requireKey();
    if (keys.empty()) return found;
    if (!areNumbers(plans, keys)) {
      findOneByOne(executor, plans, keys, found);
      return found;
    }
    const bool oneList = executor.capabilities().arrayParameters;
    for (std::size_t at = 0; at < keys.size();) {
      const std::size_t size = oneList ? keys.size() : std::min(kKeysInList, keys.size() - at);
      findNumbers(executor, plans, keys.subspan(at, size), found);
      at += size;
    }
    return found;
  });
}

}  // namespace sonde
