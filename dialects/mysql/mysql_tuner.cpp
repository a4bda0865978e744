#include "mysql_tuner.hpp"

#include <algorithm>
#include <charconv>
#include <map>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/text.hpp"
#include "../tuner_reading.hpp"
#include "mysql_connection.hpp"
#include "mysql_dialect.hpp"

namespace sonde {
namespace {

constexpr std::int64_t kMebibyte = std::int64_t{1} << 20U;

constexpr const char* kNames =
    "('performance_schema', 'lock_wait_timeout', 'innodb_buffer_pool_size', "
    "'innodb_flush_log_at_trx_commit', 'innodb_doublewrite', 'innodb_stats_auto_recalc', "
    "'sync_binlog', 'log_bin', 'sql_mode', 'character_set_server', 'foreign_key_checks', "
    "'max_connections', 'version')";

// A unique index over columns that are never NULL serves as well as a primary key.
constexpr const char* kWithoutKey =
    "SELECT t.table_name FROM information_schema.tables t WHERE t.table_schema = DATABASE() AND "
    "t.table_type = 'BASE TABLE' AND t.engine = 'InnoDB' AND NOT EXISTS (SELECT 1 FROM "
    "information_schema.statistics s WHERE s.table_schema = t.table_schema AND s.table_name = "
    "t.table_name AND s.non_unique = 0 GROUP BY s.index_name HAVING max(s.nullable = 'YES') = 0) "
    "ORDER BY t.table_name";

constexpr const char* kNarrowText =
    "SELECT c.table_name, c.character_set_name FROM information_schema.columns c JOIN "
    "information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = "
    "c.table_name AND t.table_type = 'BASE TABLE' WHERE c.table_schema = DATABASE() AND "
    "c.character_set_name IN ('utf8', 'utf8mb3', 'latin1') GROUP BY c.table_name, "
    "c.character_set_name ORDER BY c.table_name";

constexpr const char* kDataSize =
    "SELECT CAST(coalesce(sum(data_length + index_length), 0) AS SIGNED) FROM "
    "information_schema.tables WHERE engine = 'InnoDB'";

// InnoDB gathers statistics again by itself where a tenth of a table changed, unless told not to.
constexpr const char* kStale =
    "SELECT s.table_name FROM mysql.innodb_table_stats s JOIN information_schema.tables t ON "
    "t.table_schema = s.database_name AND t.table_name = s.table_name WHERE s.database_name = "
    "DATABASE() AND t.update_time > s.last_update + INTERVAL 1 DAY ORDER BY s.table_name";

struct Variable {
  std::string value;
  std::string source;
};

struct Facts {
  std::map<std::string, Variable> variables;
  std::int64_t memory = 0;    ///< Of the server's machine; 0 where it is not known.
  std::int64_t dataSize = 0;  ///< Of all that this user may see.
  std::int64_t poolReads = 0;
  std::int64_t poolRequests = 0;

