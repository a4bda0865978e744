// How old the state of a replica is, told from positions in the log alone.
//
// Invariant: a sample says that the primary had written the log up to a position at a time of this
// process, so a replica that has replayed that far shows everything committed before that time. No
// clock of another host is asked, and a replica that lost its primary grows old by itself, which
// the time of its last replayed transaction would not show. Thread-safe. Used by ReplicaSet.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>

namespace sonde {

/// See the file comment.
class ReplicationClock {
 public:
  using Time = std::chrono::steady_clock::time_point;

  /// Notes what the primary had written by `at`, which must be read before the server is asked.
  void sample(Time at, std::uint64_t position);

  /// @return The latest time for which a replica at `position` shows everything committed before;
  /// empty while that is not known.
  [[nodiscard]] std::optional<Time> provenAt(std::uint64_t position) const;

 private:
  struct Sample {
    Time at;
    std::uint64_t position;
  };

  // What a replica further behind than this many samples proves is too old for any use.
  static constexpr std::size_t kKept = 4096;

  mutable std::mutex mutex_;
  std::deque<Sample> samples_;  // ascending in both
};

}  // namespace sonde
