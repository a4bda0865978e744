#include <gtest/gtest.h>

#include <stdexcept>
#include <string>
#include <vector>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;

class ChangeSetTest : public testing::Test {
 protected:
  ChangeSetTest() : db_(Database::open(configOf(Home::Wal, folder_))) { makeUsers(db_, 3); }

  Subscription listen() {
    return db_.afterCommit([this](const ChangeSet& changes) { heard_.push_back(changes); });
  }
  static Record named(const char* name) { return {{"name", name}}; }

  TemporaryFolder folder_;
  Database db_;
  std::vector<ChangeSet> heard_;
};

TEST_F(ChangeSetTest, IsToldOnceAfterTheOutermostCommit) {
  const Subscription subscription = listen();
  db_.transaction([&](Transaction& tx) {
    const Repository users = tx.getRepository("users");
    const Value key = users.insert(named("a"));
    tx.transaction(
        [&](Transaction& inner) { inner.getRepository("users").update(key, named("b")); });
    users.deleteById(1);
    EXPECT_TRUE(heard_.empty());
  });
  ASSERT_EQ(heard_.size(), 1U);
  ASSERT_EQ(heard_[0].size(), 3U);
  EXPECT_EQ(heard_[0][0].operation, query::Operation::Insert);
  EXPECT_EQ(heard_[0][1].operation, query::Operation::Update);
  EXPECT_EQ(heard_[0][2].operation, query::Operation::Delete);
  for (const Change& change : heard_[0]) {
    EXPECT_EQ(change.table, "users");
    EXPECT_FALSE(change.bulk()) << "a listener is there, so keys are told";
  }
}

