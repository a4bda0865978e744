#include "mysql_usage.hpp"

#include <cstdlib>
#include <string>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/result_set.hpp"
#include "../tuner_reading.hpp"

namespace sonde {
namespace {

constexpr const char* kDigests =
    "SELECT digest_text, count_star, sum_rows_sent + sum_rows_affected, sum_timer_wait / 1e9 FROM "
    "performance_schema.events_statements_summary_by_digest WHERE schema_name = DATABASE() AND "
    "digest_text IS NOT NULL ORDER BY sum_timer_wait DESC LIMIT ?";

// Unique ones keep rows apart; a foreign key's own index is left to the rule of the advisor.
constexpr const char* kWaits =
    "SELECT w.object_schema, w.object_name, w.index_name, w.count_star FROM "
    "performance_schema.table_io_waits_summary_by_index_usage w WHERE w.object_schema = DATABASE() "
    "AND w.index_name IS NOT NULL ORDER BY 1, 2, 3";

// userstat lists an index only once it was read.
constexpr const char* kUserstat =
    "SELECT s.table_schema, s.table_name, s.index_name, coalesce(max(u.rows_read), 0) FROM "
    "information_schema.statistics s LEFT JOIN information_schema.index_statistics u ON "
    "u.table_schema = s.table_schema AND u.table_name = s.table_name AND u.index_name = "
    "s.index_name WHERE s.table_schema = DATABASE() GROUP BY 1, 2, 3 ORDER BY 1, 2, 3";

/// @return A variable or counter of the server; empty where it has none of this name.
std::string serverValue(Connection& connection, const char* kind, const char* name) {
  const ResultSet rows =
      readRows(connection, "SHOW GLOBAL " + std::string(kind) + " LIKE '" + name + "'");
  return rows.empty() ? std::string() : cellText(*rows.begin(), 1);
}

bool hasPerformanceSchema(Connection& connection) {
  return serverValue(connection, "VARIABLES", "performance_schema") == "ON";
}

void addReads(IndexUsage& usage, const ResultSet& rows) {
  for (const RowView row : rows) {
    usage.indexes.push_back({cellText(row, 0), cellText(row, 1), cellText(row, 2),
                             static_cast<double>(cellNumber(row, 3))});
  }
}

}  // namespace

ObservedStatements MysqlUsage::statements(Connection& connection, std::size_t most) const {
  if (!hasPerformanceSchema(connection)) {
    ErrorDetails details;
    details.hint = "set performance_schema = ON in the configuration of the server, and restart it";
    throw Unsupported("the server counts no statements: its performance schema is off",
                      std::move(details));
  }
  ObservedStatements observed;
  for (const RowView row : readRows(connection, kDigests, {static_cast<std::int64_t>(most)})) {
    observed.statements.push_back(
        {cellText(row, 0), row[1].as<double>(), row[2].as<double>(), row[3].as<double>()});
  }
  return observed;
}

IndexUsage MysqlUsage::indexes(Connection& connection) const {
  IndexUsage usage;
  usage.counted = std::chrono::seconds(
      std::strtoll(serverValue(connection, "STATUS", "Uptime").c_str(), nullptr, 10));
  try {
    if (hasPerformanceSchema(connection)) {
      usage.source = "the performance schema";
      addReads(usage, readRows(connection, kWaits));
      return usage;
    }
    if (serverValue(connection, "VARIABLES", "userstat") == "ON") {
      usage.source = "userstat";
      usage.notes.emplace_back("userstat counts from when it was switched on, which is not known");
      addReads(usage, readRows(connection, kUserstat));
      return usage;
    }
  } catch (const AuthorizationError& error) {
    usage.notes.push_back("how often indexes are read is not known: " + std::string(error.what()));
    return usage;
  }
  usage.notes.emplace_back(
      "how often indexes are read is not known: neither the performance schema nor userstat is on");
  return usage;
}

}  // namespace sonde
