// Connections, transactions, errors and faults of the MySQL driver, on a real MariaDB.
#include <chrono>
#include <sonde/core/context.hpp>
#include <sonde/dialects/mysql/mysql_driver.hpp>
#include <sonde/introspect/table.hpp>
#include <stop_token>
#include <thread>

#include "../../servers/private_server.hpp"
#include "mysql_fixture.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using test::connectMysql;
using MysqlConnections = test::MysqlTest;
using Clock = std::chrono::steady_clock;

template <class Work>
Error errorOf(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return Error("nothing");
}

template <class Work>
ConstraintKind kindOf(Work work, std::vector<std::string> columns) {
  try {
    work();
  } catch (const ConstraintError& error) {
    EXPECT_EQ(error.columns(), columns) << error.what();
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    return error.kind();
  }
  ADD_FAILURE() << "nothing was thrown";
  return ConstraintKind::Other;
}

TEST_F(MysqlConnections, TellWhichConstraintBroke) {
  db().run(
      "CREATE TABLE p (id int PRIMARY KEY, email varchar(20) UNIQUE, n int NOT NULL, "
      "age int CHECK (age > 0));"
      "CREATE TABLE c (id int PRIMARY KEY, p_id int, CONSTRAINT fk FOREIGN KEY (p_id) "
      "REFERENCES p (id));"
      "INSERT INTO p VALUES (1, 'secret', 1, 1); INSERT INTO c VALUES (1, 1)");
  const auto kind = [&](const char* sql, std::vector<std::string> columns) {
    return kindOf([&] { run(sql); }, std::move(columns));
  };
  EXPECT_EQ(kind("INSERT INTO p VALUES (1, 'b', 1, 1)", {"id"}), ConstraintKind::PrimaryKey);
  EXPECT_EQ(kind("INSERT INTO p VALUES (2, 'secret', 1, 1)", {"email"}), ConstraintKind::Unique);
  EXPECT_EQ(kind("INSERT INTO p VALUES (2, 'b', NULL, 1)", {"n"}), ConstraintKind::NotNull);
  EXPECT_EQ(kind("INSERT INTO p (id) VALUES (2)", {"n"}), ConstraintKind::NotNull);
  EXPECT_EQ(kind("INSERT INTO p VALUES (2, 'b', 1, -1)", {"age"}), ConstraintKind::Check);
  EXPECT_EQ(kind("INSERT INTO c VALUES (2, 9)", {"p_id"}), ConstraintKind::ForeignKey);
  EXPECT_EQ(kind("DELETE FROM p", {"p_id"}), ConstraintKind::ForeignKey);
  const Error foreign = errorOf([&] { run("INSERT INTO c VALUES (2, 9)"); });
  EXPECT_EQ(foreign.table(), "c");
  EXPECT_EQ(foreign.constraint(), "fk");
}

TEST_F(MysqlConnections, KeepValuesOutOfMessages) {
  db().run("CREATE TABLE t (a int, b date)");
  for (const char* sql : {"INSERT INTO t (a) VALUES (?)", "INSERT INTO t (b) VALUES (?)"}) {
    const Error error = errorOf([&] { run(sql, {"top secret"}); });
    EXPECT_EQ(error.code(), ErrorCode::Query);
    EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
  }
}

TEST_F(MysqlConnections, ObeyDeadlinesAndStopTokensAndGoOn) {
  Context late;
  late.timeout(200ms);
  const auto began = Clock::now();
  connection().arm(late);
  EXPECT_EQ(errorOf([&] { query("SELECT sleep(30)"); }).code(), ErrorCode::Timeout);
  connection().disarm();
  EXPECT_LT(Clock::now() - began, 5s);

  std::stop_source source;
  Context stopped;
  stopped.stopToken(source.get_token());
  connection().arm(stopped);
  {
    const std::jthread stopper([&] {
      std::this_thread::sleep_for(100ms);
      source.request_stop();
    });
    EXPECT_EQ(errorOf([&] { query("SELECT benchmark(1000000000, md5('a'))"); }).code(),
              ErrorCode::Cancelled);
  }
  connection().disarm();
  EXPECT_FALSE(connection().broken());
  EXPECT_EQ(json("SELECT 1 AS a"), R"([{"a":1}])");
}

