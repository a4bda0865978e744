// The section "health" of `sonde doctor`.
#include <cstdint>

#include "../core/text.hpp"
#include "../monitor/health/health_monitor.hpp"
#include "../monitor/health/health_output.hpp"
#include "doctor_sections.hpp"

namespace sonde::cli {
namespace {

constexpr std::uint64_t kWhole = 100;

std::string evidenceOf(const CheckResult& check) {
  const ProbeInfo& info = check.info;
  if (!check.value) return check.finding;
  // Where one is too many, the limit is no news.
  if (info.unit.empty() && info.limits.fail == 1.0) {
    const auto count = static_cast<std::uint64_t>(*check.value);
    if (count == 0) return check.finding;
    return text::counted(count, "thing is", "things are") + " wrong: " + check.finding;
  }
  std::string text = valueWithUnit(*check.value, info.unit);
  const std::optional<double>& limit =
      check.status == HealthStatus::Fail ? info.limits.fail : info.limits.warn;
  if (limit) {
    text += info.limits.low ? " is at or below the limit of " : " is at or above the limit of ";
    text += valueWithUnit(*limit, info.unit);
  }
  return check.finding.empty() ? text : text + ": " + check.finding;
}

}  // namespace

DoctorReport lookAtHealth(const DoctorVisit& visit) {
  const auto monitor = visit.db.health();
  HealthReport health = monitor->refresh();
  if (visit.deep) {
    health = monitor->runDeep({}, [&](std::string_view check, double share) {
      visit.progress.show(check, static_cast<std::uint64_t>(share * kWhole), kWhole);
    });
  }
  DoctorReport report;
  for (const CheckResult& check : health.checks) {
    if (!check.measured) continue;
    ++report.looked;
    if (check.isProblem()) {
      report.findings.push_back(
          {check.status, check.info.name, evidenceOf(check), check.info.advice, check.remedy, {}});
    } else if (check.status == HealthStatus::Unknown) {
      report.gaps.push_back({check.info.name, check.finding});
    }
  }
  return report;
}

}  // namespace sonde::cli
