// Faults of servers, each turning the right check to the right status within its deadline.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/db/database.hpp>
#include <sonde/monitor/health/health_monitor.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "../../servers/private_server.hpp"
#include "../../servers/raw_session.hpp"
#include "../../servers/test_database.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using test::PrivateMariaDb;
using test::PrivateOptions;
using test::PrivatePostgres;
using test::PrivateServer;
using test::ServerKind;
using test::TestDatabase;
using ::testing::HasSubstr;

constexpr const char* kTables =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name VARCHAR(50));"
    "INSERT INTO users VALUES (1, 'Ada')";

Database open(const std::string& uri, HealthOptions options = {}) {
  Config config;
  config.uri = uri;
  config.pool.size = 2;
  options.cacheFor = 0ms;
  options.moderateInterval = 0ms;
  config.health = std::move(options);
  return Database::open(config);
}

CheckResult resultOf(const HealthReport& report, std::string_view name) {
  const CheckResult* const found = report.find(name);
  EXPECT_NE(found, nullptr) << name;
  return found == nullptr ? CheckResult() : *found;
}

void expectSilence(const HealthReport& report) {
  EXPECT_EQ(report.status, HealthStatus::Pass);
  EXPECT_TRUE(report.ready);
  for (const CheckResult& check : report.checks) {
    EXPECT_EQ(check.status, HealthStatus::Pass) << check.info.name << ": " << check.finding;
  }
}

class ServerHealth : public testing::TestWithParam<ServerKind> {
 protected:
  [[nodiscard]] static bool postgres() { return GetParam() == ServerKind::Postgres; }

  void start(const PrivateOptions& options = {}) {
    if (postgres()) {
      server_ = std::make_unique<PrivatePostgres>(options);
    } else {
      server_ = std::make_unique<PrivateMariaDb>(options);
    }
    administrator()->run("CREATE DATABASE shop");
    openRaw(server_->server(), "shop")->run(kTables);
  }
  [[nodiscard]] std::unique_ptr<test::RawSession> administrator() const {
    return openRaw(server_->server(), server_->server().adminDatabase());
  }
  [[nodiscard]] std::string uri() const { return server_->server().uri("shop"); }

  std::unique_ptr<PrivateServer> server_;
};

INSTANTIATE_TEST_SUITE_P(Engines, ServerHealth,
                         testing::Values(ServerKind::Postgres, ServerKind::MySql),
                         [](const auto& kind) {
                           return kind.param == ServerKind::Postgres ? "Postgres" : "MariaDb";
                         });

TEST_P(ServerHealth, HasNothingToSayOfAHealthyServer) {
  SONDE_NEEDS_SERVER(GetParam());
  TestDatabase own(*test::serverOf(GetParam()));
  own.run(kTables);
  const Database db = open(own.uri());
  static_cast<void>(db.health()->report());
  expectSilence(db.health()->runDeep());
}

TEST_P(ServerHealth, SaysThatTheServerIsDownAndThatItIsBack) {
  SONDE_NEEDS_PRIVATE_SERVER(GetParam());
  start();
  const Database db = open(uri());
  expectSilence(db.health()->report());
  server_->kill();
  const HealthReport down = db.health()->report();
  EXPECT_EQ(resultOf(down, "connectivity").status, HealthStatus::Fail);
  EXPECT_EQ(resultOf(down, "connections").status, HealthStatus::Unknown);
  EXPECT_FALSE(down.ready);
  server_->start();
  EXPECT_TRUE(db.health()->report().ready);
}

TEST_P(ServerHealth, SaysThatAFrozenServerDoesNotAnswer) {
  SONDE_NEEDS_PRIVATE_SERVER(GetParam());
  start();
  HealthOptions options;
  for (const char* check : {"connectivity", "writable", "oldest-transaction", "connections"}) {
    options.checks[check] = {.timeout = 300ms};
  }
  const Database db = open(uri(), options);
  expectSilence(db.health()->report());
  server_->freeze();
  const HealthReport frozen = db.health()->report();
  EXPECT_EQ(resultOf(frozen, "connectivity").status, HealthStatus::Fail);
  EXPECT_FALSE(frozen.ready);
  server_->thaw();
  while (!db.health()->report().ready) std::this_thread::sleep_for(10ms);
}

