// Writes a health report in the forms that others read: health+json, the answers that an
// orchestrator asks for, a small object, and a table for people.
//
// Invariant: every form is made from the one report; nothing is measured here. Texts hold findings,
// which name tables and files but no value of a row. Used by health_response and by the command.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "health_options.hpp"
#include "health_report.hpp"

namespace sonde {

/// @return The body of `application/health+json`, with the field names of
/// draft-inadarei-api-health-check-06. A check that could not be measured has the status "unknown".
[[nodiscard]] nlohmann::ordered_json healthJson(const HealthReport& report,
                                                const HealthOptions& options);

/// @return `{"healthy": true, "responseTime": 0.4, "timestamp": "…Z", "connectionPool": {…}}`: the
/// response time in milliseconds, null while it is not known.
[[nodiscard]] nlohmann::ordered_json simpleHealthJson(const HealthReport& report);

/// @return "ok", or what is not ready; `verbose` lists every critical check as Kubernetes does:
/// `[+]connectivity ok`.
[[nodiscard]] std::string readyText(const HealthReport& report, bool verbose);

/// @return A table: check, status, value, limits, age, finding; what to do below it. Lines fit
/// `width` cells.
[[nodiscard]] std::string healthText(const HealthReport& report, std::size_t width);

/// @return A value with its unit, as people read it: "1.5 GiB", "12 ms", "3 h 20 min", "40 %".
/// Thread-safe.
[[nodiscard]] std::string valueWithUnit(double value, std::string_view unit);

/// @return The time in UTC as "2026-11-25T10:00:00.123Z". Thread-safe.
[[nodiscard]] std::string isoTime(std::chrono::system_clock::time_point time);

}  // namespace sonde
