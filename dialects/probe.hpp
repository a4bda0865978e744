// A question that an engine can answer about its own state: is it there, how long is its log, how
// near is a limit.
//
// Invariant: a probe changes nothing in the database, keeps nothing between two calls and is
// thread-safe; it runs on a connection of the monitor's own, armed with its deadline. It measures
// and says what it saw; its limits judge. Engines give theirs by Driver::probes(), and monitor/
// asks them.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sonde {

class Connection;

/// How well something is, the worse the greater. Unknown: it could not be measured.
enum class HealthStatus : std::uint8_t { Pass, Unknown, Warn, Fail };

/// @return "pass", "unknown", "warn" or "fail". Thread-safe.
[[nodiscard]] std::string_view healthStatusName(HealthStatus status) noexcept;

/// What it costs the database to be asked.
enum class ProbeCost : std::uint8_t {
  Cheap,     ///< About a millisecond: asked each time.
  Moderate,  ///< Reads catalogs: asked now and then, its last answer shown meanwhile.
  Deep,      ///< Reads the whole database: only on demand or on a schedule.
};

/// @return "cheap", "moderate" or "deep". Thread-safe.
[[nodiscard]] std::string_view probeCostName(ProbeCost cost) noexcept;

/// What it means to the users of the database when a check fails.
enum class Criticality : std::uint8_t {
  Critical,       ///< Nothing works: the whole fails, and is not ready.
  Normal,         ///< It works, and somebody should look: the whole is a warning.
  Informational,  ///< Told, and never a matter for the whole.
};

/// @return "critical", "normal" or "informational". Thread-safe.
[[nodiscard]] std::string_view criticalityName(Criticality criticality) noexcept;

/// Where a value begins to be a matter: at the limit itself. Empty: never.
struct ProbeLimits {
  std::optional<double> warn{};
  std::optional<double> fail{};
  bool low = false;  ///< Small values are the bad ones, such as free space.

  [[nodiscard]] HealthStatus judge(double value) const noexcept;
};

/// What a check is called, costs and means. Plain data.
struct ProbeInfo {
  std::string name;           ///< "free-disk": its name in the configuration; unique.
  std::string component{};    ///< What is looked at, "disk".
  std::string measurement{};  ///< What of it is measured, "free".
  std::string unit{};         ///< "bytes", "ms", "s", "%" or empty for a number of things.
  ProbeCost cost = ProbeCost::Cheap;
  Criticality criticality = Criticality::Normal;
  ProbeLimits limits{};
  std::chrono::milliseconds deadline{2'000};
  /// What it means when it does not answer in time or throws.
  HealthStatus whenSilent = HealthStatus::Unknown;
  std::string advice{};  ///< What to do when it is not well, in a sentence.
  std::string remedy{};  ///< The statement or command that does it, where there is one.
};

/// What a probe saw.
struct Reading {
  std::optional<double> value{};         ///< In the unit of the check; empty for a yes or no.
  std::string finding{};                 ///< The evidence, in a sentence without values of rows.
  std::optional<HealthStatus> status{};  ///< Where the limits are not what judges.
  std::string remedy{};                  ///< Instead of the check's own, where it can be exact.

  /// @return A reading that the limits judge.
  [[nodiscard]] static Reading of(double value, std::string finding = {}) {
    return {value, std::move(finding), {}, {}};
  }
  /// @return A reading that is judged already.
  [[nodiscard]] static Reading judged(HealthStatus status, std::string finding) {
    return {{}, std::move(finding), status, {}};
  }
};

/// Hears how much of a long probe is done, from 0 to 1; on the thread that runs it.
using ProbeProgress = std::function<void(double)>;

/// See the file comment.
class Probe {
 public:
  virtual ~Probe() = default;

  [[nodiscard]] virtual const ProbeInfo& info() const noexcept = 0;
  /// Asks. `progress` may be empty; only deep probes tell it anything.
  /// @throws What the connection throws: the reading is then ProbeInfo::whenSilent. What the user
  /// may not see is a reading whose status is Unknown and whose finding says why.
  [[nodiscard]] virtual Reading measure(Connection& connection,
                                        const ProbeProgress& progress) const = 0;
};

/// @return A probe that calls a function. Thread-safe where the function is.
[[nodiscard]] std::shared_ptr<const Probe> makeProbe(
    ProbeInfo info, std::function<Reading(Connection&, const ProbeProgress&)> measure);
[[nodiscard]] std::shared_ptr<const Probe> makeProbe(ProbeInfo info,
                                                     std::function<Reading(Connection&)> measure);

}  // namespace sonde
