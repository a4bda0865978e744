#include "statistics_snapshot.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "../../core/temporal.hpp"

namespace sonde {

namespace {

double weightOf(const StatementSummary& statement, StatisticsOrder order) noexcept {
  switch (order) {
    case StatisticsOrder::TotalTime:
      return static_cast<double>(statement.time.total.count());
    case StatisticsOrder::MeanTime:
      return static_cast<double>(statement.time.mean().count());
    case StatisticsOrder::P95Time:
      return static_cast<double>(statement.time.p95.count());
    case StatisticsOrder::Calls:
      return static_cast<double>(statement.calls);
    case StatisticsOrder::Rows:
      return static_cast<double>(statement.rows + statement.affected);
    case StatisticsOrder::Scans:
      return static_cast<double>(statement.effort.fullScanSteps + statement.effort.autoIndexRows);
  }
  return 0;
}

double milliseconds(std::chrono::nanoseconds time) noexcept {
  return static_cast<double>(time.count()) / 1e6;
}

nlohmann::json toJson(const DurationSummary& summary) {
  return {{"total", milliseconds(summary.total)}, {"mean", milliseconds(summary.mean())},
          {"min", milliseconds(summary.min)},     {"max", milliseconds(summary.max)},
          {"p50", milliseconds(summary.p50)},     {"p95", milliseconds(summary.p95)},
          {"p99", milliseconds(summary.p99)}};
}

nlohmann::json toJson(const ErrorCounts& errors) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [code, count] : errors) object[std::string(errorCodeName(code))] = count;
  return object;
}

nlohmann::json toJson(const std::vector<query::TableUse>& tables) {
  nlohmann::json names = nlohmann::json::array();
  for (const query::TableUse& use : tables) {
    names.push_back(use.schema.empty() ? use.table : use.schema + "." + use.table);
  }
  return names;
}

nlohmann::json toJson(const StatementSummary& statement) {
  return {{"fingerprint", fingerprintText(statement.fingerprint)},
          {"sql", statement.sql},
          {"tables", toJson(statement.tables)},
          {"write", statement.write},
          {"calls", statement.calls},
          {"errors", toJson(statement.errors)},
          {"rows", statement.rows},
          {"affected", statement.affected},
          {"timeMs", toJson(statement.time)},
          {"waitMs", toJson(statement.wait)},
          {"effort",
           {{"fullScanSteps", statement.effort.fullScanSteps},
            {"sorts", statement.effort.sorts},
            {"autoIndexRows", statement.effort.autoIndexRows}}},
          {"firstSeen", temporal::formatInstant(statement.firstSeen)},
          {"lastSeen", temporal::formatInstant(statement.lastSeen)},
          {"slowestSql", statement.slowestSql}};
}

nlohmann::json toJson(const OperationSummary& operation) {
  return {{"name", operation.name},
          {"calls", operation.calls},
          {"errors", toJson(operation.errors)},
          {"timeMs", toJson(operation.time)},
          {"lastSeen", temporal::formatInstant(operation.lastSeen)}};
}

}  // namespace

std::uint64_t StatementSummary::failed() const noexcept {
  std::uint64_t sum = 0;
  for (const auto& [code, count] : errors) sum += count;
  return sum;
}

void StatisticsSnapshot::sortBy(StatisticsOrder order) {
  std::sort(statements.begin(), statements.end(),
            [order](const StatementSummary& a, const StatementSummary& b) {
              const double first = weightOf(a, order);
              const double second = weightOf(b, order);
              return first != second ? first > second : a.sql < b.sql;
            });
}

const StatementSummary* StatisticsSnapshot::find(std::uint64_t fingerprint) const noexcept {
  const auto found =
      std::find_if(statements.begin(), statements.end(),
                   [&](const StatementSummary& each) { return each.fingerprint == fingerprint; });
  return found == statements.end() ? nullptr : &*found;
}

std::string fingerprintText(std::uint64_t fingerprint) {
  std::array<char, 17> text{};
  std::snprintf(text.data(), text.size(), "%016llx", static_cast<unsigned long long>(fingerprint));
  return text.data();
}

nlohmann::json toJson(const StatisticsSnapshot& snapshot) {
  nlohmann::json statements = nlohmann::json::array();
  for (const StatementSummary& each : snapshot.statements) statements.push_back(toJson(each));
  nlohmann::json operations = nlohmann::json::array();
  for (const OperationSummary& each : snapshot.operations) operations.push_back(toJson(each));
  return {{"enabled", snapshot.enabled},
          {"since", temporal::formatInstant(snapshot.since)},
          {"taken", temporal::formatInstant(snapshot.taken)},
          {"statements", std::move(statements)},
          {"operations", std::move(operations)},
          {"evicted",
           {{"fingerprints", snapshot.evicted.fingerprints},
            {"calls", snapshot.evicted.calls},
            {"timeMs", milliseconds(snapshot.evicted.time)}}},
          {"operationsLeftOut", snapshot.operationsLeftOut}};
}

}  // namespace sonde
