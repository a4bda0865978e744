// Advice on PostgreSQL and MariaDB: each thing is made wrong in a database of the test's own, and
// found.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <thread>

#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>
#include <sonde/monitor/tuning/tuning.hpp>

#include "../../servers/private_server.hpp"
#include "../../servers/test_database.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

std::map<std::string, Recommendation> byId(const TuningPlan& plan) {
  std::map<std::string, Recommendation> advice;
  for (const Recommendation& each : plan.recommendations) advice[each.id] = each;
  return advice;
}

TuningPlan planOf(const std::string& uri, const std::string& profile = {}) {
  return Database::open(uri).tuning().plan({.profile = profile});
}

const TuningFact* factOf(const TuningPlan& plan, const std::string& name) {
  const auto found = std::find_if(plan.facts.begin(), plan.facts.end(),
                                  [&](const TuningFact& fact) { return fact.name == name; });
  return found == plan.facts.end() ? nullptr : &*found;
}

// --- PostgreSQL ---

class PostgresTuning : public testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_POSTGRES();
    own_.emplace(*postgresServer());
  }
  /// Runs SQL, and has the counters it moved written at once.
  void run(const std::string& sql) {
    own_->run(sql);
    own_->run("SELECT pg_stat_force_next_flush()");
    own_->run("SELECT 1");
  }

  std::optional<TestDatabase> own_;
};

TEST_F(PostgresTuning, SaysWhereEachSettingComesFromAndComparesItWithTheMachine) {
  const TuningPlan plan = planOf(own_->uri());
  ASSERT_NE(factOf(plan, "fsync"), nullptr);
  EXPECT_EQ(factOf(plan, "fsync")->value, "off");
  EXPECT_EQ(factOf(plan, "fsync")->source, "configuration file");
  EXPECT_EQ(factOf(plan, "fsync")->scope, SettingScope::Server);
  EXPECT_EQ(factOf(plan, "lock_timeout")->scope, SettingScope::Connection) << "sonde sets it";
  EXPECT_NE(factOf(plan, "memory"), nullptr) << "the server is on this machine";
  const Recommendation fsync = byId(plan).at("postgres.fsync.off");
  EXPECT_EQ(fsync.severity, AdviceSeverity::Danger);
  EXPECT_THAT(fsync.apply, Contains("ALTER SYSTEM SET fsync = 'on'"));
  EXPECT_THAT(fsync.undo, Contains("ALTER SYSTEM RESET fsync"));
}

TEST_F(PostgresTuning, SaysThatTheMemoryOfAnotherMachineIsNotKnown) {
  const TuningPlan plan = planOf(own_->tcpUri());
  EXPECT_EQ(factOf(plan, "memory"), nullptr);
  EXPECT_THAT(plan.unread, Contains(HasSubstr("another machine")));
}

TEST_F(PostgresTuning, AnalyzesTablesThatNeverWereAndThenHasNothingToDo) {
  run("CREATE TABLE \"Odd name\" (a INTEGER) WITH (autovacuum_enabled = off);"
      "INSERT INTO \"Odd name\" SELECT generate_series(1, 5000)");
  const Database db = Database::open(own_->uri());
  const TuningPlan plan = db.tuning().plan();
  EXPECT_THAT(byId(plan).at("postgres.statistics.missing").apply,
              Contains("ANALYZE public.\"Odd name\""));
  const auto applied = db.tuning().apply(plan);
  ASSERT_EQ(applied.size(), 1U) << "nothing else is safe";
  EXPECT_TRUE(applied[0].verified) << applied[0].error;
  EXPECT_EQ(db.tuning().plan().safeCount(), 0U);
}

