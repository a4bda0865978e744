#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/core/result_set.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

namespace sonde {
namespace {

class Mock : public testing::Test {
 protected:
  std::unique_ptr<Connection> open(TransactionMode mode = TransactionMode::Write) {
    return MockDriver(database_).connect(DriverOptions(), mode);
  }

  std::shared_ptr<MockDatabase> database_ = std::make_shared<MockDatabase>();
};

std::vector<std::string> strings(std::initializer_list<const char*> texts) {
  return {texts.begin(), texts.end()};
}

TEST_F(Mock, RecordsWhatRanWithItsArguments) {
  const auto connection = open();
  const auto statement = connection->prepare("UPDATE t SET a = ? WHERE b = ?", true);
  ASSERT_EQ(statement->parameterCount(), 2U);
  const std::vector<Arg> args = {"x", 7};
  statement->bind(args);
  EXPECT_TRUE(database_->calls().empty());
  EXPECT_EQ(statement->run(), 0U);
  statement->reset();
  ASSERT_EQ(database_->calls().size(), 1U);
  EXPECT_EQ(database_->calls()[0].args, (std::vector<Value>{"x", 7}));
  database_->clearCalls();
  EXPECT_TRUE(database_->calls().empty());
}

TEST_F(Mock, PlaysRowsOfEveryKind) {
  const std::vector<Value> row = {nullptr, true, 1, 2.5, "a", Blob("\x01"), Value::array({1, "b"})};
  database_->reply("SELECT", MockReply::table({"n", "b", "i", "r", "t", "x", "j"}, {row, row}));
  const auto connection = open();
  const auto statement = connection->prepare("SELECT everything", true);
  const ResultSet rows(statement->fetch(0, 0));
  statement->reset();
  ASSERT_EQ(rows.size(), 2U);
  const Row first = rows[0];
  EXPECT_TRUE(first["n"].isNull());
  EXPECT_TRUE(first["b"].as<bool>());
  EXPECT_EQ(first["i"].as<int>(), 1);
  EXPECT_EQ(first["r"].as<double>(), 2.5);
  EXPECT_EQ(first["t"].text(), "a");
  EXPECT_EQ(first["x"].value(), Value(Blob("\x01")));
  EXPECT_EQ(first["j"].type(), Type::Json);
  EXPECT_EQ(first["j"].text(), "[1,\"b\"]");
}

TEST_F(Mock, StepsThroughRowsAndStopsEarly) {
  database_->always("SELECT", MockReply::table({"i"}, {{1}, {2}, {3}}));
  const auto connection = open();
  const auto statement = connection->prepare("SELECT i", true);
  for (int run = 0; run < 2; ++run) {
    for (int i = 1; i <= 3; ++i) {
      const Cell* cell = statement->step();
      ASSERT_NE(cell, nullptr);
      EXPECT_EQ(cell->integer, i);
    }
    EXPECT_EQ(statement->step(), nullptr);
    EXPECT_EQ((*statement->columns())[0].name, "i");
    statement->reset();
  }
  EXPECT_EQ(statement->fetch(2, 0)->rowCount(), 2U);
  statement->reset();
  EXPECT_EQ(database_->calls().size(), 3U);
}

TEST_F(Mock, AnswersInOrderThenAlways) {
  database_->always("INSERT", MockReply::changed(9));
  database_->reply("INSERT", MockReply::changed(1, 41));
  database_->reply("INSERT", MockReply::changed(1, 42));
  const auto connection = open();
  const auto statement = connection->prepare("INSERT INTO t DEFAULT VALUES", true);
  const auto run = [&] {
    const std::uint64_t affected = statement->run();
    statement->reset();
    return affected;
  };
  EXPECT_EQ(database_->pendingReplies(), 2U);
  EXPECT_EQ(run(), 1U);
  EXPECT_EQ(connection->lastInsertId(), 41);
  EXPECT_EQ(run(), 1U);
  EXPECT_EQ(connection->lastInsertId(), 42);
  EXPECT_EQ(run(), 9U);
  EXPECT_EQ(connection->lastInsertId(), 42);
  EXPECT_EQ(database_->pendingReplies(), 0U);
}

TEST_F(Mock, ThrowsWhatWasScripted) {
  database_->reply("DELETE", MockReply::failing(ConstraintError(ConstraintKind::ForeignKey, "no")));
  const auto connection = open();
  const auto statement = connection->prepare("DELETE FROM t", false);
  EXPECT_THROW((void)statement->run(), ConstraintError);
  statement->reset();
  EXPECT_EQ(statement->run(), 0U);
}

TEST_F(Mock, RecordsTransactionsAndScripts) {
  const auto connection = open();
  connection->begin(TransactionMode::Write);
  EXPECT_TRUE(connection->inTransaction());
  connection->savepoint(1);
  connection->rollbackToSavepoint(1);
  connection->releaseSavepoint(1);
  connection->commit();
  EXPECT_FALSE(connection->inTransaction());
  connection->begin(TransactionMode::Read);
  connection->rollback();
  connection->executeScript("CREATE TABLE a (b); ; DROP TABLE a");
  EXPECT_EQ(
      database_->statements(),
      strings({"BEGIN IMMEDIATE", "SAVEPOINT sonde_1", "ROLLBACK TO sonde_1", "RELEASE sonde_1",
               "COMMIT", "BEGIN", "ROLLBACK", "CREATE TABLE a (b)", "DROP TABLE a"}));
}

TEST_F(Mock, RefusesWhatCannotBePreparedOrBound) {
  const auto connection = open();
  EXPECT_THROW((void)connection->prepare("", true), ValidationError);
  EXPECT_THROW((void)connection->prepare("SELECT 1; SELECT 2", true), ValidationError);
  const auto statement = connection->prepare("SELECT ? FROM t WHERE a = '?'", true);
  EXPECT_EQ(statement->parameterCount(), 1U);
  EXPECT_THROW(statement->bind({}), ValidationError);
  EXPECT_THROW((void)statement->step(), ValidationError);
}

TEST_F(Mock, AReadConnectionRefusesWrites) {
  const auto connection = open(TransactionMode::Read);
  EXPECT_TRUE(connection->readOnly());
  const auto write = connection->prepare("DELETE FROM t", true);
  EXPECT_FALSE(write->readOnly());
  EXPECT_THROW((void)write->run(), QueryError);
  EXPECT_TRUE(connection->prepare("SELECT 1", true)->readOnly());
}

TEST_F(Mock, BreaksOpenConnectionsOnly) {
  const auto connection = open();
  database_->breakConnections();
  EXPECT_THROW((void)connection->prepare("SELECT 1", true), ConnectionError);
  EXPECT_TRUE(connection->broken());
  const auto other = open();
  EXPECT_NO_THROW((void)other->prepare("SELECT 1", true));
  EXPECT_FALSE(other->broken());
}

TEST_F(Mock, ObeysTheContext) {
  const auto connection = open();
  const auto statement = connection->prepare("SELECT 1", true);
  Context late;
  late.deadline(Context::Clock::now() - std::chrono::seconds(1));
  connection->arm(late);
  EXPECT_THROW((void)statement->step(), Timeout);
  connection->disarm();
  statement->reset();
  connection->interrupt();
  EXPECT_THROW((void)statement->step(), Cancelled);
  EXPECT_EQ(statement->step(), nullptr);
}

TEST_F(Mock, TellsThatTheSchemaChanged) {
  const auto connection = open();
  const auto statement = connection->prepare("SELECT 1", true);
  const auto before = connection->schemaCounter();
  EXPECT_FALSE(statement->takeSchemaChanged());
  Catalog catalog;
  catalog.dialect = "mock";
  catalog.tables.emplace_back();
  catalog.tables.back().name = "t";
  database_->setCatalog(catalog);
  EXPECT_NE(connection->schemaCounter(), before);
  EXPECT_TRUE(statement->takeSchemaChanged());
  EXPECT_FALSE(statement->takeSchemaChanged());
  EXPECT_EQ(connection->readCatalog().tables.front().name, "t");
}

TEST_F(Mock, LimitsTheBytesOfAResult) {
  database_->reply("SELECT", MockReply::table({"t"}, {{std::string(100, 'x')}, {"y"}}));
  const auto connection = open();
  const auto statement = connection->prepare("SELECT t", true);
  EXPECT_THROW((void)statement->fetch(0, 50), ResultTooLarge);
}

TEST_F(Mock, IsFoundByTheNameInItsUri) {
  const auto shop = MockDatabase::named("shop");
  EXPECT_EQ(MockDatabase::named("shop"), shop);
  DriverOptions options;
  options.uri = Uri::parse("mock:shop");
  const auto connection = makeMockDriver()->connect(options, TransactionMode::Write);
  connection->executeScript("SELECT 1");
  EXPECT_EQ(shop->statements(), strings({"SELECT 1"}));
  MockDatabase::forget("shop");
  EXPECT_NE(MockDatabase::named("shop"), shop);
  MockDatabase::forget("shop");
}

}  // namespace
}  // namespace sonde
