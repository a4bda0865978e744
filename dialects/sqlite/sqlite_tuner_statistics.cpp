#include <algorithm>

#include "sqlite_text.hpp"
#include "sqlite_tuner_rules.hpp"

namespace sonde {
namespace {

// SQLite's own PRAGMA optimize analyzes again at this factor too.
constexpr std::int64_t kFactor = 10;
// Tables that stay below this are planned well enough by default.
constexpr std::int64_t kSmallTable = 1'000;
constexpr std::int64_t kLargeTable = 10'000;
// No more rows than this are counted in one table.
constexpr std::int64_t kMostCounted = 5'000'000;
// Rows that ANALYZE looks at in each index: the upper end of what SQLite advises.
constexpr const char* kLimit = "1000";

/// The rows of a table, counting no further than `most`.
std::int64_t countUpTo(const std::string& table, std::int64_t most, TunerReading& reading) {
  return reading
      .number("rows of " + table,
              "SELECT count(*) FROM (SELECT 1 FROM " + sqliteQuote(table) + " LIMIT ?)", {most})
      .value_or(0);
}

std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c;
    if (c == '\'') quoted += c;
  }
  return quoted += '\'';
}

/// Limited, so that it takes milliseconds whatever the size of the tables; before 3.46 not even
/// PRAGMA optimize limits itself.
std::vector<std::string> analyze(const SqliteFacts& facts, const std::vector<std::string>& tables) {
  std::vector<std::string> statements{std::string("PRAGMA analysis_limit = ") + kLimit};
  for (const std::string& table : tables)
    statements.push_back("ANALYZE main." + sqliteQuote(table));
  statements.push_back("PRAGMA analysis_limit = " + std::to_string(facts.analysisLimit));
  return statements;
}

/// Puts the rows of sqlite_stat1 back as they are now.
std::vector<std::string> restore(const std::vector<std::string>& tables, TunerReading& reading) {
  std::vector<std::string> statements;
  for (const std::string& table : tables) {
    statements.push_back("DELETE FROM sqlite_stat1 WHERE tbl = " + literal(table));
    const auto rows =
        reading.rows("sqlite_stat1", "SELECT idx, stat FROM sqlite_stat1 WHERE tbl = ?", {table});
    if (!rows) continue;
    for (const RowView row : *rows) {
      const std::string index = row[0].isNull() ? "NULL" : literal(cellText(row, 0));
      statements.push_back("INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES (" + literal(table) +
                           ", " + index + ", " + literal(cellText(row, 1)) + ")");
    }
  }
  statements.emplace_back("ANALYZE sqlite_schema");  // has the planner read them
  return statements;
}

Recommendation advice(const SqliteFacts& facts, const std::vector<std::string>& tables) {
  Recommendation advice;
  advice.subject = "sqlite_stat1";
  advice.recommended = "statistics of " + std::to_string(tables.size()) +
                       (tables.size() == 1 ? " table" : " tables");
  advice.risk = AdviceRisk::Safe;
  advice.tradeOff = std::string("plans may change; ANALYZE reads at most ") + kLimit +
                    " rows of each index. PRAGMA optimize as a program ends keeps them right; "
                    "before SQLite 3.46 set analysis_limit first, and this is " +
                    facts.version;
  advice.apply = analyze(facts, tables);
  return advice;
}

void judgeMissing(const SqliteFacts& facts, TunerReading& reading) {
  std::vector<std::string> tables;
  std::int64_t most = 0;
  for (const SqliteTableFacts& table : facts.tables) {
    if (!table.hasIndex || table.analyzedRows >= 0) continue;
    const std::int64_t rows = countUpTo(table.name, kLargeTable, reading);
    if (rows == 0) continue;
    most = std::max(most, rows);
    tables.push_back(table.name);
  }
  if (tables.empty()) return;
  Recommendation missing = advice(facts, tables);
  missing.id = "sqlite.statistics.missing";
  missing.current = "none";
  // A wrong choice among indexes of a small table costs little.
  missing.severity = most >= kLargeTable ? AdviceSeverity::Advice : AdviceSeverity::Note;
  missing.reason =
      "the planner guesses how many rows each index finds, because nobody has run ANALYZE for " +
      listText(tables);
  if (facts.hasStatistics) {
    missing.undo = restore(tables, reading);
  } else {
    missing.undo = {"DROP TABLE sqlite_stat1", "ANALYZE sqlite_schema"};
  }
  reading.advise(std::move(missing));
}

/// Whether a table has ten times, or a tenth of, the rows that were analyzed; what it has then.
bool isStale(const SqliteTableFacts& table, TunerReading& reading, std::string& found) {
  const std::int64_t analyzed = table.analyzedRows;
  if (analyzed < 0) return false;
  const std::int64_t grown = std::max(analyzed * kFactor, kSmallTable);
  if (analyzed >= kSmallTable) {
    const std::int64_t shrunk = analyzed / kFactor;
    const std::int64_t rows = countUpTo(table.name, std::min(shrunk + 1, kMostCounted), reading);
    if (rows <= shrunk && rows < kMostCounted) {
      found =
          table.name + " (" + std::to_string(analyzed) + " then, " + std::to_string(rows) + " now)";
      return true;
    }
  }
  if (grown > kMostCounted) return false;
  if (countUpTo(table.name, grown, reading) < grown) return false;
  found = table.name + " (" + std::to_string(analyzed) + " then, " + std::to_string(grown) +
          " or more now)";
  return true;
}

void judgeStale(const SqliteFacts& facts, TunerReading& reading) {
  std::vector<std::string> tables;
  std::vector<std::string> found;
  for (const SqliteTableFacts& table : facts.tables) {
    std::string line;
    if (!isStale(table, reading, line)) continue;
    tables.push_back(table.name);
    found.push_back(std::move(line));
  }
  if (tables.empty()) return;
  Recommendation stale = advice(facts, tables);
  stale.id = "sqlite.statistics.stale";
  stale.current = "out of date";
  stale.reason = "the planner goes by numbers of rows that are far off: " + listText(found);
  stale.undo = restore(tables, reading);
  reading.advise(std::move(stale));
}

}  // namespace

void judgeSqliteStatistics(const SqliteFacts& facts, TunerReading& reading) {
  judgeMissing(facts, reading);
  judgeStale(facts, reading);
}

}  // namespace sonde