TEST_F(PostgresTuning, FindsDeadRowsAndStaleStatistics) {
  run("CREATE TABLE t (a INTEGER) WITH (autovacuum_enabled = off);"
      "INSERT INTO t SELECT generate_series(1, 20000); ANALYZE t; UPDATE t SET a = a + 1");
  auto advice = byId(planOf(own_->uri()));
  ASSERT_TRUE(advice.contains("postgres.table.dead_rows"));
  EXPECT_EQ(advice.at("postgres.table.dead_rows").subject, "public.t");
  EXPECT_EQ(advice.at("postgres.table.dead_rows").risk, AdviceRisk::Consent);
  EXPECT_EQ(advice.at("postgres.statistics.stale").risk, AdviceRisk::Safe);
  own_->run(advice.at("postgres.table.dead_rows").apply.front());
  EXPECT_FALSE(byId(planOf(own_->uri())).contains("postgres.table.dead_rows"));
}

TEST_F(PostgresTuning, FindsInvalidIndexes) {
  own_->run("CREATE TABLE t (a INTEGER)");
  own_->run("INSERT INTO t VALUES (1), (1)");
  EXPECT_ANY_THROW(own_->run("CREATE UNIQUE INDEX CONCURRENTLY twice ON t (a)"));
  const Recommendation invalid = byId(planOf(own_->uri())).at("postgres.index.invalid");
  EXPECT_EQ(invalid.subject, "public.twice");
  EXPECT_THAT(invalid.undo, Contains("DROP INDEX CONCURRENTLY public.twice"));
}

TEST_F(PostgresTuning, EstimatesWhatAnIndexWastesAndIsContentOnceItIsBuiltAgain) {
  run("CREATE TABLE t (a INTEGER) WITH (autovacuum_enabled = off);"
      "INSERT INTO t SELECT generate_series(1, 600000); CREATE INDEX i ON t (a); ANALYZE t");
  EXPECT_FALSE(byId(planOf(own_->uri())).contains("postgres.index.bloated")) << "as built";
  run("DELETE FROM t WHERE a % 20 <> 0");
  own_->run("VACUUM (ANALYZE) t");
  const Recommendation bloated = byId(planOf(own_->uri())).at("postgres.index.bloated");
  EXPECT_EQ(bloated.subject, "public.i");
  own_->run(bloated.apply.front());
  EXPECT_FALSE(byId(planOf(own_->uri())).contains("postgres.index.bloated"));
}

TEST_F(PostgresTuning, TellsForHowLongUseWasCounted) {
  const TuningPlan plan = planOf(own_->uri());
  EXPECT_EQ(factOf(plan, "days that use was counted")->value, "0");
}

TEST_F(PostgresTuning, SaysWhatAUserMayNotRead) {
  const std::string role = "guest_" + own_->name().substr(own_->name().find_first_of("0123456789"));
  own_->run("CREATE ROLE " + role);
  own_->run("GRANT " + role + " TO CURRENT_USER");
  const TuningPlan plan = planOf(own_->uri("role=" + role));
  EXPECT_THAT(plan.unread, Contains(HasSubstr("shared_preload_libraries")));
  EXPECT_NE(factOf(plan, "work_mem"), nullptr);
  own_->run("DROP ROLE " + role);
}

TEST_F(PostgresTuning, TellsWhatAProfileSetsForSessions) {
  const TuningPlan plan = planOf(own_->uri(), "bulkLoad");
  EXPECT_THAT(byId(plan).at("postgres.profile.session").recommended,
              HasSubstr("synchronous_commit = off"));
  EXPECT_THROW((void)planOf(own_->uri(), "untrustedFile"), ConfigError);
  for (const char* profile : {"development", "production", "readMostly", "bulkLoad", "safest"}) {
    const Database db = Database::open(own_->uri(std::string("optimization.profile=") + profile));
    for (const SettingReport& report : db.settings()) {
      EXPECT_TRUE(report.honoured()) << profile << ": " << report.name << " " << report.effective;
    }
    EXPECT_FALSE(db.settings().empty()) << profile;
  }
}

