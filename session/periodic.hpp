// A thread that does one thing again and again.
//
// Invariant: the work runs on that thread only, never twice at a time, and not after the end began;
// it must not throw. Sleeps in between. Used for the upkeep of a pool.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace sonde {

/// See the file comment.
class Periodic {
 public:
  /// Calls `work` every `interval`, for the first time after one.
  Periodic(std::chrono::milliseconds interval, std::function<void()> work);
  /// Waits for the work to end; must not be called by it.
  ~Periodic();
  Periodic(const Periodic&) = delete;
  Periodic& operator=(const Periodic&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace sonde
