// The interface through which an application's own tracing sees sonde's statements: a span around
// each and two metrics, under the names that OpenTelemetry's conventions for databases give them.
//
// Invariant: sonde depends on no tracing library; who wants spans implements Tracer with the
// library they have. Attributes are valid during the call only, and hold no parameter value and no
// literal: db.query.text is the normalised statement.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "../../session/session_pool.hpp"

namespace sonde {

/// One attribute by its conventional name, such as {"db.system.name", "sqlite"}.
struct TraceAttribute {
  std::string_view name;
  std::variant<std::string_view, std::int64_t> value;
};
using TraceAttributes = std::span<const TraceAttribute>;

/// A histogram that values are recorded in.
struct TraceMetric {
  std::string_view name;
  std::string_view unit;
  std::string_view description;
  std::span<const double> boundaries;  ///< Advised upper bounds of its buckets.
};

namespace trace {
/// 1 ms to 10 s, as the conventions advise for db.client.operation.duration.
inline constexpr std::array<double, 9> kDurationBoundaries{0.001, 0.005, 0.01, 0.05, 0.1,
                                                           0.5,   1,     5,    10};
/// How long statements took in all, the wait for a connection included.
inline constexpr TraceMetric kOperationDuration{"db.client.operation.duration", "s",
                                                "Duration of database client operations.",
                                                kDurationBoundaries};
/// How long statements outside transactions waited for a connection.
inline constexpr TraceMetric kConnectionWaitTime{
    "db.client.connection.wait_time", "s",
    "The time it took to obtain an open connection from the pool.", kDurationBoundaries};
}  // namespace trace

/// A span that has begun. Ended, and then destroyed, on the thread that began it.
class TraceSpan {
 public:
  virtual ~TraceSpan() = default;
  /// The statement is over. `attributes` are added to those of the start; of a failure they hold
  /// error.type, and where known db.response.status_code.
  virtual void end(TraceAttributes attributes, bool failed) noexcept = 0;
};

/// What an application implements; see the file comment. Called by many threads at once.
class Tracer {
 public:
  virtual ~Tracer() = default;
  /// Begins a span of the kind CLIENT as a child of what the calling thread is doing.
  /// @param name Of the span: the operation and the table, such as "SELECT users".
  /// @return The span; nullptr to leave this one out.
  [[nodiscard]] virtual std::unique_ptr<TraceSpan> start(std::string_view name,
                                                         TraceAttributes attributes) = 0;
  /// Adds a value to a metric.
  virtual void record(const TraceMetric& metric, double value, TraceAttributes attributes) noexcept;
};

/// A reading of a counter or gauge, to be given when a metrics library asks for it.
struct PoolMeasurement {
  std::string_view name;
  std::string_view unit;
  double value = 0;
  bool monotonic = false;                  ///< A counter, which only grows.
  std::vector<TraceAttribute> attributes;  ///< The pool's name is valid as long as it was given.
};

/// @return What a pool is doing under OpenTelemetry's names: db.client.connection.count (idle and
/// used), .max, .pending_requests and .timeouts. `pool` is the value of
/// db.client.connection.pool.name. Thread-safe.
[[nodiscard]] std::vector<PoolMeasurement> poolMeasurements(const PoolStats& stats,
                                                            std::string_view pool);

}  // namespace sonde
