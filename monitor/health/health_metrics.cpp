#include "health_metrics.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

namespace sonde {
namespace {

using Label = std::pair<std::string_view, std::string_view>;

constexpr double kMilliseconds = 1'000;
constexpr double kMicrosInSecond = 1'000'000;
constexpr double kPercent = 100;

// Writes one metric after another.
class MetricWriter {
 public:
  explicit MetricWriter(std::string& out) noexcept : out_(out) {}

  void begin(std::string_view name, std::string_view type, std::string_view help) {
    name_ = name;
    out_.append("# HELP ").append(name).append(" ").append(help).append("\n");
    out_.append("# TYPE ").append(name).append(" ").append(type).append("\n");
  }
  void sample(double value, std::initializer_list<Label> labels = {},
              std::string_view suffix = {}) {
    out_.append(name_).append(suffix);
    char before = '{';
    for (const auto& [label, text] : labels) {
      out_.append(1, std::exchange(before, ',')).append(label).append("=\"");
      appendLabelValue(out_, text);
      out_ += '"';
    }
    if (labels.size() != 0) out_ += '}';
    out_ += ' ';
    appendMetricNumber(out_, value);
    out_ += '\n';
  }
  void one(std::string_view name, std::string_view type, std::string_view help, double value) {
    begin(name, type, help);
    sample(value);
  }

 private:
  std::string& out_;
  std::string_view name_;
};

// Prometheus' base units: bytes, seconds, ratios.
struct Unit {
  std::string_view name;
  double factor = 1;
};

Unit baseUnitOf(const std::string& unit) {
  if (unit == "ms") return {"seconds", 1 / kMilliseconds};
  if (unit == "s") return {"seconds", 1};
  if (unit == "%") return {"ratio", 1 / kPercent};
  return {unit, 1};
}

double secondsSinceEpoch(std::chrono::system_clock::time_point time) {
  return std::chrono::duration<double>(time.time_since_epoch()).count();
}

void writeChecks(MetricWriter& metrics, const HealthReport& report) {
  using Value = std::function<std::optional<double>(const CheckResult&)>;
  const auto each = [&](const Value& value) {
    for (const CheckResult& check : report.checks) {
      if (const auto number = value(check)) metrics.sample(*number, {{"check", check.info.name}});
    }
  };
  metrics.begin("sonde_check_status", "gauge",
                "What a check found last: 0 pass, 1 unknown, 2 warn, 3 fail.");
  each([](const CheckResult& check) { return static_cast<double>(check.status); });
  metrics.begin("sonde_check_value", "gauge",
                "What a check measured last, in the base unit that its label names.");
  for (const CheckResult& check : report.checks) {
    if (!check.value) continue;
    const Unit unit = baseUnitOf(check.info.unit);
    metrics.sample(*check.value * unit.factor, {{"check", check.info.name}, {"unit", unit.name}});
  }
  metrics.begin("sonde_check_duration_seconds", "gauge", "How long a check took.");
  each([](const CheckResult& check) -> std::optional<double> {
    if (!check.measured) return std::nullopt;
    return static_cast<double>(check.duration.count()) / kMicrosInSecond;
  });
  metrics.begin("sonde_check_timestamp_seconds", "gauge", "When a check was measured last.");
  each([](const CheckResult& check) -> std::optional<double> {
    if (!check.measured) return std::nullopt;
    return secondsSinceEpoch(check.time);
  });
}

void writePool(MetricWriter& metrics, const PoolStats& pool) {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  metrics.begin("sonde_pool_connections", "gauge", "Connections of the pool, by what they do.");
  metrics.sample(number(pool.inUse), {{"state", "in_use"}});
  metrics.sample(number(pool.idle), {{"state", "idle"}});
  metrics.one("sonde_pool_connections_limit", "gauge", "Connections that the pool may have.",
              number(pool.limit));
  metrics.one("sonde_pool_waiting", "gauge", "Threads that wait for a connection.",
              number(pool.waiting));
  metrics.one("sonde_pool_opened_total", "counter", "Connections opened so far.",
              number(pool.opened));
  metrics.one("sonde_pool_discarded_total", "counter", "Connections found broken so far.",
              number(pool.discarded));
  metrics.one("sonde_pool_retired_total", "counter",
              "Connections closed so far after their lifetime or their rest.",
              number(pool.retired));
  metrics.one("sonde_pool_timeouts_total", "counter", "Waits for a connection that were in vain.",
              number(pool.timeouts));
  metrics.begin("sonde_pool_wait_seconds", "histogram", "Waits for a connection.");
  std::uint64_t below = 0;
  for (std::size_t i = 0; i < pool.waits.size(); ++i) {
    below += pool.waits[i];
    std::string bound = "+Inf";
    if (i < PoolStats::kWaitBoundsUs.size()) {
      bound.clear();
      appendMetricNumber(bound, number(PoolStats::kWaitBoundsUs[i]) / kMicrosInSecond);
    }
    metrics.sample(number(below), {{"le", bound}}, "_bucket");
  }
  metrics.sample(number(pool.waitedUs) / kMicrosInSecond, {}, "_sum");
  metrics.sample(number(below), {}, "_count");
}

}  // namespace

void appendLabelValue(std::string& out, std::string_view text) {
  for (const char c : text) {
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
}

void appendMetricNumber(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    std::array<char, 48> text{};
    const double size = std::abs(value);
    const bool plain = size == 0 || (size >= 1e-6 && size < 1e15);
    const auto form = plain ? std::chars_format::fixed : std::chars_format::general;
    const auto end = std::to_chars(text.data(), text.data() + text.size(), value, form).ptr;
    out.append(text.data(), end);
  }
}

void appendHealthMetrics(std::string& out, const HealthReport& report) {
  MetricWriter metrics(out);
  const CheckResult* const reached = report.find("connectivity");
  metrics.begin("sonde_database_info", "gauge", "Which database this is; always 1.");
  metrics.sample(1, {{"dialect", report.dialect}, {"uri", report.uri}});
  metrics.one("sonde_up", "gauge", "Whether the database answers.",
              reached != nullptr && reached->status == HealthStatus::Pass ? 1 : 0);
  metrics.one("sonde_ready", "gauge", "Whether the database can be used.", report.ready ? 1 : 0);
  metrics.one("sonde_health_status", "gauge", "The whole: 0 pass, 1 unknown, 2 warn, 3 fail.",
              static_cast<double>(report.status));
  writeChecks(metrics, report);
  writePool(metrics, report.pool);
}

}  // namespace sonde
