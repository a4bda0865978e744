// The statistics on a real PostgreSQL and MariaDB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/db/database.hpp>

#include <algorithm>
#include <future>
#include <memory>
#include <string>

#include "../../servers/test_database.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

class ServerStatistics : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (onPostgres()) {
      SONDE_NEEDS_POSTGRES();
      own_ = std::make_unique<test::TestDatabase>(*test::postgresServer());
    } else {
      SONDE_NEEDS_MYSQL();
      own_ = std::make_unique<test::TestDatabase>(*test::mysqlServer());
    }
    own_->run("CREATE TABLE people (id INTEGER PRIMARY KEY, name VARCHAR(40), age INTEGER)");
    own_->run("CREATE UNIQUE INDEX people_name ON people (name)");
    for (int i = 1; i <= 50; ++i) {
      const std::string number = std::to_string(i);
      own_->run("INSERT INTO people VALUES (" + number + ", 'p" + number + "', " + number + ")");
    }
    own_->run(onPostgres() ? "ANALYZE people" : "ANALYZE TABLE people");
  }
  [[nodiscard]] bool onPostgres() const { return GetParam() == "postgresql"; }
  [[nodiscard]] Database open(std::chrono::milliseconds slow = 0ms) const {
    Config config;
    config.uri = own_->uri();
    config.statistics.enabled = true;
    config.statistics.slowQuery = slow;
    return Database::open(config);
  }
  static StatementSummary find(const Database& db, std::string_view part) {
    for (const StatementSummary& each : db.statistics().statements) {
      if (each.sql.find(part) != std::string::npos) return each;
    }
    ADD_FAILURE() << part;
    return {};
  }
  static std::string joined(const std::vector<std::string>& lines) {
    std::string all;
    for (const std::string& line : lines) all += line + "\n";
    return all;
  }

  std::unique_ptr<test::TestDatabase> own_;
};

TEST_P(ServerStatistics, CountWhatTheServerRan) {
  const Database db = open();
  const Repository people = db.getRepository("people");
  for (int id = 1; id <= 5; ++id) static_cast<void>(people.findById(id));
  db.sql("SELECT name FROM people WHERE age = 1 -- first");
  db.sql("select name from people where age = 22");
  EXPECT_THROW(db.execute("INSERT INTO people (id, name) VALUES (?, 'p1')", {1000}),
               ConstraintError);
  const StatementSummary byId = find(db, onPostgres() ? R"(WHERE "id" = ?)" : "WHERE `id` = ?");
  EXPECT_EQ(byId.calls, 5U);
  EXPECT_EQ(byId.rows, 5U);
  EXPECT_GT(byId.time.p50.count(), 0);
  EXPECT_EQ(byId.wait.count, 5U);
  EXPECT_EQ(find(db, "age = ?").calls, 2U);
  EXPECT_EQ(find(db, "age = ?").effort.fullScanSteps, 0U) << "these engines do not tell";
  EXPECT_THAT(find(db, "INSERT INTO people").errors,
              ElementsAre(std::pair(ErrorCode::Constraint, 1U)));
  EXPECT_EQ(db.statistics().statements.size(), 3U);
}

TEST_P(ServerStatistics, ExplainStatementsWithParameters) {
  const Database db = open();
  EXPECT_THAT(joined(db.explain("SELECT * FROM people WHERE age = 7")), HasSubstr("people"));
  const std::string range =
      joined(db.explain("SELECT * FROM people WHERE age > ? AND age < ? LIMIT ?"));
  EXPECT_THAT(range, HasSubstr("people"));
  static_cast<void>(db.getRepository("people").findOneBy("name", "p7"));
  const std::string plan = joined(db.explainCounted(find(db, "name").fingerprint));
  // MariaDB looks a unique key up while it plans, and says what it found.
  EXPECT_THAT(plan, testing::AnyOf(HasSubstr("people"), HasSubstr("reading const tables")));
  EXPECT_EQ(db.statistics().statements.size(), 1U) << "EXPLAIN is not counted";
}

TEST_P(ServerStatistics, TellOfSlowStatementsWithoutTheirValues) {
  const Database db = open(50ms);
  std::promise<SlowStatement> told;
  const Subscription listening = db.onSlowStatement([&](const SlowStatement& slow) {
    if (slow.sql.find("people") != std::string::npos) told.set_value(slow);
  });
  db.transaction([&](Transaction& tx) {
    tx.sql(onPostgres() ? "SELECT pg_sleep(0.2) FROM people WHERE name = 'p1' AND age <> 4711"
                        : "SELECT sleep(0.2) FROM people WHERE name = 'p1' AND age <> 4711");
    auto future = told.get_future();
    ASSERT_EQ(future.wait_for(60s), std::future_status::ready);
    const SlowStatement slow = future.get();
    EXPECT_TRUE(slow.inTransaction);
    EXPECT_GE(slow.duration, 50ms);
    EXPECT_THAT(slow.sql, HasSubstr("name = ? AND age <> ?"));
    EXPECT_THAT(joined(slow.plan), HasSubstr("people")) << slow.noPlan;
    EXPECT_THAT(joined(slow.plan), Not(HasSubstr("'p1'")));
    EXPECT_THAT(joined(slow.plan), Not(HasSubstr("4711")));
  });
}

INSTANTIATE_TEST_SUITE_P(On, ServerStatistics, testing::Values("postgresql", "mariadb"),
                         [](const auto& tested) { return tested.param; });

}  // namespace
}  // namespace sonde
