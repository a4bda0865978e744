// Servers that replay the log of the primary, and which of them a read may go to.
//
// Invariant: a read goes to a replica only while that one answers, replays the log, was proven to
// be no older than the limit, and has replayed every commit that the reader made (its CommitMark);
// otherwise to the primary. A replica that fails leaves the rotation at once and comes back when it
// answers again; one that was promoted takes no more reads from here. Each server is watched on a
// thread and a connection of its own, so that one that hangs holds up nobody. Thread-safe. Used by
// Runtime and the executors of this folder.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "../core/log.hpp"
#include "../core/uri.hpp"
#include "../dialects/driver.hpp"
#include "periodic.hpp"
#include "replication_clock.hpp"
#include "session_pool.hpp"

namespace sonde {

struct ReplicaOptions {
  std::vector<Uri> uris;                         ///< Empty: there are none.
  std::chrono::milliseconds maxLag{5'000};       ///< Reads see nothing older; 0: however old.
  std::chrono::milliseconds checkInterval{250};  ///< How often the servers are asked.
};

/// What is known of one replica, for people and monitors.
struct ReplicaStatus {
  std::string uri;  ///< Without its password.
  bool inRotation = false;
  std::string reason;          ///< Why it takes no reads; empty while it does.
  std::uint64_t position = 0;  ///< Of the log, replayed.
  /// How old its state is at most; empty while that is not known.
  std::optional<std::chrono::milliseconds> lag;
  std::uint64_t reads = 0;  ///< Statements sent there so far.
};

/// The furthest commit of one reader: what its reads must not be behind. Thread-safe.
class CommitMark {
 public:
  static constexpr std::uint64_t kUnknown = std::numeric_limits<std::uint64_t>::max();

  [[nodiscard]] std::uint64_t position() const noexcept {
    return position_.load(std::memory_order_acquire);
  }
  void advance(std::uint64_t position) noexcept {
    std::uint64_t known = position_.load(std::memory_order_relaxed);
    while (known < position &&
           !position_.compare_exchange_weak(known, position, std::memory_order_acq_rel)) {
    }
  }
  /// Replaces kUnknown by a position that is certainly beyond the commit.
  void settle(std::uint64_t position) noexcept {
    std::uint64_t unknown = kUnknown;
    position_.compare_exchange_strong(unknown, position, std::memory_order_acq_rel);
  }

 private:
  std::atomic<std::uint64_t> position_{0};
};

/// See the file comment.
class ReplicaSet {
 public:
  /// One replica. Lives as long as the set.
  class Replica;

  /// Begins to watch. Replicas that cannot be reached are no error: they come when they do. What is
  /// passed by reference must outlive this; `base` holds everything but the URI.
  ReplicaSet(const Driver& driver, const DriverOptions& base, PoolOptions pool,
             ReplicaOptions options);
  ~ReplicaSet();
  ReplicaSet(const ReplicaSet&) = delete;
  ReplicaSet& operator=(const ReplicaSet&) = delete;

  /// @return A replica that a read may go to now, in turn; nullptr when there is none and the
  /// primary must serve it.
  [[nodiscard]] Replica* choose(const CommitMark& mark) noexcept;
  [[nodiscard]] static SessionPool& poolOf(Replica& replica) noexcept;
  /// Takes a replica out of the rotation until it answers again.
  void failed(Replica& replica, const std::string& why) noexcept;

  /// Moves a mark to where the primary stands, after a commit on `connection`. Never throws: when
  /// the server cannot be asked, reads under the mark go to the primary until it can.
  /// PostgreSQL: SELECT pg_current_wal_insert_lsn()
  void committed(Connection& connection, const std::shared_ptr<CommitMark>& mark) noexcept;

  [[nodiscard]] std::vector<ReplicaStatus> status() const;

  /// Closes every connection. @throws what SessionPool::close throws.
  void close();

 private:
  void watchPrimary() noexcept;
  void watchReplica(Replica& replica) noexcept;
  [[nodiscard]] std::size_t countUnknown() const;
  void settleMarks(std::size_t count, std::uint64_t position);
  [[nodiscard]] std::optional<ReplicationState> ask(std::unique_ptr<Connection>& connection,
                                                    const Uri& uri) const;

  const Driver& driver_;
  DriverOptions base_;
  PoolOptions poolOptions_;
  ReplicaOptions options_;
  ReplicationClock clock_;
  std::unique_ptr<Connection> primary_;  // of the primary's watch only
  std::atomic<std::uint32_t> turn_{0};

  mutable std::mutex marksMutex_;
  std::vector<std::weak_ptr<CommitMark>> unknownMarks_;

  std::vector<std::unique_ptr<Replica>> replicas_;
  std::vector<std::unique_ptr<Periodic>> watches_;  // last: end before what they look at does
};

}  // namespace sonde
