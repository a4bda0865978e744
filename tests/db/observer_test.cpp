// Interceptors and rewriters as a database registers them.
#include <gtest/gtest.h>

#include <algorithm>
#include <mutex>
#include <stdexcept>
#include <string>
#include <vector>

#include <sonde/query/rewriter.hpp>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;

// Writes down what it is told, under a name.
class Recorder : public StatementObserver {
 public:
  Recorder(std::string name, std::vector<std::string>& log) : name_(std::move(name)), log_(log) {}
  void before(const StatementInfo& info) override {
    if (refuse_) throw AuthorizationError("refused by " + name_);
    log_.push_back(name_ + " before " + std::to_string(info.parameters));
  }
  void after(const StatementInfo& info, const StatementOutcome& outcome) noexcept override {
    log_.push_back(name_ + " after rows=" + std::to_string(outcome.rows) + " affected=" +
                   std::to_string(outcome.affected) + (info.inTransaction ? " tx" : ""));
    timed_ = timed_ && outcome.duration.count() > 0;
  }
  void failed(const StatementInfo&, const std::exception& error,
              const StatementOutcome&) noexcept override {
    log_.push_back(name_ + " failed " + error.what());
  }
  void refuse() { refuse_ = true; }
  [[nodiscard]] bool timed() const { return timed_; }

 private:
  std::string name_;
  std::vector<std::string>& log_;
  bool refuse_ = false;
  bool timed_ = true;
};

class ObserverTest : public testing::Test {
 protected:
  ObserverTest() : db_(Database::open(configOf(Home::Wal, folder_))) { makeUsers(db_, 3); }
  TemporaryFolder folder_;
  Database db_;
  std::vector<std::string> log_;
};

TEST_F(ObserverTest, IsToldInOrderAndBackwards) {
  const auto first = std::make_shared<Recorder>("a", log_);
  db_.addInterceptor(first);
  db_.addInterceptor(std::make_shared<Recorder>("b", log_));
  db_.sql("SELECT * FROM users WHERE id > ?", {1});
  EXPECT_EQ(log_, (std::vector<std::string>{"a before 1", "b before 1", "b after rows=2 affected=0",
                                            "a after rows=2 affected=0"}));
  EXPECT_TRUE(first->timed());
}

TEST_F(ObserverTest, SeesEveryKindOfCallAndTransactions) {
  db_.addInterceptor(std::make_shared<Recorder>("a", log_));
  db_.execute("UPDATE users SET name = 'x'");
  db_.stream("SELECT id FROM users", {}, [](RowView) { return true; });
  static_cast<void>(db_.getRepository("users").findById(1));
  db_.transaction([](Transaction& tx) { tx.execute("DELETE FROM users WHERE id = 1"); });
  std::vector<std::string> afters;
  std::copy_if(log_.begin(), log_.end(), std::back_inserter(afters),
               [](const std::string& line) { return line.find("after") != std::string::npos; });
  EXPECT_EQ(afters, (std::vector<std::string>{
                        "a after rows=0 affected=3", "a after rows=3 affected=0",
                        "a after rows=1 affected=0", "a after rows=0 affected=1 tx"}));
}

TEST_F(ObserverTest, IsToldOfFailures) {
  db_.addInterceptor(std::make_shared<Recorder>("a", log_));
  EXPECT_THROW(db_.execute("INSERT INTO users (id, name) VALUES (1, 'x')"), ConstraintError);
  ASSERT_EQ(log_.size(), 2U);
  EXPECT_EQ(log_[1].rfind("a failed", 0), 0U) << log_[1];
}

TEST_F(ObserverTest, MayRefuseAStatement) {
  db_.addInterceptor(std::make_shared<Recorder>("a", log_));
  const auto strict = std::make_shared<Recorder>("b", log_);
  strict->refuse();
  db_.addInterceptor(strict);
  EXPECT_THROW(db_.execute("DELETE FROM users"), AuthorizationError);
  EXPECT_EQ(log_, (std::vector<std::string>{"a before 0", "a failed refused by b"}));
  EXPECT_EQ(db_.poolStats().inUse, 0U);
}

TEST_F(ObserverTest, MayUseTheDatabaseItself) {
  class Auditor : public StatementObserver {
   public:
    explicit Auditor(const Database& db) : db_(db) {}
    void before(const StatementInfo& info) override {
      if (info.plan.sql.find("audit") != std::string::npos) return;
      db_.execute("INSERT INTO audit (sql) VALUES (?)", {info.plan.sql});
    }

   private:
    const Database& db_;
  };
  db_.sql("CREATE TABLE audit (sql TEXT)");
  db_.addInterceptor(std::make_shared<Auditor>(db_));
  db_.sql("SELECT 1");
  EXPECT_EQ(countOf(db_, "audit"), 1);
}

// Sees only rows whose name is not hidden; needs a claim.
class OwnRowsOnly : public QueryRewriter {
 public:
  [[nodiscard]] std::uint64_t fingerprint(const Context&) const override { return 1; }
  void rules(const Table& table, query::Operation, const Context&,
             TableRules& rules) const override {
    if (table.name == "posts") rules.denied = true;
  }
};

TEST_F(ObserverTest, RawSqlIsRefusedWhileARewriterIsActive) {
  EXPECT_NO_THROW(db_.sql("SELECT 1"));
  db_.addRewriter(std::make_shared<OwnRowsOnly>());
  EXPECT_THROW(db_.sql("SELECT 1"), AuthorizationError);
  EXPECT_THROW(db_.execute("DELETE FROM users"), AuthorizationError);
  EXPECT_THROW(db_.executeScript("DELETE FROM users"), AuthorizationError);
  EXPECT_THROW(db_.stream("SELECT 1", {}, [](RowView) { return true; }), AuthorizationError);
  EXPECT_THROW(db_.transaction([](Transaction& tx) { tx.sql("SELECT 1"); }), AuthorizationError);
  EXPECT_EQ(db_.getRepository("users").count(), 3U);
  EXPECT_THROW(static_cast<void>(db_.getRepository("posts").count()), AuthorizationError);
}

TEST_F(ObserverTest, RawSqlIsAllowedByName) {
  Config config = configOf(Home::Wal, folder_);
  config.allowRawSql = true;
  const Database db = Database::open(config);
  db.addRewriter(std::make_shared<OwnRowsOnly>());
  EXPECT_EQ(countOf(db, "posts"), 0);
}

}  // namespace
}  // namespace sonde
