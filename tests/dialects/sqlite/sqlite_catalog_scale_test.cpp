// What reading a catalog costs: how many statements, and that broken objects do not change it for
// the others.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "sqlite_fixture.hpp"

namespace sonde {
namespace {

using test::SqliteDatabase;

/// Counts the statements that begin on a connection while it lives. Those that SQLite itself
/// prepares inside a pragma function carry a comment sign, and are not counted.
class StatementCount {
 public:
  explicit StatementCount(sqlite3* db) : db_(db) {
    sqlite3_trace_v2(db_, SQLITE_TRACE_STMT, &StatementCount::onStatement, this);
  }
  ~StatementCount() { sqlite3_trace_v2(db_, 0, nullptr, nullptr); }
  StatementCount(const StatementCount&) = delete;
  StatementCount& operator=(const StatementCount&) = delete;

  [[nodiscard]] const std::vector<std::string>& statements() const noexcept { return statements_; }

 private:
  static int onStatement(unsigned /*event*/, void* self, void* /*statement*/, void* sql) {
    const std::string text = static_cast<const char*>(sql);
    if (!text.starts_with("--")) static_cast<StatementCount*>(self)->statements_.push_back(text);
    return 0;
  }

  sqlite3* db_;
  std::vector<std::string> statements_;
};

void makeTables(SqliteDatabase& db, int from, int to) {
  db.run("BEGIN");
  for (int i = from; i < to; ++i) {
    const std::string n = std::to_string(i);
    db.run(
        "CREATE TABLE t" + n +
        "(id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT COLLATE NOCASE UNIQUE, b INT CHECK (b > 0),"
        " c INT AS (b + 1), p INT REFERENCES t0(id));"
        "CREATE INDEX i" +
        n + " ON t" + n +
        "(lower(a)) WHERE b > 1;"
        "CREATE VIEW v" +
        n + " AS SELECT a, b FROM t" + n +
        ";"
        "CREATE TRIGGER tr" +
        n + " AFTER INSERT ON t" + n + " BEGIN SELECT 1; END;");
  }
  db.run("COMMIT");
}

std::vector<std::string> statementsToRead(SqliteDatabase& db) {
  StatementCount count(db.get());
  static_cast<void>(readSqliteCatalog(db.get()));
  return count.statements();
}

TEST(SqliteCatalogScale, ReadsAThousandTablesWithTheStatementsOfTen) {
  SqliteDatabase db;
  db.run("CREATE VIRTUAL TABLE ft USING fts5(body); CREATE TEMP TABLE tt(a);");
  makeTables(db, 0, 10);
  db.run("ANALYZE");
  const auto ten = statementsToRead(db);
  makeTables(db, 10, 1000);
  const auto thousand = statementsToRead(db);
  EXPECT_EQ(ten, thousand);
  // BEGIN, databases, objects of main and temp, table_list, columns of main's tables, views and
  // virtual tables, of temp's tables, foreign keys and indexes of both, statistics, COMMIT.
  EXPECT_EQ(thousand.size(), 15u) << ::testing::PrintToString(thousand);
  const Catalog catalog = readSqliteCatalog(db.get());
  EXPECT_EQ(std::count_if(catalog.tables.begin(), catalog.tables.end(),
                          [](const Table& table) { return table.triggers.size() == 1; }),
            1000);
}

TEST(SqliteCatalogScale, BrokenViewCostsOneMoreReadOfEachView) {
  SqliteDatabase db;
  makeTables(db, 0, 50);
  const std::size_t healthy = statementsToRead(db).size();
  db.run("CREATE VIEW broken AS SELECT x FROM nowhere");
  EXPECT_EQ(statementsToRead(db).size(), healthy + 51);
  const auto schema = db.schema();
  std::size_t errors = 0;
  for (const Table& table : schema->tables()) errors += table.error ? 1 : 0;
  EXPECT_EQ(errors, 1u);
}

TEST(SqliteCatalogScale, RunsNoStatementThatWrites) {
  SqliteDatabase db;
  makeTables(db, 0, 3);
  db.run("PRAGMA query_only=ON");
  for (const std::string& statement : statementsToRead(db)) {
    EXPECT_THAT(statement,
                ::testing::AnyOf(::testing::StartsWith("SELECT"),
                                 ::testing::StartsWith("PRAGMA database_list"),
                                 ::testing::StartsWith("PRAGMA table_list"), "BEGIN", "COMMIT"));
  }
}

}  // namespace
}  // namespace sonde
