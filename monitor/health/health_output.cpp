#include "health_output.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

#include "../../introspect/text_grid.hpp"

namespace sonde {

using Json = nlohmann::ordered_json;
using std::chrono::duration_cast;
using std::chrono::milliseconds;

namespace {

constexpr double kMicrosInMilli = 1'000;

std::string number(double value) {
  std::array<char, 32> text{};
  const bool whole = value == std::floor(value) && std::abs(value) < 1e15;
  const char* const format = whole || std::abs(value) >= 100 ? "%.0f" : "%.3g";
  const int size = std::snprintf(text.data(), text.size(), format, value);
  return {text.data(), static_cast<std::size_t>(std::max(size, 0))};
}

std::string bytesText(double bytes) {
  static constexpr std::array kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  constexpr double kStep = 1024;
  std::size_t unit = 0;
  while (std::abs(bytes) >= kStep && unit + 1 < kUnits.size()) {
    bytes /= kStep;
    ++unit;
  }
  return number(bytes) + " " + kUnits[unit];
}

std::string secondsText(double seconds) {
  constexpr double kMinute = 60;
  constexpr double kHour = 60 * kMinute;
  constexpr double kDay = 24 * kHour;
  const auto two = [&](double big, const char* bigName, double small, const char* smallName) {
    std::string text = number(std::floor(seconds / big)) + " " + bigName;
    const double rest = std::floor(std::fmod(seconds, big) / small);
    if (rest >= 1) text += " " + number(rest) + " " + smallName;
    return text;
  };
  if (seconds >= kDay) return two(kDay, "d", kHour, "h");
  if (seconds >= kHour) return two(kHour, "h", kMinute, "min");
  if (seconds >= kMinute) return two(kMinute, "min", 1, "s");
  return number(seconds) + " s";
}

std::string componentType(const CheckResult& check) {
  if (check.info.component == "disk") return "system";
  return check.info.component == "pool" ? "component" : "datastore";
}

Json limitsJson(const ProbeLimits& limits) {
  Json json = Json::object();
  if (limits.warn) json["warn"] = *limits.warn;
  if (limits.fail) json["fail"] = *limits.fail;
  return json;
}

Json checkJson(const CheckResult& check) {
  Json json;
  json["componentId"] = check.info.name;
  json["componentType"] = componentType(check);
  if (check.value) {
    json["observedValue"] = *check.value;
    if (!check.info.unit.empty()) json["observedUnit"] = check.info.unit;
  }
  json["status"] = healthStatusName(check.status);
  if (check.measured) json["time"] = isoTime(check.time);
  if (check.status != HealthStatus::Pass) {
    json["output"] = check.measured ? check.finding : "has not run yet";
  }
  // Not of the draft, which allows more: what judged, how fresh it is, and what to do.
  json["criticality"] = criticalityName(check.info.criticality);
  if (check.info.limits.warn || check.info.limits.fail)
    json["limits"] = limitsJson(check.info.limits);
  if (check.measured) {
    json["ageMs"] = check.age.count();
    json["durationMs"] = static_cast<double>(check.duration.count()) / kMicrosInMilli;
  }
  if (check.isProblem()) {
    json["advice"] = check.info.advice;
    if (!check.remedy.empty()) json["remedy"] = check.remedy;
  }
  return json;
}

std::string_view nameOrEmpty(const std::string& text) { return text; }

std::string limitsText(const CheckResult& check) {
  const ProbeLimits& limits = check.info.limits;
  const auto one = [&](const std::optional<double>& limit) {
    return limit ? valueWithUnit(*limit, check.info.unit) : std::string("-");
  };
  if (!limits.warn && !limits.fail) return {};
  return one(limits.warn) + " / " + one(limits.fail);
}

std::string ageText(const CheckResult& check) {
  if (!check.measured) return "never";
  const double seconds = std::floor(std::chrono::duration<double>(check.age).count());
  return seconds < 1 ? "now" : secondsText(seconds);
}

}  // namespace

std::string valueWithUnit(double value, std::string_view unit) {
  if (unit == "bytes") return bytesText(value);
  if (unit == "s") return secondsText(value);
  return unit.empty() ? number(value) : number(value).append(" ").append(unit);
}

std::string isoTime(std::chrono::system_clock::time_point time) {
  const auto sinceEpoch = duration_cast<milliseconds>(time.time_since_epoch());
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const std::size_t size = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%S", &parts);
  std::array<char, 8> fraction{};
  std::snprintf(fraction.data(), fraction.size(), ".%03dZ",
                static_cast<int>(sinceEpoch.count() % 1000));
  return std::string(text.data(), size) + fraction.data();
}

Json healthJson(const HealthReport& report, const HealthOptions& options) {
  Json json;
  json["status"] = healthStatusName(report.status);
  for (const auto& [key, value] : {std::pair{"version", nameOrEmpty(options.version)},
                                   std::pair{"releaseId", nameOrEmpty(options.releaseId)},
                                   std::pair{"serviceId", nameOrEmpty(options.serviceId)}}) {
    if (!value.empty()) json[key] = value;
  }
  json["description"] =
      options.description.empty() ? "health of " + report.uri : options.description;
  Json notes = Json::array();
  std::string output;
  for (const CheckResult& check : report.checks) {
    if (!check.isProblem()) continue;
    notes.push_back(check.info.name + ": " + check.finding);
    if (check.status == HealthStatus::Fail && output.empty()) output = check.finding;
  }
  json["notes"] = std::move(notes);
  if (report.status == HealthStatus::Fail) json["output"] = output;
  Json checks = Json::object();
  for (const CheckResult& check : report.checks) {
    Json& list = checks[check.info.component + ":" + check.info.measurement];
    list.push_back(checkJson(check));
  }
  json["checks"] = std::move(checks);
  return json;
}

Json simpleHealthJson(const HealthReport& report) {
  const CheckResult* const response = report.find("response-time");
  Json json;
  json["healthy"] = report.status != HealthStatus::Fail;
  json["responseTime"] = nullptr;
  if (response != nullptr && response->value) json["responseTime"] = *response->value;
  json["timestamp"] = isoTime(report.time);
  json["connectionPool"] = {{"total", report.pool.open},
                            {"active", report.pool.inUse},
                            {"idle", report.pool.idle},
                            {"waiting", report.pool.waiting},
                            {"limit", report.pool.limit}};
  return json;
}

std::string readyText(const HealthReport& report, bool verbose) {
  std::string text;
  for (const CheckResult& check : report.checks) {
    const bool decides =
        check.info.criticality == Criticality::Critical && check.info.cost != ProbeCost::Deep;
    if (!decides) continue;
    const bool failed = check.status == HealthStatus::Fail;
    if (failed) {
      text += "[-]" + check.info.name + " failed: " + printable(check.finding) + "\n";
    } else if (verbose) {
      text += "[+]" + check.info.name + " ok\n";
    }
  }
  if (!verbose && report.ready) return "ok";
  return text + (report.ready ? "readyz check passed\n" : "readyz check failed\n");
}

std::string healthText(const HealthReport& report, std::size_t width) {
  std::string out = "health: " + std::string(healthStatusName(report.status)) + "\n\n";
  TextGrid grid({"check", "status", "value", "warn / fail", "age", "finding"});
  grid.alignRight(2);
  for (const CheckResult& check : report.checks) {
    grid.add({check.info.name, std::string(healthStatusName(check.status)),
              check.value ? valueWithUnit(*check.value, check.info.unit) : std::string(),
              limitsText(check), ageText(check), check.finding});
  }
  grid.appendTo(out, width);
  for (const CheckResult& check : report.checks) {
    if (!check.isProblem()) continue;
    out += '\n';
    appendWrapped(out, printable(check.info.name + ": " + check.info.advice), 0, width);
    if (!check.remedy.empty()) appendWrapped(out, printable(check.remedy), 4, width);
  }
  return out;
}

}  // namespace sonde
