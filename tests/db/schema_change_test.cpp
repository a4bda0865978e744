// Changes of the schema, by this process and by another.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;
using namespace std::chrono_literals;

class SchemaChangeTest : public testing::TestWithParam<Home> {
 protected:
  SchemaChangeTest() : other_(folder_.file("app.db")) {}

  Database open(std::chrono::milliseconds interval) {
    Config config = configOf(GetParam(), folder_);
    config.schema.checkInterval = interval;
    Database db = Database::open(config);
    makeUsers(db, 3);
    return db;
  }

  TemporaryFolder folder_;
  OtherProcess other_;
};

INSTANTIATE_TEST_SUITE_P(Every, SchemaChangeTest, testing::Values(Home::Wal, Home::RollbackJournal),
                         [](const auto& each) { return homeName(each.param); });

TEST_P(SchemaChangeTest, RefreshingFindsWhatAnotherProcessDid) {
  const Database db = open(0ms);
  ASSERT_EQ(other_.run("CREATE TABLE theirs (id INTEGER PRIMARY KEY)"), 0);
  EXPECT_EQ(db.schema()->findTable("theirs"), nullptr);
  EXPECT_TRUE(db.refreshSchema());
  EXPECT_NE(db.schema()->findTable("theirs"), nullptr);
  EXPECT_FALSE(db.refreshSchema());
}

TEST_P(SchemaChangeTest, IsNoticedWhileTheDatabaseIsUsed) {
  const Database db = open(1ms);
  ASSERT_EQ(other_.run("CREATE TABLE theirs (id INTEGER PRIMARY KEY)"), 0);
  const auto until = std::chrono::steady_clock::now() + 10s;
  while (db.schema()->findTable("theirs") == nullptr && std::chrono::steady_clock::now() < until) {
    std::this_thread::sleep_for(2ms);
    static_cast<void>(db.getRepository("users").findById(1));
  }
  EXPECT_NE(db.schema()->findTable("theirs"), nullptr);
}

TEST_P(SchemaChangeTest, IsNoticedByAStatementThatHadToBePreparedAgain) {
  const Database db = open(0ms);
  const Repository users = db.getRepository("users");
  static_cast<void>(users.findById(1));
  ASSERT_EQ(other_.run("ALTER TABLE users ADD COLUMN age INTEGER DEFAULT 7"), 0);
  static_cast<void>(users.findById(1));
  EXPECT_NE(db.schema()->table("users").findColumn("age"), nullptr);
  const auto row = users.findById(1);
  ASSERT_TRUE(row.has_value());
  EXPECT_EQ((*row)["age"].as<int>(), 7);
}

TEST_P(SchemaChangeTest, ARepositoryGoesOnAfterAColumnWasRenamed) {
  const Database db = open(0ms);
  const Repository users = db.getRepository("users");
  EXPECT_EQ(users.findAll().size(), 3U);
  ASSERT_EQ(other_.run("ALTER TABLE users RENAME COLUMN email TO mail"), 0);
  const ResultSet rows = users.findAll();
  EXPECT_EQ(rows.size(), 3U);
  EXPECT_TRUE(rows[0].has("mail"));
}

TEST_P(SchemaChangeTest, ListenersAreToldOnceWithBothFingerprints) {
  const Database db = open(0ms);
  std::vector<SchemaChange> heard;
  const Subscription subscription =
      db.onSchemaChange([&](const SchemaChange& change) { heard.push_back(change); });
  const std::string before = db.schema()->fingerprint();
  db.sql("CREATE INDEX users_name ON users (name)");
  ASSERT_EQ(heard.size(), 1U);
  EXPECT_EQ(heard[0].before, before);
  EXPECT_EQ(heard[0].after, db.schema()->fingerprint());
  db.refreshSchema();
  db.sql("ANALYZE");
  EXPECT_EQ(db.getRepository("users").count(), 3U);
  EXPECT_EQ(heard.size(), 1U + (db.schema()->fingerprint() == heard[0].after ? 0U : 1U));
}

TEST_P(SchemaChangeTest, AListenerMayUseTheDatabase) {
  const Database db = open(0ms);
  std::uint64_t seen = 0;
  const Subscription subscription = db.onSchemaChange([&](const SchemaChange&) {
    seen = db.getRepository("later").count();
    db.getRepository("later").insert({{"id", 5}});
  });
  db.sql("CREATE TABLE later (id INTEGER PRIMARY KEY)");
  EXPECT_EQ(seen, 0U);
  EXPECT_EQ(db.getRepository("later").count(), 1U);
}

TEST_P(SchemaChangeTest, ManyThreadsThatRefreshAgree) {
  const Database db = open(0ms);
  std::atomic<int> heard{0};
  const Subscription subscription = db.onSchemaChange([&](const SchemaChange&) { ++heard; });
  ASSERT_EQ(other_.run("CREATE TABLE theirs (id INTEGER PRIMARY KEY)"), 0);
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      db.refreshSchema();
      EXPECT_NE(db.schema()->findTable("theirs"), nullptr);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(heard, 1);
}

TEST_P(SchemaChangeTest, WritersBesideAnAlteringProcessNeverFail) {
  const Database db = open(1ms);
  std::atomic<bool> done{false};
  std::atomic<int> written{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 2; ++t) {
    threads.emplace_back([&] {
      const Repository users = db.getRepository("users");
      while (!done) {
        users.insert({{"name", "x"}});
        static_cast<void>(users.findById(1));
        ++written;
      }
    });
  }
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(other_.run("ALTER TABLE users ADD COLUMN extra" + std::to_string(i) + " TEXT"), 0);
    std::this_thread::sleep_for(3ms);
  }
  done = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(countOf(db, "users"), 3 + written);
  db.refreshSchema();
  EXPECT_NE(db.schema()->table("users").findColumn("extra9"), nullptr);
}

TEST_P(SchemaChangeTest, NamesOfTheConfigurationMayLoseTheirTable) {
  static_cast<void>(open(0ms));
  Config config = configOf(GetParam(), folder_);
  config.naming.relations["posts"]["user"] = "author";
  const Database db = Database::open(config);
  EXPECT_NE(db.schema()->table("posts").findRelation("author"), nullptr);
  EXPECT_NO_THROW(db.sql("DROP TABLE posts"));
  EXPECT_EQ(db.schema()->findTable("posts"), nullptr);
}

}  // namespace
}  // namespace sonde