TEST_P(ServerHealth, NamesTheTransactionThatIsOpenForLong) {
  SONDE_NEEDS_SERVER(GetParam());
  TestDatabase own(*test::serverOf(GetParam()));
  own.run(kTables);
  HealthOptions options;
  options.checks["oldest-transaction"] = {.warn = 0.001};
  if (!postgres()) options.checks["oldest-transaction"].warn = 1;  // it counts whole seconds
  const Database db = open(own.uri(), options);
  const auto holder = openRaw(own.server(), own.name());
  holder->run("BEGIN");
  holder->run("UPDATE users SET name = 'Bob'");
  CheckResult check = resultOf(db.health()->report(), "oldest-transaction");
  while (check.value < 1) check = resultOf(db.health()->report(), "oldest-transaction");
  EXPECT_EQ(check.status, HealthStatus::Warn);
  EXPECT_LT(*check.value, 3600);  // whatever the server's time zone is
  if (check.finding.find(holder->id()) != std::string::npos) {  // others' tests run meanwhile
    EXPECT_THAT(check.remedy, HasSubstr(holder->id()));
  }
}

TEST_P(ServerHealth, SaysHowManyConnectionsAreTakenWhenTheyAreExhausted) {
  SONDE_NEEDS_PRIVATE_SERVER(GetParam());
  start({.config = {"max_connections = 12"}});
  const Database db = open(uri());
  expectSilence(db.health()->report());  // has its own connection from now on
  std::vector<std::unique_ptr<test::RawSession>> taken;
  try {
    while (taken.size() < 20) taken.push_back(administrator());
  } catch (const std::runtime_error&) {  // there are no more
  }
  const HealthReport report = db.health()->report();
  EXPECT_EQ(resultOf(report, "connections").status, HealthStatus::Fail);
  EXPECT_EQ(resultOf(report, "connectivity").status, HealthStatus::Pass);
  EXPECT_TRUE(report.ready);
}

TEST_P(ServerHealth, WarnsBeforeNumbersRunOut) {
  SONDE_NEEDS_SERVER(GetParam());
  TestDatabase own(*test::serverOf(GetParam()));
  const Database db = open(own.uri());
  if (postgres()) {
    // The sequence itself is a bigint: the column is what ends.
    own.run(
        "CREATE TABLE orders (id SERIAL PRIMARY KEY); "
        "ALTER SEQUENCE orders_id_seq AS bigint; SELECT setval('orders_id_seq', 2000000000)");
  } else {
    own.run("CREATE TABLE orders (id INT AUTO_INCREMENT PRIMARY KEY) AUTO_INCREMENT = 2000000000");
  }
  const CheckResult check =
      resultOf(db.health()->report(), postgres() ? "sequences" : "auto-increment");
  EXPECT_EQ(check.status, HealthStatus::Fail);
  EXPECT_NEAR(*check.value, 93.1, 0.1);
  EXPECT_THAT(check.finding, HasSubstr("orders"));
}

TEST(PostgresHealth, NamesAnIndexThatFailed) {
  SONDE_NEEDS_POSTGRES();
  TestDatabase own(*test::postgresServer());
  own.run("CREATE TABLE users (name TEXT); INSERT INTO users VALUES ('Ada'), ('Ada')");
  const Database db = open(own.uri());
  EXPECT_THROW(own.run("CREATE UNIQUE INDEX CONCURRENTLY \"by name\" ON users (name)"),
               std::runtime_error);
  const CheckResult check = resultOf(db.health()->report(), "invalid-indexes");
  EXPECT_EQ(check.status, HealthStatus::Warn);
  EXPECT_EQ(check.remedy, "DROP INDEX CONCURRENTLY \"public\".\"by name\"");
  own.run(check.remedy);
  EXPECT_EQ(resultOf(db.health()->report(), "invalid-indexes").status, HealthStatus::Pass);
}

TEST(PostgresHealth, FindsASessionThatIdlesInATransaction) {
  SONDE_NEEDS_POSTGRES();
  TestDatabase own(*test::postgresServer());
  HealthOptions options;
  options.checks["idle-in-transaction"] = {.warn = 0};
  const Database db = open(own.uri(), options);
  const auto holder = openRaw(own.server(), own.name());
  holder->run("BEGIN; SELECT 1");
  const CheckResult check = resultOf(db.health()->report(), "idle-in-transaction");
  EXPECT_EQ(check.status, HealthStatus::Warn);
  EXPECT_THAT(check.remedy, HasSubstr("pg_terminate_backend("));
}

