// What the tuner knows of a SQLite database, its connection and its library.
//
// Invariant: plain data, read once by readSqliteFacts. Internal to the tuner.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../tuner_reading.hpp"
#include "sqlite_connection.hpp"

namespace sonde {

/// One table that ANALYZE may or should have seen.
struct SqliteTableFacts {
  std::string name;
  bool hasIndex = false;
  std::int64_t analyzedRows = -1;  ///< As sqlite_stat1 has it; -1 where it has nothing.
};

/// See the file comment. Values of settings are in the spelling of SqliteSpec.
struct SqliteFacts {
  std::string version;
  int versionNumber = 0;  ///< 3040001 for 3.40.1
  std::string path;       ///< Empty for a database that is no file of the user.
  std::string mountType;
  std::string journalMode;
  std::string synchronous;
  std::string lockingMode;
  std::string autoVacuum;
  bool foreignKeys = true;
  bool hasForeignKeys = false;
  bool writableSchema = false;
  bool ignoresChecks = false;
  bool readsUncommitted = false;
  std::int64_t pageSize = 0;
  std::int64_t pages = 0;
  std::int64_t freePages = 0;
  std::int64_t walAutocheckpoint = 0;
  std::int64_t analysisLimit = 0;
  std::int64_t cacheBytes = 0;
  std::int64_t cacheHits = 0;    ///< Of this connection, since it opened.
  std::int64_t cacheMisses = 0;  ///< The same.
  bool hasStatistics = false;    ///< There is a sqlite_stat1.
  std::vector<SqliteTableFacts> tables;

  [[nodiscard]] bool inFile() const noexcept { return !path.empty(); }
  [[nodiscard]] bool wal() const noexcept { return journalMode == "wal"; }
  [[nodiscard]] std::int64_t bytes() const noexcept { return pages * pageSize; }
};

/// Reads the facts, and tells those that people want to know in the report. PRAGMA …,
/// sqlite_schema, sqlite_stat1, sqlite3_db_status().
[[nodiscard]] SqliteFacts readSqliteFacts(SqliteConnection& connection, TunerReading& reading);

}  // namespace sonde
