// Transactions as servers have them: isolation, failures that spoil them, retries, lost commits.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "fake_server.hpp"

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ServerTransactionTest : public testing_db::FakeServerTest {
 protected:
  ServerTransactionTest() { server_.capabilities.errorSpoilsTransaction = true; }

  template <class Work>
  static TransactionError refusal(Work work) {
    try {
      work();
    } catch (const TransactionError& error) {
      return error;
    }
    ADD_FAILURE() << "no TransactionError";
    return TransactionError("none");
  }
};

TEST_F(ServerTransactionTest, BeginsWithTheIsolationAskedFor) {
  const Database db = open();
  TransactionOptions options;
  options.mode = TransactionMode::Read;
  options.isolation = Isolation::Serializable;
  options.deferrable = true;
  db.transaction([](Transaction&) {}, options);
  ASSERT_EQ(server_.begun.size(), 1U);
  EXPECT_EQ(server_.begun[0].mode, TransactionMode::Read);
  EXPECT_EQ(server_.begun[0].isolation, Isolation::Serializable);
  EXPECT_TRUE(server_.begun[0].deferrable);
}

TEST_F(ServerTransactionTest, SaysPlainlyThatAFailedStatementSpoiledIt) {
  const Database db = open();
  server_.script->reply("bad", failing<QueryError>("42601", "a syntax error"));
  Transaction tx = db.begin();
  EXPECT_THROW(tx.sql("SELECT bad"), QueryError);
  server_.script->clearCalls();
  const auto later = refusal([&] { tx.sql("SELECT good"); });
  EXPECT_THAT(later.what(), HasSubstr("a syntax error"));
  EXPECT_EQ(later.sqlState(), "25P02");
  EXPECT_FALSE(later.retryable());
  EXPECT_THAT(statements(), ElementsAre()) << "the engine need not be asked";
  EXPECT_TRUE(tx.active());
  refusal([&] { static_cast<void>(tx.begin()); });
  refusal([&] { tx.commit(); });
  EXPECT_FALSE(tx.active());
  EXPECT_THAT(statements(), ElementsAre("ROLLBACK"));
}

TEST_F(ServerTransactionTest, ASavepointRecoversFromAFailure) {
  const Database db = open();
  server_.script->reply("bad", failing<QueryError>("42601"));
  Transaction tx = db.begin();
  EXPECT_THROW(tx.transaction([](Transaction& inner) { inner.sql("SELECT bad"); }), QueryError);
  EXPECT_NO_THROW(tx.sql("SELECT good"));
  EXPECT_NO_THROW(tx.commit());
}

TEST_F(ServerTransactionTest, ASavepointThatIsSpoiledCannotBeReleased) {
  const Database db = open();
  server_.script->reply("bad", failing<QueryError>("42601"));
  Transaction tx = db.begin();
  Transaction inner = tx.begin();
  EXPECT_THROW(inner.sql("SELECT bad"), QueryError);
  refusal([&] { inner.commit(); });
  inner.rollback();
  EXPECT_NO_THROW(tx.commit());
}

TEST_F(ServerTransactionTest, IsNotSpoiledByWhatNeverReachedTheEngine) {
  const Database db = open();
  Transaction tx = db.begin();
  EXPECT_THROW(tx.getRepository("users").updateBy(Filter(), {{"name", "x"}}), ValidationError);
  EXPECT_NO_THROW(tx.commit());
}

TEST_F(ServerTransactionTest, IsNotSpoiledWhereTheEngineGoesOn) {
  server_.capabilities.errorSpoilsTransaction = false;
  const Database db = open();
  server_.script->reply("bad", failing<QueryError>("42000"));
  Transaction tx = db.begin();
  EXPECT_THROW(tx.sql("SELECT bad"), QueryError);
  EXPECT_NO_THROW(tx.sql("SELECT good"));
  EXPECT_NO_THROW(tx.commit());
}

MockReply serializationFailure() {
  ErrorDetails details;
  details.sqlState = "40001";
  return MockReply::failing(TransactionError("could not serialize", true, std::move(details)));
}

TEST_F(ServerTransactionTest, RunsAgainAfterASerializationFailureOfTheCommit) {
  const Database db = open();
  server_.script->reply("COMMIT", serializationFailure());
  int runs = 0;
  TransactionOptions options;
  options.retries = 2;
  db.transaction([&](Transaction&) { ++runs; }, options);
  EXPECT_EQ(runs, 2);
  EXPECT_THAT(statements(),
              ElementsAre("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK", "BEGIN IMMEDIATE", "COMMIT"));
}

TEST_F(ServerTransactionTest, RunsAgainAlsoWhenTheWorkSwallowedTheFailure) {
  const Database db = open();
  server_.script->reply("SELECT", serializationFailure());
  int runs = 0;
  TransactionOptions options;
  options.retries = 2;
  db.transaction(
      [&](Transaction& tx) {
        ++runs;
        try {
          tx.sql("SELECT 1");
        } catch (const Error&) {
        }
      },
      options);
  EXPECT_EQ(runs, 2) << "a commit of the spoiled one would store nothing";
}

TEST_F(ServerTransactionTest, ALostCommitSaysThatItsOutcomeIsNotKnown) {
  const Database db = open();
  server_.commitBreaks = ConnectionError("the server closed the connection");
  int runs = 0;
  TransactionOptions options;
  options.retries = 3;
  try {
    db.transaction([&](Transaction&) { ++runs; }, options);
    FAIL() << "no error";
  } catch (const ConnectionError& error) {
    EXPECT_THAT(error.what(), HasSubstr("not known"));
    EXPECT_THAT(error.what(), HasSubstr("the server closed the connection"));
  }
  EXPECT_EQ(runs, 1) << "it might be stored twice";
}

TEST_F(ServerTransactionTest, RunsEveryStatementUnderTheSettingsOfItsContext) {
  const Database db = open();
  db.with(Context().setting("app.user", "ada")).sql("SELECT 1");
  ASSERT_EQ(server_.armed.size(), 1U);
  EXPECT_EQ(server_.armed[0], (std::vector<Context::Pair>{{"app.user", "ada"}}));
  db.sql("SELECT 1");
  EXPECT_EQ(server_.armed.size(), 1U) << "nothing to obey";
}

TEST_F(ServerTransactionTest, AConstraintErrorOfTheCommitIsCompletedToo) {
  const Database db = open();
  ErrorDetails details;
  details.columns = {"id"};
  details.table = "users";
  server_.script->reply("COMMIT",
                        MockReply::failing(ConstraintError(ConstraintKind::Unique, "no", details)));
  try {
    db.transaction([](Transaction&) {});
    FAIL() << "no error";
  } catch (const ConstraintError& error) {
    EXPECT_EQ(error.kind(), ConstraintKind::PrimaryKey);
  }
}

}  // namespace
}  // namespace sonde