TEST(PostgresHealth, DoesNotCallAFailureWhatTheUserMayNotSee) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres server({.access = {"local all guest trust"}});
  openRaw(server.server(), "postgres")->run("CREATE ROLE guest LOGIN");
  const auto other = openRaw(server.server(), "postgres");
  other->run("BEGIN; SELECT 1");
  test::Server guest = server.server();
  guest.user = "guest";
  const Database db = open(guest.uri("postgres"));
  const HealthReport report = db.health()->report();
  const CheckResult check = resultOf(report, "oldest-transaction");
  EXPECT_EQ(check.status, HealthStatus::Unknown);
  EXPECT_THAT(check.finding, HasSubstr("GRANT pg_monitor"));
  EXPECT_EQ(report.status, HealthStatus::Pass);
}

TEST(PostgresHealth, SeesThatReplicationIsPausedFromBothSides) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres primary;
  const PrivatePostgres standby({.primary = &primary});
  const auto onPrimary = openRaw(primary.server(), "postgres");
  const auto onStandby = openRaw(standby.server(), "postgres");
  HealthOptions options;
  constexpr double kMiB = 1024.0 * 1024.0;
  options.checks["replica-backlog"] = {.warn = kMiB};
  const Database first = open(primary.server().uri("postgres"), options);
  Config config;
  config.uri = standby.server().uri("postgres");
  config.access = AccessMode::ReadOnly;
  config.health.cacheFor = 0ms;
  const Database second = Database::open(config);
  EXPECT_EQ(resultOf(second.health()->report(), "replication-lag").status, HealthStatus::Pass);
  CheckResult backlog = resultOf(first.health()->report(), "replica-backlog");
  while (backlog.status == HealthStatus::Warn) {  // until the standby has what it began without
    backlog = resultOf(first.health()->report(), "replica-backlog");
  }
  EXPECT_EQ(backlog.status, HealthStatus::Pass);

  onStandby->run("SELECT pg_wal_replay_pause()");
  onPrimary->run(
      "CREATE TABLE much AS SELECT repeat('x', 1000) AS text "
      "FROM generate_series(1, 5000)");
  backlog = resultOf(first.health()->report(), "replica-backlog");
  while (backlog.status == HealthStatus::Pass) {  // until the standby told how far it is
    backlog = resultOf(first.health()->report(), "replica-backlog");
  }
  EXPECT_EQ(backlog.status, HealthStatus::Warn);
  EXPECT_THAT(backlog.finding, HasSubstr("standby"));
  const CheckResult paused = resultOf(second.health()->report(), "replication-lag");
  EXPECT_EQ(paused.status, HealthStatus::Warn);
  onStandby->run(paused.remedy);
  EXPECT_EQ(resultOf(second.health()->report(), "replication-lag").status, HealthStatus::Pass);
}

TEST(PostgresHealth, SaysThatAStandbyTakesNoWrites) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres server({.config = {"default_transaction_read_only = on"}});
  const Database db = open(server.server().uri("postgres"));
  EXPECT_EQ(resultOf(db.health()->report(), "writable").status, HealthStatus::Warn);
}

