// A check as the monitor runs it: an engine's probe, a check of the monitor itself, or one that the
// application added. Internal to monitor/health.
#pragma once

#include <cstdint>
#include <functional>

#include "../../core/context.hpp"
#include "../../dialects/connection.hpp"
#include "../../dialects/probe.hpp"

namespace sonde::detail {

/// Where a check runs.
enum class CheckPlace : std::uint8_t {
  Here,        ///< On the thread that asks: it looks at memory only.
  Connection,  ///< On a connection of the monitor's own.
  Apart,       ///< On a thread of its own: nobody knows how long it takes.
};

/// What a check is given. `connection` is null unless its place is Connection.
struct CheckCall {
  const Context& context;
  Connection* connection = nullptr;
  const ProbeProgress* progress = nullptr;
};

struct HealthCheck {
  ProbeInfo info;
  CheckPlace place = CheckPlace::Here;
  std::function<Reading(const CheckCall&)> measure;
};

}  // namespace sonde::detail
