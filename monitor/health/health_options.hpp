// How a health monitor measures: how often, for how long, and where limits differ from the checks'
// own. Filled from Config::health.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace sonde {

/// What differs from what a check says of itself.
struct CheckOptions {
  std::optional<bool> enabled{};
  std::optional<double> warn{};  ///< In the unit of the check.
  std::optional<double> fail{};
  std::optional<std::chrono::milliseconds> timeout{};

  friend bool operator==(const CheckOptions&, const CheckOptions&) = default;
};

struct HealthOptions {
  /// A report younger than this is given again, so that many who ask cost one measurement.
  std::chrono::milliseconds cacheFor{1'000};
  std::chrono::milliseconds moderateInterval{60'000};  ///< Between checks of ProbeCost::Moderate.
  /// How often it measures by itself; 0: only when somebody asks.
  std::chrono::milliseconds interval{0};
  std::chrono::milliseconds deepInterval{0};  ///< Between runs of the deep checks; 0: on demand.
  std::chrono::milliseconds deepTimeout{600'000};  ///< Of each deep check.
  /// How many measurements in a row must differ from what was told last before that is told.
  std::size_t confirmations = 2;
  std::size_t history = 60;                                   ///< Measurements kept of each check.
  std::map<std::string, CheckOptions, std::less<>> checks{};  ///< By the name of the check.

  // What health+json says of the service that the database belongs to; empty ones are left out.
  std::string serviceId{};
  std::string version{};
  std::string releaseId{};
  std::string description{};

  /// The clock of ages and intervals; the system's by default. Deadlines keep real time.
  std::function<std::chrono::steady_clock::time_point()> now{};
};

}  // namespace sonde
