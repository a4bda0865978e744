#include "statement_cache.hpp"

namespace sonde {

StatementCache::StatementCache(Connection& connection, std::size_t capacity)
    : connection_(&connection), capacity_(capacity) {}

StatementCache::~StatementCache() = default;

std::unique_ptr<Statement> StatementCache::prepare(const query::Plan& plan, bool persistent) {
  ++prepared_;
  return connection_->prepare(plan.sql, persistent);
}

StatementCache::Use StatementCache::acquireSlow(const query::Plan& plan) {
  if (!plan.cacheable || capacity_ == 0) return Use(prepare(plan, false));
  if (const auto found = byId_.find(plan.id); found != byId_.end()) {
    Entry& entry = *found->second;
    if (entry.inUse) return Use(prepare(plan, false));
    direct_[plan.id % kDirect] = &entry;
    return use(entry);
  }
  auto statement = prepare(plan, true);
  makeRoom();
  auto entry = std::make_unique<Entry>();
  entry->id = plan.id;
  entry->statement = std::move(statement);
  Entry& kept = *entry;
  byId_.emplace(plan.id, std::move(entry));
  direct_[plan.id % kDirect] = &kept;
  return use(kept);
}

// A scan over at most `capacity` entries, only when a statement was just prepared into a full
// cache: cheaper than keeping a list in order at every use.
void StatementCache::makeRoom() {
  while (byId_.size() >= capacity_) {
    auto oldest = byId_.end();
    for (auto it = byId_.begin(); it != byId_.end(); ++it) {
      if (it->second->inUse) continue;
      if (oldest == byId_.end() || it->second->lastUse < oldest->second->lastUse) oldest = it;
    }
    if (oldest == byId_.end()) return;
    Entry*& direct = direct_[oldest->first % kDirect];
    if (direct == oldest->second.get()) direct = nullptr;
    byId_.erase(oldest);
  }
}

void StatementCache::clear() noexcept {
  direct_.fill(nullptr);
  std::erase_if(byId_, [](const auto& item) { return !item.second->inUse; });
}

}  // namespace sonde
