#include "builtin_checks.hpp"

#include <algorithm>
#include <array>
#include <deque>
#include <numeric>
#include <utility>

#include "../../core/error.hpp"

namespace sonde::detail {
namespace {

using Clock = CheckBoard::Clock;
using std::chrono::milliseconds;

constexpr double kPercent = 100;

std::string countOf(std::size_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

using Waits = decltype(PoolStats::waits);

// The waits of the last minute: what was counted since a snapshot of about a minute ago.
class WaitWindow {
 public:
  struct Seen {
    Waits waits{};
    std::uint64_t timeouts = 0;
  };

  [[nodiscard]] Seen since(const PoolStats& now, Clock::time_point at) {
    const std::lock_guard lock(mutex_);
    while (past_.size() > 1 && at - past_[1].first >= kLength) past_.pop_front();
    Seen seen{now.waits, now.timeouts};
    if (!past_.empty()) {
      const Seen& then = past_.front().second;
      for (std::size_t i = 0; i < seen.waits.size(); ++i) seen.waits[i] -= then.waits[i];
      seen.timeouts -= then.timeouts;
    }
    if (past_.empty() || at - past_.back().first >= kStep) {
      past_.emplace_back(at, Seen{now.waits, now.timeouts});
    }
    return seen;
  }

 private:
  static constexpr std::chrono::seconds kLength{60};
  static constexpr std::chrono::seconds kStep{1};

  std::mutex mutex_;
  std::deque<std::pair<Clock::time_point, Seen>> past_;
};

// The upper bound of the bucket that the 99th percentile falls in; the last bucket has none, so its
// lower bound.
double percentile99Ms(const Waits& waits) {
  constexpr std::uint64_t kTop = 99;
  constexpr double kMicroseconds = 1'000;
  const auto total = std::accumulate(waits.begin(), waits.end(), std::uint64_t{0});
  if (total == 0) return 0;
  const std::uint64_t rank = (total * kTop + kTop) / 100;
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < PoolStats::kWaitBoundsUs.size(); ++i) {
    below += waits[i];
    if (below >= rank) return static_cast<double>(PoolStats::kWaitBoundsUs[i]) / kMicroseconds;
  }
  return static_cast<double>(PoolStats::kWaitBoundsUs.back()) / kMicroseconds;
}

}  // namespace

HealthCheck connectivityCheck() {
  HealthCheck check;
  check.info = {.name = "connectivity",
                .component = "database",
                .measurement = "connectivity",
                .criticality = Criticality::Critical,
                .whenSilent = HealthStatus::Fail,
                .advice = "see whether the database runs and can be reached from here"};
  check.place = CheckPlace::Connection;
  check.measure = [deadline = check.info.deadline](const CheckCall& call) {
    if (call.connection->ping(deadline)) return Reading::judged(HealthStatus::Pass, "it answers");
    return Reading::judged(HealthStatus::Fail, "it gives no sign of life");
  };
  return check;
}

HealthCheck responseTimeCheck(const CheckBoard& board) {
  HealthCheck check;
  check.info = {.name = "response-time",
                .component = "database",
                .measurement = "responseTime",
                .unit = "ms",
                .limits = {.warn = 250, .fail = 1'000},
                .advice = "look for long statements, locks, or a slow network or disk"};
  check.measure = [&board](const CheckCall&) {
    const auto reached = board.result("connectivity");
    if (!reached || reached->status != HealthStatus::Pass) {
      return Reading::judged(HealthStatus::Unknown, "the database did not answer");
    }
    constexpr double kMicroseconds = 1'000;
    return Reading::of(static_cast<double>(reached->duration.count()) / kMicroseconds);
  };
  return check;
}

HealthCheck poolCheck(Runtime& runtime) {
  HealthCheck check;
  check.info = {.name = "pool",
                .component = "pool",
                .measurement = "utilization",
                .unit = "%",
                .advice =
                    "end transactions sooner, look for connections that are never given "
                    "back (pool.leakWarningMs), or raise pool.size"};
  check.measure = [&runtime](const CheckCall&) {
    const PoolStats stats = runtime.pool().stats();
    Reading reading;
    const auto limit = static_cast<double>(std::max<std::size_t>(stats.limit, 1));
    reading.value = std::min(kPercent, kPercent * static_cast<double>(stats.inUse) / limit);
    reading.finding = std::to_string(stats.inUse) + " of " +
                      countOf(stats.limit, "connection", "connections") + " in use, " +
                      std::to_string(stats.idle) + " idle, " +
                      countOf(stats.waiting, "thread waits", "threads wait");
    // A full pool that nobody waits for is what it is there for.
    reading.status = stats.waiting > 0 ? HealthStatus::Warn : HealthStatus::Pass;
    return reading;
  };
  return check;
}

HealthCheck poolWaitCheck(Runtime& runtime, std::function<Clock::time_point()> now) {
  HealthCheck check;
  check.info = {.name = "pool-wait",
                .component = "pool",
                .measurement = "waitTime99",
                .unit = "ms",
                .limits = {.warn = 1'000, .fail = 10'000},
                .advice = "end transactions sooner, or raise pool.size"};
  check.measure = [&runtime, now = std::move(now),
                   window = std::make_shared<WaitWindow>()](const CheckCall&) {
    const auto seen = window->since(runtime.pool().stats(), now());
    const auto waits = std::accumulate(seen.waits.begin(), seen.waits.end(), std::uint64_t{0});
    Reading reading = Reading::of(percentile99Ms(seen.waits));
    reading.finding = countOf(waits, "wait", "waits") + " for a connection in the last minute";
    if (seen.timeouts != 0) {
      reading.status = HealthStatus::Fail;
      reading.finding += ", " + countOf(seen.timeouts, "of them", "of them") + " in vain";
    }
    return reading;
  };
  return check;
}

HealthCheck schemaCheck(Runtime& runtime, std::shared_ptr<const SchemaBaseline> baseline) {
  // What the last look gave, and the mark that says whether it still holds.
  struct Last {
    std::mutex mutex;
    std::optional<std::uint64_t> mark;
    std::string fingerprint;
  };
  HealthCheck check;
  check.info = {.name = "schema",
                .component = "schema",
                .measurement = "drift",
                .cost = ProbeCost::Moderate,
                .advice =
                    "if the change was meant, accept it (HealthMonitor::acceptSchema) or "
                    "start the program again"};
  check.place = CheckPlace::Connection;
  check.measure = [&runtime, baseline = std::move(baseline),
                   last = std::make_shared<Last>()](const CheckCall& call) {
    Connection& connection = *call.connection;
    auto mark = connection.schemaCounter();
    if (!mark) mark = connection.schemaHash();
    const std::lock_guard lock(last->mutex);
    if (!mark || mark != last->mark || last->fingerprint.empty()) {
      last->fingerprint = runtime.schemas().readPrivately(connection)->fingerprint();
      last->mark = mark;
    }
    const std::string started = baseline->get();
    if (last->fingerprint == started) {
      return Reading::judged(HealthStatus::Pass, "as it was at the start: " + started);
    }
    return Reading::judged(HealthStatus::Warn, "changed since the start: fingerprint " + started +
                                                   " became " + last->fingerprint);
  };
  return check;
}

HealthCheck replicasCheck(ReplicaSet& replicas) {
  HealthCheck check;
  check.info = {.name = "replicas",
                .component = "replicas",
                .measurement = "inRotation",
                .advice = "see whether the replica runs, replays, and can be reached from here"};
  check.measure = [&replicas](const CheckCall&) {
    const std::vector<ReplicaStatus> all = replicas.status();
    Reading reading;
    std::size_t serving = 0;
    for (const ReplicaStatus& replica : all) {
      if (replica.inRotation) {
        ++serving;
      } else {
        reading.finding += "; " + replica.uri + ": " + replica.reason;
      }
    }
    reading.value = static_cast<double>(serving);
    reading.finding.insert(0, std::to_string(serving) + " of " +
                                  countOf(all.size(), "replica takes", "replicas take") + " reads");
    reading.status = serving == all.size() ? HealthStatus::Pass : HealthStatus::Warn;
    return reading;
  };
  return check;
}

}  // namespace sonde::detail