TEST(PostgresTuningServer, NamesAutovacuumThatIsOffAndSettingsThatWaitForARestart) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  PrivatePostgres server(
      {.config = {"autovacuum = off", "full_page_writes = off", "shared_preload_libraries = ''"}});
  Database db = Database::open(server.server().uri("postgres"));
  auto advice = byId(db.tuning().plan());
  EXPECT_TRUE(advice.contains("postgres.autovacuum.off"));
  EXPECT_EQ(advice.at("postgres.full_page_writes.off").severity, AdviceSeverity::Danger);
  EXPECT_TRUE(advice.contains("postgres.pg_stat_statements.missing"));
  // The advice is SQL that does it, and undoes it.
  for (const char* id : {"postgres.autovacuum.off", "postgres.pg_stat_statements.missing"}) {
    db.executeScript(advice.at(id).apply.front());
  }
  db.executeScript("SELECT pg_reload_conf()");
  for (int i = 0; i < 100 && byId(db.tuning().plan()).contains("postgres.autovacuum.off"); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  advice = byId(db.tuning().plan());
  EXPECT_FALSE(advice.contains("postgres.autovacuum.off"));
  EXPECT_EQ(advice.at("postgres.restart.pending").subject, "shared_preload_libraries");
}

// --- MariaDB ---

class MariaDbTuning : public testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_MYSQL();
    own_.emplace(*mysqlServer());
  }

  std::optional<TestDatabase> own_;
};

TEST_F(MariaDbTuning, NamesDefaultsThatAreWorthKnowing) {
  const TuningPlan plan = planOf(own_->uri());
  auto advice = byId(plan);
  ASSERT_NE(factOf(plan, "performance_schema"), nullptr);
  EXPECT_EQ(factOf(plan, "performance_schema")->source, "compile-time");
  EXPECT_EQ(advice.at("mysql.performance_schema.off").severity, AdviceSeverity::Note);
  EXPECT_THAT(advice.at("mysql.lock_wait_timeout.long").undo,
              Contains("SET GLOBAL lock_wait_timeout = 86400"));
  EXPECT_NE(factOf(plan, "memory"), nullptr);
  EXPECT_EQ(plan.safeCount(), 0U);
}

TEST_F(MariaDbTuning, FindsTablesWithoutPrimaryKeyAndWithNarrowText) {
  own_->run("CREATE TABLE `no key` (a INT)");
  own_->run("CREATE TABLE old (a INT PRIMARY KEY, t TEXT CHARACTER SET latin1)");
  auto advice = byId(planOf(own_->uri()));
  EXPECT_EQ(advice.at("mysql.table.no_primary_key").subject, "no key");
  EXPECT_THAT(advice.at("mysql.charset.narrow").current,
              AllOf(HasSubstr("latin1"), HasSubstr("old")));
  own_->run(advice.at("mysql.table.no_primary_key").apply.front());
  own_->run(advice.at("mysql.charset.narrow").apply.front());
  advice = byId(planOf(own_->uri()));
  EXPECT_FALSE(advice.contains("mysql.table.no_primary_key"));
  EXPECT_FALSE(advice.contains("mysql.charset.narrow"));
}

TEST_F(MariaDbTuning, SaysWhatAUserMayNotRead) {
  Server guest = *mysqlServer();
  guest.user = "guest_" + own_->name().substr(own_->name().find_first_of("0123456789"));
  own_->run("CREATE USER " + guest.user + " IDENTIFIED BY '" + guest.password + "'");
  own_->run("GRANT SELECT ON " + own_->name() + ".* TO " + guest.user);
  const TuningPlan plan = planOf(guest.tcpUri(own_->name()));
  own_->run("DROP USER " + guest.user);
  EXPECT_THAT(plan.unread, Contains(HasSubstr("mysql.innodb_table_stats")));
  EXPECT_NE(factOf(plan, "innodb_buffer_pool_size"), nullptr);
}

TEST_F(MariaDbTuning, HasNoProfilesAndSaysSo) {
  try {
    (void)planOf(own_->uri(), "production");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("means nothing on MySQL and MariaDB"));
    EXPECT_THAT(error.hint(), HasSubstr("always strict"));
  }
  EXPECT_THROW((void)Database::open(own_->uri("optimization.profile=safest")), ConfigError);
}

}  // namespace
}  // namespace sonde::test
