#include "postgres_probes.hpp"

#include <string>
#include <utility>

#include "../probe_rows.hpp"
#include "postgres_dialect.hpp"

namespace sonde {
namespace {

using ProbePtr = std::shared_ptr<const Probe>;

constexpr double kMiB = 1024.0 * 1024.0;
constexpr double kMinute = 60;
constexpr double kHour = 60 * kMinute;
constexpr const char* kHidden =
    "the sessions of other users cannot be seen: GRANT pg_monitor TO this user";

std::string textOf(const ValueView& value) { return value.isNull() ? "" : value.as<std::string>(); }

ProbePtr connectivity() {
  ProbeInfo info{.name = "connectivity",
                 .component = "postgresql",
                 .measurement = "connectivity",
                 .criticality = Criticality::Critical,
                 .whenSilent = HealthStatus::Fail,
                 .advice = "see whether the server runs and can be reached from here"};
  return makeProbe(std::move(info), [](Connection& connection) {
    static_cast<void>(probeRows(connection, "SELECT relname FROM pg_catalog.pg_class LIMIT 1"));
    return Reading::judged(HealthStatus::Pass, "the catalog can be read");
  });
}

ProbePtr writable() {
  ProbeInfo info{.name = "writable",
                 .component = "postgresql",
                 .measurement = "writable",
                 .advice =
                     "connect to the primary (target_session_attrs=read-write), or open the "
                     "database as readOnly"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows =
        probeRows(connection,
                  "SELECT pg_catalog.pg_is_in_recovery(), "
                  "pg_catalog.current_setting('default_transaction_read_only') = 'on'");
    const Row row = rows.front();
    if (row[0].as<bool>()) {
      return Reading::judged(HealthStatus::Warn, "the server is a standby, which takes no writes");
    }
    if (row[1].as<bool>()) {
      return Reading::judged(HealthStatus::Warn, "default_transaction_read_only is on");
    }
    return Reading::judged(HealthStatus::Pass, {});
  });
}

/// The age of what sessions do, `age` and `which` being SQL. Whose it is, and what ends it.
Reading oldestSession(Connection& connection, const std::string& age, const std::string& which,
                      const char* what) {
  const ResultSet rows = probeRows(
      connection,
      "SELECT pid, usename::text, greatest(0, extract(epoch FROM " + age +
          "))::float8, (SELECT count(*) FROM pg_catalog.pg_stat_activity "
          "WHERE query = '<insufficient privilege>') FROM pg_catalog.pg_stat_activity "
          "WHERE backend_type = 'client backend' AND pid <> pg_catalog.pg_backend_pid() AND " +
          which + " ORDER BY 3 DESC LIMIT 1");
  if (rows.empty()) {
    const ResultSet hidden = probeRows(connection,
                                       "SELECT count(*) FROM pg_catalog.pg_stat_activity "
                                       "WHERE query = '<insufficient privilege>'");
    if (probeNumber((*hidden.begin())[0]) > 0)
      return Reading::judged(HealthStatus::Unknown, kHidden);
    return Reading::of(0, "there is none");
  }
  const Row row = rows.front();
  const std::string pid = row[0].as<std::string>();
  Reading reading = Reading::of(probeNumber(row[2]));
  reading.finding = std::string(what) + " of process " + pid + ", user " + textOf(row[1]);
  if (probeNumber(row[3]) > 0) reading.finding += "; there are sessions that this user cannot see";
  reading.remedy = "SELECT pg_terminate_backend(" + pid + ")";
  return reading;
}

ProbePtr oldestTransaction() {
  ProbeInfo info{.name = "oldest-transaction",
                 .component = "postgresql",
                 .measurement = "oldestTransaction",
                 .unit = "s",
                 .limits = {.warn = 5 * kMinute, .fail = kHour},
                 .advice = "end it: no row that was deleted or changed since can be cleaned up"};
  return makeProbe(std::move(info), [](Connection& connection) {
    return oldestSession(connection, "clock_timestamp() - xact_start", "xact_start IS NOT NULL",
                         "the oldest transaction is");
  });
}

ProbePtr idleInTransaction() {
  ProbeInfo info{.name = "idle-in-transaction",
                 .component = "postgresql",
                 .measurement = "idleInTransaction",
                 .unit = "s",
                 .limits = {.warn = kMinute, .fail = 10 * kMinute},
                 .advice =
                     "see why the program holds a transaction and does nothing, and set "
                     "idle_in_transaction_session_timeout"};
  return makeProbe(std::move(info), [](Connection& connection) {
    return oldestSession(connection, "clock_timestamp() - state_change",
                         "state LIKE 'idle in transaction%'", "the longest idle transaction is");
  });
}

ProbePtr replicationLag() {
  ProbeInfo info{.name = "replication-lag",
                 .component = "replication",
                 .measurement = "lag",
                 .unit = "s",
                 .limits = {.warn = 30, .fail = 5 * kMinute},
                 .advice = "see whether the standby keeps up and its link holds"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet recovery = probeRows(
        connection,
        "SELECT CASE WHEN pg_catalog.pg_is_in_recovery() THEN "
        "pg_catalog.pg_is_wal_replay_paused() END, "
        "CASE WHEN pg_catalog.pg_last_wal_receive_lsn() = pg_catalog.pg_last_wal_replay_lsn() "
        "THEN 0 ELSE extract(epoch FROM clock_timestamp() - "
        "pg_catalog.pg_last_xact_replay_timestamp()) END::float8");
    const Row row = recovery.front();
    if (row[0].isNull()) return Reading::judged(HealthStatus::Pass, "the server is no standby");
    Reading reading;
    if (!row[1].isNull()) reading.value = std::max(0.0, row[1].as<double>());
    if (row[0].as<bool>()) {
      reading.status = HealthStatus::Warn;
      reading.finding = "the replay of the log is paused";
      reading.remedy = "SELECT pg_wal_replay_resume()";
    }
    return reading;
  });
}

