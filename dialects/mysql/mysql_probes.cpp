#include "mysql_probes.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/text.hpp"
#include "../probe_rows.hpp"

namespace sonde {
namespace {

using ProbePtr = std::shared_ptr<const Probe>;

constexpr double kMinute = 60;
constexpr double kHour = 60 * kMinute;
constexpr double kPercent = 100;

std::string textOf(const ValueView& value) { return value.isNull() ? "" : value.as<std::string>(); }

ProbePtr connectivity() {
  ProbeInfo info{.name = "connectivity",
                 .component = "mysql",
                 .measurement = "connectivity",
                 .criticality = Criticality::Critical,
                 .whenSilent = HealthStatus::Fail,
                 .advice = "see whether the server runs and can be reached from here"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows = probeRows(connection,
                                     "SELECT SCHEMA_NAME FROM information_schema.SCHEMATA "
                                     "WHERE SCHEMA_NAME = DATABASE()");
    if (rows.empty()) return Reading::judged(HealthStatus::Fail, "the database is gone");
    return Reading::judged(HealthStatus::Pass, "the catalog can be read");
  });
}

// MySQL 8.4 knows the first name only, servers before 8.0.22 and MariaDB 10.5 the second.
ResultSet replicaStatus(Connection& connection) {
  try {
    return probeRows(connection, "SHOW REPLICA STATUS");
  } catch (const QueryError& error) {
    constexpr int kSyntaxError = 1064;
    if (error.nativeCode() != kSyntaxError) throw;
    return probeRows(connection, "SHOW SLAVE STATUS");
  }
}

bool isReplica(Connection& connection) {
  try {
    return !replicaStatus(connection).empty();
  } catch (const AuthorizationError&) {
    return true;  // not known: what would be wrong on a replica is not advised
  }
}

ProbePtr writable() {
  ProbeInfo info{.name = "writable",
                 .component = "mysql",
                 .measurement = "writable",
                 .advice = "connect to the primary, or open the database as readOnly"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows = probeRows(connection,
                                     "SHOW GLOBAL VARIABLES WHERE Variable_name IN "
                                     "('read_only', 'super_read_only', 'innodb_read_only')");
    for (const RowView row : rows) {
      const std::string value = textOf(row[1]);
      if (value == "OFF" || value == "0") continue;
      Reading reading =
          Reading::judged(HealthStatus::Warn, textOf(row[0]) + " is " + value +
                                                  ": the server takes no writes of most users");
      // A row that is written on a replica is missing everywhere else.
      if (!isReplica(connection)) reading.remedy = "SET GLOBAL " + textOf(row[0]) + " = OFF";
      return reading;
    }
    return Reading::judged(HealthStatus::Pass, {});
  });
}

ProbePtr oldestTransaction() {
  ProbeInfo info{.name = "oldest-transaction",
                 .component = "mysql",
                 .measurement = "oldestTransaction",
                 .unit = "s",
                 .limits = {.warn = 5 * kMinute, .fail = kHour},
                 .advice = "end it: no row that was deleted or changed since can be cleaned up"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows =
        probeRows(connection,
                  "SELECT trx_mysql_thread_id, TIMESTAMPDIFF(SECOND, trx_started, NOW()) "
                  "FROM information_schema.INNODB_TRX WHERE trx_mysql_thread_id <> CONNECTION_ID() "
                  "AND trx_mysql_thread_id <> 0 ORDER BY trx_started LIMIT 1");
    if (rows.empty()) return Reading::of(0, "there is none");
    const Row row = rows.front();
    const std::string id = textOf(row[0]);
    Reading reading = Reading::of(std::max(0.0, probeNumber(row[1])));
    reading.finding = "the oldest transaction is of connection " + id;
    reading.remedy = "KILL " + id;
    return reading;
  });
}

// A column by either of its names.
std::string either(const Row& row, const char* name, const char* before) {
  if (row.has(name)) return textOf(row[name]);
  return row.has(before) ? textOf(row[before]) : std::string();
}

