// A tuning plan as JSON, for tools: what `sonde optimize --format json` prints.
//
// Invariant: keys are only ever added.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tuning.hpp"

namespace sonde {

/// @return The plan: engine, profile, settings, facts, recommendations, unread. Thread-safe.
[[nodiscard]] nlohmann::json tuningJson(const TuningPlan& plan);

/// @return One recommendation. Thread-safe.
[[nodiscard]] nlohmann::json recommendationJson(const Recommendation& advice);

}  // namespace sonde
