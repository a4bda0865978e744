#include "health_response.hpp"

#include <nlohmann/json.hpp>

#include "health_metrics.hpp"
#include "health_output.hpp"

namespace sonde {
namespace {

constexpr int kOk = 200;
constexpr int kNotFound = 404;
constexpr int kBadRequest = 400;
constexpr int kUnavailable = 503;
constexpr std::size_t kTextWidth = 160;

// A parameter's value; empty for one without, absent where it is not there.
std::optional<std::string_view> parameter(std::string_view query, std::string_view name) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view one = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view() : query.substr(end + 1);
    const std::size_t equals = one.find('=');
    if (one.substr(0, equals) != name) continue;
    return equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
  }
  return std::nullopt;
}

// A file's name may be no UTF-8, and must not make a health check fail.
std::string dumped(const nlohmann::ordered_json& json) {
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

HealthResponse health(HealthMonitor& monitor, std::string_view query) {
  const std::string_view format = parameter(query, "format").value_or("json");
  HealthResponse response;
  if (format != "json" && format != "simple" && format != "text") {
    response.status = kBadRequest;
    response.body = "format is json, simple or text\n";
    return response;
  }
  const HealthReport report = monitor.report();
  response.status = report.status == HealthStatus::Fail ? kUnavailable : kOk;
  if (format == "text") {
    response.body = healthText(report, kTextWidth);
  } else if (format == "simple") {
    response.contentType = "application/json";
    response.body = dumped(simpleHealthJson(report));
  } else {
    response.contentType = "application/health+json";
    response.body = dumped(healthJson(report, monitor.options()));
  }
  return response;
}

}  // namespace

HealthResponse respond(HealthMonitor& monitor, std::string_view path, std::string_view query) {
  HealthResponse response;
  if (path == "/livez") {
    response.body = "ok";
  } else if (path == "/health") {
    response = health(monitor, query);
  } else if (path == "/readyz") {
    const HealthReport report = monitor.report();
    response.status = report.ready ? kOk : kUnavailable;
    response.body = readyText(report, parameter(query, "verbose").has_value());
  } else if (path == "/metrics") {
    response.contentType = kMetricsContentType;
    appendHealthMetrics(response.body, monitor.report());
  } else {
    response.status = kNotFound;
    response.body = "there is /health, /livez, /readyz and /metrics\n";
  }
  return response;
}

}  // namespace sonde
