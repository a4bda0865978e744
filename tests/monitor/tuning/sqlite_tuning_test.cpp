// Advice on SQLite databases: each thing that may be wrong is made so, found, and where it is safe
// mended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>
#include <sonde/dialects/tuner_reading.hpp>
#include <sonde/monitor/tuning/tuning_json.hpp>

#include "../../support/sqlite_file.hpp"
#include "../../support/temporary_folder.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kRows =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ";

std::string insertRows(const std::string& table, int rows) {
  return "INSERT INTO " + table + " (a, b) " + kRows + std::to_string(rows) +
         ") SELECT i % 100, 'text ' || i FROM n;";
}

class SqliteTuning : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_.file("app.db"); }
  [[nodiscard]] Database open(const std::string& options = {}) const {
    return Database::open("sqlite:" + path() + options);
  }
  void make(const std::string& script) const { runSql(path(), script); }

  TemporaryFolder folder_;
};

std::map<std::string, Recommendation> byId(const TuningPlan& plan) {
  std::map<std::string, Recommendation> advice;
  for (const Recommendation& each : plan.recommendations) advice[each.id] = each;
  return advice;
}

std::vector<std::string> idsOf(const TuningPlan& plan) {
  std::vector<std::string> ids;
  for (const Recommendation& each : plan.recommendations) ids.push_back(each.id);
  return ids;
}

bool onlyNotes(const TuningPlan& plan) {
  return std::all_of(
      plan.recommendations.begin(), plan.recommendations.end(),
      [](const Recommendation& each) { return each.severity == AdviceSeverity::Note; });
}

