// What a thread may do while it holds a connection already: it works, or is a typed error at once.
#include <gtest/gtest.h>

#include <chrono>
#include <thread>
#include <vector>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;
using namespace std::chrono_literals;

class NestedUseTest : public testing::TestWithParam<Home> {
 protected:
  NestedUseTest() : db_(Database::open(config())) { makeUsers(db_, 5); }
  [[nodiscard]] Config config() const {
    Config config = configOf(GetParam(), folder_);
    config.pool.readers = 1;
    // Long enough that a test which waits for itself fails on the clock.
    config.pool.acquireTimeout = 20s;
    return config;
  }
  [[nodiscard]] bool wal() const { return GetParam() == Home::Wal; }

  // Whatever it does, it does it at once.
  template <class Work>
  static void atOnce(Work work) {
    const auto began = std::chrono::steady_clock::now();
    work();
    EXPECT_LT(std::chrono::steady_clock::now() - began, 10s);
  }

  TemporaryFolder folder_;
  Database db_;
};

INSTANTIATE_TEST_SUITE_P(Every, NestedUseTest,
                         testing::Values(Home::Wal, Home::RollbackJournal, Home::Memory),
                         [](const auto& each) { return homeName(each.param); });

TEST_P(NestedUseTest, ReadsInsideAStream) {
  atOnce([&] {
    int inner = 0;
    db_.stream("SELECT id FROM users", {}, [&](RowView row) {
      inner += static_cast<int>(db_.sql("SELECT id FROM users WHERE id = ?", {row["id"]}).size());
      return true;
    });
    EXPECT_EQ(inner, 5);
  });
}

TEST_P(NestedUseTest, StreamsTheSameQueryInsideItself) {
  atOnce([&] {
    int pairs = 0;
    const char* sql = "SELECT id FROM users";
    db_.stream(sql, {}, [&](RowView outer) {
      const auto id = outer["id"].as<int>();
      db_.stream(sql, {}, [&](RowView) { return ++pairs > 0; });
      EXPECT_EQ(outer["id"].as<int>(), id) << "the outer row must not move";
      return true;
    });
    EXPECT_EQ(pairs, 25);
  });
}

TEST_P(NestedUseTest, WritesInsideAStreamAndReadsItsOwnWrite) {
  atOnce([&] {
    db_.stream("SELECT id FROM users ORDER BY id", {}, [&](RowView row) {
      const int id = row["id"].as<int>();
      db_.execute("INSERT INTO posts (user_id) VALUES (?)", {id});
      EXPECT_EQ(countOf(db_, "posts"), id);
      return true;
    });
    EXPECT_EQ(countOf(db_, "posts"), 5);
  });
}

TEST_P(NestedUseTest, TransactsInsideAStream) {
  atOnce([&] {
    db_.stream("SELECT id FROM users ORDER BY id", {}, [&](RowView row) {
      const int id = row["id"].as<int>();
      db_.transaction([&](Transaction& tx) {
        tx.execute("INSERT INTO posts (user_id) VALUES (?)", {id});
        if (id % 2 == 0) tx.rollback();
      });
      return true;
    });
    EXPECT_EQ(countOf(db_, "posts"), 3);
  });
}

TEST_P(NestedUseTest, WritesThroughTheDatabaseInsideATransactionAreRefusedAtOnce) {
  atOnce([&] {
    db_.transaction([&](Transaction& tx) {
      tx.execute("INSERT INTO posts (user_id) VALUES (1)");
      EXPECT_THROW(db_.execute("INSERT INTO posts (user_id) VALUES (2)"), TransactionError);
      EXPECT_THROW(static_cast<void>(db_.begin()), TransactionError);
      EXPECT_THROW(db_.getRepository("posts").insert({{"user_id", 1}}), TransactionError);
    });
    EXPECT_EQ(countOf(db_, "posts"), 1);
  });
}

TEST_P(NestedUseTest, ReadsThroughTheDatabaseInsideATransaction) {
  atOnce([&] {
    db_.transaction([&](Transaction& tx) {
      tx.execute("DELETE FROM users WHERE id > 3");
      if (wal()) {
        EXPECT_EQ(countOf(db_, "users"), 5) << "the committed state, through a reader";
      } else {
        EXPECT_THROW(countOf(db_, "users"), TransactionError);
      }
      EXPECT_EQ(countOf(tx, "users"), 3);
    });
    EXPECT_EQ(countOf(db_, "users"), 3);
  });
}

TEST_P(NestedUseTest, TwoThreadsThatStreamAndWriteDoNotLockEachOtherOut) {
  atOnce([&] {
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        db_.stream("SELECT id FROM users", {}, [&](RowView row) {
          db_.transaction([&](Transaction& tx) {
            tx.execute("INSERT INTO posts (user_id) VALUES (?)", {row["id"]});
            if (wal()) {
              EXPECT_EQ(countOf(db_, "users"), 5);
            }
          });
          return true;
        });
      });
    }
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(countOf(db_, "posts"), 20);
  });
}

TEST_P(NestedUseTest, AnExceptionInACallbackFreesEverything) {
  for (int i = 0; i < 3; ++i) {
    EXPECT_THROW(db_.stream("SELECT id FROM users", {},
                            [](RowView) -> bool { throw std::runtime_error("enough"); }),
                 std::runtime_error);
  }
  EXPECT_EQ(db_.poolStats().inUse, 0U);
  db_.sql("DROP TABLE posts");
}

}  // namespace
}  // namespace sonde