/// A MariaDB that replicates another one.
class MariaDbReplication : public testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_PRIVATE_SERVER(ServerKind::MySql);
    primary_ = std::make_unique<PrivateMariaDb>(
        PrivateOptions{.config = {"log_bin = primary", "server_id = 1", "binlog_format = ROW"}});
    replica_ = std::make_unique<PrivateMariaDb>(
        PrivateOptions{.config = {"server_id = 2", "read_only = ON", "slave_net_timeout = 1"}});
    onReplica_ = openRaw(replica_->server(), "mysql");
    onPrimary_ = openRaw(primary_->server(), "mysql");
    const auto& at = primary_->server();
    // What its start has logged, the replica's own start has done.
    const auto now = onPrimary_->run("SHOW MASTER STATUS").at(0);
    follow("MASTER_HOST = '127.0.0.1', MASTER_PORT = " + std::to_string(at.port) +
           ", MASTER_USER = '" + at.user + "', MASTER_PASSWORD = '" + at.password +
           "', MASTER_CONNECT_RETRY = 1, MASTER_LOG_FILE = '" + now.at(0).value() +
           "', MASTER_LOG_POS = " + now.at(1).value());
    db_.emplace(open(replica_->server().uri("mysql"), options_));
  }
  void follow(const std::string& how) {
    onReplica_->run("STOP SLAVE");
    onReplica_->run("CHANGE MASTER TO " + how);
    onReplica_->run("START SLAVE");
  }
  CheckResult check(const char* name = "replication-lag") {
    return resultOf(db_->health()->report(), name);
  }
  /// Asks until the check has this status, or half a minute is over.
  CheckResult waitFor(HealthStatus status) {
    const auto end = std::chrono::steady_clock::now() + 30s;
    CheckResult last = check();
    while (last.status != status && std::chrono::steady_clock::now() < end) {
      std::this_thread::sleep_for(20ms);
      last = check();
    }
    EXPECT_EQ(last.status, status) << last.finding;
    return last;
  }

  HealthOptions options_ = [] {
    HealthOptions options;
    options.checks["replication-lag"] = {.warn = 2.0, .fail = 3600.0};
    return options;
  }();
  std::unique_ptr<PrivateMariaDb> primary_;
  std::unique_ptr<PrivateMariaDb> replica_;
  std::unique_ptr<test::RawSession> onPrimary_;
  std::unique_ptr<test::RawSession> onReplica_;
  std::optional<Database> db_;
};

TEST_F(MariaDbReplication, IsSeenToStopAndToGoOn) {
  waitFor(HealthStatus::Pass);
  onReplica_->run("STOP SLAVE SQL_THREAD");
  const CheckResult stopped = check();
  EXPECT_EQ(stopped.status, HealthStatus::Fail);
  EXPECT_THAT(stopped.finding, HasSubstr("stopped"));
  onReplica_->run(stopped.remedy);
  waitFor(HealthStatus::Pass);
}

TEST_F(MariaDbReplication, IsSeenToFallBehind) {
  waitFor(HealthStatus::Pass);
  follow("MASTER_DELAY = 3600");
  onPrimary_->run("CREATE DATABASE late");
  const CheckResult late = waitFor(HealthStatus::Warn);
  EXPECT_GE(late.value.value_or(0), 2.0);
  follow("MASTER_DELAY = 0");
  waitFor(HealthStatus::Pass);
}

TEST_F(MariaDbReplication, IsSeenToBreakByAnErrorAndByTheLossOfThePrimary) {
  waitFor(HealthStatus::Pass);
  onPrimary_->run("CREATE TABLE once(id INTEGER PRIMARY KEY)");
  onPrimary_->run("SET sql_log_bin = 0");
  onPrimary_->run("INSERT INTO once VALUES (1)");  // which the replica does not get
  onPrimary_->run("SET sql_log_bin = 1");
  onPrimary_->run("DELETE FROM once");
  EXPECT_THAT(waitFor(HealthStatus::Fail).finding, HasSubstr("by an error"));
  onReplica_->run("INSERT INTO once VALUES (1)");
  onReplica_->run("START SLAVE");
  waitFor(HealthStatus::Pass);
  primary_->stop();
  EXPECT_THAT(waitFor(HealthStatus::Fail).finding, HasSubstr("the primary is not reached"));
  primary_->start();
  waitFor(HealthStatus::Pass);
}

TEST_F(MariaDbReplication, KeepsAReplicaFromBeingWrittenTo) {
  const CheckResult writable = check("writable");
  EXPECT_EQ(writable.status, HealthStatus::Warn);
  EXPECT_EQ(writable.remedy, "");
}

TEST(MariaDbHealth, SaysThatAServerTakesNoWrites) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::MySql);
  const PrivateMariaDb server;
  const auto administrator = openRaw(server.server(), server.server().adminDatabase());
  const Database db = open(server.server().uri("mysql"));
  EXPECT_EQ(resultOf(db.health()->report(), "writable").status, HealthStatus::Pass);
  administrator->run("SET GLOBAL read_only = ON");
  const CheckResult check = resultOf(db.health()->report(), "writable");
  EXPECT_EQ(check.status, HealthStatus::Warn);
  administrator->run(check.remedy);
  EXPECT_EQ(resultOf(db.health()->report(), "writable").status, HealthStatus::Pass);
}

}  // namespace
}  // namespace sonde