TEST_F(MysqlConnections, GiveUpRowsThatNobodyWants) {
  const auto statement = connection().prepare("SELECT seq FROM seq_1_to_100000000", true);
  statement->bind({});
  ASSERT_NE(statement->step(), nullptr);
  const auto began = Clock::now();
  statement->reset();
  EXPECT_LT(Clock::now() - began, 5s);
  EXPECT_EQ(json("SELECT 1 AS a"), R"([{"a":1}])");
}

TEST_F(MysqlConnections, TellTheTruthOfTransactions) {
  db().run("CREATE TABLE t (id int PRIMARY KEY) ENGINE = InnoDB");
  connection().begin(BeginOptions());
  EXPECT_TRUE(connection().inTransaction());
  EXPECT_THROW(connection().begin(BeginOptions()), TransactionError);
  run("INSERT INTO t VALUES (1)");
  connection().savepoint(1);
  run("INSERT INTO t VALUES (2)");
  connection().rollbackToSavepoint(1);
  EXPECT_THROW(run("INSERT INTO t VALUES (1)"), ConstraintError);
  EXPECT_TRUE(connection().inTransaction());
  connection().commit();
  EXPECT_EQ(json("SELECT id FROM t"), R"([{"id":1}])");
  // DDL commits, even where it fails.
  connection().begin(BeginOptions());
  EXPECT_THROW(connection().executeScript("CREATE TABLE t (id int)"), QueryError);
  EXPECT_FALSE(connection().inTransaction());
  EXPECT_THROW(connection().commit(), TransactionError);
  // A transaction for reading writes nothing.
  connection().begin(TransactionMode::Read);
  EXPECT_THROW(run("INSERT INTO t VALUES (3)"), QueryError);
  connection().rollback();
}

TEST_F(MysqlConnections, TellDeadlocksAndLockWaitsApart) {
  db().run("CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 0), (2, 0)");
  const auto other = connectMysql(db().uri("busy_timeout=1000"));
  connection().begin(BeginOptions());
  other->begin(BeginOptions());
  run("UPDATE t SET n = 1 WHERE id = 1");
  const auto update = [&](const char* sql) { other->executeScript(sql); };
  EXPECT_EQ(errorOf([&] { update("UPDATE t SET n = 2 WHERE id = 1"); }).code(), ErrorCode::Timeout);
  EXPECT_TRUE(other->inTransaction());
  update("UPDATE t SET n = 2 WHERE id = 2");
  // Each now waits for the other; the server ends one of the two.
  int deadlocks = 0;
  const auto attempt = [&](Connection& who, const char* sql) {
    try {
      who.executeScript(sql);
    } catch (const TransactionError& error) {
      EXPECT_TRUE(error.retryable());
      EXPECT_FALSE(who.inTransaction());
      ++deadlocks;
    }
  };
  {
    const std::jthread waiter([&] { attempt(connection(), "UPDATE t SET n = 1 WHERE id = 2"); });
    std::this_thread::sleep_for(300ms);
    attempt(*other, "UPDATE t SET n = 2 WHERE id = 1");
    other->rollback();
  }
  EXPECT_EQ(deadlocks, 1);
  connection().rollback();
}

TEST_F(MysqlConnections, BecomeAsNewByReset) {
  const auto statement = connection().prepare("SELECT @a AS a, @@time_zone AS z", true);
  connection().executeScript(
      "SET @a = 5; SET time_zone = '+01:00'; CREATE TEMPORARY TABLE tmp "
      "(a int)");
  connection().resetState();
  statement->bind({});
  const ResultSet rows(statement->fetch(0, 0));
  statement->reset();
  EXPECT_EQ(rows[0].view().toJson().dump(), R"({"a":null,"z":"+00:00"})");
  EXPECT_THROW(query("SELECT * FROM tmp"), QueryError);
  EXPECT_TRUE(connection().ping(1s));
}

