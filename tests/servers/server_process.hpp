// A server's process, for as long as this object lives: one that the test killed is gone too, and
// so is one whose test was killed.
//
// Invariant: the process is a child of a thread of its own, so that it dies with the test program
// and not with whichever thread of it started the server. Thread-safe.
#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sonde::test {

class ServerProcess {
 public:
  /// Starts the program (found on PATH) with its output appended to the file `log`; as `user` where
  /// the test runs as root. @throws std::runtime_error when there is no such user, or no process.
  ServerProcess(std::vector<std::string> words, const std::string& user, const std::string& log);
  /// Kills what is left of it.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  [[nodiscard]] int pid() const noexcept { return pid_; }
  [[nodiscard]] bool running() const;
  /// Signals the first process, or all of them with its children: PostgreSQL has one for each
  /// session.
  void signal(int number) const;
  void signalAll(int number) const;
  /// Stops them all where they are. @return When each of them has stopped. @throws
  /// std::runtime_error when one does not.
  void freeze() const;
  /// @return Whether it, and every child that it had, ended within the time.
  [[nodiscard]] bool endsWithin(std::chrono::milliseconds timeout) const;

 private:
  [[nodiscard]] std::vector<int> children() const;

  int pid_ = -1;
  mutable std::mutex mutex_;  // guards ended_: a pid that was waited for may be another's
  bool ended_ = false;
  mutable std::vector<int> left_;  // children of a first process that was killed; guarded too
  std::thread parent_;
};

}  // namespace sonde::test
