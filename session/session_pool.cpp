#include "session_pool.hpp"

#include <algorithm>
#include <cstring>
#include <stop_token>

#include "../core/error.hpp"

namespace sonde {

using detail::PoolSlot;

namespace {

std::uint64_t nextPoolNumber() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

std::string labelOf(const PoolSlot& slot) {
  std::array<char, sizeof(slot.label)> text{};
  for (std::size_t i = 0; i < slot.label.size(); ++i) {
    const std::uint64_t word = slot.label[i].load(std::memory_order_relaxed);
    std::memcpy(text.data() + i * sizeof(word), &word, sizeof(word));
  }
  const auto end = std::find(text.begin(), text.end(), '\0');
  return {text.begin(), end};
}

}  // namespace

// A thread that waits. It stands in the pool's list, in order of arrival, while it does.
struct SessionPool::Waiter {
  PoolSlot* given = nullptr;
  bool stopped = false;
  std::condition_variable wake;
};

constinit thread_local SessionPool::LastUsed SessionPool::lastUsed_{};

SessionPool::SessionPool(const Driver& driver, DriverOptions driverOptions, PoolOptions options)
    : driver_(driver),
      driverOptions_(std::move(driverOptions)),
      options_(options),
      number_(nextPoolNumber()) {
  auto first = open(true);
  topology_ = driver_.topology(first->connection(), driverOptions_);
  if (topology_.shape == PoolShape::WriterAndReaders) {
    slotCount_ = 1 + std::max<std::size_t>(topology_.readers, 1);
  } else if (topology_.shape == PoolShape::Uniform) {
    slotCount_ = std::max<std::size_t>(topology_.readers, 1);
  }
  slots_ = std::make_unique<PoolSlot[]>(slotCount_);
  for (std::size_t i = 0; i < slotCount_; ++i) {
    slots_[i].writes = i == 0 || topology_.shape == PoolShape::Uniform;
    slots_[i].lane = i == 0 ? laneOf(LeaseKind::Write) : 0;
  }
  slots_[0].session = std::move(first);
  slots_[0].state.store(PoolSlot::Free, std::memory_order_release);
}

SessionPool::~SessionPool() = default;

std::unique_ptr<Session> SessionPool::open(bool writes) {
  const bool write = writes && driverOptions_.access != AccessMode::ReadOnly;
  auto session = std::make_unique<Session>(
      driver_.connect(driverOptions_, write ? TransactionMode::Write : TransactionMode::Read),
      options_.statementCapacity);
  opened_.fetch_add(1, std::memory_order_relaxed);
  return session;
}

void SessionPool::occupy(PoolSlot& slot, std::string_view label) const noexcept {
  slot.depth = 1;
  slot.owner.store(thisThread(), std::memory_order_relaxed);
  slot.sinceMs.store(coarseNowMs(), std::memory_order_relaxed);
  std::array<std::uint64_t, 4> words{};
  std::memcpy(words.data(), label.data(), std::min(label.size(), sizeof(words)));
  for (std::size_t i = 0; i < words.size(); ++i) {
    slot.label[i].store(words[i], std::memory_order_relaxed);
  }
}

void SessionPool::refuseClosed() const {
  if (closed()) throw ConnectionError("the database was closed");
}

// A connection that this thread leased already and may use again for `kind`; whether it holds any.
PoolSlot* SessionPool::own(LeaseKind kind, bool& holdsOne) const noexcept {
  const std::uint64_t me = thisThread();
  for (std::size_t i = 0; i < slotCount_; ++i) {
    PoolSlot& slot = slots_[i];
    if (slot.owner.load(std::memory_order_relaxed) != me) continue;
    holdsOne = true;
    const bool reenter =
        topology_.shape == PoolShape::Single ||
        (topology_.shape == PoolShape::WriterAndReaders && kind == LeaseKind::Write && slot.writes);
    if (reenter) return &slot;
  }
  return nullptr;
}

Lease SessionPool::leaseSlow(LeaseKind kind, const Context& context, std::string_view label) {
  bool holdsOne = false;
  if (PoolSlot* mine = own(kind, holdsOne); mine != nullptr) {
    if (mine->transaction.load(std::memory_order_relaxed)) {
      ErrorDetails details;
      details.hint = "use the transaction object inside a transaction; it has the same calls";
      throw TransactionError(
          "this thread holds a transaction on the only connection that could do this, so the call "
          "on the database would wait for itself",
          false, std::move(details));
    }
    ++mine->depth;
    return {*this, *mine};
  }
  refuseClosed();
  const std::uint8_t lane = laneOf(kind);
  if (gates_[lane].load(std::memory_order_relaxed) == 0 || holdsOne) {
    if (PoolSlot* slot = takeAny(lane); slot != nullptr) return settle(*slot, label);
  }
  // What this thread holds may be what the others wait for, so it must not wait itself.
  if (holdsOne && topology_.shape != PoolShape::Single && kind == LeaseKind::Read) {
    return extra(label);
  }
  return settle(*wait(kind, context), label);
}

PoolSlot* SessionPool::takeAny(std::uint8_t lane) noexcept {
  for (const std::uint32_t wanted : {PoolSlot::Free, PoolSlot::Empty}) {
    for (std::size_t i = 0; i < slotCount_; ++i) {
      PoolSlot& slot = slots_[i];
      std::uint32_t expected = wanted;
      if (slot.lane == lane && slot.state.compare_exchange_strong(expected, PoolSlot::Leased)) {
        return &slot;
      }
    }
  }
  return nullptr;
}

// Makes a slot that is this thread's now ready for use.
Lease SessionPool::settle(PoolSlot& slot, std::string_view label) {
  occupy(slot, label);
  if (slot.session == nullptr) {
    try {
      slot.session = open(slot.writes);
    } catch (...) {
      giveUp(slot);
      throw;
    }
  }
  if (slot.lane == 0) {
    lastUsed_ = {number_, static_cast<std::uint32_t>(&slot - slots_.get())};
  }
  return {*this, slot};
}

Lease SessionPool::extra(std::string_view label) {
  extras_.fetch_add(1);
  try {
    Lease lease(*this, open(topology_.shape == PoolShape::Uniform));
    extraTotal_.fetch_add(1, std::memory_order_relaxed);
    driverOptions_.logger.log(LogLevel::Debug, "opened an extra connection for a nested call",
                              {{"for", label}});
    return lease;
  } catch (...) {
    endExtra();
    throw;
  }
}

void SessionPool::endExtra() noexcept {
  const std::lock_guard lock(mutex_);
  extras_.fetch_sub(1);
  returned_.notify_all();
}

PoolSlot* SessionPool::wait(LeaseKind kind, const Context& context) {
  const auto began = std::chrono::steady_clock::now();
  auto until = began + options_.acquireTimeout;
  if (context.deadline() && *context.deadline() < until) until = *context.deadline();

  const std::uint8_t lane = laneOf(kind);
  Waiter waiter;
  std::unique_lock lock(mutex_);
  refuseClosed();
  gates_[lane].fetch_add(1);
  // A connection returned before the gate was raised was not handed to anybody.
  const bool first = std::none_of(waiters_[lane].begin(), waiters_[lane].end(), [](Waiter* other) {
    return other->given == nullptr && !other->stopped;
  });
  if (first) waiter.given = takeAny(lane);
  waiters_[lane].push_back(&waiter);
  lock.unlock();
  {
    const std::stop_callback onStop(context.stopToken(), [&] {
      const std::lock_guard inner(mutex_);
      waiter.stopped = true;
      waiter.wake.notify_one();
    });
    lock.lock();
    waiter.wake.wait_until(lock, until,
                           [&] { return waiter.given != nullptr || waiter.stopped || closed(); });
    lock.unlock();
  }
  lock.lock();
  waiters_[lane].remove(&waiter);
  gates_[lane].fetch_sub(1);
  lock.unlock();
  recordWait(std::chrono::steady_clock::now() - began);
  if (waiter.given == nullptr) failWait(kind, context);
  return waiter.given;
}

void SessionPool::failWait(LeaseKind kind, const Context& context) {
  context.check();
  refuseClosed();
  timeouts_.fetch_add(1, std::memory_order_relaxed);
  std::string message = "no connection for ";
  message += kind == LeaseKind::Write ? "writing" : "reading";
  message += " became free in " + std::to_string(options_.acquireTimeout.count()) + " ms; ";
  message += holders();
  ErrorDetails details;
  details.hint = "end transactions and streams sooner, or raise pool.acquireTimeoutMs";
  throw PoolTimeout(message, std::move(details));
}

std::string SessionPool::holders() const {
  std::string out;
  const std::int64_t now = coarseNowMs();
  for (std::size_t i = 0; i < slotCount_; ++i) {
    const PoolSlot& slot = slots_[i];
    const std::uint64_t owner = slot.owner.load(std::memory_order_relaxed);
    if (owner == 0) continue;
    out += out.empty() ? "held by " : ", ";
    out += describeThread(owner) + " for " +
           std::to_string(now - slot.sinceMs.load(std::memory_order_relaxed)) + " ms (";
    const std::string label = labelOf(slot);
    out += label.empty() ? "a statement" : label;
    out += slot.transaction.load(std::memory_order_relaxed) ? ", transaction)" : ")";
  }
  return out.empty() ? "nobody holds one now" : out;
}

void SessionPool::release(PoolSlot& slot) noexcept {
  if (slot.depth > 1) {
    --slot.depth;
    return;
  }
  Connection& connection = slot.session->connection();
  if (!connection.broken() && connection.inTransaction()) [[unlikely]] {
    driverOptions_.logger.log(LogLevel::Warn, "a connection came back inside a transaction");
    try {
      connection.rollback();
    } catch (const std::exception&) {
      slot.session.reset();
    }
  }
  if (slot.session != nullptr && connection.broken()) [[unlikely]] {
    slot.session.reset();
    discarded_.fetch_add(1, std::memory_order_relaxed);
  }
  giveUp(slot);
}

// Gives a slot that is this thread's to the next in line, or to nobody.
void SessionPool::giveUp(PoolSlot& slot) noexcept {
  slot.transaction.store(false, std::memory_order_relaxed);
  slot.owner.store(0, std::memory_order_relaxed);
  const std::uint32_t resting = slot.session != nullptr ? PoolSlot::Free : PoolSlot::Empty;
  std::atomic<std::uint32_t>& gate = gates_[slot.lane];
  if (gate.load(std::memory_order_relaxed) != 0) {
    handOver(slot, resting);
    return;
  }
  // Sequentially consistent on both sides: either this thread sees the waiter that came meanwhile,
  // or the waiter, which looks at the slots after raising the gate, sees the slot.
  slot.state.store(resting);
  if (gate.load() == 0) [[likely]]
    return;
  std::uint32_t expected = resting;
  if (slot.state.compare_exchange_strong(expected, PoolSlot::Leased)) handOver(slot, resting);
}

void SessionPool::handOver(PoolSlot& slot, std::uint32_t resting) noexcept {
  const std::lock_guard lock(mutex_);
  for (Waiter* waiter : waiters_[slot.lane]) {
    if (waiter->given != nullptr || waiter->stopped) continue;
    waiter->given = &slot;
    waiter->wake.notify_one();
    return;
  }
  slot.state.store(resting);
  returned_.notify_all();
}

void SessionPool::recordWait(std::chrono::steady_clock::duration waited) noexcept {
  const auto us = static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::microseconds>(waited).count());
  std::size_t bucket = 0;
  while (bucket < PoolStats::kWaitBoundsUs.size() && us > PoolStats::kWaitBoundsUs[bucket]) {
    ++bucket;
  }
  waits_[bucket].fetch_add(1, std::memory_order_relaxed);
}