TEST_F(MysqlConnections, HoldNamedLocks) {
  const auto other = connectMysql(db().uri());
  const std::string name(100, 'n');
  EXPECT_TRUE(connection().lock(name, 0ms));
  EXPECT_FALSE(other->lock(name, 100ms));
  connection().unlock(name);
  EXPECT_TRUE(other->lock(name, 0ms));
}

TEST_F(MysqlConnections, InsertManyRowsOfMixedKindsAtOnce) {
  db().run("CREATE TABLE t (a int, b varchar(20), c double, d varbinary(5))");
  Table table;
  table.name = "t";
  int row = 0;
  std::string text;
  std::vector<Arg> args;
  const Blob blob(std::string_view("\0\1", 2));
  const auto next = [&]() -> Args {
    if (row == 10'000) return {};
    text = "n" + std::to_string(row);
    // Every thousandth row has other kinds of values, which begins another batch.
    if (row % 1000 == 999) {
      args = {nullptr, row, 1, blob};
    } else {
      args = {row, text, 0.5, nullptr};
    }
    ++row;
    return args;
  };
  EXPECT_EQ(connection().bulkInsert(table, {"a", "b", "c", "d"}, next), 10'000U);
  EXPECT_FALSE(connection().inTransaction());
  EXPECT_EQ(json("SELECT count(*) AS n, count(a) AS a, count(d) AS d, min(c) AS c, "
                 "sum(b = concat('n', a)) AS b FROM t"),
            R"([{"n":10000,"a":9990,"d":10,"c":0.5,"b":"9990"}])");
}

TEST_F(MysqlConnections, StoreAllRowsOfABulkInsertOrNone) {
  db().run("CREATE TABLE t (a int PRIMARY KEY) ENGINE = InnoDB");
  Table table;
  table.name = "t";
  int row = 0;
  std::vector<Arg> args;
  const auto next = [&]() -> Args {
    if (row == 9000) return {};
    args = {row++ % 8999};
    return args;
  };
  EXPECT_THROW(connection().bulkInsert(table, {"a"}, next), ConstraintError);
  EXPECT_EQ(json("SELECT count(*) AS n FROM t"), R"([{"n":0}])");
}

TEST_F(MysqlConnections, NameTheNearestSetting) {
  EXPECT_EQ(connectMysql(db().uri("max_statement_time=7"))->settings().at(1).effective, "7.000000");
  try {
    (void)connectMysql(db().uri("max_statment_time=7"));
    FAIL() << "there is no such setting";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find("\"max_statement_time\""), std::string::npos);
  }
  EXPECT_THROW((void)connectMysql(db().uri("sql_mode=ANSI")), ConfigError);
  EXPECT_THROW((void)connectMysql(db().uri("ssl-mode=perhaps")), ConfigError);
}

TEST_F(MysqlConnections, SayWhyTheyCannotBeOpened) {
  const test::Server& server = db().server();
  const std::string port = std::to_string(server.port);
  const auto open = [](const std::string& uri) { (void)connectMysql(uri); };
  const Error denied = errorOf([&] { open("mysql://sonde:wrong@127.0.0.1:" + port + "/mysql"); });
  EXPECT_EQ(denied.code(), ErrorCode::Connection);
  EXPECT_EQ(denied.nativeCode(), 1045);
  EXPECT_EQ(std::string(denied.what()).find("wrong"), std::string::npos);
  EXPECT_EQ(errorOf([&] { open(server.uri("no_such_database")); }).nativeCode(), 1049);
  EXPECT_EQ(errorOf([&] { open("mysql://127.0.0.1:1/x"); }).code(), ErrorCode::Connection);
  // A host that is not there is passed over.
  const std::string uri = db().tcpUri();
  const std::size_t at = uri.find('@') + 1;
  EXPECT_NO_THROW(open(uri.substr(0, at) + "127.0.0.1:1," + uri.substr(at)));
}

TEST_F(MysqlConnections, VerifyTheServersCertificate) {
  const test::Server& server = db().server();
  if (server.tlsCa.empty()) GTEST_SKIP() << "a server of one's own";
  const auto cipher = [&](const std::string& options) {
    const auto secure = connectMysql(server.tcpUri("information_schema", options, "sonde_tls"));
    const auto statement = secure->prepare("SHOW STATUS LIKE 'Ssl_cipher'", false);
    statement->bind({});
    const ResultSet rows(statement->fetch(0, 0));
    return std::string(rows[0].view()[1].text());
  };
  EXPECT_NE(cipher("ssl-mode=required"), "");
  EXPECT_NE(cipher("ssl-mode=verify-ca&ssl-ca=" + test::percentEncode(server.tlsCa)), "");
  EXPECT_NE(cipher("ssl-mode=verify-identity&ssl-ca=" + test::percentEncode(server.tlsCa)), "");
  EXPECT_THROW((void)cipher("ssl-mode=disabled"), ConnectionError);
  // The server's certificate does not lead to one that signed nothing.
  EXPECT_THROW(
      (void)cipher("ssl-mode=verify-ca&ssl-ca=" + test::percentEncode(server.tlsCertificate)),
      ConnectionError);
  // A deadline reaches through TLS as well.
  const auto secure =
      connectMysql(server.tcpUri("information_schema", "ssl-mode=required", "sonde_tls"));
  Context late;
  late.timeout(200ms);
  secure->arm(late);
  EXPECT_THROW(secure->executeScript("SELECT sleep(30)"), Timeout);
  EXPECT_FALSE(secure->broken());
}

TEST_F(MysqlConnections, BreakWhenTheyAreKilled) {
  const std::string id = json("SELECT connection_id() AS id");
  db().run("KILL " + id.substr(7, id.size() - 9));
  EXPECT_EQ(errorOf([&] { query("SELECT 1"); }).code(), ErrorCode::Connection);
  EXPECT_TRUE(connection().broken());
  EXPECT_FALSE(connection().inTransaction());
}

TEST(MysqlFaults, AServerThatNeverAnswersIsGivenUp) {
  SONDE_NEEDS_PRIVATE_SERVER(test::ServerKind::MySql);
  const test::PrivateMariaDb server;
  const std::string uri = server.server().tcpUri("mysql");
  const auto connection = connectMysql(uri);
  server.freeze();
  Context late;
  late.timeout(300ms);
  auto began = Clock::now();
  connection->arm(late);
  // Freezing takes effect a moment later on a busy machine; nothing answers this in time.
  EXPECT_EQ(errorOf([&] { connection->executeScript("SELECT sleep(60)"); }).code(),
            ErrorCode::Timeout);
  EXPECT_LT(Clock::now() - began, 10s);
  EXPECT_TRUE(connection->broken());
  DriverOptions options;
  options.connectTimeout = 500ms;
  began = Clock::now();
  EXPECT_EQ(errorOf([&] { (void)connectMysql(uri, options); }).code(), ErrorCode::Connection);
  EXPECT_LT(Clock::now() - began, 10s);
  server.thaw();
}

TEST_F(MysqlConnections, SayWhyTheirPlannerCannotBeAskedAboutIndexes) {
  const WhatIfOffer offer = makeMysqlDriver()->whatIf(
      connection(), Schema::build(connection().readCatalog()), WhatIfOptions());
  EXPECT_EQ(offer.whatIf, nullptr);
  EXPECT_EQ(offer.reason, "MySQL and MariaDB plan with indexes that exist only");
}

}  // namespace
}  // namespace sonde
