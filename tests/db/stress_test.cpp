// Everything at once from many threads; run under ThreadSanitizer too.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;
using namespace std::chrono_literals;

class StressTest : public testing::TestWithParam<Home> {
 protected:
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Every, StressTest,
                         testing::Values(Home::Wal, Home::RollbackJournal, Home::Memory),
                         [](const auto& each) { return homeName(each.param); });

TEST_P(StressTest, ManyThreadsOfEveryKindLoseNothing) {
  constexpr int kRounds = 60;
  Config config = configOf(GetParam(), folder_);
  config.pool.readers = 2;
  config.schema.checkInterval = 1ms;
  const Database db = Database::open(config);
  makeUsers(db, 10);
  std::atomic<int> told{0};
  std::atomic<int> schemaChanges{0};
  const Subscription changes =
      db.afterCommit([&](const ChangeSet& set) { told += static_cast<int>(set.size()); });
  const Subscription schema = db.onSchemaChange([&](const SchemaChange&) { ++schemaChanges; });

  std::vector<std::thread> threads;
  const auto start = [&](auto work) {
    threads.emplace_back([work] {
      for (int i = 0; i < kRounds; ++i) work(i);
    });
  };
  const Repository users = db.getRepository("users");
  start([&](int) { EXPECT_TRUE(users.findById(1).has_value()); });
  start([&](int i) { users.insert({{"name", "plain " + std::to_string(i)}}); });
  start([&](int i) {
    db.transaction([&](Transaction& tx) {
      const Repository inside = tx.getRepository("users");
      inside.insert({{"name", "kept"}});
      Transaction inner = tx.begin();
      inner.getRepository("users").insert({{"name", "lost"}});
      if (i % 2 == 0) {
        inner.rollback();
      } else {
        inner.commit();
      }
    });
  });
  start([&](int) {
    int seen = 0;
    db.stream("SELECT id FROM users WHERE id <= 10", {}, [&](RowView row) {
      seen += users.findById(row["id"]).has_value() ? 1 : 0;
      return true;
    });
    EXPECT_EQ(seen, 10);
  });
  start([&](int i) {
    if (i % 10 == 0) db.sql("CREATE TABLE made_" + std::to_string(i) + " (id INTEGER)");
    static_cast<void>(db.schema()->tables().size());
  });
  start([&](int) {
    const auto hurried = db.with(Context().timeout(1ms));
    try {
      hurried.sql("SELECT count(*) FROM users AS a, users AS b, users AS c");
    } catch (const Timeout&) {
      // Expected now and then.
    }
  });
  for (auto& thread : threads) thread.join();

  EXPECT_EQ(countOf(db, "users"), 10 + kRounds + kRounds + kRounds / 2);
  EXPECT_EQ(told, kRounds + kRounds + kRounds / 2);
  EXPECT_GE(schemaChanges, 1);
  for (int i = 0; i < kRounds; i += 10) {
    EXPECT_NE(db.schema()->findTable("made_" + std::to_string(i)), nullptr) << i;
  }
  EXPECT_EQ(db.poolStats().inUse, 0U);
  EXPECT_EQ(db.poolStats().waiting, 0U);
}

TEST_P(StressTest, ClosingUnderLoadEndsEveryThreadWithATypedError) {
  const Database db = Database::open(configOf(GetParam(), folder_));
  makeUsers(db, 10);
  std::atomic<int> refused{0};
  std::atomic<int> working{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&, t] {
      ++working;
      try {
        for (;;) {
          if (t % 2 == 0) {
            db.execute("UPDATE users SET name = 'x' WHERE id = 1");
          } else {
            db.sql("SELECT * FROM users");
          }
        }
      } catch (const ConnectionError&) {
        ++refused;
      }
    });
  }
  while (working < 4) std::this_thread::yield();
  std::this_thread::sleep_for(20ms);
  db.close();
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(refused, 4);
}

}  // namespace
}  // namespace sonde
