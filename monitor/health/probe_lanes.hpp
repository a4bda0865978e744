// Threads for jobs that may hang, each with a connection for health checks.
//
// Invariant: a run ends when its jobs have, or when its time is over, whatever hangs; what hangs
// goes on by itself and keeps its thread until it ends. Jobs that share connections run one after
// another on one thread while they answer; another thread takes over what waits behind one that
// does not. Only one thread calls run() and close() at a time. Internal to monitor/health.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

#include "probe_connection.hpp"

namespace sonde::detail {

/// See the file comment.
class ProbeLanes {
 public:
  using Clock = std::chrono::steady_clock;

  struct Job {
    std::function<void(ProbeConnection&)> run;  ///< Must not throw.
    std::function<void()> abandon;  ///< Instead, when the time is over before its turn came.
    bool apart = false;             ///< Gets a thread of its own at once.
  };

  explicit ProbeLanes(Runtime& runtime) noexcept;
  ~ProbeLanes();
  ProbeLanes(const ProbeLanes&) = delete;
  ProbeLanes& operator=(const ProbeLanes&) = delete;

  /// Runs the jobs. @return When all ended, or at `until`.
  void run(std::vector<Job> jobs, Clock::time_point until);
  /// Waits for what still runs, and closes every connection.
  void close() noexcept;

 private:
  struct Lane;
  struct Batch;

  void start(const std::shared_ptr<Batch>& batch, std::function<void(ProbeConnection&)> first);

  Runtime& runtime_;
  std::vector<std::unique_ptr<Lane>> lanes_;
};

}  // namespace sonde::detail
