#include "session_pool.hpp"

#include <algorithm>
#include <cstring>
#include <random>
#include <stop_token>

#include "../core/error.hpp"

namespace sonde {

using detail::PoolSlot;

namespace {

std::uint64_t nextPoolNumber() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

constexpr std::int64_t kNever = std::numeric_limits<std::int64_t>::max();

// How long a connection may take for a sign of life.
constexpr std::chrono::milliseconds kPingTimeout{5'000};

// `now` plus a span that may be unlimited.
std::int64_t endOf(std::int64_t nowMs, std::chrono::milliseconds span) noexcept {
  return span.count() == 0 ? kNever : nowMs + span.count();
}

// Shortens a lifetime by up to a fortieth, so that connections opened together do not end together.
std::chrono::milliseconds jittered(std::chrono::milliseconds lifetime) {
  thread_local std::minstd_rand random{std::random_device{}()};
  std::uniform_int_distribution<std::int64_t> less(0, lifetime.count() / 40);
  return lifetime - std::chrono::milliseconds(less(random));
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
      opener_(driver_, driverOptions_, options_.statementCapacity, options_.sessionSettings),
      number_(nextPoolNumber()) {
  auto first = opener_.openNow(true);
  topology_ = driver_.topology(first->connection(), driverOptions_);
  server_ = topology_.shape == PoolShape::Uniform;
  if (topology_.shape == PoolShape::WriterAndReaders) {
    slotCount_ = 1 + std::max<std::size_t>(topology_.readers, 1);
  } else if (server_) {
    slotCount_ = std::max<std::size_t>(topology_.readers, 1);
  }
  slots_ = std::make_unique<PoolSlot[]>(slotCount_);
  for (std::size_t i = 0; i < slotCount_; ++i) {
    slots_[i].writes = i == 0 || server_;
    slots_[i].lane = i == 0 ? laneOf(LeaseKind::Write) : 0;
  }
  setSession(slots_[0], std::move(first));
  slots_[0].restEndMs = endOf(coarseNowMs(), options_.idleTimeout);
  slots_[0].state.store(PoolSlot::Free, std::memory_order_release);
  if (const auto interval = upkeepInterval(); interval.count() != 0) {
    upkeep_.emplace(interval, [this] { upkeep(); });
  }
}

SessionPool::~SessionPool() = default;

void SessionPool::setSession(PoolSlot& slot, std::unique_ptr<Session> session) {
  slot.session = std::move(session);
  slot.provenMs = coarseNowMs();
  slot.lifeEndMs.store(options_.maxLifetime.count() == 0
                           ? kNever
                           : slot.provenMs + jittered(options_.maxLifetime).count(),
                       std::memory_order_relaxed);
  opened_.fetch_add(1, std::memory_order_relaxed);
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

// A connection that this thread leased already and that a call for `kind` has to use again, or must
// not pass by; whether it holds any.
PoolSlot* SessionPool::own(LeaseKind kind, bool& holdsOne) const {
  const std::uint64_t me = thisThread();
  const auto looks = [&](const PoolSlot& slot) {
    if (slot.owner.load(std::memory_order_relaxed) != me) return false;
    holdsOne = true;
    if (server_) {
      return kind == LeaseKind::Write &&
             slot.transaction.load(std::memory_order_relaxed) == PoolSlot::WriteTransaction;
    }
    return topology_.shape == PoolShape::Single || (kind == LeaseKind::Write && slot.writes);
  };
  for (std::size_t i = 0; i < slotCount_; ++i) {
    if (looks(slots_[i])) return &slots_[i];
  }
  if (extraCount_.load(std::memory_order_relaxed) == 0) return nullptr;
  const std::lock_guard lock(mutex_);
  for (const auto& slot : extras_) {
    if (looks(*slot)) return slot.get();
  }
  return nullptr;
}

void SessionPool::refuseInside(const PoolSlot& mine) const {
  if (mine.transaction.load(std::memory_order_relaxed) == PoolSlot::NoTransaction) return;
  ErrorDetails details;
  details.hint = "use the transaction object inside a transaction; it has the same calls";
  throw TransactionError(
      server_ ? "this thread holds a transaction whose locks the call on the database could wait "
                "for, which would be for itself"
              : "this thread holds a transaction on the only connection that could do this, so the "
                "call on the database would wait for itself",
      false, std::move(details));
}

std::chrono::steady_clock::time_point SessionPool::endOfWait(const Context& context) const {
  const auto until = std::chrono::steady_clock::now() + options_.acquireTimeout;
  return context.deadline() ? std::min(until, *context.deadline()) : until;
}

std::unique_ptr<Session> SessionPool::openApart(const Context& context) {
  refuseClosed();
  const auto until = endOfWait(context);
  std::unique_ptr<Session> session;
  while (session == nullptr) session = opener_.open(true, until, context);
  opened_.fetch_add(1, std::memory_order_relaxed);
  return session;
}

Lease SessionPool::leaseSlow(LeaseKind kind, const Context& context, std::string_view label) {
  bool holdsOne = false;
  if (PoolSlot* mine = own(kind, holdsOne); mine != nullptr) {
    refuseInside(*mine);
    ++mine->depth;
    return {*this, *mine};
  }
  refuseClosed();
  const Request request{kind, context, label, endOfWait(context)};
  const std::uint8_t lane = laneOf(kind);
  if (gates_[lane].load(std::memory_order_relaxed) == 0 || holdsOne) {
    if (PoolSlot* slot = takeAny(lane); slot != nullptr) return settle(*slot, request);
  }
  // What this thread holds may be what the others wait for, so it must not wait itself.
  if (holdsOne && (server_ || (topology_.shape != PoolShape::Single && kind == LeaseKind::Read))) {
    return extra(request);
  }
  return settle(*wait(request), request);
}

Lease SessionPool::leaseTimed(LeaseKind kind, const Context& context, std::string_view label,
                              std::chrono::nanoseconds& waited) {
  struct Timer {
    std::chrono::nanoseconds& waited;
    std::chrono::steady_clock::time_point began = std::chrono::steady_clock::now();
    ~Timer() { waited += std::chrono::steady_clock::now() - began; }
  } const timer{waited};
  return leaseSlow(kind, context, label);
}

// A connection that rests, the one this thread used last before all others.
PoolSlot* SessionPool::takeFree(std::uint8_t lane) noexcept {
  const auto take = [&](PoolSlot& slot) {
    std::uint32_t expected = PoolSlot::Free;
    return slot.lane == lane && slot.state.compare_exchange_strong(expected, PoolSlot::Leased);
  };
  if (PoolSlot* last = preferred(lane); take(*last)) return last;
  for (std::size_t i = 0; i < slotCount_; ++i) {
    if (take(slots_[i])) return &slots_[i];
  }
  return nullptr;
}

PoolSlot* SessionPool::takeAny(std::uint8_t lane) noexcept {
  if (PoolSlot* slot = takeFree(lane); slot != nullptr) return slot;
  for (std::size_t i = 0; i < slotCount_; ++i) {
    PoolSlot& slot = slots_[i];
    std::uint32_t expected = PoolSlot::Empty;
    if (slot.lane == lane && slot.state.compare_exchange_strong(expected, PoolSlot::Leased)) {
      return &slot;
    }
  }
  return nullptr;
}

// Makes a slot that is this thread's now ready for use.
Lease SessionPool::settle(PoolSlot& slot, const Request& request) {
  PoolSlot* mine = &slot;
  occupy(slot, request.label);
  try {
    if (server_) {
      settleServer(mine, request);
    } else if (slot.session == nullptr) {
      setSession(slot, opener_.openNow(slot.writes));
    }
  } catch (...) {
    giveUp(*mine);
    throw;
  }
  if (mine->lane == 0) {
    lastUsed_ = {number_, static_cast<std::uint32_t>(mine - slots_.get())};
  }
  return {*this, *mine};
}

// The same for a connection to a server. While the server takes no more connections, one that
// another thread returns is as good.
void SessionPool::settleServer(PoolSlot*& slot, const Request& request) {
  validate(*slot, request);
  while (slot->session == nullptr) {
    if (auto session = opener_.open(slot->writes, request.until, request.context)) {
      setSession(*slot, std::move(session));
      return;
    }
    if (PoolSlot* other = takeFree(slot->lane); other != nullptr) {
      giveUp(*slot);
      slot = other;
      occupy(*slot, request.label);
      validate(*slot, request);
    }
  }
}

// Closes the connection of a slot if it is at its end or does not answer.
void SessionPool::validate(PoolSlot& slot, const Request& request) {
  if (slot.session == nullptr) return;
  const std::int64_t now = coarseNowMs();
  if (now >= slot.lifeEndMs.load(std::memory_order_relaxed)) {
    slot.session.reset();
    retired_.fetch_add(1, std::memory_order_relaxed);
    return;
  }
  const bool proven = slot.provenMs > brokenMs_.load(std::memory_order_relaxed) &&
                      now - slot.provenMs <= options_.validateAfter.count();
  if (proven) return;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      request.until - std::chrono::steady_clock::now());
  const auto timeout = std::clamp(left, std::chrono::milliseconds(1), kPingTimeout);
  if (slot.session->connection().ping(timeout)) {
    slot.provenMs = coarseNowMs();
    return;
  }
  slot.session.reset();
  discarded_.fetch_add(1, std::memory_order_relaxed);
  noteBroken();
}

Lease SessionPool::extra(const Request& request) {
  auto made = std::make_unique<PoolSlot>();
  made->extra = true;
  made->writes = server_;
  occupy(*made, request.label);
  PoolSlot& slot = *made;
  {
    const std::lock_guard lock(mutex_);
    extras_.push_back(std::move(made));
    extraCount_.fetch_add(1);
  }
  try {
    refuseClosed();
    while (slot.session == nullptr) {
      auto session =
          server_ ? opener_.open(true, request.until, request.context) : opener_.openNow(false);
      if (session != nullptr) setSession(slot, std::move(session));
    }
  } catch (...) {
    endExtra(slot);
    throw;
  }
  extraTotal_.fetch_add(1, std::memory_order_relaxed);
  driverOptions_.logger.log(LogLevel::Debug, "opened an extra connection for a nested call",
                            {{"for", request.label}});
  return {*this, slot};
}

void SessionPool::endExtra(PoolSlot& slot) noexcept {
  slot.session.reset();
  const std::lock_guard lock(mutex_);
  std::erase_if(extras_, [&](const auto& each) { return each.get() == &slot; });
  extraCount_.fetch_sub(1);
  returned_.notify_all();
}

PoolSlot* SessionPool::wait(const Request& request) {
  const auto began = std::chrono::steady_clock::now();
  const std::uint8_t lane = laneOf(request.kind);
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
    const std::stop_callback onStop(request.context.stopToken(), [&] {
      const std::lock_guard inner(mutex_);
      waiter.stopped = true;
      waiter.wake.notify_one();
    });
    lock.lock();
    waiter.wake.wait_until(lock, request.until,
                           [&] { return waiter.given != nullptr || waiter.stopped || closed(); });
    lock.unlock();
  }
  lock.lock();
  waiters_[lane].remove(&waiter);
  gates_[lane].fetch_sub(1);
  lock.unlock();
  recordWait(std::chrono::steady_clock::now() - began);
  if (waiter.given == nullptr) failWait(request);
  return waiter.given;
}

void SessionPool::failWait(const Request& request) {
  request.context.check();
  refuseClosed();
  // Who holds the places waits for the server itself.
  opener_.throwFailure(options_.acquireTimeout);
  timeouts_.fetch_add(1, std::memory_order_relaxed);
  std::string message = "no connection for ";
  message += request.kind == LeaseKind::Write ? "writing" : "reading";
  message += " became free in " + std::to_string(options_.acquireTimeout.count()) + " ms; ";
  message += holders();
  ErrorDetails details;
  details.hint = "end transactions and streams sooner, or raise pool.acquireTimeoutMs";
  throw PoolTimeout(message, std::move(details));
}

void SessionPool::release(PoolSlot& slot) noexcept {
  if (slot.depth > 1) {
    --slot.depth;
    return;
  }
  if (options_.leakWarning.count() != 0) {
    if (const auto leak = takeLeak(slot, coarseNowMs())) tellLeak(*leak);
  }
  // Closed after the place went to the next, who need not wait for the goodbye.
  const std::unique_ptr<Session> ended = afterUse(slot);
  if (slot.extra) {
    endExtra(slot);
  } else {
    giveUp(slot);
  }
}

// Makes a session fit for the next user. @return The session instead, when it has to be closed.
std::unique_ptr<Session> SessionPool::afterUse(PoolSlot& slot) noexcept {
  if (!cleanUp(slot)) {
    discarded_.fetch_add(1, std::memory_order_relaxed);
    noteBroken();
    return std::move(slot.session);
  }
  if (!server_) return nullptr;
  slot.provenMs = coarseNowMs();
  slot.restEndMs.store(endOf(slot.provenMs, options_.idleTimeout), std::memory_order_relaxed);
  if (slot.provenMs < slot.lifeEndMs.load(std::memory_order_relaxed)) return nullptr;
  retired_.fetch_add(1, std::memory_order_relaxed);
  return std::move(slot.session);
}

// @return Whether the session can be used again.
bool SessionPool::cleanUp(PoolSlot& slot) noexcept {
  Connection& connection = slot.session->connection();
  const bool touched = slot.session->takeTouched();
  if (connection.broken()) return false;
  try {
    if (connection.inTransaction()) [[unlikely]] {
      driverOptions_.logger.log(LogLevel::Warn, "a connection came back inside a transaction");
      connection.rollback();
    }
    // An extra connection is closed anyway.
    if (touched && !slot.extra) connection.resetState();
  } catch (const std::exception& error) {
    driverOptions_.logger.log(LogLevel::Warn, "a connection could not be made fit for its next use",
                              {{"error", error.what()}});
    return false;
  }
  return !connection.broken();
}

// Whatever broke one connection may have broken those that rest.
void SessionPool::noteBroken() noexcept { brokenMs_.store(coarseNowMs()); }

// Gives a slot that is this thread's to the next in line, or to nobody.
void SessionPool::giveUp(PoolSlot& slot) noexcept {
  slot.transaction.store(PoolSlot::NoTransaction, std::memory_order_relaxed);
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
  waitedUs_.fetch_add(us, std::memory_order_relaxed);
}

void SessionPool::close() {
  bool holdsOne = false;
  if (own(LeaseKind::Write, holdsOne) != nullptr || holdsOne) {
    throw TransactionError("close() while this thread is inside a transaction or a stream");
  }
  std::unique_lock lock(mutex_);
  if (closed()) return;
  for (auto& gate : gates_) gate.fetch_add(1);
  opener_.setClosed(true);
  std::vector<PoolSlot*> taken;
  const auto everything = [&] {
    for (std::size_t i = 0; i < slotCount_; ++i) {
      PoolSlot& slot = slots_[i];
      for (std::uint32_t wanted : {PoolSlot::Free, PoolSlot::Empty}) {
        if (slot.state.compare_exchange_strong(wanted, PoolSlot::Leased)) taken.push_back(&slot);
      }
    }
    return taken.size() == slotCount_ && extraCount_.load() == 0;
  };
  if (!returned_.wait_for(lock, options_.acquireTimeout, everything)) {
    for (auto& gate : gates_) gate.fetch_sub(1);
    opener_.setClosed(false);
    lock.unlock();
    const std::string who = holders();
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

}  // namespace sonde
