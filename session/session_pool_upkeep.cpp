// SessionPool: what it tells of itself, and what it does without being asked.
#include <algorithm>
#include <cstring>

#include "session_pool.hpp"

namespace sonde {

using detail::PoolSlot;

namespace {

std::string labelOf(const PoolSlot& slot) {
  std::array<char, sizeof(slot.label)> text{};
  for (std::size_t i = 0; i < slot.label.size(); ++i) {
    const std::uint64_t word = slot.label[i].load(std::memory_order_relaxed);
    std::memcpy(text.data() + i * sizeof(word), &word, sizeof(word));
  }
  const auto end = std::find(text.begin(), text.end(), '\0');
  return end == text.begin() ? std::string("a statement") : std::string(text.begin(), end);
}

std::string purposeOf(const PoolSlot& slot) {
  const bool inside = slot.transaction.load(std::memory_order_relaxed) != PoolSlot::NoTransaction;
  return labelOf(slot) + (inside ? ", transaction" : "");
}

}  // namespace

std::string SessionPool::holders() const {
  std::string out;
  const std::int64_t now = coarseNowMs();
  const auto tell = [&](const PoolSlot& slot) {
    const std::uint64_t owner = slot.owner.load(std::memory_order_relaxed);
    if (owner == 0) return;
    out += out.empty() ? "held by " : ", ";
    out += describeThread(owner) + " for " +
           std::to_string(now - slot.sinceMs.load(std::memory_order_relaxed)) + " ms (" +
           purposeOf(slot) + ")";
  };
  for (std::size_t i = 0; i < slotCount_; ++i) tell(slots_[i]);
  const std::lock_guard lock(mutex_);
  for (const auto& slot : extras_) tell(*slot);
  return out.empty() ? "nobody holds one now" : out;
}

PoolStats SessionPool::stats() const {
  PoolStats stats;
  stats.limit = slotCount_;
  for (std::size_t i = 0; i < slotCount_; ++i) {
    switch (slots_[i].state.load(std::memory_order_relaxed)) {
      case PoolSlot::Free:
        ++stats.idle;
        break;
      case PoolSlot::Leased:
        if (!closed()) ++stats.inUse;
        break;
      default:
        break;
    }
  }
  stats.inUse += extraCount_.load(std::memory_order_relaxed);
  stats.open = stats.inUse + stats.idle;
  {
    const std::lock_guard lock(mutex_);
    stats.waiting = waiters_[0].size() + waiters_[1].size();
  }
  stats.opened = opened_.load(std::memory_order_relaxed);
  stats.discarded = discarded_.load(std::memory_order_relaxed);
  stats.retired = retired_.load(std::memory_order_relaxed);
  stats.extra = extraTotal_.load(std::memory_order_relaxed);
  stats.timeouts = timeouts_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < waits_.size(); ++i) {
    stats.waits[i] = waits_[i].load(std::memory_order_relaxed);
  }
  stats.waitedUs = waitedUs_.load(std::memory_order_relaxed);
  return stats;
}

// Half of the shortest span that has to be kept, so that nothing is late by more than a half; zero
// for no upkeep at all.
std::chrono::milliseconds SessionPool::upkeepInterval() const noexcept {
  using std::chrono::milliseconds;
  constexpr milliseconds kShortest{10};
  constexpr milliseconds kLongest{30'000};
  milliseconds shortest = milliseconds::max();
  const auto mind = [&](milliseconds span) {
    if (span.count() != 0) shortest = std::min(shortest, span);
  };
  mind(options_.leakWarning);
  if (server_) {
    mind(options_.idleTimeout);
    mind(options_.maxLifetime);
  }
  if (shortest == milliseconds::max()) return milliseconds(0);
  return std::clamp(shortest / 2, kShortest, kLongest);
}

void SessionPool::upkeep() {
  const std::int64_t now = coarseNowMs();
  if (server_) closeRested(now);
  if (options_.leakWarning.count() != 0) warnOfLeaks(now);
}

void SessionPool::closeRested(std::int64_t nowMs) {
  std::size_t open = 0;
  for (std::size_t i = 0; i < slotCount_; ++i) {
    if (slots_[i].state.load(std::memory_order_relaxed) != PoolSlot::Empty) ++open;
  }
  for (std::size_t i = 0; i < slotCount_; ++i) {
    PoolSlot& slot = slots_[i];
    const auto ends = [&] {
      const bool rested = nowMs >= slot.restEndMs.load(std::memory_order_relaxed);
      return nowMs >= slot.lifeEndMs.load(std::memory_order_relaxed) ||
             (rested && open > options_.minIdle);
    };
    if (slot.state.load(std::memory_order_relaxed) != PoolSlot::Free || !ends()) continue;
    std::uint32_t expected = PoolSlot::Free;
    if (!slot.state.compare_exchange_strong(expected, PoolSlot::Leased)) continue;
    std::unique_ptr<Session> ended;
    if (ends()) {  // it may have been used, and returned, meanwhile
      ended = std::move(slot.session);
      retired_.fetch_add(1, std::memory_order_relaxed);
      --open;
    }
    giveUp(slot);
  }
}

void SessionPool::warnOfLeaks(std::int64_t nowMs) {
  std::vector<Leak> leaks;
  const auto look = [&](PoolSlot& slot) {
    if (auto leak = takeLeak(slot, nowMs)) leaks.push_back(*std::move(leak));
  };
  for (std::size_t i = 0; i < slotCount_; ++i) look(slots_[i]);
  {
    const std::lock_guard lock(mutex_);
    for (const auto& slot : extras_) look(*slot);
  }
  // Without the mutex: a logger's callback may ask the pool.
  for (const Leak& leak : leaks) tellLeak(leak);
}

// Each lease is told of once, by whoever notices first: the upkeep, or the return.
std::optional<SessionPool::Leak> SessionPool::takeLeak(PoolSlot& slot, std::int64_t nowMs) const {
  const std::uint64_t owner = slot.owner.load(std::memory_order_relaxed);
  const std::int64_t since = slot.sinceMs.load(std::memory_order_relaxed);
  std::int64_t told = slot.toldMs.load(std::memory_order_relaxed);
  if (owner == 0 || nowMs - since < options_.leakWarning.count() || told == since) {
    return std::nullopt;
  }
  if (!slot.toldMs.compare_exchange_strong(told, since)) return std::nullopt;
  return Leak{describeThread(owner), purposeOf(slot), nowMs - since};
}

void SessionPool::tellLeak(const Leak& leak) const noexcept {
  driverOptions_.logger.log(
      LogLevel::Warn, "a connection is held for long, perhaps for ever",
      {{"by", leak.holder}, {"for", leak.purpose}, {"ms", std::to_string(leak.heldMs)}});
}

}  // namespace sonde
