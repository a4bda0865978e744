// The statistics of a database as an application has them: from the configuration, on SQLite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sonde/db/database.hpp>

#include <algorithm>
#include <string>
#include <thread>
#include <vector>

#include "../../support/temporary_folder.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;

class DatabaseStatistics : public testing::Test {
 protected:
  [[nodiscard]] Database open(bool enabled = true) const {
    Config config;
    config.uri = "sqlite:" + folder_.file("app.db");
    config.access = AccessMode::CreateIfMissing;
    config.optimization.journalMode = "wal";
    config.optimization.synchronous = "off";
    config.pool.readers = 1;
    config.statistics.enabled = enabled;
    return Database::open(config);
  }

  static void makePeople(const Database& db) {
    db.executeScript("CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE, age INTEGER)");
    db.transaction([](Transaction& tx) {
      for (int i = 1; i <= 100; ++i) {
        tx.execute("INSERT INTO people (name, age) VALUES (?, ?)", {"p" + std::to_string(i), i});
      }
    });
    db.resetStatistics();
  }

  static StatementSummary find(const Database& db, std::string_view part) {
    const auto snapshot = db.statistics();
    const auto found =
        std::find_if(snapshot.statements.begin(), snapshot.statements.end(),
                     [&](const auto& each) { return each.sql.find(part) != std::string::npos; });
    EXPECT_NE(found, snapshot.statements.end()) << part;
    return found == snapshot.statements.end() ? StatementSummary() : *found;
  }

  test::TemporaryFolder folder_;
};

TEST_F(DatabaseStatistics, AreOffUnlessAskedFor) {
  const Database db = open(false);
  makePeople(db);
  EXPECT_FALSE(db.statistics().enabled);
  EXPECT_TRUE(db.statistics().statements.empty());
  EXPECT_EQ(db.timed("op", [] { return 7; }), 7);
  EXPECT_TRUE(db.statistics().operations.empty());
  EXPECT_THROW(static_cast<void>(db.explainCounted(1)), NotFound);
}

TEST_F(DatabaseStatistics, CountEveryWayToRunAStatement) {
  const Database db = open();
  makePeople(db);
  const Repository people = db.getRepository("people");
  for (int id = 1; id <= 3; ++id) static_cast<void>(people.findById(id));
  db.stream("SELECT name FROM people", {}, [](RowView) { return true; });
  db.execute("UPDATE people SET age = age + 1 WHERE id < 11");
  db.transaction([](Transaction& tx) { tx.execute("DELETE FROM people WHERE id = 100"); });

  const StatementSummary byId = find(db, "WHERE \"id\" = ?");
  EXPECT_EQ(byId.calls, 3U);
  EXPECT_EQ(byId.rows, 3U);
  EXPECT_FALSE(byId.write);
  ASSERT_EQ(byId.tables.size(), 1U);
  EXPECT_EQ(byId.tables[0].table, "people");
  EXPECT_GT(byId.time.min.count(), 0);
  EXPECT_LE(byId.time.p50, byId.time.p99);
  EXPECT_LE(byId.time.p99, byId.time.max);
  EXPECT_EQ(find(db, "SELECT name FROM people").rows, 100U);
  EXPECT_EQ(find(db, "UPDATE people").affected, 10U);
  EXPECT_TRUE(find(db, "UPDATE people").write);
  EXPECT_EQ(find(db, "DELETE FROM people").affected, 1U);
  EXPECT_EQ(db.statistics().statements.size(), 4U) << "and nothing of sonde's own";
}

TEST_F(DatabaseStatistics, LeaveOutWhatSondeRunsForItself) {
  const Database db = open();
  makePeople(db);
  db.refreshSchema();
  static_cast<void>(db.settings());
  static_cast<void>(db.explain("SELECT * FROM people"));
  EXPECT_TRUE(db.statistics().statements.empty());
}

TEST_F(DatabaseStatistics, TellTheEffortThatAnIndexWouldSpare) {
  const Database db = open();
  makePeople(db);
  db.sql("SELECT * FROM people WHERE age = 5");
  db.sql("SELECT * FROM people ORDER BY age");
  db.sql("SELECT count(*) FROM people a JOIN people b ON a.age = b.age");
  db.sql("SELECT * FROM people WHERE id = 5");
  EXPECT_EQ(find(db, "WHERE age").effort.fullScanSteps, 99U);
  EXPECT_EQ(find(db, "ORDER BY age").effort.sorts, 1U);
  EXPECT_GT(find(db, "JOIN").effort.autoIndexRows, 0U);
  const StatementEffort none = find(db, "WHERE id").effort;
  EXPECT_EQ(none.fullScanSteps + none.sorts + none.autoIndexRows, 0U);

  // Each run is counted once, and a stream that is given up as far as it came.
  db.sql("SELECT * FROM people WHERE age = 5");
  EXPECT_EQ(find(db, "WHERE age").effort.fullScanSteps, 198U);
  db.stream("SELECT age FROM people", {}, [](RowView) { return false; });
  EXPECT_LE(find(db, "SELECT age FROM people").effort.fullScanSteps, 1U);
}

