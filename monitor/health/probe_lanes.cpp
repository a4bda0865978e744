#include "probe_lanes.hpp"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

namespace sonde::detail {

using std::chrono::milliseconds;

namespace {

// A job that takes longer than this no longer holds up the ones behind it.
constexpr milliseconds kPatience{200};

// Threads, and so connections, of one run that take turns at its jobs.
constexpr std::size_t kMostLanes = 3;

}  // namespace

struct ProbeLanes::Lane {
  explicit Lane(Runtime& runtime) noexcept : connection(runtime) {}

  ProbeConnection connection;  // of the thread while it is busy
  std::atomic<bool> busy{false};
  std::thread thread;
};

// The jobs of one run. Shared with the lanes, which may outlive the run.
struct ProbeLanes::Batch {
  std::mutex mutex;
  std::condition_variable progress;
  std::deque<Job> waiting;
  std::size_t unfinished = 0;

  std::function<void(ProbeConnection&)> next() {
    const std::lock_guard lock(mutex);
    if (waiting.empty()) return {};
    auto job = std::move(waiting.front().run);
    waiting.pop_front();
    return job;
  }
  void ended() {
    const std::lock_guard lock(mutex);
    --unfinished;
    progress.notify_all();
  }
};

ProbeLanes::ProbeLanes(Runtime& runtime) noexcept : runtime_(runtime) {}

ProbeLanes::~ProbeLanes() { close(); }

void ProbeLanes::start(const std::shared_ptr<Batch>& batch,
                       std::function<void(ProbeConnection&)> first) {
  Lane* lane = nullptr;
  for (const auto& each : lanes_) {
    if (!each->busy.load(std::memory_order_acquire)) lane = each.get();
  }
  if (lane == nullptr) lane = lanes_.emplace_back(std::make_unique<Lane>(runtime_)).get();
  if (lane->thread.joinable()) lane->thread.join();
  lane->busy.store(true, std::memory_order_relaxed);
  const bool apart = static_cast<bool>(first);
  lane->thread = std::thread([lane, batch, apart, job = std::move(first)]() mutable {
    if (!apart) job = batch->next();
    while (job) {
      job(lane->connection);
      batch->ended();
      job = apart ? nullptr : batch->next();
    }
    lane->busy.store(false, std::memory_order_release);
  });
}

void ProbeLanes::run(std::vector<Job> jobs, Clock::time_point until) {
  const auto batch = std::make_shared<Batch>();
  batch->unfinished = jobs.size();
  for (Job& job : jobs) {
    if (job.apart) {
      start(batch, std::move(job.run));
    } else {
      const std::lock_guard lock(batch->mutex);
      batch->waiting.push_back(std::move(job));
    }
  }

  std::unique_lock lock(batch->mutex);
  std::size_t lanes = 0;
  while (batch->unfinished != 0 && Clock::now() < until) {
    if (!batch->waiting.empty() && lanes < kMostLanes) {
      ++lanes;
      lock.unlock();
      start(batch, {});
      lock.lock();
    }
    // Each job that ends earns the ones behind it more patience; silence brings another lane.
    for (bool moved = true; moved && batch->unfinished != 0;) {
      const std::size_t left = batch->unfinished;
      moved = batch->progress.wait_until(lock, std::min(until, Clock::now() + kPatience),
                                         [&] { return batch->unfinished != left; });
    }
  }
  const std::deque<Job> late = std::exchange(batch->waiting, {});
  lock.unlock();
  for (const Job& job : late) job.abandon();
}

void ProbeLanes::close() noexcept {
  for (const auto& lane : lanes_) {
    if (lane->thread.joinable()) lane->thread.join();
  }
  lanes_.clear();
}

}  // namespace sonde::detail