  [[nodiscard]] std::string value(const std::string& name) const {
    const auto found = variables.find(name);
    return found == variables.end() ? std::string() : found->second.value;
  }
  [[nodiscard]] std::int64_t number(const std::string& name) const {
    const std::string text = value(name);
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
};

void readVariables(Facts& facts, MysqlProduct product, TunerReading& reading) {
  const std::string sql =
      product == MysqlProduct::MariaDb
          ? "SELECT lower(variable_name), global_value, global_value_origin FROM "
            "information_schema.system_variables WHERE lower(variable_name) IN " +
                std::string(kNames)
          : "SHOW GLOBAL VARIABLES WHERE variable_name IN " + std::string(kNames);
  const auto rows = reading.rows("global variables", sql);
  if (!rows) return;
  for (const RowView row : *rows) {
    Variable variable{cellText(row, 1), product == MysqlProduct::MariaDb
                                            ? text::lower(cellText(row, 2))
                                            : std::string("global variable")};
    const std::string name = text::lower(cellText(row, 0));
    reading.fact(name, variable.value, variable.source, SettingScope::Server);
    facts.variables.emplace(name, std::move(variable));
  }
}

Facts readFacts(MysqlProduct product, TunerReading& reading) {
  Facts facts;
  readVariables(facts, product, reading);
  const auto counters =
      reading.rows("global status",
                   "SHOW GLOBAL STATUS WHERE variable_name IN ('Innodb_buffer_pool_reads', "
                   "'Innodb_buffer_pool_read_requests')");
  if (counters) {
    for (const RowView row : *counters) {
      const std::string text = cellText(row, 1);
      std::int64_t number = 0;
      std::from_chars(text.data(), text.data() + text.size(), number);
      const bool requests =
          text::equalsIgnoreCase(cellText(row, 0), "Innodb_buffer_pool_read_requests");
      (requests ? facts.poolRequests : facts.poolReads) = number;
    }
    reading.fact("pages found in the buffer pool",
                 shareText(facts.poolRequests - facts.poolReads, facts.poolRequests),
                 "global status", SettingScope::Server);
  }
  facts.dataSize = reading.number("information_schema.tables", kDataSize).value_or(0);
  reading.fact("InnoDB data and indexes", sizeText(facts.dataSize), "information_schema.tables",
               SettingScope::Server);
  const auto local = reading.number(
      "information_schema.processlist",
      "SELECT host = 'localhost' FROM information_schema.processlist WHERE id = connection_id()");
  facts.memory = reading.machine(local == 1);
  return facts;
}

/// Advice on a global variable that can be set while the server runs.
Recommendation global(const Facts& facts, const std::string& id, const std::string& name,
                      const std::string& wanted) {
  Recommendation advice;
  advice.id = "mysql." + id;
  advice.subject = name;
  advice.current = facts.value(name);
  advice.recommended = wanted;
  advice.apply = {"SET GLOBAL " + name + " = " + wanted, "[mysqld] " + name + " = " + wanted};
  advice.undo = {"SET GLOBAL " + name + " = " + advice.current};
  return advice;
}

void judgeDurability(const Facts& facts, TunerReading& reading) {
  const std::string flush = facts.value("innodb_flush_log_at_trx_commit");
  if (flush == "0" || flush == "2") {
    auto advice = global(facts, "commit.not_flushed", "innodb_flush_log_at_trx_commit", "1");
    advice.reason = flush == "0" ? "a crash of the server alone may lose the commits of a second"
                                 : "a power loss may lose the commits of a second";
    advice.tradeOff = "each commit waits for the disk";
    reading.advise(std::move(advice));
  }
  if (facts.value("innodb_doublewrite") == "OFF") {
    auto advice = global(facts, "doublewrite.off", "innodb_doublewrite", "ON");
    advice.severity = AdviceSeverity::Danger;
    advice.risk = AdviceRisk::Restart;
    advice.reason = "a page that was half written as the system crashed cannot be mended";
    advice.tradeOff = "pages are written twice";
    advice.apply = {"[mysqld] innodb_doublewrite = ON"};
    advice.undo = {"[mysqld] innodb_doublewrite = OFF"};
    reading.advise(std::move(advice));
  }
  if (facts.value("log_bin") == "ON" && facts.value("sync_binlog") == "0") {
    auto advice = global(facts, "binlog.not_synced", "sync_binlog", "1");
    advice.severity = AdviceSeverity::Note;
    advice.reason =
        "after a power loss the binary log may lack commits that the tables have, and replicas "
        "differ from then on";
    advice.tradeOff = "each commit waits for the disk once more";
    reading.advise(std::move(advice));
  }
  if (facts.value("foreign_key_checks") == "OFF") {
    auto advice = global(facts, "foreign_keys.off", "foreign_key_checks", "ON");
    advice.reason = "new sessions store rows that break foreign keys";
    advice.tradeOff = "rows that break one already stay";
    reading.advise(std::move(advice));
  }
}

void judgeMemory(const Facts& facts, TunerReading& reading) {
  const std::int64_t pool = facts.number("innodb_buffer_pool_size");
  if (pool == 0 || facts.memory == 0) return;
  const std::int64_t most = facts.memory / 2;
  if (pool > facts.memory / 10 * 9) {
    auto advice = global(facts, "buffer_pool.large", "innodb_buffer_pool_size",
                         std::to_string(most / kMebibyte * kMebibyte));
    advice.current = sizeText(pool);
    advice.reason = "it takes nearly all of the " + sizeText(facts.memory) +
                    " of the machine, which then swaps or ends the server";
    advice.tradeOff = "fewer pages in memory";
    reading.advise(std::move(advice));
    return;
  }
  const std::int64_t wanted = std::min(most, facts.dataSize + facts.dataSize / 4);
  if (pool >= facts.dataSize || pool * 2 > wanted) return;
  const bool missed = facts.poolRequests > 100'000 && facts.poolReads * 50 > facts.poolRequests;
  auto advice = global(facts, "buffer_pool.small", "innodb_buffer_pool_size",
                       std::to_string((wanted / kMebibyte + 1) * kMebibyte));
  advice.current = sizeText(pool);
  advice.severity = missed ? AdviceSeverity::Advice : AdviceSeverity::Note;
  advice.reason = "tables and indexes take " + sizeText(facts.dataSize) + ", the machine has " +
                  sizeText(facts.memory) + ", and " +
                  shareText(facts.poolReads, facts.poolRequests) + " of " +
                  std::to_string(facts.poolRequests) + " pages were read past the pool";
  advice.tradeOff = "what the server takes, other programs of the machine have not";
  reading.advise(std::move(advice));
}

void judgeSessions(const Facts& facts, MysqlProduct product, TunerReading& reading) {
  if (facts.value("performance_schema") == "OFF") {
    Recommendation advice;
    advice.id = "mysql.performance_schema.off";
    advice.subject = "performance_schema";
    advice.current = "OFF";
    advice.recommended = "ON";
    advice.severity = AdviceSeverity::Note;
    advice.risk = AdviceRisk::Restart;
    advice.reason = "nobody can say which statements are slow or what waits for what";
    if (product == MysqlProduct::MariaDb) advice.reason += "; MariaDB has it off by default";
    advice.tradeOff = "takes a restart, some memory, and a little time of each statement";
    advice.apply = {"[mysqld] performance_schema = ON"};
    advice.undo = {"[mysqld] performance_schema = OFF"};
    reading.advise(std::move(advice));
  }
  if (facts.number("lock_wait_timeout") >= 86'400) {
    auto advice = global(facts, "lock_wait_timeout.long", "lock_wait_timeout", "60");
    advice.current += " s";
    advice.undo = {"SET GLOBAL lock_wait_timeout = " + facts.value("lock_wait_timeout")};
    advice.severity = AdviceSeverity::Note;
    advice.reason =
        "ALTER TABLE behind a forgotten transaction waits for a day or longer, and every query "
        "behind it; sonde sets it for its own sessions";
    advice.tradeOff = "an ALTER TABLE that waits for longer fails";
    reading.advise(std::move(advice));
  }
  const std::string mode = facts.value("sql_mode");
  if (facts.variables.contains("sql_mode") &&
      mode.find("STRICT_TRANS_TABLES") == std::string::npos &&
      mode.find("STRICT_ALL_TABLES") == std::string::npos) {
    auto advice = global(facts, "sql_mode.lax", "sql_mode",
                         "'" + mode + (mode.empty() ? "" : ",") + "STRICT_TRANS_TABLES'");
    advice.reason =
        "values that do not fit are cut or changed instead of refused; sonde's own sessions are "
        "strict, those of others are not";
    advice.tradeOff = "programs that rely on it see errors";
    advice.undo = {"SET GLOBAL sql_mode = '" + mode + "'"};
    reading.advise(std::move(advice));
  }
}

/// The first column of a query.
std::vector<std::string> names(TunerReading& reading, const char* what, const char* sql) {
  std::vector<std::string> found;
  if (const auto rows = reading.rows(what, sql)) {
    for (const RowView row : *rows) found.push_back(cellText(row, 0));
  }
  return found;
}

void judgeKeys(const SqlCompiler& compiler, TunerReading& reading) {
  for (const std::string& table : names(reading, "information_schema.tables", kWithoutKey)) {
    Recommendation advice;
    advice.id = "mysql.table.no_primary_key";
    advice.subject = table;
    advice.current = "no primary key";
    advice.recommended = "one";
    advice.reason =
        "InnoDB keeps it by a hidden number, and a replica reads the whole table for each row that "
        "is changed or deleted";
    advice.tradeOff = "rewrites the table; where columns tell rows apart already, declare those";
    const std::string quoted = compiler.quote(table);
    advice.apply = {"ALTER TABLE " + quoted +
                    " ADD COLUMN id BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY"};
    advice.undo = {"ALTER TABLE " + quoted + " DROP COLUMN id"};
    reading.advise(std::move(advice));
  }
}

void judgeText(const SqlCompiler& compiler, TunerReading& reading) {
  const std::vector<std::string> narrow = names(reading, "information_schema.columns", kNarrowText);
  if (narrow.empty()) return;
  Recommendation advice;
  advice.id = "mysql.charset.narrow";
  advice.subject = "character set";
  advice.current = "utf8mb3 or latin1 in " + listText(narrow);
  advice.recommended = "utf8mb4";
  advice.severity = AdviceSeverity::Note;
  advice.reason = "they cannot hold every character: emoji and rarer scripts are refused";
  advice.tradeOff = "rewrites the table; indexes of long texts may become too wide";
  for (const std::string& table : narrow) {
    advice.apply.push_back("ALTER TABLE " + compiler.quote(table) +
                           " CONVERT TO CHARACTER SET utf8mb4");
  }
  advice.undo = {"restore the tables from a backup, as types of columns may have grown"};
  reading.advise(std::move(advice));
}

void judgeStatistics(const Facts& facts, const SqlCompiler& compiler, TunerReading& reading) {
  if (facts.value("innodb_stats_auto_recalc") == "OFF") {
    auto advice = global(facts, "statistics.manual", "innodb_stats_auto_recalc", "ON");
    advice.reason = "statistics of indexes are only gathered when somebody runs ANALYZE TABLE";
    advice.tradeOff = "a little work after a tenth of a table changed";
    reading.advise(std::move(advice));
  }
  const std::vector<std::string> stale = names(reading, "mysql.innodb_table_stats", kStale);
  if (stale.empty()) return;
  Recommendation advice;
  advice.id = "mysql.statistics.stale";
  advice.subject = "statistics";
  advice.current = "out of date";
  advice.recommended =
      "statistics of " + std::to_string(stale.size()) + (stale.size() == 1 ? " table" : " tables");
  advice.reason = "written a day or more after their statistics: " + listText(stale);
  advice.tradeOff =
      "plans may change; a query that runs for long on a table holds ANALYZE up, and others behind "
      "it. Nothing has to be undone";
  for (const std::string& table : stale) {
    advice.apply.push_back("ANALYZE TABLE " + compiler.quote(table));
  }
  reading.advise(std::move(advice));
}

}  // namespace

TuningReport MysqlTuner::advise(Connection& connection, const TuningRequest&) const {
  auto* const mysql = dynamic_cast<MysqlConnection*>(&connection);
  if (mysql == nullptr) throw Unsupported("not a connection of this driver");
  const MysqlProduct product = mysql->handle().product();
  const SqlCompiler& compiler = MysqlDialect::of(product).compiler();
  TuningReport report;
  TunerReading reading(connection, report);
  const Facts facts = readFacts(product, reading);
  judgeDurability(facts, reading);
  judgeKeys(compiler, reading);
  judgeText(compiler, reading);
  judgeStatistics(facts, compiler, reading);
  judgeMemory(facts, reading);
  judgeSessions(facts, product, reading);
  return report;
}

}  // namespace sonde
