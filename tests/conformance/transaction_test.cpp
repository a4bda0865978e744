// Transactions and savepoints.
#include <stdexcept>
#include <thread>

#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::ElementsAre;

class Transactions : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    make("CREATE TABLE notes (id {key}, body {text} NOT NULL UNIQUE)");
  }
  [[nodiscard]] std::vector<std::string> stored() {
    return texts(repo("notes").findAll({.orderBy = {"id"}}), "body");
  }
  static void write(const View& where, const char* body) {
    where.getRepository("notes").insert({{"body", body}});
  }
};

SONDE_ON_EVERY_ENGINE(Transactions);

TEST_P(Transactions, KeepWhatIsCommittedAndDropTheRest) {
  db().transaction([](Transaction& tx) { write(tx, "kept"); });
  EXPECT_THROW(db().transaction([](Transaction& tx) {
    write(tx, "dropped");
    throw std::runtime_error("no");
  }),
               std::runtime_error);
  {
    const Transaction tx = db().begin();
    write(tx, "forgotten");
  }
  Transaction tx = db().begin();
  write(tx, "rolled back");
  EXPECT_EQ(tx.getRepository("notes").count(), 2U);
  tx.rollback();
  EXPECT_FALSE(tx.active());
  EXPECT_THROW(write(tx, "late"), TransactionError);
  EXPECT_THAT(stored(), ElementsAre("kept"));
}

TEST_P(Transactions, GiveWhatTheFunctionGives) {
  const Value key = db().transaction([](Transaction& tx) {
    return tx.getRepository("notes").insert({{"body", "x"}});
  });
  EXPECT_EQ(repo("notes").getById(key)["body"].text(), "x");
}

TEST_P(Transactions, AreNotSeenByOthersBeforeTheyCommit) {
  write(db(), "before");
  Transaction tx = db().begin();
  write(tx, "inside");
  std::vector<std::string> seen;
  std::thread([&] { seen = stored(); }).join();
  EXPECT_THAT(seen, ElementsAre("before"));
  EXPECT_EQ(tx.getRepository("notes").count(), 2U);
  tx.commit();
  EXPECT_THAT(stored(), ElementsAre("before", "inside"));
}

TEST_P(Transactions, NestAsSavepoints) {
  db().transaction([](Transaction& tx) {
    write(tx, "outer");
    tx.transaction([](Transaction& inner) {
      write(inner, "inner");
      EXPECT_THROW(inner.transaction([](Transaction& third) {
        write(third, "innermost");
        throw std::runtime_error("no");
      }),
                   std::runtime_error);
      write(inner, "still there");
    });
    Transaction other = tx.begin();
    write(other, "undone");
    other.rollback();
    write(tx, "last");
  });
  EXPECT_THAT(stored(), ElementsAre("outer", "inner", "still there", "last"));
}

TEST_P(Transactions, AreSavedBySavepointsFromWhatFailsInside) {
  write(db(), "taken");
  db().transaction([](Transaction& tx) {
    write(tx, "first");
    EXPECT_THROW(tx.transaction([](Transaction& inner) { write(inner, "taken"); }),
                 ConstraintError);
    write(tx, "second");
  });
  EXPECT_THAT(stored(), ElementsAre("taken", "first", "second"));
}

// PostgreSQL spoils the transaction; whoever goes on is told so, and nothing is half done.
TEST_P(Transactions, EndTheSameWayAfterAFailureThatNobodyMet) {
  write(db(), "taken");
  EXPECT_THROW(db().transaction([](Transaction& tx) {
    write(tx, "first");
    write(tx, "taken");
  }),
               ConstraintError);
  EXPECT_THAT(stored(), ElementsAre("taken"));
  write(db(), "after");
  EXPECT_THAT(stored(), ElementsAre("taken", "after"));
}

TEST_P(Transactions, RunAgainWhenTheyMay) {
  int attempts = 0;
  db().transaction(
      [&](Transaction& tx) {
        write(tx, "once");
        if (++attempts < 3) throw TransactionError("met another", true);
      },
      {.retries = 5});
  EXPECT_EQ(attempts, 3);
  EXPECT_THAT(stored(), ElementsAre("once"));
}

TEST_P(Transactions, OfManyThreadsAllCommit) {
  const Database& shared = db();  // Opened here, by one thread.
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&shared, t] {
      for (int i = 0; i < 20; ++i) {
        const std::string body = std::to_string(t) + "/" + std::to_string(i);
        shared.transaction([&](Transaction& tx) { write(tx, body.c_str()); }, {.retries = 10});
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(repo("notes").count(), 120U);
}

TEST_P(Transactions, ReadOnlyOnesWriteNothing) {
  write(db(), "x");
  Transaction tx = db().begin({.mode = TransactionMode::Read});
  EXPECT_EQ(tx.getRepository("notes").count(), 1U);
  EXPECT_THROW(write(tx, "y"), Error);
  tx.rollback();
  EXPECT_EQ(repo("notes").count(), 1U);
}

TEST_P(Transactions, AreNotControlledByRawSql) {
  for (const char* sql : {"BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT x"}) {
    EXPECT_THROW(db().execute(sql, {}), Error) << sql;
  }
}

}  // namespace
}  // namespace sonde::conformance
