// The connections of one database, leased to one thread at a time.
//
// Invariant: a lease is given in one of three ways and never by waiting for oneself: a free
// connection; the connection this thread holds already (one connection, or the writer); or, when
// every reader is busy and this thread holds a connection, an extra reader that is closed
// afterwards. Only a thread that holds nothing waits, first come first served, for at most the
// acquire timeout. A broken connection is discarded on return and opened anew. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/context.hpp"
#include "../dialects/driver.hpp"
#include "session.hpp"
#include "thread_identity.hpp"

namespace sonde {

struct PoolOptions {
  std::chrono::milliseconds acquireTimeout{30'000};  ///< How long a lease is waited for.
  std::size_t statementCapacity = 256;               ///< Prepared statements kept by connection.
};

/// What a pool is doing, for people and monitors. Plain data.
struct PoolStats {
  static constexpr std::size_t kWaitBuckets = 8;
  /// Upper bounds of the wait histogram in microseconds; the last bucket has none.
  static constexpr std::array<std::uint64_t, kWaitBuckets - 1> kWaitBoundsUs{
      100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 60'000'000};

  std::size_t open = 0;  ///< Connections there are.
  std::size_t inUse = 0;
  std::size_t idle = 0;
  std::size_t waiting = 0;      ///< Threads that wait now.
  std::size_t limit = 0;        ///< Connections there may be, extra readers aside.
  std::uint64_t opened = 0;     ///< Connections opened so far.
  std::uint64_t discarded = 0;  ///< Of these, found broken.
  std::uint64_t extra = 0;      ///< Of these, extra readers for a thread that held one already.
  std::uint64_t timeouts = 0;   ///< Waits that ended in PoolTimeout.
  std::array<std::uint64_t, kWaitBuckets> waits{};  ///< Ended waits by their length.
};

/// What a lease is for.
enum class LeaseKind : std::uint8_t { Read, Write };

class SessionPool;

namespace detail {

/// The place of one connection. On its own cache line, because threads on other places must not
/// feel its traffic.
struct alignas(64) PoolSlot {
  enum State : std::uint32_t { Empty, Free, Leased };

  std::atomic<std::uint32_t> state{Empty};
  std::atomic<bool> transaction{false};  // a transaction holds it
  std::atomic<std::uint64_t> owner{0};   // thread that leased it; 0 when nobody
  std::atomic<std::int64_t> sinceMs{0};
  std::array<std::atomic<std::uint64_t>, 4> label{};  // for messages; may be torn, never wild
  bool writes = false;
  std::uint8_t lane = 0;             // which waiters it serves
  std::uint32_t depth = 0;           // leases of the owner; only the owner touches it
  std::unique_ptr<Session> session;  // only the owner touches it
};

}  // namespace detail

/// A leased connection; gives it back at its end. Must end before the pool does.
class Lease {
 public:
  Lease(Lease&& other) noexcept
      : pool_(std::exchange(other.pool_, nullptr)),
        slot_(std::exchange(other.slot_, nullptr)),
        extra_(std::move(other.extra_)) {}
  Lease& operator=(Lease&&) = delete;
  inline ~Lease();

  [[nodiscard]] Session& session() const noexcept {
    return slot_ != nullptr ? *slot_->session : *extra_;
  }
  /// Says whether a transaction holds the connection, so that this thread's other calls do not slip
  /// into it.
  void markTransaction(bool held) noexcept {
    if (slot_ != nullptr) slot_->transaction.store(held, std::memory_order_relaxed);
  }

 private:
  friend class SessionPool;
  Lease(SessionPool& pool, detail::PoolSlot& slot) noexcept : pool_(&pool), slot_(&slot) {}
  Lease(SessionPool& pool, std::unique_ptr<Session> extra) noexcept
      : pool_(&pool), extra_(std::move(extra)) {}

  SessionPool* pool_;
  detail::PoolSlot* slot_ = nullptr;
  std::unique_ptr<Session> extra_;
};

/// See the file comment.
class SessionPool {
 public:
  /// Opens the first connection. `driver` must outlive the pool.
  /// @throws ConnectionError, ConfigError.
  SessionPool(const Driver& driver, DriverOptions driverOptions, PoolOptions options);
  ~SessionPool();
  SessionPool(const SessionPool&) = delete;
  SessionPool& operator=(const SessionPool&) = delete;

