#include "sqlite_tuner_facts.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <charconv>
#include <map>

#include "sqlite_mount.hpp"
#include "sqlite_settings.hpp"

namespace sonde {
namespace {

constexpr const char* kFile = "database file";
constexpr const char* kConnection = "connection";

std::int64_t counter(SqliteHandle& handle, int which) {
  int now = 0;
  int peak = 0;
  sqlite3_db_status(handle.db(), which, &now, &peak, 0);
  return now;
}

/// The rows that a line of sqlite_stat1 begins with: "1000 10 1".
std::int64_t analyzedRows(const std::string& stat) {
  std::int64_t rows = -1;
  std::from_chars(stat.data(), stat.data() + stat.size(), rows);
  return rows;
}

void readTables(SqliteFacts& facts, TunerReading& reading) {
  facts.hasStatistics =
      reading.number("sqlite_schema", "SELECT count(*) FROM sqlite_schema WHERE name = ?",
                     {"sqlite_stat1"}) == 1;
  std::map<std::string, std::int64_t> analyzed;
  if (facts.hasStatistics) {
    if (const auto rows = reading.rows("sqlite_stat1", "SELECT tbl, stat FROM sqlite_stat1")) {
      for (const RowView row : *rows) {
        std::int64_t& known = analyzed.try_emplace(cellText(row, 0), -1).first->second;
        known = std::max(known, analyzedRows(cellText(row, 1)));
      }
    }
  }
  // Virtual tables have no pages of their own.
  const auto tables = reading.rows(
      "sqlite_schema",
      "SELECT t.name, EXISTS (SELECT 1 FROM sqlite_schema i WHERE i.type = 'index' AND "
      "i.tbl_name = t.name) FROM sqlite_schema t WHERE t.type = 'table' AND t.rootpage > 0 AND "
      "t.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY t.name");
  if (!tables) return;
  for (const RowView row : *tables) {
    SqliteTableFacts table{cellText(row, 0), cellNumber(row, 1) != 0};
    const auto found = analyzed.find(table.name);
    if (found != analyzed.end()) table.analyzedRows = found->second;
    facts.tables.push_back(std::move(table));
  }
}

void tell(const SqliteFacts& facts, TunerReading& reading) {
  reading.fact("library version", facts.version, "library", SettingScope::Process);
  if (facts.inFile()) {
    reading.fact("file system", facts.mountType, "/proc/self/mounts", SettingScope::Process);
  }
  reading.fact("journal_mode", facts.journalMode, kFile, SettingScope::File);
  reading.fact("page_size", std::to_string(facts.pageSize), kFile, SettingScope::File);
  reading.fact("auto_vacuum", facts.autoVacuum, kFile, SettingScope::File);
  reading.fact("size", sizeText(facts.bytes()), kFile, SettingScope::File);
  reading.fact("free pages", shareText(facts.freePages, facts.pages), kFile, SettingScope::File);
  reading.fact("synchronous", facts.synchronous, kConnection);
  reading.fact("foreign_keys", facts.foreignKeys ? "on" : "off", kConnection);
  reading.fact("cache_size", sizeText(facts.cacheBytes), kConnection);
  reading.fact("pages read from the cache", std::to_string(facts.cacheHits), kConnection);
  reading.fact("pages read past the cache", std::to_string(facts.cacheMisses), kConnection);
}

}  // namespace

SqliteFacts readSqliteFacts(SqliteConnection& connection, TunerReading& reading) {
  SqliteHandle& handle = connection.handle();
  const auto number = [&](const char* pragma) {
    return reading.number(pragma, "PRAGMA " + std::string(pragma)).value_or(0);
  };
  SqliteFacts facts;
  facts.version = sqlite3_libversion();
  facts.versionNumber = sqlite3_libversion_number();
  // Before anything is read for this report.
  facts.cacheHits = counter(handle, SQLITE_DBSTATUS_CACHE_HIT);
  facts.cacheMisses = counter(handle, SQLITE_DBSTATUS_CACHE_MISS);
  const char* const file = sqlite3_db_filename(handle.db(), "main");
  if (file != nullptr) facts.path = file;
  if (facts.inFile()) facts.mountType = mountTypeOf(facts.path);
  facts.journalMode = sqliteEffectiveSetting(handle, "journal_mode");
  facts.synchronous = sqliteEffectiveSetting(handle, "synchronous");
  facts.lockingMode = sqliteEffectiveSetting(handle, "locking_mode");
  facts.autoVacuum = sqliteEffectiveSetting(handle, "auto_vacuum");
  facts.foreignKeys = sqliteEffectiveSetting(handle, "foreign_keys") == "on";
  facts.writableSchema = number("writable_schema") != 0;
  facts.ignoresChecks = number("ignore_check_constraints") != 0;
  facts.readsUncommitted = number("read_uncommitted") != 0;
  facts.pageSize = number("page_size");
  facts.pages = number("page_count");
  facts.freePages = number("freelist_count");
  facts.walAutocheckpoint = number("wal_autocheckpoint");
  facts.analysisLimit = number("analysis_limit");
  const std::int64_t cache = number("cache_size");
  facts.cacheBytes = cache < 0 ? -cache * 1024 : cache * facts.pageSize;
  facts.hasForeignKeys =
      reading
          .number("foreign keys",
                  "SELECT EXISTS (SELECT 1 FROM sqlite_schema t, pragma_foreign_key_list(t.name) "
                  "WHERE t.type = 'table' AND t.rootpage > 0)")
          .value_or(0) != 0;
  readTables(facts, reading);
  tell(facts, reading);
  return facts;
}

}  // namespace sonde