TEST_F(ChangeSetTest, IsDiscardedByARollback) {
  const Subscription subscription = listen();
  int rollbacks = 0;
  const Subscription other = db_.afterRollback([&] { ++rollbacks; });
  EXPECT_THROW(db_.transaction([&](Transaction& tx) {
    tx.getRepository("users").insert(named("a"));
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  EXPECT_TRUE(heard_.empty());
  EXPECT_EQ(rollbacks, 1);
}

TEST_F(ChangeSetTest, ASavepointThatIsRolledBackTakesItsPart) {
  const Subscription subscription = listen();
  db_.transaction([&](Transaction& tx) {
    tx.getRepository("users").insert(named("kept"));
    Transaction inner = tx.begin();
    inner.getRepository("users").insert(named("lost"));
    inner.rollback();
    tx.getRepository("users").deleteById(1);
  });
  ASSERT_EQ(heard_.size(), 1U);
  ASSERT_EQ(heard_[0].size(), 2U);
  EXPECT_EQ(heard_[0][0].operation, query::Operation::Insert);
  EXPECT_EQ(heard_[0][1].operation, query::Operation::Delete);
}

TEST_F(ChangeSetTest, AWriteOutsideATransactionIsToldAtOnce) {
  const Subscription subscription = listen();
  db_.getRepository("users").insert(named("a"));
  ASSERT_EQ(heard_.size(), 1U);
  ASSERT_EQ(heard_[0].size(), 1U);
  EXPECT_EQ(heard_[0][0].key.size(), 1U);
}

TEST_F(ChangeSetTest, RawSqlTellsTheTableItWrote) {
  const Subscription subscription = listen();
  db_.execute("UPDATE OR IGNORE main.\"users\" SET name = 'x' WHERE id <= 2");
  db_.sql("WITH gone AS (SELECT 3 AS id) DELETE FROM users WHERE id IN (SELECT id FROM gone)");
  db_.sql("INSERT INTO posts (user_id) VALUES (1) RETURNING id");
  db_.sql("SELECT * FROM users");
  ASSERT_EQ(heard_.size(), 3U);
  const Change& update = heard_[0][0];
  EXPECT_EQ(update.table, "users");
  EXPECT_EQ(update.schema, "main");
  EXPECT_EQ(update.operation, query::Operation::Update);
  EXPECT_TRUE(update.bulk());
  EXPECT_EQ(update.affected, 2U);
  EXPECT_EQ(heard_[1][0].operation, query::Operation::Delete);
  EXPECT_EQ(heard_[1][0].affected, 1U);
  EXPECT_EQ(heard_[2][0].table, "posts");
  EXPECT_EQ(heard_[2][0].operation, query::Operation::Insert);
}

TEST_F(ChangeSetTest, NothingIsCollectedWhileNobodyListens) {
  EXPECT_FALSE(db_.executor()->wantsChanges());
  const Subscription subscription = listen();
  EXPECT_TRUE(db_.executor()->wantsChanges());
}

TEST_F(ChangeSetTest, ASubscriptionThatEndsHearsNothingMore) {
  {
    const Subscription subscription = listen();
    db_.getRepository("users").insert(named("a"));
  }
  db_.getRepository("users").insert(named("b"));
  EXPECT_EQ(heard_.size(), 1U);
  listen().keep();
  db_.getRepository("users").insert(named("c"));
  EXPECT_EQ(heard_.size(), 2U);
}

TEST_F(ChangeSetTest, AListenerThatThrowsHarmsNobody) {
  const Subscription bad =
      db_.afterCommit([](const ChangeSet&) { throw std::runtime_error("listener"); });
  const Subscription good = listen();
  EXPECT_NO_THROW(
      db_.transaction([&](Transaction& tx) { tx.getRepository("users").insert(named("a")); }));
  EXPECT_EQ(heard_.size(), 1U);
  EXPECT_EQ(countOf(db_, "users"), 4);
}

TEST_F(ChangeSetTest, AListenerMayUseTheDatabase) {
  std::int64_t seen = 0;
  const Subscription subscription = db_.afterCommit([&](const ChangeSet& changes) {
    if (changes.front().table == "posts") return;
    seen = countOf(db_, "users");
    db_.transaction([](Transaction& tx) { tx.getRepository("posts").insert({{"user_id", 1}}); });
  });
  db_.transaction([&](Transaction& tx) { tx.getRepository("users").insert(named("a")); });
  EXPECT_EQ(seen, 4);
  EXPECT_EQ(countOf(db_, "posts"), 1);
}

TEST_F(ChangeSetTest, ATransactionHasListenersOfItsOwn) {
  std::vector<std::string> told;
  db_.transaction([&](Transaction& tx) {
    tx.afterCommit([&](const ChangeSet& changes) {
      told.push_back("commit " + std::to_string(changes.size()));
    });
    tx.afterRollback([&] { told.push_back("never"); });
    tx.getRepository("users").insert(named("a"));
    Transaction inner = tx.begin();
    inner.afterCommit([&](const ChangeSet&) { told.push_back("never"); });
    inner.afterRollback([&] { told.push_back("inner rollback"); });
    inner.rollback();
    EXPECT_EQ(told, (std::vector<std::string>{"inner rollback"}));
  });
  EXPECT_EQ(told, (std::vector<std::string>{"inner rollback", "commit 1"}));
}

TEST_F(ChangeSetTest, AReleasedSavepointHandsItsListenersOn) {
  int rollbacks = 0;
  {
    Transaction tx = db_.begin();
    tx.transaction([&](Transaction& inner) { inner.afterRollback([&] { ++rollbacks; }); });
    EXPECT_EQ(rollbacks, 0);
  }
  EXPECT_EQ(rollbacks, 1);
}

TEST_F(ChangeSetTest, AFailedCommitTellsOfTheRollback) {
  const Subscription subscription = listen();
  int rollbacks = 0;
  const Subscription other = db_.afterRollback([&] { ++rollbacks; });
  EXPECT_THROW(db_.transaction([](Transaction& tx) {
    tx.getRepository("posts").insert({{"user_id", 99}});
  }),
               ConstraintError);
  EXPECT_TRUE(heard_.empty());
  EXPECT_EQ(rollbacks, 1);
}

}  // namespace
}  // namespace sonde
