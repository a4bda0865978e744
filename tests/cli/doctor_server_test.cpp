// `sonde doctor` on PostgreSQL and MariaDB.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "../servers/private_server.hpp"
#include "../servers/raw_session.hpp"
#include "../servers/test_database.hpp"
#include "../support/command.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

constexpr const char* kHealthy = ".*: healthy, [0-9]+ checks passed\n";

/// Without what makes the servers of the tests fast and unsafe.
PrivateOptions safe() { return {.config = {"fsync = on", "full_page_writes = on"}}; }

CommandResult doctor(const std::string& uri) { return sondeCommand({"doctor", uri}); }

TEST(DoctorOnPostgres, HasNothingToSayOfAHealthyServerAndNamesOneThatStopped) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  PrivatePostgres server(safe());
  const std::string uri = server.server().uri("postgres");
  const CommandResult healthy = doctor(uri);
  EXPECT_EQ(healthy.code, 0);
  EXPECT_THAT(healthy.out, MatchesRegex(kHealthy));
  server.stop();
  const CommandResult stopped = doctor(uri);
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.out, HasSubstr("[fail] connectivity (health)"));
}

TEST(DoctorOnPostgres, NamesSettingsThatLoseData) {
  SONDE_NEEDS_POSTGRES();
  const TestDatabase own(*postgresServer());
  const CommandResult result = doctor(own.uri());
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("fsync (settings)"), HasSubstr("ALTER SYSTEM")));
}

TEST(DoctorOnPostgres, NamesReplicationThatIsPaused) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres primary(safe());
  const PrivatePostgres standby({.config = safe().config, .primary = &primary});
  const auto session = openRaw(standby.server(), "postgres");
  session->run("SELECT pg_wal_replay_pause()");
  const CommandResult result = doctor(standby.server().uri("postgres"));
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("[warn] replication-lag (health)"),
                                HasSubstr("run    SELECT pg_wal_replay_resume()")));
}

TEST(DoctorOnMariaDb, HasNothingToSayOfAHealthyServerAndNamesOneThatStopped) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::MySql);
  PrivateMariaDb server({.config = {"innodb_flush_log_at_trx_commit = 1"}});
  const std::string uri = server.server().uri("mysql");
  const CommandResult healthy = doctor(uri);
  EXPECT_EQ(healthy.code, 0);
  EXPECT_THAT(healthy.out, MatchesRegex(kHealthy));
  server.stop();
  const CommandResult stopped = doctor(uri);
  EXPECT_EQ(stopped.code, 1);
  EXPECT_THAT(stopped.out, HasSubstr("[fail] connectivity (health)"));
}

}  // namespace
}  // namespace sonde::test
