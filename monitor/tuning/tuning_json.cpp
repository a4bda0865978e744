#include "tuning_json.hpp"

#include <nlohmann/json.hpp>

namespace sonde {

namespace {

nlohmann::json settingJson(const SettingReport& report) {
  return {{"name", report.name},
          {"requested", report.requested},
          {"effective", report.effective},
          {"honoured", report.honoured()},
          {"scope", settingScopeName(report.scope)},
          {"reason", report.reason}};
}

nlohmann::json factJson(const TuningFact& fact) {
  return {{"name", fact.name},
          {"value", fact.value},
          {"source", fact.source},
          {"scope", settingScopeName(fact.scope)}};
}

template <class Items, class Function>
nlohmann::json listOf(const Items& items, Function&& each) {
  nlohmann::json list = nlohmann::json::array();
  for (const auto& item : items) list.push_back(each(item));
  return list;
}

}  // namespace

nlohmann::json recommendationJson(const Recommendation& advice) {
  return {{"id", advice.id},
          {"subject", advice.subject},
          {"current", advice.current},
          {"recommended", advice.recommended},
          {"reason", advice.reason},
          {"tradeOff", advice.tradeOff},
          {"severity", severityName(advice.severity)},
          {"risk", riskName(advice.risk)},
          {"apply", advice.apply},
          {"undo", advice.undo}};
}

nlohmann::json tuningJson(const TuningPlan& plan) {
  return {{"engine", plan.engine},
          {"profile", plan.profile},
          {"settings", listOf(plan.settings, settingJson)},
          {"facts", listOf(plan.facts, factJson)},
          {"recommendations", listOf(plan.recommendations, recommendationJson)},
          {"unread", plan.unread}};
}

}  // namespace sonde
