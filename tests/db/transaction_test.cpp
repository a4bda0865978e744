#include <gtest/gtest.h>

#include <optional>
#include <thread>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;
using namespace std::chrono_literals;

class TransactionTest : public testing::TestWithParam<Home> {
 protected:
  TransactionTest() : db_(Database::open(configOf(GetParam(), folder_))) { makeUsers(db_); }
  static void add(const View& view, std::string_view name) {
    view.execute("INSERT INTO users (name) VALUES (?)", {name});
  }
  TemporaryFolder folder_;
  Database db_;
};

INSTANTIATE_TEST_SUITE_P(Every, TransactionTest,
                         testing::Values(Home::Wal, Home::RollbackJournal, Home::Memory),
                         [](const auto& each) { return homeName(each.param); });

TEST_P(TransactionTest, CommitsAndGivesWhatTheFunctionGave) {
  const int answer = db_.transaction([](Transaction& tx) {
    add(tx, "a");
    return 42;
  });
  EXPECT_EQ(answer, 42);
  EXPECT_EQ(countOf(db_, "users"), 1);
}

TEST_P(TransactionTest, RollsBackOnAnException) {
  EXPECT_THROW(db_.transaction([](Transaction& tx) {
    add(tx, "a");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_EQ(countOf(db_, "users"), 0);
  EXPECT_NO_THROW(add(db_, "b"));
}

TEST_P(TransactionTest, AnObjectIsRolledBackWhenItIsDestroyed) {
  {
    Transaction tx = db_.begin();
    add(tx, "a");
    EXPECT_EQ(countOf(tx, "users"), 1);
  }
  EXPECT_EQ(countOf(db_, "users"), 0);
}

TEST_P(TransactionTest, RefusesUseAfterItsEnd) {
  std::optional<Repository> users;
  Transaction committed = db_.begin();
  users = committed.getRepository("users");
  committed.commit();
  EXPECT_FALSE(committed.active());
  EXPECT_THROW(committed.commit(), TransactionError);
  EXPECT_THROW(committed.rollback(), TransactionError);
  EXPECT_THROW(add(committed, "a"), TransactionError);
  EXPECT_THROW(committed.sql("SELECT 1"), TransactionError);
  EXPECT_THROW(static_cast<void>(users->findById(1)), TransactionError);
  EXPECT_THROW(static_cast<void>(committed.begin()), TransactionError);
  Transaction rolledBack = db_.begin();
  rolledBack.rollback();
  EXPECT_THROW(add(rolledBack, "a"), TransactionError);
}

TEST_P(TransactionTest, RefusesUseOnAnotherThread) {
  Transaction tx = db_.begin();
  std::thread([&] {
    EXPECT_THROW(add(tx, "a"), TransactionError);
    EXPECT_THROW(tx.commit(), TransactionError);
  }).join();
  EXPECT_NO_THROW(add(tx, "b"));
  tx.commit();
}

TEST_P(TransactionTest, MayEndInsideTheFunction) {
  db_.transaction([](Transaction& tx) {
    add(tx, "a");
    tx.rollback();
  });
  EXPECT_EQ(countOf(db_, "users"), 0);
  db_.transaction([](Transaction& tx) {
    add(tx, "a");
    tx.commit();
  });
  EXPECT_EQ(countOf(db_, "users"), 1);
}

TEST_P(TransactionTest, NestsBySavepoint) {
  db_.transaction([](Transaction& tx) {
    add(tx, "a");
    EXPECT_THROW(tx.transaction([](Transaction& inner) {
      add(inner, "b");
      inner.transaction([](Transaction& innermost) { add(innermost, "c"); });
      EXPECT_EQ(countOf(inner, "users"), 3);
      throw std::runtime_error("undo b and c");
    }),
                 std::runtime_error);
    EXPECT_EQ(countOf(tx, "users"), 1);
    tx.transaction([](Transaction& inner) { add(inner, "d"); });
  });
  EXPECT_EQ(countOf(db_, "users"), 2);
}

TEST_P(TransactionTest, AnOuterCommitWaitsForTheInnerEnd) {
  Transaction tx = db_.begin();
  Transaction inner = tx.begin();
  EXPECT_THROW(tx.commit(), TransactionError);
  EXPECT_THROW(static_cast<void>(tx.begin()), TransactionError);
  add(inner, "a");
  inner.commit();
  EXPECT_THROW(add(inner, "b"), TransactionError);
  tx.commit();
  EXPECT_EQ(countOf(db_, "users"), 1);
}

TEST_P(TransactionTest, AnOuterRollbackEndsTheInner) {
  Transaction tx = db_.begin();
  Transaction inner = tx.begin();
  add(inner, "a");
  tx.rollback();
  EXPECT_FALSE(inner.active());
  EXPECT_THROW(inner.commit(), TransactionError);
  EXPECT_EQ(countOf(db_, "users"), 0);
}

TEST_P(TransactionTest, AFailedCommitIsAConstraintErrorAndRollsBack) {
  EXPECT_THROW(db_.transaction([](Transaction& tx) {
    add(tx, "a");
    tx.execute("INSERT INTO posts (user_id) VALUES (?)", {99});
  }),
               ConstraintError);
  EXPECT_EQ(countOf(db_, "users"), 0);
  EXPECT_NO_THROW(add(db_, "next"));
}

TEST_P(TransactionTest, AFailedStatementLeavesTheRestStanding) {
  db_.transaction([](Transaction& tx) {
    add(tx, "a");
    EXPECT_THROW(tx.execute("INSERT INTO users (name) VALUES (?)", {nullptr}), ConstraintError);
    add(tx, "b");
  });
  EXPECT_EQ(countOf(db_, "users"), 2);
}

TEST_P(TransactionTest, NoticesThatTheEngineEndedIt) {
  Transaction tx = db_.begin();
  tx.execute("INSERT INTO users (id, name) VALUES (?, ?)", {1, "a"});
  EXPECT_THROW(tx.execute("INSERT OR ROLLBACK INTO users (id, name) VALUES (?, ?)", {1, "b"}),
               ConstraintError);
  EXPECT_FALSE(tx.active());
  EXPECT_THROW(add(tx, "c"), TransactionError);
  EXPECT_EQ(countOf(db_, "users"), 0);
}

TEST_P(TransactionTest, DoesNotEndUnderARunningStream) {
  Transaction tx = db_.begin();
  add(tx, "a");
  add(tx, "b");
  int seen = 0;
  tx.stream("SELECT id FROM users", {}, [&](RowView) {
    ++seen;
    EXPECT_THROW(tx.commit(), TransactionError);
    EXPECT_THROW(tx.rollback(), TransactionError);
    add(tx, "in between");
    return seen < 2;
  });
  tx.commit();
  EXPECT_EQ(countOf(db_, "users"), 4);
}

TEST_P(TransactionTest, DestroyedUnderItsOwnStreamItRollsBack) {
  std::optional<Transaction> tx(db_.begin());
  add(*tx, "a");
  add(*tx, "b");
  const auto executor = tx->executor();
  const auto drop = [&](RowView) {
    tx.reset();
    return true;
  };
  EXPECT_THROW(executor->streamRaw("SELECT id FROM users", {}, drop), Error);
  EXPECT_EQ(countOf(db_, "users"), 0);
  EXPECT_NO_THROW(add(db_, "c"));
}

TEST_P(TransactionTest, RetriesOnlyWhenAskedAndOnlyWhatMayBeRetried) {
  int attempts = 0;
  const auto busyTwice = [&](Transaction& tx) {
    add(tx, "a");
    if (++attempts < 3) throw TransactionError("busy, the test says", true);
    return attempts;
  };
  EXPECT_THROW(db_.transaction(busyTwice), TransactionError);
  EXPECT_EQ(attempts, 1);
  attempts = 0;
  EXPECT_EQ(db_.transaction(busyTwice, {.retries = 2}), 3);
  EXPECT_EQ(countOf(db_, "users"), 1);
  attempts = 0;
  EXPECT_THROW(db_.transaction(
                   [&](Transaction&) {
                     ++attempts;
                     throw TransactionError("not retryable", false);
                   },
                   {.retries = 5}),
               TransactionError);
  EXPECT_EQ(attempts, 1);
}

TEST_P(TransactionTest, RepositoriesOfTheDatabaseTransactThroughIt) {
  const Repository users = db_.getRepository("users");
  EXPECT_THROW(users.createMany({{{"name", "a"}, {"email", "x"}}, {{"name", "b"}, {"email", "x"}}}),
               ConstraintError);
  EXPECT_EQ(users.count(), 0U);
  db_.transaction([](Transaction& tx) {
    const Repository inside = tx.getRepository("users");
    inside.createMany({{{"name", "a"}}, {{"name", "b"}}});
    EXPECT_EQ(inside.count(), 2U);
  });
  EXPECT_EQ(users.count(), 2U);
}

TEST_P(TransactionTest, SeesTheSchemaItChangedAndNobodyElseDoes) {
  const auto before = db_.schema();
  Transaction tx = db_.begin();
  tx.sql("CREATE TABLE later (id INTEGER PRIMARY KEY, n INTEGER)");
  EXPECT_NE(tx.schema()->findTable("later"), nullptr);
  tx.getRepository("later").insert({{"n", 1}});
  EXPECT_EQ(db_.schema(), before) << "never cached inside an open transaction";
  Transaction inner = tx.begin();
  inner.sql("DROP TABLE later");
  EXPECT_EQ(tx.schema()->findTable("later"), nullptr);
  inner.rollback();
  EXPECT_NE(tx.schema()->findTable("later"), nullptr);
  tx.commit();
  EXPECT_NE(db_.schema()->findTable("later"), nullptr);
  EXPECT_EQ(db_.getRepository("later").count(), 1U);
}

TEST_P(TransactionTest, ARolledBackSchemaChangeLeavesNoTrace) {
  const auto before = db_.schema();
  {
    Transaction tx = db_.begin();
    tx.sql("CREATE TABLE later (id INTEGER PRIMARY KEY)");
  }
  EXPECT_EQ(db_.schema(), before);
  EXPECT_THROW(static_cast<void>(db_.getRepository("later")), SchemaError);
}

TEST(ReadTransaction, SeesOneMomentWhileOthersWrite) {
  const TemporaryFolder folder;
  const Database db = Database::open(configOf(Home::Wal, folder));
  makeUsers(db, 1);
  Transaction tx = db.begin({.mode = TransactionMode::Read});
  EXPECT_EQ(countOf(tx, "users"), 1);
  db.execute("INSERT INTO users (name) VALUES ('b')");
  EXPECT_EQ(countOf(tx, "users"), 1);
  EXPECT_THROW(tx.execute("INSERT INTO users (name) VALUES ('c')"), Error);
  tx.commit();
  EXPECT_EQ(countOf(db, "users"), 2);
}

}  // namespace
}  // namespace sonde
