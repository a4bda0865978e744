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

SchemaStore::SchemaStore(Connection& connection, RelationNames names, SchemaIntervals intervals)
    : names_(std::move(names)) {
  mark_ = connection.schemaCounter();
  intervalMs_ = (mark_ ? intervals.check : intervals.watch).count();
  // Opening does not pay for a hash that nobody will compare.
  if (!mark_ && intervalMs_ > 0) mark_ = connection.schemaHash();
  nextCheckMs_ = mark_ && intervalMs_ > 0 ? coarseNowMs() + intervalMs_
                                          : std::numeric_limits<std::int64_t>::max();
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

SchemaStore::Mark SchemaStore::markOf(Connection& connection) {
  const Mark counter = connection.schemaCounter();
  return counter ? counter : connection.schemaHash();
}

bool SchemaStore::moved(const Mark& mark) const {
  const std::lock_guard lock(snapshotMutex_);
  return !mark || mark != mark_;
}

std::optional<SchemaChange> SchemaStore::check(Connection& connection, std::int64_t nowMs) {
  std::int64_t due = nextCheckMs_.load(std::memory_order_relaxed);
  if (nowMs < due) return std::nullopt;
  if (!nextCheckMs_.compare_exchange_strong(due, nowMs + intervalMs_)) return std::nullopt;
  const Mark mark = markOf(connection);
  if (!mark || !moved(mark)) return std::nullopt;
  return refresh(connection);
}

std::optional<SchemaChange> SchemaStore::recheck(Connection& connection) {
  if (!moved(markOf(connection))) return std::nullopt;
  return refresh(connection);
}

std::optional<SchemaChange> SchemaStore::refresh(Connection& connection) {
  const std::uint64_t wanted = requested_.fetch_add(1) + 1;
  const std::lock_guard refreshing(refreshMutex_);
  if (served_ >= wanted) return std::nullopt;
  const std::uint64_t covered = requested_.load();
  // Read first: a change that comes between the two is found by the next check.
  const Mark mark = markOf(connection);
  auto fresh = readPrivately(connection);
  served_ = covered;

  const std::lock_guard lock(snapshotMutex_);
  mark_ = mark;
  if (fresh->fingerprint() == snapshot_->fingerprint()) return std::nullopt;
  SchemaChange change{snapshot_->fingerprint(), fresh->fingerprint()};
  snapshot_ = std::move(fresh);
  version_.store(nextVersion(), std::memory_order_release);
  return change;
}

}  // namespace sonde