ProbePtr replicaBacklog() {
  ProbeInfo info{.name = "replica-backlog",
                 .component = "replication",
                 .measurement = "backlog",
                 .unit = "bytes",
                 .limits = {.warn = 256 * kMiB, .fail = 4096 * kMiB},
                 .advice =
                     "see whether the standby runs and replays; drop the slot of one that is "
                     "gone, or the log fills the disk of the primary"};
  return makeProbe(std::move(info), [](Connection& connection) {
    // A standby that has just come has not told yet, and a slot that was never used keeps nothing;
    // without a state it is hidden from this user.
    const ResultSet rows = probeRows(
        connection,
        "SELECT what, pg_catalog.pg_wal_lsn_diff(pg_catalog.pg_current_wal_lsn(), lsn)::float8 "
        "FROM (SELECT 'standby ' || application_name AS what, replay_lsn AS lsn "
        "FROM pg_catalog.pg_stat_replication WHERE state IS NULL OR replay_lsn IS NOT NULL "
        "UNION ALL SELECT 'slot ' || slot_name, restart_lsn "
        "FROM pg_catalog.pg_replication_slots WHERE restart_lsn IS NOT NULL) AS behind "
        "WHERE NOT pg_catalog.pg_is_in_recovery() ORDER BY 2 DESC NULLS LAST LIMIT 1");
    if (rows.empty()) return Reading::judged(HealthStatus::Pass, "nobody replays this server");
    const Row row = rows.front();
    if (row[1].isNull()) {
      return Reading::judged(HealthStatus::Unknown,
                             "how far standbys are cannot be seen: GRANT pg_monitor TO this user");
    }
    return Reading::of(row[1].as<double>(), "furthest behind: " + textOf(row[0]));
  });
}

ProbePtr connectionUse() {
  ProbeInfo info{.name = "connections",
                 .component = "postgresql",
                 .measurement = "connections",
                 .unit = "%",
                 .limits = {.warn = 80, .fail = 95},
                 .advice =
                     "look for programs that keep connections they do not use, put a pooler "
                     "in between, or raise max_connections"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows = probeRows(
        connection,
        "SELECT sum(numbackends)::float8, pg_catalog.current_setting('max_connections')::float8 - "
        "pg_catalog.current_setting('superuser_reserved_connections')::float8 "
        "FROM pg_catalog.pg_stat_database");
    const Row row = rows.front();
    constexpr double kPercent = 100;
    const double used = probeNumber(row[0]);
    const double most = probeNumber(row[1]);
    return Reading::of(kPercent * used / most, std::to_string(static_cast<int>(used)) + " of " +
                                                   std::to_string(static_cast<int>(most)) +
                                                   " are taken");
  });
}

ProbePtr transactionIds() {
  ProbeInfo info{.name = "transaction-ids",
                 .component = "postgresql",
                 .measurement = "transactionIds",
                 .unit = "%",
                 .limits = {.warn = 50, .fail = 75},
                 .advice =
                     "vacuum the database, and see what keeps autovacuum from it: when the "
                     "ids run out the server takes no more writes",
                 .remedy = "VACUUM (FREEZE)"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows = probeRows(
        connection,
        "SELECT datname::text, 100.0 * greatest(pg_catalog.age(datfrozenxid), "
        "pg_catalog.mxid_age(datminmxid)) / 2147483647.0::float8 FROM pg_catalog.pg_database "
        "ORDER BY 2 DESC LIMIT 1");
    const Row row = rows.front();
    return Reading::of(probeNumber(row[1]),
                       "the oldest are those of the database " + textOf(row[0]));
  });
}

