#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "db_fixture.hpp"

namespace sonde {
namespace {

using namespace testing_db;
using namespace std::chrono_literals;

class DatabaseTest : public testing::TestWithParam<Home> {
 protected:
  [[nodiscard]] Database open() const { return Database::open(configOf(GetParam(), folder_)); }
  TemporaryFolder folder_;
};

INSTANTIATE_TEST_SUITE_P(Every, DatabaseTest,
                         testing::Values(Home::Wal, Home::RollbackJournal, Home::Memory),
                         [](const auto& each) { return homeName(each.param); });

TEST_P(DatabaseTest, RunsRawSqlWithParameters) {
  const Database db = open();
  makeUsers(db, 3);
  const ResultSet rows = db.sql("SELECT name FROM users WHERE id > ? ORDER BY id", {1});
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_EQ(rows[0]["name"].as<std::string>(), "user 2");
  EXPECT_EQ(db.dialect(), "sqlite");
}

TEST_P(DatabaseTest, TellsHowManyRowsAWriteChanged) {
  const Database db = open();
  makeUsers(db, 3);
  EXPECT_EQ(db.execute("UPDATE users SET name = ? WHERE id < ?", {"x", 3}).affected, 2U);
  EXPECT_EQ(db.execute("INSERT INTO users (id, name) VALUES (?, ?)", {70, "y"}).lastInsertId, 70);
}

TEST_P(DatabaseTest, GivesTheRowsOfAWriteThatReturnsThem) {
  const Database db = open();
  makeUsers(db, 2);
  const ResultSet rows = db.sql("DELETE FROM users RETURNING id");
  EXPECT_EQ(rows.size(), 2U);
  EXPECT_EQ(countOf(db, "users"), 0);
  EXPECT_TRUE(db.sql("INSERT INTO users (name) VALUES ('a'), ('b')").empty());
  EXPECT_EQ(countOf(db, "users"), 2);
}

TEST_P(DatabaseTest, StreamsUntilTheCallbackHasEnough) {
  const Database db = open();
  makeUsers(db, 50);
  int seen = 0;
  db.stream("SELECT id FROM users ORDER BY id", {}, [&](RowView row) {
    ++seen;
    return row["id"].as<int>() < 10;
  });
  EXPECT_EQ(seen, 10);
}

TEST_P(DatabaseTest, StreamsJsonEqualToKeptJson) {
  const Database db = open();
  makeUsers(db, 3000);
  std::string streamed;
  int pieces = 0;
  db.streamJson("SELECT * FROM users ORDER BY id", {}, [&](std::string_view piece) {
    streamed += piece;
    ++pieces;
  });
  EXPECT_EQ(streamed, db.sql("SELECT * FROM users ORDER BY id").json());
  EXPECT_GT(pieces, 1);
  streamed.clear();
  db.streamJson("SELECT * FROM posts", {}, [&](std::string_view piece) { streamed += piece; });
  EXPECT_EQ(streamed, "[]");
}

TEST_P(DatabaseTest, RepositoriesAndRawSqlSeeTheSame) {
  const Database db = open();
  makeUsers(db);
  const Repository users = db.getRepository("users");
  const Row ada = users.create({{"name", "Ada"}, {"email", "ada@example.org"}});
  EXPECT_EQ(
      db.sql("SELECT name FROM users WHERE id = ?", {ada["id"]}).front()["name"].as<std::string>(),
      "Ada");
  EXPECT_THROW(static_cast<void>(db.getRepository("usrs")), SchemaError);
}

TEST_P(DatabaseTest, RefusesTransactionsByRawSql) {
  const Database db = open();
  for (const char* sql :
       {"BEGIN", "commit", "/* x */ ROLLBACK", "SAVEPOINT a", "release a", "END"}) {
    EXPECT_THROW(db.sql(sql), TransactionError) << sql;
  }
  EXPECT_THROW(db.transaction([](Transaction& tx) { tx.sql("COMMIT"); }), TransactionError);
}

TEST_P(DatabaseTest, RefusesRawSqlThatIsNotOneStatement) {
  const Database db = open();
  EXPECT_THROW(db.sql(""), ValidationError);
  EXPECT_THROW(db.sql("SELECT 1; SELECT 2"), ValidationError);
  EXPECT_THROW(db.sql("SELECT ?", {}), ValidationError);
  EXPECT_THROW(db.sql("SELECT :name", {1}), ValidationError);
  EXPECT_THROW(db.sql("SELEC 1"), QueryError);
}

TEST_P(DatabaseTest, AScriptThatLeavesATransactionOpenIsUndone) {
  const Database db = open();
  makeUsers(db);
  EXPECT_THROW(db.executeScript("BEGIN; INSERT INTO users (name) VALUES ('a');"), TransactionError);
  EXPECT_EQ(countOf(db, "users"), 0);
}

TEST_P(DatabaseTest, SeesTheSchemaItChangesItself) {
  const Database db = open();
  makeUsers(db);
  EXPECT_NE(db.schema()->findTable("users"), nullptr);
  db.sql("CREATE TABLE later (id INTEGER PRIMARY KEY)");
  EXPECT_NO_THROW(static_cast<void>(db.getRepository("later")));
  db.sql("DROP TABLE later");
  EXPECT_EQ(db.schema()->findTable("later"), nullptr);
}

TEST_P(DatabaseTest, LeavesNoLogBesideTheFileOnceItIsClosed) {
  Database db = open();
  makeUsers(db, 3);
  EXPECT_EQ(countOf(db, "users"), 3);  // In WAL mode by a reader, which must not be the last.
  db.close();
  EXPECT_FALSE(std::filesystem::exists(folder_.file("app.db-wal")));
  EXPECT_FALSE(std::filesystem::exists(folder_.file("app.db-shm")));
}

TEST_P(DatabaseTest, ClosesOnceAndRefusesEveryUseFromThenOn) {
  const Database db = open();
  makeUsers(db, 1);
  const Repository users = db.getRepository("users");
  const Database copy = db;
  db.close();
  db.close();
  EXPECT_TRUE(copy.closed());
  EXPECT_THROW(copy.sql("SELECT 1"), ConnectionError);
  EXPECT_THROW(static_cast<void>(copy.getRepository("users")), ConnectionError);
  EXPECT_THROW(static_cast<void>(users.findById(1)), ConnectionError);
  EXPECT_THROW(static_cast<void>(copy.begin()), ConnectionError);
}

TEST_P(DatabaseTest, DoesNotCloseInsideATransaction) {
  const Database db = open();
  makeUsers(db);
  Transaction tx = db.begin();
  EXPECT_THROW(db.close(), TransactionError);
  tx.execute("INSERT INTO users (name) VALUES ('a')");
  tx.commit();
  EXPECT_EQ(countOf(db, "users"), 1);
}

TEST_P(DatabaseTest, GivesUpAResultBeyondTheLimit) {
  Config config = configOf(GetParam(), folder_);
  config.limits.maxResultBytes = 10'000;
  const Database db = Database::open(config);
  makeUsers(db, 1000);
  EXPECT_THROW(db.sql("SELECT * FROM users"), ResultTooLarge);
  EXPECT_EQ(db.sql("SELECT * FROM users LIMIT 5").size(), 5U);
  int streamed = 0;
  db.stream("SELECT * FROM users", {}, [&](RowView) { return ++streamed > 0; });
  EXPECT_EQ(streamed, 1000);
}

TEST_P(DatabaseTest, ReportsItsSettingsAndItsPool) {
  Config config = configOf(GetParam(), folder_);
  config.optimization.settings["cache_size"] = "-4000";
  const Database db = Database::open(config);
  bool found = false;
  for (const SettingReport& report : db.settings()) {
    found |= report.name == "cache_size" && report.effective == "-4000";
  }
  EXPECT_TRUE(found);
  EXPECT_EQ(db.poolStats().inUse, 0U);
  EXPECT_GE(db.poolStats().open, 1U);
  EXPECT_EQ(db.topology().shape,
            GetParam() == Home::Wal ? PoolShape::WriterAndReaders : PoolShape::Single);
}

TEST_P(DatabaseTest, OutlivesItsHandleThroughARepository) {
  const auto users = [&] {
    const Database db = open();
    makeUsers(db, 1);
    return db.getRepository("users");
  }();
  EXPECT_TRUE(users.findById(1).has_value());
}

TEST(Database, CreatesNothingUnlessAsked) {
  const TemporaryFolder folder;
  const std::string path = folder.file("missing.db");
  EXPECT_THROW(static_cast<void>(Database::open("sqlite:" + path)), ConnectionError);
  EXPECT_FALSE(std::filesystem::exists(path));
  static_cast<void>(Database::open("sqlite:" + path + "?mode=rwc"));
  EXPECT_TRUE(std::filesystem::exists(path));
}

TEST(Database, RefusesWhatIsNotADatabase) {
  const TemporaryFolder folder;
  std::ofstream(folder.file("noise.db")) << std::string(8192, 'x');
  EXPECT_THROW(static_cast<void>(Database::open("sqlite:" + folder.file("noise.db"))),
               ConnectionError);
  EXPECT_THROW(static_cast<void>(Database::open("sqlite:" + folder.file(""))), ConnectionError);
  EXPECT_THROW(static_cast<void>(Database::open("nosuch:x")), ConfigError);
  EXPECT_THROW(static_cast<void>(Database::open("")), ConfigError);
}

TEST(Database, ReadOnlyReadsAndRefusesToWrite) {
  for (const Home home : {Home::Wal, Home::RollbackJournal}) {
    const TemporaryFolder folder;
    { makeUsers(Database::open(configOf(home, folder)), 2); }
    Config config;
    config.uri = "sqlite:" + folder.file("app.db");
    config.access = AccessMode::ReadOnly;
    const Database db = Database::open(config);
    EXPECT_EQ(countOf(db, "users"), 2);
    EXPECT_THROW(db.sql("INSERT INTO users (name) VALUES ('x')"), Error);
    EXPECT_EQ(db.getRepository("users").count(), 2U);
  }
}

TEST(Database, AppliesAttachmentsToEveryConnection) {
  const TemporaryFolder folder;
  Config other = configOf(Home::Wal, folder);
  other.uri = "sqlite:" + folder.file("other.db");
  { makeUsers(Database::open(other), 3); }
  Config config = configOf(Home::Wal, folder);
  config.attachments.push_back({"other", folder.file("other.db")});
  const Database db = Database::open(config);
  ASSERT_EQ(db.topology().shape, PoolShape::WriterAndReaders) << db.topology().reason;
  EXPECT_EQ(countOf(db, "other.users"), 3);
  std::thread([&] { EXPECT_EQ(countOf(db, "other.users"), 3); }).join();
  db.execute("INSERT INTO other.users (name) VALUES ('x')");
  EXPECT_EQ(db.getRepository("other.users").count(), 4U);
  EXPECT_THROW(db.sql("ATTACH ':memory:' AS third"), Unsupported);
}

TEST(Database, MakesTemporaryTablesOnlyWhereTheyCanBeUsed) {
  const TemporaryFolder folder;
  const Database wal = Database::open(configOf(Home::Wal, folder));
  EXPECT_THROW(wal.execute("CREATE TEMP TABLE t (a)"), Unsupported);
  wal.transaction([](Transaction& tx) {
    tx.execute("CREATE TEMP TABLE t (a)");
    tx.execute("INSERT INTO t VALUES (1)");
    EXPECT_EQ(tx.sql("SELECT a FROM t").size(), 1U);
    tx.rollback();
  });
  const Database memory = Database::open("sqlite::memory:");
  memory.execute("CREATE TEMP TABLE t (a)");
  memory.execute("INSERT INTO t VALUES (1)");
  EXPECT_EQ(memory.getRepository("t").count(), 1U);
}

TEST(Database, IsSharedUntilItsConfigurationChanges) {
  const TemporaryFolder folder;
  Config config = configOf(Home::Wal, folder);
  const Database first = Database::shared(config);
  makeUsers(first);
  EXPECT_EQ(Database::shared(config).executor(), first.executor());
  config.pool.readers = 2;
  const Database second = Database::shared(config);
  EXPECT_NE(second.executor(), first.executor());
  EXPECT_EQ(Database::shared(config).executor(), second.executor());
  EXPECT_EQ(countOf(first, "users"), 0) << "the old one stays open for those who hold it";

  EXPECT_EQ(Database::closeShared("sqlite:nobody"), 0U);
  EXPECT_EQ(Database::closeShared(config.uri), 1U);
  EXPECT_TRUE(second.closed());
  const Database third = Database::shared(config);
  EXPECT_FALSE(third.closed());
  EXPECT_EQ(Database::resetShared(), 1U);
  EXPECT_FALSE(third.closed());
  const Database fourth = Database::shared(config);
  EXPECT_NE(fourth.executor(), third.executor());
  EXPECT_EQ(Database::closeShared(), 1U);
  EXPECT_TRUE(fourth.closed());
}

TEST(Database, AClosedSharedInstanceIsReplaced) {
  const TemporaryFolder folder;
  const Config config = configOf(Home::Memory, folder);
  Database::shared(config).close();
  EXPECT_FALSE(Database::shared(config).closed());
  Database::closeShared();
}

}  // namespace
}  // namespace sonde
