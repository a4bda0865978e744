// Servers of a test's own: killed, frozen, restarted, and gone with the test.
#include "private_server.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/shm.h>

#include <csignal>
#include <filesystem>
#include <functional>
#include <memory>

#include "../support/process.hpp"
#include "raw_session.hpp"
#include "test_database.hpp"

namespace sonde::test {
namespace {

class OwnServer : public testing::TestWithParam<ServerKind> {
 protected:
  void SetUp() override {
    SONDE_NEEDS_PRIVATE_SERVER(GetParam());
    if (GetParam() == ServerKind::Postgres) {
      server_ = std::make_unique<PrivatePostgres>();
    } else {
      server_ = std::make_unique<PrivateMariaDb>();
    }
  }
  [[nodiscard]] std::unique_ptr<RawSession> connect() const {
    return openRaw(server_->server(), server_->server().adminDatabase());
  }

  std::unique_ptr<PrivateServer> server_;
};

INSTANTIATE_TEST_SUITE_P(Engines, OwnServer,
                         testing::Values(ServerKind::Postgres, ServerKind::MySql),
                         [](const auto& kind) {
                           return kind.param == ServerKind::Postgres ? "Postgres" : "MariaDb";
                         });

TEST_P(OwnServer, KeepsWhatWasCommittedWhenItIsKilled) {
  connect()->run("CREATE TABLE kept(id INTEGER PRIMARY KEY)");
  const auto session = connect();
  session->run("INSERT INTO kept VALUES (1)");
  session->run("BEGIN; INSERT INTO kept VALUES (2)");
  server_->kill();
  EXPECT_FALSE(server_->running());
  EXPECT_THROW(session->run("SELECT 1"), std::runtime_error);
  EXPECT_THROW((void)connect(), std::runtime_error);
  server_->start();
  EXPECT_EQ(connect()->value("SELECT count(*) FROM kept"), "1");
  server_->restart();
  EXPECT_EQ(connect()->value("SELECT count(*) FROM kept"), "1");
}

TEST_P(OwnServer, TakesItsOwnConfiguration) {
  const bool postgres = GetParam() == ServerKind::Postgres;
  const std::string ask = postgres ? "SHOW max_connections" : "SELECT concat(@@max_connections)";
  EXPECT_EQ(connect()->value(ask), "200");
  server_->configure("max_connections = 23");
  server_->restart();
  EXPECT_EQ(connect()->value(ask), "23");
}

TEST_P(OwnServer, AnswersNothingWhileItIsFrozen) {
  const auto session = connect();
  server_->freeze();
  EXPECT_TRUE(server_->running());
  const auto begin = std::chrono::steady_clock::now();
  std::thread thaw([this] {
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    server_->thaw();
  });
  EXPECT_EQ(session->value("SELECT 1"), "1");
  EXPECT_GE(std::chrono::steady_clock::now() - begin, std::chrono::milliseconds(300));
  thaw.join();
}

TEST_P(OwnServer, LeavesNoFileWhenItGoes) {
  const std::string folder =
      std::filesystem::path(server_->server().dataFolder).parent_path().string();
  EXPECT_TRUE(std::filesystem::exists(folder));
  server_.reset();
  EXPECT_FALSE(std::filesystem::exists(folder));
}

TEST_P(OwnServer, SaysWhyItDoesNotStart) {
  server_->stop();
  server_->configure("no_such_setting = 1");
  try {
    server_->start();
    FAIL() << "it started";
  } catch (const std::runtime_error& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr("no_such_setting"));
  }
}

TEST(PrivatePostgres, ServesAStandbyThatFollows) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres primary;
  const auto writer = openRaw(primary.server(), "postgres");
  writer->run("CREATE TABLE t(id INTEGER)");
  const PrivatePostgres standby({.primary = &primary});
  const auto reader = openRaw(standby.server(), "postgres");
  EXPECT_EQ(reader->value("SELECT pg_is_in_recovery()"), "t");
  writer->run("INSERT INTO t VALUES (1)");
  const std::string position = writer->value("SELECT pg_current_wal_lsn()");
  while (reader->value("SELECT pg_last_wal_replay_lsn() >= '" + position + "'") != "t") {
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  EXPECT_EQ(reader->value("SELECT count(*) FROM t"), "1");
}

TEST(PrivatePostgres, RefusesConnectionsWithoutTlsWhereToldTo) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres server({.access = {"hostnossl all all 127.0.0.1/32 reject"}});
  const ProcessResult result =
      runProcess({serverState("postgres_program") + "/psql", "-Xc", "SELECT 1",
                  server.server().tcpUri("postgres", "sslmode=disable")});
  EXPECT_NE(result.exitCode, 0);
  EXPECT_THAT(result.err, testing::HasSubstr("no encryption"));
}

TEST(PrivatePgBouncer, PassesStatementsOn) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres postgres;
  PrivatePgBouncer bouncer(postgres.server());
  EXPECT_EQ(openRaw(bouncer.server(), "postgres")->value("SELECT 41 + 1"), "42");
  EXPECT_THAT(openRaw(bouncer.server(), "pgbouncer")->run("SHOW POOLS"),
              testing::Not(testing::IsEmpty()));
  bouncer.stop();
  EXPECT_THROW((void)openRaw(bouncer.server(), "postgres"), std::runtime_error);
}

}  // namespace
}  // namespace sonde::test
