#include "schema_store.hpp"

#include <limits>
#include <utility>

#include "../core/error.hpp"
#include "thread_identity.hpp"

namespace sonde {

std::uint64_t SchemaStore::nextVersion() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

SchemaStore::SchemaStore(Connection& connection, RelationNames names,
                         std::chrono::milliseconds interval)
    : names_(std::move(names)), intervalMs_(interval.count()) {
  nextCheckMs_ =
      intervalMs_ > 0 ? coarseNowMs() + intervalMs_ : std::numeric_limits<std::int64_t>::max();
  counter_ = connection.schemaCounter().value_or(0);
  snapshot_ = Schema::build(connection.readCatalog(), names_);
  version_ = nextVersion();
}

std::shared_ptr<const Schema> SchemaStore::current() const {
  const std::lock_guard lock(snapshotMutex_);
  return snapshot_;
}

std::shared_ptr<const Schema> SchemaStore::readPrivately(Connection& connection) const {
  Catalog catalog = connection.readCatalog();
  if (names_.empty()) return Schema::build(std::move(catalog));
  try {
    return Schema::build(catalog, names_);
  } catch (const ConfigError&) {
    // The names were right when the database was opened: what they name is gone since.
    return Schema::build(std::move(catalog));
  }
}

std::optional<SchemaChange> SchemaStore::check(Connection& connection, std::int64_t nowMs) {
  std::int64_t due = nextCheckMs_.load(std::memory_order_relaxed);
  if (nowMs < due) return std::nullopt;
  if (!nextCheckMs_.compare_exchange_strong(due, nowMs + intervalMs_)) return std::nullopt;
  const auto counter = connection.schemaCounter();
  if (!counter || *counter == counter_.load(std::memory_order_acquire)) return std::nullopt;
  return refresh(connection);
}

std::optional<SchemaChange> SchemaStore::recheck(Connection& connection) {
  const auto counter = connection.schemaCounter();
  if (counter && *counter == counter_.load(std::memory_order_acquire)) return std::nullopt;
  return refresh(connection);
}

std::optional<SchemaChange> SchemaStore::refresh(Connection& connection) {
  const std::uint64_t wanted = requested_.fetch_add(1) + 1;
  const std::lock_guard refreshing(refreshMutex_);
  if (served_ >= wanted) return std::nullopt;
  const std::uint64_t covered = requested_.load();
  // The counter is read first: a change that comes between the two is found by the next check.
  const std::uint64_t counter = connection.schemaCounter().value_or(0);
  auto fresh = readPrivately(connection);
  counter_.store(counter, std::memory_order_release);
  served_ = covered;

  const std::lock_guard lock(snapshotMutex_);
  if (fresh->fingerprint() == snapshot_->fingerprint()) return std::nullopt;
  SchemaChange change{snapshot_->fingerprint(), fresh->fingerprint()};
  snapshot_ = std::move(fresh);
  version_.store(nextVersion(), std::memory_order_release);
  return change;
}

}  // namespace sonde
