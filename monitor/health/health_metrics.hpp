// Writes a health report as metrics in Prometheus' text format (version 0.0.4).
//
// Invariant: passes `promtool check metrics`; names begin with sonde_, sizes are bytes, times
// seconds. Used by health_response; others append metrics of their own behind it.
#pragma once

#include <string>
#include <string_view>

#include "health_report.hpp"

namespace sonde {

/// The content type of the text format.
inline constexpr std::string_view kMetricsContentType = "text/plain; version=0.0.4; charset=utf-8";

/// Appends the metrics of a report: the status of the whole and of each check, its value, when and
/// how long it was measured, and the pool with the histogram of waits.
void appendHealthMetrics(std::string& out, const HealthReport& report);

/// Appends a label's value with what must be escaped in it. Thread-safe.
void appendLabelValue(std::string& out, std::string_view text);

/// Appends a number as Prometheus reads it: "0.25", "NaN", "+Inf". Thread-safe.
void appendMetricNumber(std::string& out, double value);

}  // namespace sonde
