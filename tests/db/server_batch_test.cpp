// Many rows at once: in bulk, several a statement, batches of finders and keys.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fake_server.hpp"

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::SizeIs;

class ServerBatchTest : public testing_db::FakeServerTest {
 protected:
  static std::vector<Record> rows(int count, int from = 0) {
    std::vector<Record> made;
    for (int i = from; i < from + count; ++i) {
      made.push_back({{"id", i}, {"name", "n" + std::to_string(i)}});
    }
    return made;
  }
  // What a statement of these rows returns.
  static MockReply stored(int count, int from = 0) {
    std::vector<std::vector<Value>> values;
    for (int i = from; i < from + count; ++i) {
      values.push_back({i, "n" + std::to_string(i), nullptr});
    }
    return MockReply::table({"id", "name", "email"}, std::move(values));
  }
  // How many rows each INSERT that ran had.
  std::vector<std::size_t> rowsOfInserts(std::size_t columns = 2) {
    std::vector<std::size_t> sizes;
    for (const MockCall& call : server_.script->calls()) {
      if (call.sql.starts_with("INSERT")) sizes.push_back(call.args.size() / columns);
    }
    server_.script->clearCalls();
    return sizes;
  }
};

TEST_F(ServerBatchTest, InsertManyGoesInBulkWhereTheEngineCan) {
  server_.capabilities.bulkInsert = true;
  const Database db = open();
  EXPECT_EQ(db.getRepository("users").insertMany(rows(100)), 100U);
  EXPECT_THAT(server_.bulkColumns, ElementsAre("id", "name"));
  ASSERT_THAT(server_.bulkRows, SizeIs(100));
  EXPECT_EQ(server_.bulkRows[99][1].text(), "n99");
  EXPECT_THAT(statements(), ElementsAre()) << "neither an INSERT nor a transaction";
}

TEST_F(ServerBatchTest, InsideATransactionABulkInsertHasASavepoint) {
  server_.capabilities.bulkInsert = true;
  const Database db = open();
  db.transaction([&](Transaction& tx) { tx.getRepository("users").insertMany(rows(100)); });
  EXPECT_THAT(server_.bulkRows, SizeIs(100));
  EXPECT_THAT(statements(),
              ElementsAre("BEGIN IMMEDIATE", "SAVEPOINT sonde_1", "RELEASE sonde_1", "COMMIT"));
}

TEST_F(ServerBatchTest, InsertManyIsNoBulkForFewRowsDifferentColumnsOrListeners) {
  server_.capabilities.bulkInsert = true;
  const Database db = open();
  const Repository users = db.getRepository("users");
  users.insertMany(rows(10));
  std::vector<Record> mixed = rows(100);
  mixed[50] = {{"id", 50}};
  users.insertMany(mixed);
  const Subscription listener = db.afterCommit([](const ChangeSet&) {});
  users.insertMany(rows(100));
  EXPECT_THAT(server_.bulkRows, SizeIs(0));
}

TEST_F(ServerBatchTest, ABulkInsertChecksEveryValueFirst) {
  server_.capabilities.bulkInsert = true;
  const Database db = open();
  std::vector<Record> wrong = rows(100);
  wrong[99] = {{"id", Value::array({})}, {"name", "x"}};
  EXPECT_THROW(db.getRepository("users").insertMany(wrong), ValidationError);
  EXPECT_THAT(server_.bulkRows, SizeIs(0));
}

TEST_F(ServerBatchTest, InsertManyTakesSeveralRowsAStatement) {
  const Database db = open();
  server_.script->always("INSERT", MockReply::changed(1));
  db.getRepository("users").insertMany(rows(64 + 2 * 8 + 3));
  EXPECT_THAT(rowsOfInserts(), ElementsAre(64U, 8U, 8U, 1U, 1U, 1U));
}

TEST_F(ServerBatchTest, AStatementTakesNoMoreParametersThanTheEngine) {
  server_.capabilities.maxParameters = 20;
  const Database db = open();
  server_.script->always("INSERT", MockReply::changed(1));
  db.getRepository("users").insertMany(rows(17));
  EXPECT_THAT(rowsOfInserts(), ElementsAre(8U, 8U, 1U));
}

TEST_F(ServerBatchTest, EachSetOfColumnsHasItsOwnStatements) {
  const Database db = open();
  server_.script->always("INSERT", MockReply::changed(1));
  std::vector<Record> mixed = rows(8);
  mixed.push_back({{"name", "other"}, {"id", 9}});
  for (const Record& row : rows(8, 20)) mixed.push_back(row);
  db.getRepository("users").insertMany(mixed);
  EXPECT_THAT(rowsOfInserts(), ElementsAre(8U, 1U, 8U));
}

