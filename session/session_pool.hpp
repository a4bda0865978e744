// The connections of one database, leased to one thread at a time.
//
// Invariant: a lease is given in one of three ways and never by waiting for oneself: a free
// connection; the connection this thread holds already (one connection, or the writer); or, when
// every other is busy and this thread holds one, an extra connection that is closed afterwards.
// Only a thread that holds nothing waits, first come first served, for at most the acquire timeout.
// A broken connection is discarded on return and opened anew.
//
// Connections to a server (PoolShape::Uniform) follow HikariCP's rules: one that rested for a
// while, or was opened before another one broke, is asked for a sign of life before it is given
// out; none lives beyond its lifetime, which ends at a return, never in use; those that rest too
// long are closed. Opening goes through ConnectionOpener. Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/context.hpp"
#include "../dialects/driver.hpp"
#include "connection_opener.hpp"
#include "periodic.hpp"
#include "session.hpp"
#include "thread_identity.hpp"

namespace sonde {

struct PoolOptions {
  std::chrono::milliseconds acquireTimeout{30'000};  ///< How long a lease is waited for.
  std::size_t statementCapacity = 256;               ///< Prepared statements kept by connection.
  bool sessionSettings = false;  ///< Capabilities::sessionSettings of the engine.
  /// A lease held for longer is told in the log, once, with its borrower; 0: never.
  std::chrono::milliseconds leakWarning{0};

  // Of connections to a server.
  std::size_t minIdle = 1;                           ///< Connections that resting does not close.
  std::chrono::milliseconds idleTimeout{600'000};    ///< Rests at most; 0: for ever.
  std::chrono::milliseconds maxLifetime{1'800'000};  ///< Lives at most; 0: for ever.
  std::chrono::milliseconds validateAfter{500};      ///< Rested for longer: asked before its use.
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
  std::size_t limit = 0;        ///< Connections there may be, extra ones aside.
  std::uint64_t opened = 0;     ///< Connections opened so far.
  std::uint64_t discarded = 0;  ///< Of these, found broken.
  std::uint64_t retired = 0;    ///< Of these, closed after their lifetime or their rest.
  std::uint64_t extra = 0;      ///< Of these, extra ones for a thread that held one already.
  std::uint64_t timeouts = 0;   ///< Waits that ended in PoolTimeout.
  std::array<std::uint64_t, kWaitBuckets> waits{};  ///< Ended waits by their length.
  std::uint64_t waitedUs = 0;                       ///< All of these together, in microseconds.
};

/// What a lease is for.
enum class LeaseKind : std::uint8_t { Read, Write };

class SessionPool;

namespace detail {

/// The place of one connection. On its own cache line, because threads on other places must not
/// feel its traffic.
struct alignas(64) PoolSlot {
  enum State : std::uint32_t { Empty, Free, Leased };
  enum Held : std::uint8_t { NoTransaction, ReadTransaction, WriteTransaction };

  std::atomic<std::uint32_t> state{Empty};
  std::atomic<Held> transaction{NoTransaction};  // what holds it
  std::atomic<std::uint64_t> owner{0};           // thread that leased it; 0 when nobody
  std::atomic<std::int64_t> sinceMs{0};
  std::array<std::atomic<std::uint64_t>, 4> label{};  // for messages; may be torn, never wild
  std::atomic<std::int64_t> toldMs{0};     // `sinceMs` of the lease that a warning told of
  std::atomic<std::int64_t> restEndMs{0};  // when it should be closed, if it still rests
  std::atomic<std::int64_t> lifeEndMs{0};
  bool writes = false;
  bool extra = false;     // none of the pool's own
  std::uint8_t lane = 0;  // which waiters it serves
  // Only the owner touches these.
  std::uint32_t depth = 0;    // leases of the owner
  std::int64_t provenMs = 0;  // when it last showed that it works
  std::unique_ptr<Session> session;
};

}  // namespace detail

/// A leased connection; gives it back at its end. Must end before the pool does.
class Lease {
 public:
  Lease(Lease&& other) noexcept : pool_(other.pool_), slot_(std::exchange(other.slot_, nullptr)) {}
  Lease& operator=(Lease&&) = delete;
  inline ~Lease();

  [[nodiscard]] Session& session() const noexcept { return *slot_->session; }
  /// Says whether a transaction holds the connection, so that this thread's other calls do not slip
  /// into it, and whether it may hold locks that they could wait for.
  void markTransaction(bool held, bool writes = true) noexcept {
    using Slot = detail::PoolSlot;
    const Slot::Held mark = writes ? Slot::WriteTransaction : Slot::ReadTransaction;
    slot_->transaction.store(held ? mark : Slot::NoTransaction, std::memory_order_relaxed);
  }

 private:
  friend class SessionPool;
  Lease(SessionPool& pool, detail::PoolSlot& slot) noexcept : pool_(&pool), slot_(&slot) {}

  SessionPool* pool_;
  detail::PoolSlot* slot_;
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
  /// TransactionError when this thread's own transaction holds the connection, or locks that a
  /// write could wait for; ConnectionError when the pool is closed, or no connection can be opened
  /// (a server that is down is waited for as long as a free connection would be).
  /// @param waited Where not null, the time until the connection was there, or until it was given
  /// up, is added to it; nothing when one was free at once.
  [[nodiscard]] Lease lease(LeaseKind kind, const Context& context, std::string_view label,
                            std::chrono::nanoseconds* waited = nullptr) {
    const std::uint8_t lane = laneOf(kind);
    detail::PoolSlot* slot = preferred(lane);
    std::uint32_t free = detail::PoolSlot::Free;
    if (!server_ && gates_[lane].load(std::memory_order_relaxed) == 0 &&
        slot->state.compare_exchange_strong(free, detail::PoolSlot::Leased,
                                            std::memory_order_acquire, std::memory_order_relaxed))
        [[likely]] {
      occupy(*slot, label);
      return {*this, *slot};
    }
    return waited == nullptr ? leaseSlow(kind, context, label)
                             : leaseTimed(kind, context, label, *waited);
  }

  /// Opens a connection that is none of the pool's, for what keeps one for long: a lock, a channel.
  /// A server that is down is waited for up to the acquire timeout. It must end before the driver
  /// does. @throws As lease().
  [[nodiscard]] std::unique_ptr<Session> openApart(const Context& context);

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
  [[nodiscard]] Lease leaseTimed(LeaseKind kind, const Context& context, std::string_view label,
                                 std::chrono::nanoseconds& waited);
  [[nodiscard]] detail::PoolSlot* own(LeaseKind kind, bool& holdsOne) const;
  void refuseInside(const detail::PoolSlot& mine) const;
  [[nodiscard]] detail::PoolSlot* takeAny(std::uint8_t lane) noexcept;
  [[nodiscard]] detail::PoolSlot* takeFree(std::uint8_t lane) noexcept;

  // What a lease is asked with.
  struct Request {
    LeaseKind kind;
    const Context& context;
    std::string_view label;
    std::chrono::steady_clock::time_point until;
  };
  [[nodiscard]] Lease settle(detail::PoolSlot& slot, const Request& request);
  void settleServer(detail::PoolSlot*& slot, const Request& request);
  void validate(detail::PoolSlot& slot, const Request& request);
  void setSession(detail::PoolSlot& slot, std::unique_ptr<Session> session);
  [[nodiscard]] Lease extra(const Request& request);
  [[nodiscard]] std::chrono::steady_clock::time_point endOfWait(const Context& context) const;
  [[nodiscard]] detail::PoolSlot* wait(const Request& request);
  [[noreturn]] void failWait(const Request& request);

  void release(detail::PoolSlot& slot) noexcept;
  [[nodiscard]] std::unique_ptr<Session> afterUse(detail::PoolSlot& slot) noexcept;
  [[nodiscard]] bool cleanUp(detail::PoolSlot& slot) noexcept;
  void noteBroken() noexcept;
  void giveUp(detail::PoolSlot& slot) noexcept;
  void handOver(detail::PoolSlot& slot, std::uint32_t resting) noexcept;
  void endExtra(detail::PoolSlot& slot) noexcept;
  void recordWait(std::chrono::steady_clock::duration waited) noexcept;
  [[nodiscard]] std::string holders() const;
  void refuseClosed() const;

  // Upkeep, on a thread of its own: nobody else need ask for a connection.
  [[nodiscard]] std::chrono::milliseconds upkeepInterval() const noexcept;
  void upkeep();
  void closeRested(std::int64_t nowMs);
  void warnOfLeaks(std::int64_t nowMs);
  struct Leak {
    std::string holder;
    std::string purpose;
    std::int64_t heldMs;
  };
  [[nodiscard]] std::optional<Leak> takeLeak(detail::PoolSlot& slot, std::int64_t nowMs) const;
  void tellLeak(const Leak& leak) const noexcept;

  // The connection that a thread used last, of the pool it used last.
  struct LastUsed {
    std::uint64_t pool = 0;
    std::uint32_t slot = 0;
  };
  static constinit thread_local LastUsed lastUsed_;

  const Driver& driver_;
  DriverOptions driverOptions_;
  PoolOptions options_;
  ConnectionOpener opener_;
  Topology topology_;
  bool server_ = false;  // PoolShape::Uniform
  std::uint64_t number_;
  std::size_t slotCount_ = 1;
  std::unique_ptr<detail::PoolSlot[]> slots_;
  // By lane: waiting threads, plus one while closing or closed. Nobody passes by who waits.
  std::array<std::atomic<std::uint32_t>, 2> gates_{};
  std::atomic<bool> closed_{false};
  std::atomic<std::uint32_t> extraCount_{0};
  std::atomic<std::int64_t> brokenMs_{std::numeric_limits<std::int64_t>::min()};

  mutable std::mutex mutex_;
  std::vector<std::unique_ptr<detail::PoolSlot>> extras_;
  std::array<std::list<Waiter*>, 2> waiters_;  // by lane
  std::condition_variable returned_;
  std::atomic<std::uint64_t> opened_{0};
  std::atomic<std::uint64_t> discarded_{0};
  std::atomic<std::uint64_t> retired_{0};
  std::atomic<std::uint64_t> extraTotal_{0};
  std::atomic<std::uint64_t> timeouts_{0};
  std::array<std::atomic<std::uint64_t>, PoolStats::kWaitBuckets> waits_{};
  std::atomic<std::uint64_t> waitedUs_{0};
  std::optional<Periodic> upkeep_;  // last: ends before what it looks at does
};

inline Lease::~Lease() {
  if (slot_ != nullptr) pool_->release(*slot_);
}

}  // namespace sonde
