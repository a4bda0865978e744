// Slow statements as an application hears of them, on SQLite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/db/database.hpp>

#include <condition_variable>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "../../support/temporary_folder.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

// Takes well over a millisecond on any machine.
constexpr std::string_view kSlow =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 100000)"
    " SELECT count(*) FROM n, people WHERE name = 'secret'";

// What was told of statements that hold a word, from whatever thread.
class Heard {
 public:
  explicit Heard(std::string word) : word_(std::move(word)) {}
  void add(SlowStatement statement) {
    if (statement.sql.find(word_) == std::string::npos) return;
    const std::lock_guard lock(mutex_);
    statements_.push_back(std::move(statement));
    heard_.notify_all();
  }
  [[nodiscard]] SlowStatement next() {
    std::unique_lock lock(mutex_);
    if (!heard_.wait_for(lock, 60s, [&] { return !statements_.empty(); })) {
      ADD_FAILURE() << "nothing was told";
      return {};
    }
    SlowStatement first = std::move(statements_.front());
    statements_.erase(statements_.begin());
    return first;
  }
  [[nodiscard]] std::size_t count() {
    const std::lock_guard lock(mutex_);
    return statements_.size();
  }

 private:
  std::string word_;
  std::mutex mutex_;
  std::condition_variable heard_;
  std::vector<SlowStatement> statements_;
};

class Slow : public testing::Test {
 protected:
  [[nodiscard]] Config configure(std::chrono::milliseconds threshold) const {
    Config config;
    config.uri = "sqlite:" + folder_.file("app.db");
    config.access = AccessMode::CreateIfMissing;
    config.optimization.journalMode = "wal";
    config.statistics.slowQuery = threshold;
    return config;
  }
  static void makePeople(const Database& db) {
    db.executeScript(
        "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT); "
        "INSERT INTO people (name) VALUES ('secret')");
  }
  [[nodiscard]] auto hear() {
    return [this](const SlowStatement& statement) { heard_.add(statement); };
  }

  test::TemporaryFolder folder_;
  Heard heard_{"RECURSIVE"};
};

TEST_F(Slow, StatementsAreToldWithTheirPlanAndWithoutValues) {
  const Database db = Database::open(configure(1ms));
  makePeople(db);
  const Subscription listening = db.onSlowStatement(hear());
  db.with(Context().principal("ada").tag("page", "front")).sql(kSlow);
  const SlowStatement slow = heard_.next();
  EXPECT_EQ(slow.fingerprint,
            query::fingerprintSql(kSlow, db.executor()->runtime()->dialect().lexerRules()));
  EXPECT_THAT(slow.sql, Not(HasSubstr("secret")));
  EXPECT_GE(slow.duration, 1ms);
  EXPECT_EQ(slow.rows, 1U);
  EXPECT_GT(slow.effort.fullScanSteps, 0U);
  EXPECT_EQ(slow.principal, "ada");
  EXPECT_THAT(slow.tags, ElementsAre(std::pair("page", "front")));
  EXPECT_THAT(slow.plan, Contains(HasSubstr("people USING"))) << slow.noPlan;
  EXPECT_FALSE(slow.inTransaction);
  EXPECT_FALSE(slow.error.has_value());
}

TEST_F(Slow, StatementsOfATransactionAreExplainedOutsideIt) {
  const Database db = Database::open(configure(1ms));
  makePeople(db);
  const Subscription listening = db.onSlowStatement(hear());
  db.transaction([&](Transaction& tx) {
    tx.sql(kSlow);
    const SlowStatement slow = heard_.next();  // while the transaction is open
    EXPECT_TRUE(slow.inTransaction);
    EXPECT_THAT(slow.plan, Contains(HasSubstr("people USING"))) << slow.noPlan;
  });
}

TEST_F(Slow, StatementsThatFailAreToldToo) {
  const Database db = Database::open(configure(1ms));
  makePeople(db);
  const Subscription listening = db.onSlowStatement(hear());
  const std::string endless =
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
  EXPECT_THROW(db.with(Context().timeout(50ms)).sql(endless), Timeout);
  const SlowStatement slow = heard_.next();
  EXPECT_EQ(slow.error, ErrorCode::Timeout);
}

TEST_F(Slow, StatementsGoToTheLog) {
  std::mutex mutex;
  std::vector<std::string> lines;
  Config config = configure(1ms);
  config.logging.level = LogLevel::Warn;
  config.logging.callback = [&](const LogEvent& event) {
    std::string line(event.message);
    for (const auto& [name, value] : event.fields) {
      line.append(" ").append(name).append("=").append(value);
    }
    const std::lock_guard lock(mutex);
    lines.push_back(line);
  };
  {
    const Database db = Database::open(config);
    makePeople(db);
    const Subscription listening = db.onSlowStatement(hear());
    db.sql(kSlow);
    static_cast<void>(heard_.next());  // told after the log
  }
  const std::lock_guard lock(mutex);
  EXPECT_THAT(lines, Contains(testing::AllOf(HasSubstr("slow statement sql=WITH RECURSIVE"),
                                             HasSubstr("people USING"), Not(HasSubstr("secret")))));
}

TEST_F(Slow, ThresholdIsNotReachedByFastStatements) {
  const Database db = Database::open(configure(10min));
  makePeople(db);
  const Subscription listening = db.onSlowStatement(hear());
  db.sql(kSlow);
  db.close();
  EXPECT_EQ(heard_.count(), 0U);
}

TEST_F(Slow, StatementsNeedAThreshold) {
  const Database db = Database::open(configure(0ms));
  EXPECT_THROW(static_cast<void>(db.onSlowStatement(hear())), ConfigError);
}

TEST_F(Slow, StatementsWaitForNobodyWhenTheDatabaseEnds) {
  {
    const Database db = Database::open(configure(1ms));
    makePeople(db);
    db.onSlowStatement(hear()).keep();
    for (int i = 0; i < 3; ++i) db.sql(kSlow);
  }
  EXPECT_EQ(heard_.count(), 3U) << "every one was told, the last ones perhaps without a plan";
}

TEST_F(Slow, PlansShowNoLiteralsOfTheirStatement) {
  query::LexerRules rules;
  rules.dollarParameters = true;
  EXPECT_THAT(maskPlan({"Seq Scan on t  (cost=0.00..5.00 rows=5 width=4)",
                        "  Filter: ((a = 5) AND (b = 'x y'::text) AND (c < 7))"},
                       "SELECT a FROM t WHERE a = 5 AND b = 'x y'", rules),
              ElementsAre("Seq Scan on t  (cost=0.00..5.00 rows=5 width=4)",
                          "  Filter: ((a = ?) AND (b = ?::text) AND (c < 7))"));
  EXPECT_THAT(maskPlan({"  Filter: (a = $1)"}, "SELECT a FROM t WHERE a = $1", rules),
              ElementsAre("  Filter: (a = $1)"));
}

}  // namespace
}  // namespace sonde
