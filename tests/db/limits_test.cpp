// Deadlines, cancellation, and databases that another process has locked.
#include <gtest/gtest.h>

#include <chrono>
#include <stop_token>
#include <thread>
#include <vector>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;
using namespace std::chrono_literals;

// Runs for minutes unless it is stopped.
constexpr const char* kForever =
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000000)"
    " SELECT count(*) FROM n";

class LimitsTest : public testing::TestWithParam<Home> {
 protected:
  LimitsTest() : other_(folder_.file("app.db")) {}

  Database open(std::chrono::milliseconds busyTimeout = 5s) {
    Config config = configOf(GetParam(), folder_);
    config.optimization.busyTimeout = busyTimeout;
    Database db = Database::open(config);
    makeUsers(db, 3);
    return db;
  }

  template <class Work>
  static std::chrono::steady_clock::duration timed(Work work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    return std::chrono::steady_clock::now() - began;
  }

  TemporaryFolder folder_;
  OtherProcess other_;
};

INSTANTIATE_TEST_SUITE_P(Every, LimitsTest, testing::Values(Home::Wal, Home::RollbackJournal),
                         [](const auto& each) { return homeName(each.param); });

TEST_P(LimitsTest, ADeadlineEndsARunningStatement) {
  const Database db = open();
  const auto took =
      timed([&] { EXPECT_THROW(db.with(Context().timeout(50ms)).sql(kForever), Timeout); });
  EXPECT_LT(took, 10s);
  EXPECT_EQ(countOf(db, "users"), 3) << "the connection is fit for use";
}

TEST_P(LimitsTest, ADeadlineThatPassedRunsNothing) {
  const Database db = open();
  const auto late = db.with(Context().deadline(std::chrono::steady_clock::now() - 1s));
  EXPECT_THROW(late.execute("DELETE FROM users"), Timeout);
  EXPECT_THROW(static_cast<void>(late.begin()), Timeout);
  EXPECT_THROW(static_cast<void>(late.getRepository("users").findById(1)), Timeout);
  EXPECT_EQ(countOf(db, "users"), 3);
}

TEST_P(LimitsTest, AStopRequestEndsARunningStatement) {
  const Database db = open();
  std::stop_source source;
  std::thread stopper([&] {
    std::this_thread::sleep_for(50ms);
    source.request_stop();
  });
  const auto took = timed([&] {
    EXPECT_THROW(db.with(Context().stopToken(source.get_token())).sql(kForever), Cancelled);
  });
  stopper.join();
  EXPECT_LT(took, 10s);
  EXPECT_EQ(countOf(db, "users"), 3);
}

TEST_P(LimitsTest, ADeadlineEndsAStatementOfATransaction) {
  const Database db = open();
  Transaction tx = db.begin();
  tx.execute("DELETE FROM users WHERE id = 1");
  EXPECT_THROW(tx.with(Context().timeout(50ms)).sql(kForever), Timeout);
  if (tx.active()) {
    tx.commit();
    EXPECT_EQ(countOf(db, "users"), 2);
  }
}

TEST_P(LimitsTest, ADeadlineCoversEveryStatementOfAView) {
  const Database db = open();
  const auto view = db.with(Context().timeout(30ms));
  EXPECT_NO_THROW(view.sql("SELECT 1"));
  std::this_thread::sleep_for(40ms);
  EXPECT_THROW(view.sql("SELECT 1"), Timeout);
}

TEST_P(LimitsTest, ALockOfAnotherProcessIsATypedErrorAfterTheBusyTimeout) {
  const Database db = open(50ms);
  ASSERT_EQ(other_.run("BEGIN IMMEDIATE; INSERT INTO users (name) VALUES ('theirs')"), 0);
  EXPECT_THROW(db.execute("INSERT INTO users (name) VALUES ('ours')"), Timeout);
  EXPECT_THROW(static_cast<void>(db.begin()), Timeout);
  EXPECT_EQ(countOf(db, "users"), 3) << "reading goes on";
  ASSERT_EQ(other_.run("COMMIT"), 0);
  EXPECT_NO_THROW(db.execute("INSERT INTO users (name) VALUES ('ours')"));
  EXPECT_EQ(countOf(db, "users"), 5);
}

TEST_P(LimitsTest, RetriesOutliveAShortLock) {
  const Database db = open(5ms);
  ASSERT_EQ(other_.run("BEGIN IMMEDIATE"), 0);
  std::thread unlocker([&] {
    std::this_thread::sleep_for(60ms);
    EXPECT_EQ(other_.run("COMMIT"), 0);
  });
  EXPECT_NO_THROW(db.transaction(
      [](Transaction& tx) { tx.execute("INSERT INTO users (name) VALUES ('ours')"); },
      {.retries = 1000}));
  unlocker.join();
}

TEST_P(LimitsTest, TheDeadlineCutsTheWaitForALockShort) {
  const Database db = open(60s);
  ASSERT_EQ(other_.run("BEGIN IMMEDIATE"), 0);
  const auto took = timed([&] {
    EXPECT_THROW(db.with(Context().timeout(50ms)).execute("DELETE FROM users"), Timeout);
    EXPECT_THROW(static_cast<void>(db.with(Context().timeout(50ms)).begin()), Timeout);
  });
  EXPECT_LT(took, 20s);
  ASSERT_EQ(other_.run("COMMIT"), 0);
}

TEST_P(LimitsTest, TwoProcessesWriteSideBySide) {
  const Database db = open();
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 20; ++i) {
        db.transaction([](Transaction& tx) {
          const auto n = countOf(tx, "users");
          tx.execute("INSERT INTO users (name) VALUES (?)", {n});
        });
      }
    });
  }
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(other_.run("INSERT INTO users (name) VALUES ('theirs')"), 0);
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(countOf(db, "users"), 3 + 60 + 20);
}

TEST_P(LimitsTest, ACallInsideAStreamLeavesTheStreamItsDeadline) {
  const Database db = open();
  Transaction tx = db.begin();
  const View hurried = tx.with(Context().timeout(300ms));
  int rows = 0;
  const auto took = timed([&] {
    const auto count = [&](RowView) {
      if (++rows == 1) static_cast<void>(tx.with(Context().timeout(1h)).sql("SELECT 1"));
      return true;
    };
    EXPECT_THROW(hurried.stream("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
                                " SELECT i FROM n",
                                {}, count),
                 Timeout);
  });
  EXPECT_GT(rows, 1);
  EXPECT_LT(took, 10s);
}

}  // namespace
}  // namespace sonde
