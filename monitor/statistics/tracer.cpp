#include "tracer.hpp"

namespace sonde {

void Tracer::record(const TraceMetric&, double, TraceAttributes) noexcept {}

std::vector<PoolMeasurement> poolMeasurements(const PoolStats& stats, std::string_view pool) {
  const TraceAttribute name{"db.client.connection.pool.name", pool};
  const auto inState = [&](std::string_view state, std::size_t count) {
    return PoolMeasurement{"db.client.connection.count",
                           "{connection}",
                           static_cast<double>(count),
                           false,
                           {name, {"db.client.connection.state", state}}};
  };
  return {
      inState("idle", stats.idle),
      inState("used", stats.inUse),
      {"db.client.connection.max", "{connection}", static_cast<double>(stats.limit), false, {name}},
      {"db.client.connection.pending_requests",
       "{request}",
       static_cast<double>(stats.waiting),
       false,
       {name}},
      {"db.client.connection.timeouts",
       "{timeout}",
       static_cast<double>(stats.timeouts),
       true,
       {name}}};
}

}  // namespace sonde
