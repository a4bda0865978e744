// Advice on tables and indexes of PostgreSQL, from its counters and its catalog.
#include <utility>

#include "postgres_tuner_rules.hpp"

namespace sonde {
namespace {

// Autovacuum comes at a fifth of a table by default: twice that, and it does not keep up.
constexpr const char* kDeadRows =
    "SELECT format('%I.%I', schemaname, relname), n_dead_tup, n_live_tup FROM pg_stat_user_tables "
    "WHERE n_dead_tup >= 10000 AND n_dead_tup * 5 >= (n_live_tup + n_dead_tup) * 2 "
    "ORDER BY n_dead_tup DESC";

// What this user may not read has no visible statistics either, and is not told as without.
constexpr const char* kNeverAnalyzed =
    "SELECT format('%I.%I', t.schemaname, t.relname), t.n_live_tup FROM pg_stat_user_tables t "
    "WHERE t.n_live_tup >= 1000 AND has_table_privilege(t.relid, 'SELECT') AND NOT EXISTS "
    "(SELECT 1 FROM pg_stats s WHERE s.schemaname = t.schemaname AND s.tablename = t.relname) "
    "ORDER BY t.n_live_tup DESC";

constexpr const char* kStale =
    "SELECT format('%I.%I', t.schemaname, t.relname), t.n_mod_since_analyze FROM "
    "pg_stat_user_tables t WHERE t.n_mod_since_analyze >= 10000 AND t.n_mod_since_analyze * 2 >= "
    "t.n_live_tup AND EXISTS (SELECT 1 FROM pg_stats s WHERE s.schemaname = t.schemaname AND "
    "s.tablename = t.relname) ORDER BY t.n_mod_since_analyze DESC";

constexpr const char* kInvalid =
    "SELECT format('%I.%I', n.nspname, c.relname), pg_get_indexdef(c.oid) FROM pg_index i JOIN "
    "pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT "
    "i.indisvalid AND c.relkind = 'i' AND NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index "
    "p WHERE p.index_relid = c.oid) ORDER BY 1";

// The size of a B-tree without waste: each row takes its key, 16 bytes about it, and a tenth of
// each page stays free. Only plain columns, because of others the width is not known.
constexpr const char* kBloated =
    "SELECT * FROM (SELECT format('%I.%I', n.nspname, c.relname) AS name, pg_relation_size(c.oid) "
    "AS size, (c.reltuples * (16 + sum(s.avg_width)) / 0.9)::bigint AS needed FROM pg_index i JOIN "
    "pg_class c ON c.oid = i.indexrelid JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_am m "
    "ON m.oid = c.relam AND m.amname = 'btree' JOIN pg_class t ON t.oid = i.indrelid JOIN "
    "pg_attribute a ON a.attrelid = t.oid AND a.attnum = ANY (i.indkey) JOIN pg_stats s ON "
    "s.schemaname = n.nspname AND s.tablename = t.relname AND s.attname = a.attname WHERE "
    "i.indisvalid AND i.indexprs IS NULL AND c.reltuples > 0 AND n.nspname !~ '^pg_' AND "
    "pg_relation_size(c.oid) >= 10485760 GROUP BY n.nspname, c.relname, c.oid, c.reltuples) b "
    "WHERE size > 2 * needed ORDER BY size - needed DESC";

void analyze(TunerReading& reading, const char* sql, const std::string& id,
             const std::string& reason) {
  const auto rows = reading.rows("pg_stat_user_tables", sql);
  if (!rows || rows->empty()) return;
  Recommendation advice;
  std::vector<std::string> found;
  for (const RowView row : *rows) {
    found.push_back(cellText(row, 0) + " (" + cellText(row, 1) + ")");
    advice.apply.push_back("ANALYZE " + cellText(row, 0));
  }
  advice.id = "postgres.statistics." + id;
  advice.subject = "statistics";
  advice.current = id == "missing" ? "none" : "out of date";
  advice.recommended =
      "statistics of " + std::to_string(found.size()) + (found.size() == 1 ? " table" : " tables");
  advice.risk = AdviceRisk::Safe;
  advice.reason = reason + listText(found);
  advice.tradeOff = "reads a sample of each table; plans may change. Nothing has to be undone";
  reading.advise(std::move(advice));
}

}  // namespace

void judgePostgresTables(TunerReading& reading) {
  if (const auto rows = reading.rows("pg_stat_user_tables", kDeadRows)) {
    for (const RowView row : *rows) {
      const std::int64_t dead = cellNumber(row, 1);
      const std::int64_t live = cellNumber(row, 2);
      Recommendation advice;
      advice.id = "postgres.table.dead_rows";
      advice.subject = cellText(row, 0);
      advice.current = std::to_string(dead) + " dead rows";
      advice.recommended = "VACUUM, and autovacuum that keeps up";
      advice.reason = shareText(dead, live + dead) +
                      " of its rows are dead: each scan reads them, and the file grows instead of "
                      "filling their room";
      advice.tradeOff =
          "reads the table and its indexes and blocks nobody; a transaction that has been open for "
          "long keeps rows from being cleared away. Nothing has to be undone";
      advice.apply = {"VACUUM (ANALYZE) " + advice.subject};
      reading.advise(std::move(advice));
    }
  }
  analyze(reading, kNeverAnalyzed, "missing",
          "the planner guesses, because these have rows and were never analyzed: ");
  analyze(reading, kStale, "stale",
          "half of their rows or more changed since they were analyzed, and autovacuum has not "
          "come: ");
}

void judgePostgresIndexes(TunerReading& reading) {
  if (const auto rows = reading.rows("pg_index", kInvalid)) {
    for (const RowView row : *rows) {
      Recommendation advice;
      advice.id = "postgres.index.invalid";
      advice.subject = cellText(row, 0);
      advice.current = "invalid";
      advice.recommended = "built again, or dropped";
      advice.reason =
          "CREATE INDEX CONCURRENTLY failed and left it behind: no query uses it, and each write "
          "keeps it up to date";
      advice.tradeOff = "reads the whole table; where rows break a unique index, it fails again";
      advice.apply = {"REINDEX INDEX CONCURRENTLY " + advice.subject};
      advice.undo = {"DROP INDEX CONCURRENTLY " + advice.subject};
      reading.advise(std::move(advice));
    }
  }
  if (const auto rows = reading.rows("pg_index", kBloated)) {
    for (const RowView row : *rows) {
      Recommendation advice;
      advice.id = "postgres.index.bloated";
      advice.subject = cellText(row, 0);
      advice.current = sizeText(cellNumber(row, 1));
      advice.recommended = "about " + sizeText(cellNumber(row, 2));
      advice.reason =
          "by the number and width of its keys, an estimate, it is more than twice as "
          "large as it has to be";
      advice.tradeOff =
          "builds it again beside the old one, in as much room, and blocks nobody. "
          "Nothing has to be undone";
      advice.apply = {"REINDEX INDEX CONCURRENTLY " + advice.subject};
      reading.advise(std::move(advice));
    }
  }
}

}  // namespace sonde
