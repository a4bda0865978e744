// What the monitor knows of each check: its last reading, a short history, and what was told of it.
//
// Invariant: a check that was begun and has not ended is not begun again. A change of state is
// given out once, after as many measurements in a row differ from what was told last as the options
// ask for (of a deep check, one). Thread-safe. Internal to monitor/health.
#pragma once

#include <chrono>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "health_check.hpp"
#include "health_options.hpp"
#include "health_report.hpp"

namespace sonde::detail {

/// See the file comment.
class CheckBoard {
 public:
  using Clock = std::chrono::steady_clock;
  using CheckPtr = std::shared_ptr<const HealthCheck>;

  explicit CheckBoard(const HealthOptions& options) : options_(options) {}

  /// Adds a check behind those there are, with what the options say of it; one that they turn off
  /// is left out. @throws ConfigError when there is one of this name.
  void add(HealthCheck check);

  /// @return The checks that are not deep and due now: moderate ones only after their interval. One
  /// that still runs is not among them.
  [[nodiscard]] std::vector<CheckPtr> due() const;
  [[nodiscard]] std::vector<CheckPtr> deep() const;

  /// Says that a check runs from now on. @return False when it runs already.
  [[nodiscard]] bool begin(const HealthCheck& check);
  /// Keeps what a check found; ends its run.
  void end(const HealthCheck& check, Reading reading, std::chrono::microseconds duration);
  /// Says of each check that is still running that it does not answer. It may still end later.
  void noteSilent();

  /// @return Every check with what was found last.
  [[nodiscard]] std::vector<CheckResult> results() const;
  [[nodiscard]] std::optional<CheckResult> result(std::string_view name) const;
  /// @return The measurements kept of a check, the oldest first. @throws ConfigError naming the
  /// nearest check when there is none of this name.
  [[nodiscard]] std::vector<HealthPoint> history(std::string_view name) const;
  /// @return The changes that are to be told now; each is given once.
  [[nodiscard]] std::vector<HealthChange> takeChanges();
  /// @return The names of the options that no check has.
  [[nodiscard]] std::vector<std::string> unknownOptions() const;
  [[nodiscard]] std::vector<std::string> names() const;

  /// @return The time by the clock of the options.
  [[nodiscard]] Clock::time_point now() const {
    return options_.now ? options_.now() : Clock::now();
  }

 private:
  struct Entry {
    CheckPtr check;
    bool running = false;
    bool silent = false;  // told as not answering, in this run
    Clock::time_point begun{};
    Clock::time_point measuredAt{};
    CheckResult last;
    std::deque<HealthPoint> past;
    HealthStatus told = HealthStatus::Pass;
    std::size_t differing = 0;  // measurements in a row that differ from what was told
  };

  void keep(Entry& entry, Reading reading, std::chrono::microseconds duration);
  [[nodiscard]] Entry* find(std::string_view name);
  [[nodiscard]] CheckResult copyOf(const Entry& entry) const;

  const HealthOptions& options_;
  mutable std::mutex mutex_;
  std::vector<Entry> entries_;
  std::vector<std::string> turnedOff_;
  std::vector<HealthChange> changes_;
};

}  // namespace sonde::detail
