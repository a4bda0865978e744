#include "health_report.hpp"

#include <algorithm>

namespace sonde {
namespace {

// What one check means for the whole.
HealthStatus shareOf(const CheckResult& check) noexcept {
  const bool deepAndNew = check.info.cost == ProbeCost::Deep && !check.measured;
  switch (check.info.criticality) {
    case Criticality::Critical:
      if (deepAndNew) return HealthStatus::Pass;
      return check.status == HealthStatus::Unknown ? HealthStatus::Warn : check.status;
    case Criticality::Normal:
      return check.isProblem() ? HealthStatus::Warn : HealthStatus::Pass;
    case Criticality::Informational:
      break;
  }
  return HealthStatus::Pass;
}

}  // namespace

const CheckResult* HealthReport::find(std::string_view name) const noexcept {
  const auto found = std::find_if(checks.begin(), checks.end(),
                                  [&](const CheckResult& c) { return c.info.name == name; });
  return found == checks.end() ? nullptr : &*found;
}

void HealthReport::judge() noexcept {
  status = HealthStatus::Pass;
  ready = true;
  for (const CheckResult& check : checks) {
    status = std::max(status, shareOf(check));
    // What a deep check finds is for a person to judge: taking every instance out of service would
    // not mend it.
    const bool decides =
        check.info.criticality == Criticality::Critical && check.info.cost != ProbeCost::Deep;
    if (decides && check.status == HealthStatus::Fail) ready = false;
  }
}

}  // namespace sonde
