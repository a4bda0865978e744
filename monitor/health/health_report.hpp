// What is known of a database's health: the one model that every output is made from.
//
// Invariant: plain data, a copy of what was known at one moment; no value of a row is in it. Made
// by HealthMonitor, read by health_output, health_metrics and callbacks.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../../dialects/probe.hpp"
#include "../../session/session_pool.hpp"

namespace sonde {

/// One check and what it found last.
struct CheckResult {
  ProbeInfo info;         ///< With the limits and the deadline that hold.
  bool measured = false;  ///< Whether it ran at all; the status is Unknown until then.
  HealthStatus status = HealthStatus::Unknown;
  std::optional<double> value{};
  std::string finding{};
  std::string
      remedy{};  ///< The statement or command to run; empty while there is none or it is well.
  std::chrono::system_clock::time_point time{};  ///< When it was measured.
  std::chrono::milliseconds age{0};              ///< How long ago that is.
  std::chrono::microseconds duration{0};         ///< How long it took.

  /// @return Whether somebody should look: Warn or Fail.
  [[nodiscard]] bool isProblem() const noexcept { return status >= HealthStatus::Warn; }
};

/// One measurement of the past.
struct HealthPoint {
  std::chrono::system_clock::time_point time{};
  HealthStatus status = HealthStatus::Unknown;
  std::optional<double> value{};
};

/// A check changed for good: so many measurements in a row said so as the options ask for.
struct HealthChange {
  HealthStatus before = HealthStatus::Pass;
  CheckResult after;
};

/// See the file comment.
struct HealthReport {
  /// The worst of the critical checks (where they are unknown, a warning); Warn where another one
  /// warns or fails.
  HealthStatus status = HealthStatus::Unknown;
  /// Whether the database can be used: no critical check fails, deep ones aside.
  bool ready = false;
  std::string dialect;
  std::string uri;                               ///< Without its password.
  std::chrono::system_clock::time_point time{};  ///< When it was measured.
  std::chrono::microseconds duration{0};         ///< How long that took.
  std::vector<CheckResult> checks;               ///< In the order they were added.
  PoolStats pool;

  /// @return The check of this name; nullptr when there is none.
  [[nodiscard]] const CheckResult* find(std::string_view name) const noexcept;
  /// Sets `status` and `ready` by the checks.
  void judge() noexcept;
};

}  // namespace sonde