ProbePtr sequences() {
  ProbeInfo info{.name = "sequences",
                 .component = "postgresql",
                 .measurement = "sequences",
                 .unit = "%",
                 .cost = ProbeCost::Moderate,
                 .limits = {.warn = 75, .fail = 90},
                 .deadline = std::chrono::seconds(10),
                 .advice =
                     "change the column to bigint, and the sequence AS bigint, before the "
                     "numbers run out: inserts fail then"};
  // A sequence ends where its column does, which may be a narrower type than its own.
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows = probeRows(
        connection,
        "SELECT s.schemaname || '.' || s.sequencename, 100.0 * s.last_value::float8 / "
        "least(s.max_value, used.most)::float8 FROM pg_catalog.pg_sequences s "
        "JOIN pg_catalog.pg_namespace n ON n.nspname = s.schemaname "
        "JOIN pg_catalog.pg_class c ON c.relnamespace = n.oid AND c.relname = s.sequencename "
        "LEFT JOIN LATERAL (SELECT min(CASE a.atttypid WHEN 'int2'::regtype THEN 32767 "
        "WHEN 'int4'::regtype THEN 2147483647 END) AS most FROM ("
        "SELECT d.refobjid AS relid, d.refobjsubid AS num FROM pg_catalog.pg_depend d "
        "WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i') "
        "UNION SELECT f.adrelid, f.adnum FROM pg_catalog.pg_depend d "
        "JOIN pg_catalog.pg_attrdef f ON f.oid = d.objid "
        "WHERE d.classid = 'pg_attrdef'::regclass AND d.refobjid = c.oid) AS owner "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = owner.relid AND a.attnum = owner.num) "
        "AS used ON true WHERE s.last_value IS NOT NULL AND s.increment_by > 0 AND NOT s.cycle "
        "ORDER BY 2 DESC NULLS LAST LIMIT 1");
    if (rows.empty()) return Reading::judged(HealthStatus::Pass, "none is in use that can be seen");
    const Row row = rows.front();
    return Reading::of(probeNumber(row[1]), "the furthest is " + textOf(row[0]));
  });
}

ProbePtr invalidIndexes() {
  ProbeInfo info{.name = "invalid-indexes",
                 .component = "postgresql",
                 .measurement = "invalidIndexes",
                 .cost = ProbeCost::Moderate,
                 .limits = {.warn = 1},
                 .deadline = std::chrono::seconds(10),
                 .advice =
                     "an index that was being made failed: it is written and never read; "
                     "drop it, or make it anew with REINDEX INDEX CONCURRENTLY"};
  return makeProbe(std::move(info), [](Connection& connection) {
    const ResultSet rows =
        probeRows(connection,
                  "SELECT n.nspname::text, c.relname::text FROM pg_catalog.pg_index i "
                  "JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid AND c.relkind = 'i' "
                  "JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid "
                  "AND NOT EXISTS (SELECT FROM pg_catalog.pg_stat_progress_create_index p "
                  "WHERE p.index_relid = i.indexrelid) ORDER BY 1, 2");
    Reading reading = Reading::of(static_cast<double>(rows.size()));
    constexpr std::size_t kShown = 5;
    for (std::size_t i = 0; i < rows.size() && i < kShown; ++i) {
      const Row row = rows[i];
      reading.finding += (i == 0 ? "" : ", ") + textOf(row[0]) + "." + textOf(row[1]);
      const SqlCompiler& compiler = PostgresDialect::instance().compiler();
      reading.remedy +=
          (i == 0 ? "" : "; ") + ("DROP INDEX CONCURRENTLY " + compiler.quote(textOf(row[0])) +
                                  "." + compiler.quote(textOf(row[1])));
    }
    return reading;
  });
}

}  // namespace

std::vector<ProbePtr> postgresProbes(const DriverOptions& options) {
  std::vector<ProbePtr> probes{connectivity()};
  if (options.access != AccessMode::ReadOnly) probes.push_back(writable());
  for (ProbePtr& probe :
       std::vector{oldestTransaction(), idleInTransaction(), replicationLag(), replicaBacklog(),
                   connectionUse(), transactionIds(), sequences(), invalidIndexes()}) {
    probes.push_back(std::move(probe));
  }
  return probes;
}

}  // namespace sonde