TEST_F(ServerBatchTest, CreateManyGivesTheRowsInTheirOrder) {
  const Database db = open();
  server_.script->reply("INSERT", stored(64));
  server_.script->reply("INSERT", stored(8, 64));
  server_.script->reply("INSERT", stored(1, 72));
  const ResultSet all = db.getRepository("users").createMany(rows(73));
  ASSERT_EQ(all.size(), 73U);
  for (std::size_t i = 0; i < all.size(); ++i) {
    EXPECT_EQ(all[i]["id"].as<std::size_t>(), i);
    EXPECT_EQ(all[i]["name"].text(), "n" + std::to_string(i));
  }
}

TEST_F(ServerBatchTest, CreateManyStoresNothingWhenARowIsMissing) {
  const Database db = open();
  server_.script->reply("INSERT", stored(7));
  EXPECT_THROW(db.getRepository("users").createMany(rows(8)), NotFound);
  EXPECT_EQ(statements().back(), "ROLLBACK");
}

TEST_F(ServerBatchTest, CreateManyTellsEachRow) {
  const Database db = open();
  std::vector<std::int64_t> told;
  const Subscription listener = db.afterCommit([&](const ChangeSet& changes) {
    for (const Change& change : changes) told.push_back((*change.row)["id"].as<std::int64_t>());
  });
  server_.script->reply("INSERT", stored(8));
  static_cast<void>(db.getRepository("users").createMany(rows(8)));
  EXPECT_THAT(told, ElementsAre(0, 1, 2, 3, 4, 5, 6, 7));
}

TEST_F(ServerBatchTest, FindByIdsAsksOnceForNumbersAndKeepsTheirOrder) {
  const Database db = open();
  server_.script->reply("SELECT", stored(3, 5));
  const std::vector<Value> keys{7, 99, 5, 7};
  const auto found = db.getRepository("users").findByIds(keys);
  ASSERT_THAT(found, SizeIs(4));
  EXPECT_EQ((*found[0])["id"].as<int>(), 7);
  EXPECT_FALSE(found[1].has_value());
  EXPECT_EQ((*found[2])["id"].as<int>(), 5);
  EXPECT_EQ((*found[3])["id"].as<int>(), 7);
  EXPECT_THAT(statements(), ElementsAre(HasSubstr("IN (?, ?, ?, ?)")));
}

TEST_F(ServerBatchTest, FindByIdsLeavesOtherKeysToTheEngine) {
  const Database db = open();
  server_.script->reply("SELECT", stored(1, 1));
  server_.script->reply("SELECT", stored(0));
  const std::vector<Value> keys{"1", "x"};
  const auto found = db.getRepository("users").findByIds(keys);
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_TRUE(found[0].has_value());
  EXPECT_FALSE(found[1].has_value());
  EXPECT_THAT(statements(), SizeIs(2));
  EXPECT_THAT(db.getRepository("users").findByIds({}), SizeIs(0));
}

TEST_F(ServerBatchTest, AFinderRunsForEachListOfArguments) {
  const Database db = open();
  const Finder byName = db.getRepository("users").finder("findOneByName");
  server_.script->reply("SELECT", stored(1, 1));
  server_.script->reply("SELECT", stored(0));
  const std::vector<Value> names{"n1", "nobody"};
  const auto results = byName.each(names);
  ASSERT_THAT(results, SizeIs(2));
  EXPECT_EQ((*results[0].row())["id"].as<int>(), 1);
  EXPECT_FALSE(results[1].row().has_value());
}

TEST_F(ServerBatchTest, AFinderWithANullAmongItsArgumentsStillMeansTheSame) {
  const Database db = open();
  const std::vector<Value> names{"n1", nullptr};
  static_cast<void>(db.getRepository("users").finder("findManyByName").each(names));
  const auto ran = statements();
  ASSERT_THAT(ran, SizeIs(2));
  EXPECT_THAT(ran[1], HasSubstr("IS NULL"));
}

TEST_F(ServerBatchTest, AFinderChecksEveryListBeforeAnySql) {
  const Database db = open();
  const Finder finder = db.getRepository("users").finder("findManyByNameAndEmail");
  const Arg both[] = {"a", "b"};
  const Args batch[] = {Args(both), Args(both).first(1)};
  EXPECT_THROW(static_cast<void>(finder.each(batch)), ValidationError);
  EXPECT_THAT(statements(), ElementsAre());
}

}  // namespace
}  // namespace sonde