TEST_F(DatabaseStatistics, TellTheEffortOfAStatementThatFailed) {
  const Database db = open();
  makePeople(db);
  EXPECT_THROW(db.execute("UPDATE people SET name = 'p1' WHERE age > 1"), ConstraintError);
  const StatementSummary failed = find(db, "UPDATE people");
  EXPECT_THAT(failed.errors, ElementsAre(std::pair(ErrorCode::Constraint, 1U)));
  EXPECT_GT(failed.effort.fullScanSteps, 0U);
}

TEST_F(DatabaseStatistics, CountTheWaitForAConnectionApart) {
  const Database db = open();
  makePeople(db);
  std::thread other;
  {
    Transaction tx = db.begin();
    other = std::thread([&] { db.execute("UPDATE people SET age = 1 WHERE id = 1"); });
    while (db.poolStats().waiting == 0) std::this_thread::yield();
    std::this_thread::sleep_for(20ms);
    tx.rollback();
  }
  other.join();
  const StatementSummary update = find(db, "UPDATE people");
  EXPECT_GE(update.wait.max, 20ms);
  EXPECT_EQ(update.wait.count, 1U);
  EXPECT_EQ(update.calls, 1U);
}

TEST_F(DatabaseStatistics, ExplainAStatementAndACountedOne) {
  const Database db = open();
  makePeople(db);
  EXPECT_THAT(db.explain("SELECT * FROM people WHERE age = ?"), ElementsAre("SCAN people"));
  static_cast<void>(db.getRepository("people").findOneBy("name", "p7"));
  EXPECT_THAT(db.explainCounted(find(db, "\"name\" = ?").fingerprint).front(),
              HasSubstr("(name=?)"));
  db.transaction([](Transaction& tx) {
    tx.execute("CREATE INDEX by_age ON people (age)");
    EXPECT_THAT(tx.explain("SELECT * FROM people WHERE age = ?").front(), HasSubstr("by_age"));
  });
  EXPECT_THROW(static_cast<void>(db.explain("SELECT * FROM nobody")), QueryError);
  EXPECT_THROW(static_cast<void>(db.explainCounted(4711)), NotFound);
}

TEST_F(DatabaseStatistics, AreJsonForOtherPrograms) {
  const Database db = open();
  makePeople(db);
  db.sql("SELECT * FROM people WHERE age = 42");
  EXPECT_THROW(db.timed("report", [] { throw NotFound("none"); }), NotFound);
  const nlohmann::json json = toJson(db.statistics());
  EXPECT_TRUE(json.at("enabled").get<bool>());
  const nlohmann::json& statement = json.at("statements").at(0);
  EXPECT_EQ(statement.at("sql"), "SELECT * FROM people WHERE age = ?");
  EXPECT_EQ(statement.at("slowestSql"), "SELECT * FROM people WHERE age = ?");
  EXPECT_EQ(statement.at("fingerprint").get<std::string>().size(), 16U);
  EXPECT_EQ(statement.at("tables"), nlohmann::json::array({"people"}));
  EXPECT_EQ(statement.at("calls"), 1);
  EXPECT_EQ(statement.at("effort").at("fullScanSteps"), 99);
  EXPECT_GT(statement.at("timeMs").at("p95").get<double>(), 0);
  EXPECT_EQ(statement.at("waitMs").at("max"), 0);
  EXPECT_EQ(json.at("operations").at(0).at("errors"), nlohmann::json({{"notFound", 1}}));
  EXPECT_EQ(json.at("evicted").at("calls"), 0);
}

TEST_F(DatabaseStatistics, AreSwitchedOnByTheUriToo) {
  const Database db =
      Database::open("sqlite::memory:?statistics.enabled=true&statistics.maxFingerprints=2");
  for (const char* sql : {"SELECT 1", "SELECT 1, 2", "SELECT 1, 2, 3"}) db.sql(sql);
  EXPECT_EQ(db.statistics().statements.size(), 2U);
  EXPECT_EQ(db.statistics().evicted.calls, 1U);
  EXPECT_THROW(static_cast<void>(Database::open("sqlite::memory:?statistics.enable=true")),
               ConfigError);
}

}  // namespace
}  // namespace sonde