TEST_F(SqliteTuning, FindsMissingStatisticsMakesThemAndHasNothingMoreToDo) {
  make("CREATE TABLE t (a, b); CREATE INDEX i ON t (a); CREATE TABLE none (a);" +
       insertRows("t", 20'000));
  const Database db = open();
  const TuningPlan plan = db.tuning().plan();
  const Recommendation missing = byId(plan).at("sqlite.statistics.missing");
  EXPECT_EQ(missing.risk, AdviceRisk::Safe);
  EXPECT_EQ(missing.severity, AdviceSeverity::Advice);
  EXPECT_THAT(missing.reason, AllOf(HasSubstr("t"), Not(HasSubstr("none"))));
  ASSERT_THAT(missing.apply, testing::SizeIs(3));
  EXPECT_EQ(missing.apply[0], "PRAGMA analysis_limit = 1000") << "before anything is analyzed";
  EXPECT_EQ(missing.apply[2], "PRAGMA analysis_limit = 0") << "as it was";

  const auto applied = db.tuning().apply(plan);
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_TRUE(applied[0].verified) << applied[0].error;
  EXPECT_EQ(db.sql("SELECT count(*) FROM sqlite_stat1").front()[0].as<int>(), 1);
  const TuningPlan again = db.tuning().plan();
  EXPECT_EQ(again.safeCount(), 0U);
  EXPECT_TRUE(db.tuning().apply(again).empty());

  for (const std::string& statement : missing.undo) db.executeScript(statement);
  EXPECT_THAT(idsOf(db.tuning().plan()), Contains("sqlite.statistics.missing"));
}

TEST_F(SqliteTuning, MakesLittleOfMissingStatisticsOfSmallTables) {
  make("CREATE TABLE t (a, b); CREATE INDEX i ON t (a);" + insertRows("t", 50));
  EXPECT_EQ(byId(open().tuning().plan()).at("sqlite.statistics.missing").severity,
            AdviceSeverity::Note);
}

TEST_F(SqliteTuning, FindsStatisticsThatTheTableHasOutgrown) {
  make("CREATE TABLE \"odd ' name\" (a, b); CREATE INDEX i ON \"odd ' name\" (a);" +
       insertRows("\"odd ' name\"", 500) + "ANALYZE;" + insertRows("\"odd ' name\"", 5'000));
  const Database db = open();
  const std::string before = db.sql("SELECT tbl, idx, stat FROM sqlite_stat1").json();
  const TuningPlan plan = db.tuning().plan();
  const Recommendation stale = byId(plan).at("sqlite.statistics.stale");
  EXPECT_THAT(stale.reason, HasSubstr("odd ' name (500 then, 5000 or more now)"));
  const auto applied = db.tuning().apply(plan);
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_TRUE(applied[0].verified) << applied[0].error;
  EXPECT_NE(db.sql("SELECT tbl, idx, stat FROM sqlite_stat1").json(), before);
  for (const std::string& statement : stale.undo) db.executeScript(statement);
  EXPECT_EQ(db.sql("SELECT tbl, idx, stat FROM sqlite_stat1").json(), before);
}

TEST_F(SqliteTuning, FindsStatisticsOfATableThatWasEmptied) {
  make("CREATE TABLE t (a, b); CREATE INDEX i ON t (a);" + insertRows("t", 5'000) +
       "ANALYZE; DELETE FROM t WHERE rowid % 100 <> 0;");
  EXPECT_THAT(byId(open().tuning().plan()).at("sqlite.statistics.stale").reason,
              HasSubstr("5000 then, 50 now"));
}

TEST_F(SqliteTuning, NamesEveryDangerousSetting) {
  make("CREATE TABLE p (a PRIMARY KEY); CREATE TABLE c (a REFERENCES p (a))");
  const Database db = open("?synchronous=off&journal_mode=memory&foreign_keys=off");
  db.executeScript(
      "PRAGMA writable_schema = on; PRAGMA ignore_check_constraints = on;"
      "PRAGMA read_uncommitted = on");
  const TuningPlan plan = db.tuning().plan();
  auto advice = byId(plan);
  for (const char* id : {"sqlite.synchronous.off", "sqlite.journal.none", "sqlite.schema.writable",
                         "sqlite.checks.ignored"}) {
    ASSERT_TRUE(advice.contains(id)) << id;
    EXPECT_EQ(advice.at(id).severity, AdviceSeverity::Danger) << id;
    EXPECT_NE(advice.at(id).risk, AdviceRisk::Safe) << id;
    EXPECT_FALSE(advice.at(id).undo.empty()) << id;
  }
  EXPECT_TRUE(advice.contains("sqlite.reads.uncommitted"));
  EXPECT_TRUE(advice.contains("sqlite.foreign_keys.off"));
  EXPECT_EQ(plan.recommendations.front().severity, AdviceSeverity::Danger) << "the gravest first";
  EXPECT_TRUE(db.tuning().apply(plan).empty()) << "nothing dangerous is changed by itself";
}

TEST_F(SqliteTuning, NamesALogThatNobodyFoldsAndALockThatNobodyShares) {
  make("PRAGMA journal_mode = wal; CREATE TABLE t (a)");
  const auto open1 = byId(open("?wal_autocheckpoint=0").tuning().plan());
  EXPECT_TRUE(open1.contains("sqlite.checkpoint.never"));
  make("PRAGMA journal_mode = delete");
  const auto open2 = byId(open("?locking_mode=exclusive").tuning().plan());
  EXPECT_TRUE(open2.contains("sqlite.locking.exclusive"));
}

TEST_F(SqliteTuning, AdvisesVacuumWhereAQuarterOfTheFileIsFreeAndNeverRunsIt) {
  make("CREATE TABLE t (a, b); CREATE TABLE gone (a, b);" + insertRows("t", 1'000) +
       insertRows("gone", 100'000) + "DROP TABLE gone");
  const Database db = open();
  const TuningPlan plan = db.tuning().plan();
  auto advice = byId(plan);
  ASSERT_TRUE(advice.contains("sqlite.vacuum.free_pages"));
  EXPECT_EQ(advice.at("sqlite.vacuum.free_pages").risk, AdviceRisk::Consent);
  EXPECT_EQ(advice.at("sqlite.auto_vacuum.none").severity, AdviceSeverity::Note);
  EXPECT_TRUE(db.tuning().apply(plan).empty());
  for (const std::string& statement : advice.at("sqlite.auto_vacuum.none").apply) {
    db.executeScript(statement);
  }
  EXPECT_THAT(idsOf(db.tuning().plan()), Not(Contains(HasSubstr("vacuum"))));
}

TEST_F(SqliteTuning, AdvisesLargerPagesInWalModeToo) {
  make("PRAGMA page_size = 1024; PRAGMA journal_mode = wal; CREATE TABLE t (a, b);" +
       insertRows("t", 60'000));
  const Recommendation pages = byId(open().tuning().plan()).at("sqlite.page_size.small");
  EXPECT_EQ(pages.current, "1024");
  EXPECT_EQ(pages.risk, AdviceRisk::Consent);
  std::string script;
  for (const std::string& statement : pages.apply) script += statement + ";";
  make(script);
  const Database db = open();
  EXPECT_EQ(db.sql("PRAGMA page_size").front()[0].as<int>(), 4096);
  EXPECT_EQ(db.sql("PRAGMA journal_mode").front()[0].text(), "wal");
  EXPECT_THAT(idsOf(db.tuning().plan()), Not(Contains("sqlite.page_size.small")));
}

TEST_F(SqliteTuning, AdvisesALargerCacheFromMeasuredMissesOnly) {
  make("CREATE TABLE t (a, b);" + insertRows("t", 100'000));
  const Database db = open("?cache_size=-100");
  EXPECT_THAT(idsOf(db.tuning().plan()), Not(Contains("sqlite.cache.misses")));
  for (int i = 0; i < 25; ++i) (void)db.sql("SELECT sum(length(b)) FROM t");
  const Recommendation cache = byId(db.tuning().plan()).at("sqlite.cache.misses");
  EXPECT_THAT(cache.reason, HasSubstr("pages were not in its cache"));
  EXPECT_EQ(cache.severity, AdviceSeverity::Note);
}

TEST_F(SqliteTuning, NamesLibrariesWithTheWalResetBugWithoutAlarm) {
  make("PRAGMA journal_mode = wal; CREATE TABLE t (a)");
  auto advice = byId(open().tuning().plan());
  if (sqlite3_libversion_number() >= 3051003) {
    EXPECT_FALSE(advice.contains("sqlite.version.wal_reset"));
    return;
  }
  EXPECT_EQ(advice.at("sqlite.version.wal_reset").severity, AdviceSeverity::Note);
  EXPECT_THAT(advice.at("sqlite.version.wal_reset").reason,
              AllOf(HasSubstr(sqlite3_libversion()), HasSubstr("3.40.1"), HasSubstr("3.51.3")));
}

TEST_F(SqliteTuning, BringsAFileToAProfileThatWasAskedFor) {
  make("CREATE TABLE t (a)");
  const Database db = open();
  EXPECT_EQ(db.tuning().plan().safeCount(), 0U) << "not unless asked";
  const TuningPlan plan = db.tuning().plan({.profile = "production"});
  auto advice = byId(plan);
  EXPECT_EQ(advice.at("sqlite.profile.journal_mode").risk, AdviceRisk::Safe);
  EXPECT_THAT(advice.at("sqlite.profile.connection").current, HasSubstr("synchronous = normal"));
  const auto applied = db.tuning().apply(plan);
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_TRUE(applied[0].verified) << applied[0].error;
  const Database tuned = open("?optimization.profile=production");
  const TuningPlan again = tuned.tuning().plan({.profile = "production"});
  EXPECT_EQ(again.safeCount(), 0U);
  EXPECT_THAT(idsOf(again), Not(Contains(HasSubstr("profile"))));
  EXPECT_THROW((void)db.tuning().plan({.profile = "prodution"}), ConfigError);
}

TEST_F(SqliteTuning, HasOnlyNotesOnAHealthyDatabase) {
  make(
      "CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE t (a REFERENCES p (a), b);"
      "CREATE INDEX i ON t (b); INSERT INTO p VALUES (1); INSERT INTO t VALUES (1, 2); ANALYZE");
  EXPECT_TRUE(onlyNotes(open().tuning().plan()));
  EXPECT_TRUE(onlyNotes(open("?optimization.profile=production").tuning().plan()));
  EXPECT_TRUE(onlyNotes(Database::open("sqlite::memory:").tuning().plan()));
}

TEST_F(SqliteTuning, SaysWhatItWasJudgedBy) {
  make("PRAGMA journal_mode = wal; CREATE TABLE t (a)");
  const Database db = open();
  const nlohmann::json json = tuningJson(db.tuning().plan());
  EXPECT_EQ(json["engine"], "sqlite");
  std::map<std::string, nlohmann::json> facts;
  for (const auto& fact : json["facts"]) facts[fact["name"]] = fact;
  EXPECT_EQ(facts.at("journal_mode")["value"], "wal");
  EXPECT_EQ(facts.at("journal_mode")["scope"], "file");
  EXPECT_EQ(facts.at("library version")["value"], sqlite3_libversion());
  EXPECT_EQ(json["unread"], nlohmann::json::array());
  for (const auto& advice : json["recommendations"]) {
    EXPECT_FALSE(advice["reason"].get<std::string>().empty()) << advice;
    EXPECT_FALSE(advice["apply"].empty()) << advice;
  }
}

TEST_F(SqliteTuning, TellsAStatementThatFailed) {
  make("CREATE TABLE t (a, b); CREATE INDEX i ON t (a);" + insertRows("t", 2'000));
  const Database db = open("?busy_timeout=20");
  const TuningPlan plan = db.tuning().plan();
  const RawDatabase other(path());
  other.run("BEGIN IMMEDIATE");
  const auto applied = db.tuning().apply(plan);
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_FALSE(applied[0].verified);
  EXPECT_FALSE(applied[0].error.empty());
}

TEST_F(SqliteTuning, ObeysADeadline) {
  make("CREATE TABLE t (a)");
  const Database db = open();
  const Context late = Context().timeout(std::chrono::milliseconds(-1));
  EXPECT_THROW((void)Tuning(db.executor()->runtime(), late).plan(), Timeout);
}

TEST(TunerNumbers, ReadLikePeopleWriteThem) {
  EXPECT_EQ(sizeText(12), "12 bytes");
  EXPECT_EQ(sizeText(3 * 1024 + 400), "3.4 KiB");
  EXPECT_EQ(sizeText(std::int64_t{64} << 20), "64 MiB");
  EXPECT_EQ(shareText(1, 4), "25 %");
  EXPECT_EQ(shareText(1, 0), "0 %");
  EXPECT_EQ(listText({"a", "b", "c"}, 2), "a, b and 1 more");
}

}  // namespace
}  // namespace sonde::test