void SessionPool::close() {
  bool holdsOne = false;
  if (own(LeaseKind::Write, holdsOne) != nullptr || holdsOne) {
    throw TransactionError("close() while this thread is inside a transaction or a stream");
  }
  std::unique_lock lock(mutex_);
  if (closed()) return;
  for (auto& gate : gates_) gate.fetch_add(1);
  std::vector<PoolSlot*> taken;
  const auto everything = [&] {
    for (std::size_t i = 0; i < slotCount_; ++i) {
      PoolSlot& slot = slots_[i];
      for (std::uint32_t wanted : {PoolSlot::Free, PoolSlot::Empty}) {
        if (slot.state.compare_exchange_strong(wanted, PoolSlot::Leased)) taken.push_back(&slot);
      }
    }
    return taken.size() == slotCount_ && extras_.load() == 0;
  };
  if (!returned_.wait_for(lock, options_.acquireTimeout, everything)) {
    const std::string who = holders();
    for (auto& gate : gates_) gate.fetch_sub(1);
    lock.unlock();
    for (PoolSlot* slot : taken) giveUp(*slot);
    throw PoolTimeout("the database cannot be closed: its connections are " + who);
  }
  closed_.store(true, std::memory_order_release);
  // The writer, in slot 0, last: the last connection to a SQLite file folds the log into it, which
  // a reader cannot.
  for (std::size_t i = slotCount_; i-- > 0;) slots_[i].session.reset();
  for (auto& lane : waiters_) {
    for (Waiter* waiter : lane) waiter->wake.notify_one();
  }
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
  stats.inUse += extras_.load(std::memory_order_relaxed);
  stats.open = stats.inUse + stats.idle;
  {
    const std::lock_guard lock(mutex_);
    stats.waiting = waiters_[0].size() + waiters_[1].size();
  }
  stats.opened = opened_.load(std::memory_order_relaxed);
  stats.discarded = discarded_.load(std::memory_order_relaxed);
  stats.extra = extraTotal_.load(std::memory_order_relaxed);
  stats.timeouts = timeouts_.load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < waits_.size(); ++i) {
    stats.waits[i] = waits_[i].load(std::memory_order_relaxed);
  }
  return stats;
}

}  // namespace sonde
