// How changes of the schema are noticed on engines that keep no counter of them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "fake_server.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;

class ServerSchemaTest : public testing_db::FakeServerTest {
 protected:
  void addColumn() {
    Catalog catalog;
    catalog.dialect = "fake";
    catalog.searchPath = {"main"};
    catalog.tables.push_back(tableOf("users", {"id", "name", "email", "added"}));
    setCatalog(std::move(catalog));
  }
  static bool knowsAdded(const Database& db) {
    return db.schema()->table("users").findColumn("added") != nullptr;
  }
};

TEST_F(ServerSchemaTest, TheServerIsNotAskedUnlessAWatchIsSet) {
  Config config;
  config.schema.checkInterval = 1ms;
  const Database db = open(config);
  addColumn();
  for (int i = 0; i < 5; ++i) {
    std::this_thread::sleep_for(6ms);
    db.sql("SELECT 1");
  }
  EXPECT_EQ(server_.hashesAsked, 0);
  EXPECT_EQ(server_.catalogReads, 1);
  EXPECT_FALSE(knowsAdded(db));
}

TEST_F(ServerSchemaTest, AWatchComparesTheHashAndReadsOnlyWhatChanged) {
  Config config;
  config.schema.watchInterval = 1ms;
  const Database db = open(config);
  std::this_thread::sleep_for(6ms);
  db.sql("SELECT 1");
  EXPECT_GE(server_.hashesAsked, 2);
  EXPECT_EQ(server_.catalogReads, 1);
  addColumn();
  std::this_thread::sleep_for(6ms);
  db.sql("SELECT 1");
  EXPECT_EQ(server_.catalogReads, 2);
  EXPECT_TRUE(knowsAdded(db));
}

class StaleState : public ServerSchemaTest, public testing::WithParamInterface<const char*> {};

TEST_P(StaleState, RenewsThePlanAndRunsItOnceMore) {
  const Database db = open();
  const Repository users = db.getRepository("users");
  addColumn();
  server_.script->reply("SELECT", failing<QueryError>(GetParam()));
  EXPECT_NO_THROW(static_cast<void>(users.findAll()));
  EXPECT_TRUE(knowsAdded(db));
  EXPECT_THAT(statements().back(), testing::HasSubstr("added"));
}

INSTANTIATE_TEST_SUITE_P(Every, StaleState,
                         testing::Values("42P01", "42703", "42S02", "42S22", "0A000", "42883",
                                         "42804", "42P18", "42P10"),
                         [](const auto& each) { return std::string(each.param); });

TEST_F(ServerSchemaTest, AnErrorThatOnlySoundsStaleIsGivenAfterOneLookAtTheHash) {
  const Database db = open();
  const Repository users = db.getRepository("users");
  db.refreshSchema();
  const int reads = server_.catalogReads;
  server_.script->always("SELECT", failing<QueryError>("42883"));
  EXPECT_THROW(static_cast<void>(users.findAll()), QueryError);
  EXPECT_THROW(static_cast<void>(users.findAll()), QueryError);
  EXPECT_EQ(server_.catalogReads, reads);
}

TEST_F(ServerSchemaTest, NothingIsTriedAgainInsideATransaction) {
  const Database db = open();
  addColumn();
  server_.script->always("SELECT", failing<QueryError>("42703"));
  EXPECT_THROW(db.transaction(
                   [](Transaction& tx) { static_cast<void>(tx.getRepository("users").findAll()); }),
               QueryError);
}

}  // namespace
}  // namespace sonde
