#include <string>
#include <string_view>
#include <utility>

#include "../core/error.hpp"
#include "../monitor/tuning/tuning.hpp"
#include "doctor_sections.hpp"

namespace sonde::cli {
namespace {

// The check "free-list" says the same.
constexpr std::string_view kToldByHealth = "sqlite.vacuum.free_pages";

std::string script(const std::vector<std::string>& statements) {
  std::string text;
  for (const std::string& statement : statements) {
    if (!text.empty()) text += "; ";
    text += statement;
  }
  return text;
}

DoctorFinding finding(const Recommendation& advice) {
  DoctorFinding found;
  found.severity =
      advice.severity == AdviceSeverity::Danger ? HealthStatus::Fail : HealthStatus::Warn;
  found.name = advice.subject;
  found.evidence = advice.subject + " is " + advice.current + ": " + advice.reason;
  found.advice = advice.recommended;
  if (!advice.tradeOff.empty()) found.advice += "; " + advice.tradeOff;
  found.statement = script(advice.apply);
  found.undo = script(advice.undo);
  return found;
}

}  // namespace

DoctorReport lookAtSettings(const DoctorVisit& visit) {
  DoctorReport report;
  TuningPlan plan;
  try {
    plan = visit.db.tuning().plan();
  } catch (const Error& error) {  // what is wrong with the database is told by its health
    report.looked = 1;
    report.gaps.push_back({"settings", error.what()});
    return report;
  }
  report.looked = plan.settings.size() + plan.facts.size() + plan.unread.size();
  for (const SettingReport& setting : plan.settings) {
    if (setting.honoured()) continue;
    report.findings.push_back(
        {.name = setting.name,
         .evidence = "asked to be " + setting.requested + ", it is " + setting.effective,
         .advice = setting.reason});
  }
  for (const Recommendation& advice : plan.recommendations) {
    if (advice.severity == AdviceSeverity::Note || advice.id == kToldByHealth) continue;
    report.findings.push_back(finding(advice));
  }
  for (const std::string& what : plan.unread) report.gaps.push_back({"settings", what});
  return report;
}

}  // namespace sonde::cli