ProbePtr replicationLag() {
  ProbeInfo info{.name = "replication-lag",
                 .component = "replication",
                 .measurement = "lag",
                 .unit = "s",
                 .limits = {.warn = 30, .fail = 5 * kMinute},
                 .advice = "see whether the replica keeps up and its link holds"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows = replicaStatus(connection);
    if (rows.empty()) return Reading::judged(HealthStatus::Pass, "the server is no replica");
    const Row row = rows.front();
    const std::string reads = either(row, "Replica_IO_Running", "Slave_IO_Running");
    const std::string applies = either(row, "Replica_SQL_Running", "Slave_SQL_Running");
    if (applies == "No" || reads == "No") {
      Reading reading = Reading::judged(HealthStatus::Fail, "replication is stopped");
      const std::string error = textOf(row["Last_Error"]);
      if (!error.empty()) reading.finding += " by an error, which SHOW REPLICA STATUS tells";
      reading.remedy = "START REPLICA";
      return reading;
    }
    const std::string lag = either(row, "Seconds_Behind_Source", "Seconds_Behind_Master");
    if (lag.empty() && !textOf(row["Last_IO_Error"]).empty()) {
      return Reading::judged(HealthStatus::Fail,
                             "the primary is not reached, for the reason in Last_IO_Error of SHOW "
                             "REPLICA STATUS");
    }
    if (lag.empty()) {
      return Reading::judged(HealthStatus::Unknown, "the replica does not say how far it is");
    }
    return Reading::of(std::stod(lag));
  });
}

ProbePtr connectionUse() {
  ProbeInfo info{.name = "connections",
                 .component = "mysql",
                 .measurement = "connections",
                 .unit = "%",
                 .limits = {.warn = 80, .fail = 95},
                 .advice =
                     "look for programs that keep connections they do not use, put a proxy in "
                     "between, or raise max_connections"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet status = probeRows(connection, "SHOW GLOBAL STATUS LIKE 'Threads_connected'");
    const ResultSet limit = probeRows(connection, "SELECT @@max_connections");
    const double used = std::stod(textOf(status.front().view()[1]));
    const double most = probeNumber(limit.front().view()[0]);
    return Reading::of(kPercent * used / most, std::to_string(static_cast<int>(used)) + " of " +
                                                   std::to_string(static_cast<int>(most)) +
                                                   " are taken");
  });
}

// The largest number of a column's type.
double largestOf(std::string_view dataType, std::string_view columnType) {
  struct Width {
    std::string_view name;
    int bits;
  };
  static constexpr std::array<Width, 5> kWidths{
      {{"tinyint", 8}, {"smallint", 16}, {"mediumint", 24}, {"int", 32}, {"bigint", 64}}};
  const bool isUnsigned = columnType.find("unsigned") != std::string_view::npos;
  for (const Width& width : kWidths) {
    if (width.name != dataType) continue;
    double largest = 1;
    for (int bit = isUnsigned ? 0 : 1; bit < width.bits; ++bit) largest *= 2;
    return largest - 1;
  }
  return 0;
}

ProbePtr autoIncrement() {
  ProbeInfo info{.name = "auto-increment",
                 .component = "mysql",
                 .measurement = "autoIncrement",
                 .unit = "%",
                 .cost = ProbeCost::Moderate,
                 .limits = {.warn = 75, .fail = 90},
                 .deadline = std::chrono::seconds(10),
                 .advice =
                     "change the column to bigint before the numbers run out: inserts fail "
                     "then"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows = probeRows(
        connection,
        "SELECT t.TABLE_NAME, c.COLUMN_NAME, t.AUTO_INCREMENT, LOWER(c.DATA_TYPE), "
        "LOWER(c.COLUMN_TYPE) FROM information_schema.TABLES t JOIN information_schema.COLUMNS c "
        "ON c.TABLE_SCHEMA = t.TABLE_SCHEMA AND c.TABLE_NAME = t.TABLE_NAME "
        "WHERE t.TABLE_SCHEMA = DATABASE() AND c.TABLE_SCHEMA = DATABASE() "
        "AND t.AUTO_INCREMENT IS NOT NULL AND c.EXTRA LIKE '%auto_increment%'");
    Reading reading = Reading::of(0);
    for (const RowView row : rows) {
      const double largest = largestOf(textOf(row[3]), textOf(row[4]));
      if (largest == 0) continue;
      const double used = kPercent * (probeNumber(row[2]) - 1) / largest;
      if (used < *reading.value) continue;
      reading.value = used;
      reading.finding = "the furthest is " + textOf(row[0]) + "." + textOf(row[1]);
    }
    return reading;
  });
}

}  // namespace

std::vector<ProbePtr> mysqlProbes(const DriverOptions& options) {
  std::vector<ProbePtr> probes{connectivity()};
  if (options.access != AccessMode::ReadOnly) probes.push_back(writable());
  for (ProbePtr& probe :
       std::vector{oldestTransaction(), replicationLag(), connectionUse(), autoIncrement()}) {
    probes.push_back(std::move(probe));
  }
  return probes;
}

}  // namespace sonde
