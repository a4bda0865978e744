// The checks that sonde itself can answer, whatever the engine: the pool, the response time, the
// replicas, the schema. Internal to monitor/health.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "../../session/runtime.hpp"
#include "check_board.hpp"
#include "health_check.hpp"

namespace sonde::detail {

/// The fingerprint that the schema is compared with. Thread-safe.
class SchemaBaseline {
 public:
  explicit SchemaBaseline(std::string fingerprint) : fingerprint_(std::move(fingerprint)) {}
  [[nodiscard]] std::string get() const {
    const std::lock_guard lock(mutex_);
    return fingerprint_;
  }
  void set(std::string fingerprint) {
    const std::lock_guard lock(mutex_);
    fingerprint_ = std::move(fingerprint);
  }

 private:
  mutable std::mutex mutex_;
  std::string fingerprint_;
};

/// @return "connectivity", for an engine that has no probe of that name: a sign of life.
[[nodiscard]] HealthCheck connectivityCheck();
/// @return "response-time": how long the check of connectivity took.
[[nodiscard]] HealthCheck responseTimeCheck(const CheckBoard& board);
/// @return "pool": connections in use; exhausted is a warning, for the database may be well.
[[nodiscard]] HealthCheck poolCheck(Runtime& runtime);
/// @return "pool-wait": the 99th percentile of the waits for a connection in the last minute.
[[nodiscard]] HealthCheck poolWaitCheck(Runtime& runtime,
                                        std::function<CheckBoard::Clock::time_point()> now);
/// @return "schema": whether it is the one of the start.
[[nodiscard]] HealthCheck schemaCheck(Runtime& runtime,
                                      std::shared_ptr<const SchemaBaseline> baseline);
/// @return "replicas": whether each takes reads.
[[nodiscard]] HealthCheck replicasCheck(ReplicaSet& replicas);

}  // namespace sonde::detail
