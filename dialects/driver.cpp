// What a driver does that has not been taught better.
#include "driver.hpp"

#include "tuner.hpp"
#include "usage.hpp"

namespace sonde {

EngineSettings Driver::profile(std::string_view name) const {
  static_cast<void>(parseProfile(name));
  refuseProfile(dialect().name(), name,
                "optimization.settings takes the settings of any engine by their own names");
}

std::unique_ptr<Tuner> Driver::tuner() const { return nullptr; }

std::unique_ptr<UsageReader> Driver::usage() const { return nullptr; }

// NOLINTNEXTLINE(performance-unnecessary-value-param): engines keep it
WhatIfOffer Driver::whatIf(Connection&, std::shared_ptr<const Schema>, const WhatIfOptions&) const {
  return {nullptr, "the driver cannot ask its planner about indexes that are not there"};
}

}  // namespace sonde