  /// Leases a connection. `label` says in messages what it is for; it is copied, its first 32
  /// bytes.
  /// @throws PoolTimeout naming who holds the connections; Timeout or Cancelled by the context;
  /// TransactionError when this thread's own transaction holds the connection; ConnectionError when
  /// the pool is closed or a connection cannot be opened.
  [[nodiscard]] Lease lease(LeaseKind kind, const Context& context, std::string_view label) {
    const std::uint8_t lane = laneOf(kind);
    detail::PoolSlot* slot = preferred(lane);
    std::uint32_t free = detail::PoolSlot::Free;
    if (gates_[lane].load(std::memory_order_relaxed) == 0 &&
        slot->state.compare_exchange_strong(free, detail::PoolSlot::Leased,
                                            std::memory_order_acquire, std::memory_order_relaxed))
        [[likely]] {
      occupy(*slot, label);
      return {*this, *slot};
    }
    return leaseSlow(kind, context, label);
  }

  /// Closes every connection. Waits up to the acquire timeout for other threads to return theirs.
  /// Closing a closed pool does nothing.
  /// @throws TransactionError when this thread holds a connection; PoolTimeout when another keeps
  /// one: then nothing was closed.
  void close();
  [[nodiscard]] bool closed() const noexcept { return closed_.load(std::memory_order_acquire); }

  [[nodiscard]] const Topology& topology() const noexcept { return topology_; }
  [[nodiscard]] PoolStats stats() const;

 private:
  friend class Lease;
  struct Waiter;

  // Lane 1 is the writer's, where there is one; everything else is lane 0.
  [[nodiscard]] std::uint8_t laneOf(LeaseKind kind) const noexcept {
    return topology_.shape == PoolShape::WriterAndReaders && kind == LeaseKind::Write ? 1 : 0;
  }
  [[nodiscard]] detail::PoolSlot* preferred(std::uint8_t lane) const noexcept {
    if (lane != 0) return &slots_[0];
    return lastUsed_.pool == number_ ? &slots_[lastUsed_.slot] : &slots_[slotCount_ - 1];
  }
  void occupy(detail::PoolSlot& slot, std::string_view label) const noexcept;
  [[nodiscard]] Lease leaseSlow(LeaseKind kind, const Context& context, std::string_view label);
  [[nodiscard]] detail::PoolSlot* own(LeaseKind kind, bool& holdsOne) const noexcept;
  [[nodiscard]] detail::PoolSlot* takeAny(std::uint8_t lane) noexcept;
  [[nodiscard]] Lease settle(detail::PoolSlot& slot, std::string_view label);
  [[nodiscard]] Lease extra(std::string_view label);
  [[nodiscard]] detail::PoolSlot* wait(LeaseKind kind, const Context& context);
  [[noreturn]] void failWait(LeaseKind kind, const Context& context);
  [[nodiscard]] std::unique_ptr<Session> open(bool writes);
  void release(detail::PoolSlot& slot) noexcept;
  void giveUp(detail::PoolSlot& slot) noexcept;
  void handOver(detail::PoolSlot& slot, std::uint32_t resting) noexcept;
  void endExtra() noexcept;
  void recordWait(std::chrono::steady_clock::duration waited) noexcept;
  [[nodiscard]] std::string holders() const;
  void refuseClosed() const;

  // The connection that a thread used last, of the pool it used last.
  struct LastUsed {
    std::uint64_t pool = 0;
    std::uint32_t slot = 0;
  };
  static constinit thread_local LastUsed lastUsed_;

  const Driver& driver_;
  DriverOptions driverOptions_;
  PoolOptions options_;
  Topology topology_;
  std::uint64_t number_;
  std::size_t slotCount_ = 1;
  std::unique_ptr<detail::PoolSlot[]> slots_;
  // By lane: waiting threads, plus one while closing or closed. Nobody passes by who waits.
  std::array<std::atomic<std::uint32_t>, 2> gates_{};
  std::atomic<bool> closed_{false};
  std::atomic<std::uint32_t> extras_{0};

  mutable std::mutex mutex_;
  std::array<std::list<Waiter*>, 2> waiters_;  // by lane
  std::condition_variable returned_;
  std::atomic<std::uint64_t> opened_{0};
  std::atomic<std::uint64_t> discarded_{0};
  std::atomic<std::uint64_t> extraTotal_{0};
  std::atomic<std::uint64_t> timeouts_{0};
  std::array<std::atomic<std::uint64_t>, PoolStats::kWaitBuckets> waits_{};
};

inline Lease::~Lease() {
  if (slot_ != nullptr) {
    pool_->release(*slot_);
  } else if (extra_ != nullptr) {
    extra_.reset();
    pool_->endExtra();
  }
}

}  // namespace sonde
