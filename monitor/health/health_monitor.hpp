// Watches one database: asks the engine's probes, its own checks and the application's, each within
// its deadline, and keeps what they found.
//
// Invariant: asking changes nothing in the database and never waits for a connection of the pool; a
// check that hangs delays no other. Reports are kept for a moment, so that many who ask at once
// cost one measurement. Deep checks run only when asked for or on a schedule. Thread-safe. Made by
// Database::health().
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/context.hpp"
#include "../../session/listeners.hpp"
#include "../../session/runtime.hpp"
#include "health_options.hpp"
#include "health_report.hpp"

namespace sonde {

/// Hears how far a deep check is: its name, and the share that is done (0 to 1).
using DeepProgress = std::function<void(std::string_view check, double done)>;

/// See the file comment.
class HealthMonitor {
 public:
  /// @param startFingerprint Of the schema to compare with; empty for the one that is known now.
  explicit HealthMonitor(std::shared_ptr<Runtime> runtime, HealthOptions options = {},
                         const std::string& startFingerprint = {});
  /// Waits for the checks that still run.
  ~HealthMonitor();
  HealthMonitor(const HealthMonitor&) = delete;
  HealthMonitor& operator=(const HealthMonitor&) = delete;

  /// Adds a check of the application's own. It runs on a thread of its own and should end when its
  /// context says so: the monitor's end waits for it. ProbeInfo::whenSilent says what it means when
  /// it throws or does not answer in time; one of ProbeCost::Deep runs with the deep ones.
  ///   monitor.addCheck({.name = "queue", .unit = "jobs", .limits = {.warn = 1000}},
  ///                    [&](const Context&) { return Reading::of(queue.size()); });
  /// @throws ConfigError when there is a check of this name.
  void addCheck(ProbeInfo info, std::function<Reading(const Context&)> measure);

  /// @return What is known now; measures when that is older than HealthOptions::cacheFor. Never
  /// throws for what the database does: that is what the report is about.
  HealthReport report();
  /// Measures now, whatever the age of what is known. @return What it found.
  HealthReport refresh();
  /// Runs the deep checks one after another on a connection of their own, each for at most its
  /// deadline; the context's deadline and stop token end them sooner. One run at a time: another
  /// caller waits. @return What is known then, of all checks.
  HealthReport runDeep(const Context& context = {}, const DeepProgress& progress = {});
  /// @return What is known, without measuring anything.
  [[nodiscard]] HealthReport lastReport() const;

  /// @return The last measurements of a check, the oldest first. @throws ConfigError naming the
  /// nearest check when there is none of this name.
  [[nodiscard]] std::vector<HealthPoint> history(std::string_view check) const;
  /// Calls `listener` once for each change of a check's state, after as many measurements in a row
  /// as HealthOptions::confirmations, on the thread that measured. The log is told the same.
  Subscription onChange(std::function<void(const HealthChange&)> listener);
  /// Takes the schema as it is now for the one to compare with.
  void acceptSchema();

  [[nodiscard]] const HealthOptions& options() const noexcept;
  [[nodiscard]] const Logger& logger() const noexcept;

  /// Ends what runs and closes the monitor's connections, before the database is closed:
  /// Database::close() calls it. The next measurement opens them again, or says that the database
  /// was closed.
  void disconnect();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sonde
