// Any text as SQLite's DDL: every expression that is read out of it stands in it, and what SQLite
// itself takes for a table is read, with the foreign keys and generated columns that SQLite sees.
#include <sonde/dialects/sqlite/sqlite_ddl.hpp>

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"

namespace {

namespace sqlite = sonde::sqlite;

/// @return The first value of a query; empty for no row and for NULL.
std::string valueOf(sqlite3* db, const char* sql) {
  sqlite3_stmt* statement = nullptr;
  std::string value;
  require(sqlite3_prepare_v2(db, sql, -1, &statement, nullptr) == SQLITE_OK);
  if (sqlite3_step(statement) == SQLITE_ROW) {
    const unsigned char* text = sqlite3_column_text(statement, 0);
    if (text != nullptr) value = reinterpret_cast<const char*>(text);
  }
  sqlite3_finalize(statement);
  return value;
}

/// Runs one statement if it makes a table, and compares.
void compareWithSqlite(const std::string& sql) {
  if (!std::string_view(sql).starts_with("CREATE TABLE ")) return;
  sqlite3* db = nullptr;
  require(sqlite3_open(":memory:", &db) == SQLITE_OK);
  sqlite3_progress_handler(
      db, 100'000, [](void*) { return 1; }, nullptr);
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  sqlite3_progress_handler(db, 0, nullptr, nullptr);
  const std::string stored = valueOf(db, "SELECT sql FROM sqlite_schema WHERE type = 'table'");
  if (!stored.empty()) {
    const auto table = sqlite::parseCreateTable(stored);
    require(table.has_value());
    require(std::to_string(table->foreignKeys.size()) ==
            valueOf(db,
                    "SELECT count(DISTINCT f.id) FROM sqlite_schema AS s,"
                    " pragma_foreign_key_list(s.name) AS f WHERE s.type = 'table'"));
    require(std::to_string(table->generated.size()) ==
            valueOf(db,
                    "SELECT count(*) FROM sqlite_schema AS s, pragma_table_xinfo(s.name) AS x"
                    " WHERE s.type = 'table' AND x.hidden IN (2, 3)"));
  }
  sqlite3_close(db);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view sql(reinterpret_cast<const char*>(data), size);
  const auto within = [&](std::string_view part) { require(sql.find(part) != sql.npos); };
  if (const auto table = sqlite::parseCreateTable(sql)) {
    for (const sonde::Check& check : table->checks) within(check.expression);
    for (const sqlite::ParsedGenerated& column : table->generated) within(column.expression);
    for (const sqlite::ParsedForeignKey& key : table->foreignKeys) {
      require(!key.initiallyDeferred || key.deferrable);
    }
  }
  if (const auto index = sqlite::parseCreateIndex(sql)) {
    require(!index->parts.empty());
    for (const std::string& part : index->parts) within(part);
    if (index->where) within(*index->where);
  }
  if (const auto trigger = sqlite::parseCreateTrigger(sql)) require(!trigger->event.empty());
  (void)sqlite::parseDefault(sql);
  compareWithSqlite(std::string(sql));
  return 0;
}
