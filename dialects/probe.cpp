#include "probe.hpp"

namespace sonde {
namespace {

class FunctionProbe final : public Probe {
 public:
  using Measure = std::function<Reading(Connection&, const ProbeProgress&)>;

  FunctionProbe(ProbeInfo info, Measure measure)
      : info_(std::move(info)), measure_(std::move(measure)) {}

  [[nodiscard]] const ProbeInfo& info() const noexcept override { return info_; }
  [[nodiscard]] Reading measure(Connection& connection,
                                const ProbeProgress& progress) const override {
    return measure_(connection, progress);
  }

 private:
  ProbeInfo info_;
  Measure measure_;
};

}  // namespace

std::string_view healthStatusName(HealthStatus status) noexcept {
  switch (status) {
    case HealthStatus::Pass:
      return "pass";
    case HealthStatus::Unknown:
      return "unknown";
    case HealthStatus::Warn:
      return "warn";
    case HealthStatus::Fail:
      break;
  }
  return "fail";
}

std::string_view probeCostName(ProbeCost cost) noexcept {
  switch (cost) {
    case ProbeCost::Cheap:
      return "cheap";
    case ProbeCost::Moderate:
      return "moderate";
    case ProbeCost::Deep:
      break;
  }
  return "deep";
}

std::string_view criticalityName(Criticality criticality) noexcept {
  switch (criticality) {
    case Criticality::Critical:
      return "critical";
    case Criticality::Normal:
      return "normal";
    case Criticality::Informational:
      break;
  }
  return "informational";
}

HealthStatus ProbeLimits::judge(double value) const noexcept {
  const auto reached = [&](const std::optional<double>& limit) {
    return limit && (low ? value <= *limit : value >= *limit);
  };
  if (reached(fail)) return HealthStatus::Fail;
  return reached(warn) ? HealthStatus::Warn : HealthStatus::Pass;
}

std::shared_ptr<const Probe> makeProbe(
    ProbeInfo info, std::function<Reading(Connection&, const ProbeProgress&)> measure) {
  return std::make_shared<const FunctionProbe>(std::move(info), std::move(measure));
}

std::shared_ptr<const Probe> makeProbe(ProbeInfo info,
                                       std::function<Reading(Connection&)> measure) {
  return std::make_shared<const FunctionProbe>(
      std::move(info),
      [measure = std::move(measure)](Connection& connection, const ProbeProgress&) {
        return measure(connection);
      });
}

}  // namespace sonde
