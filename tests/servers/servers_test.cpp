// The servers themselves: that they answer every way a test may want, and that nothing is left of
// them however the test run ends.
#include "servers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <sonde/core/uri.hpp>
#include <string>
#include <thread>

#include "../support/process.hpp"
#include "../support/temporary_folder.hpp"
#include "raw_session.hpp"
#include "test_database.hpp"

namespace sonde::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

const std::string kScript = SONDE_SOURCE_DIR "/tests/servers/servers.sh";

bool eventually(const std::function<bool()>& holds) {
  const auto deadline = steady_clock::now() + std::chrono::seconds(30);
  while (!holds()) {
    if (steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(milliseconds(20));
  }
  return true;
}

class AnyServer : public testing::TestWithParam<ServerKind> {
 protected:
  void SetUp() override { SONDE_NEEDS_SERVER(GetParam()); }
  [[nodiscard]] static const Server& server() { return *serverOf(GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(Engines, AnyServer,
                         testing::Values(ServerKind::Postgres, ServerKind::MySql),
                         [](const auto& server) {
                           return server.param == ServerKind::Postgres ? "Postgres" : "MariaDb";
                         });

TEST_P(AnyServer, AnswersOverItsSocketAndOverTcp) {
  EXPECT_EQ(openRaw(server(), server().adminDatabase())->value("SELECT 41 + 1"), "42");
  Server tcp = server();
  tcp.socket.clear();
  EXPECT_EQ(openRaw(tcp, tcp.adminDatabase())->value("SELECT 41 + 1"), "42");
  tcp.password = "wrong";
  EXPECT_THROW((void)openRaw(tcp, tcp.adminDatabase()), std::runtime_error);
}

TEST_P(AnyServer, IsDescribedByUrisThatReadBackAsTheyWereMeant) {
  const Uri local = Uri::parse(server().uri("a b", "x=1"));
  ASSERT_EQ(local.hosts.size(), 1U);
  EXPECT_EQ(local.hosts[0].name, server().socket);
  EXPECT_EQ(local.user, server().user);
  EXPECT_EQ(local.path, "a b");
  EXPECT_EQ(local.option("x"), "1");
  const Uri tcp = Uri::parse(server().tcpUri("shop", "", "sonde_tls"));
  EXPECT_EQ(tcp.user, "sonde_tls");
  EXPECT_EQ(tcp.password, server().password);
  EXPECT_EQ(tcp.hosts[0].port, server().port);
}

TEST_P(AnyServer, KeepsTextOutsideTheBasicPlaneAndACentralTimeZone) {
  TestDatabase database(server());
  database.run("CREATE TABLE t(c VARCHAR(9)); INSERT INTO t VALUES ('\xF0\x9F\x90\xAC')");
  EXPECT_EQ(database.value("SELECT c FROM t"), "\xF0\x9F\x90\xAC");
  EXPECT_THAT(database.value(server().kind == ServerKind::Postgres ? "SHOW timezone"
                                                                   : "SELECT @@time_zone"),
              testing::AnyOf("Asia/Kolkata", "+05:30"));
}

TEST_P(AnyServer, GivesEachTestADatabaseThatIsGoneAfterwards) {
  std::string name;
  std::unique_ptr<RawSession> left;
  {
    TestDatabase first(server());
    TestDatabase second(server());
    EXPECT_NE(first.name(), second.name());
    first.run("CREATE TABLE t(id INTEGER)");
    EXPECT_THROW(second.run("SELECT * FROM t"), std::runtime_error);
    name = first.name();
    left = openRaw(server(), name);  // somebody forgot to close this one, within a transaction
    left->run("BEGIN; SELECT * FROM t");
  }
  EXPECT_THROW((void)openRaw(server(), name), std::runtime_error);
  EXPECT_THROW(left->run("SELECT 1"), std::runtime_error);
}

TEST(PostgresServer, TakesTlsWithACertificateThatCanBeVerified) {
  SONDE_NEEDS_POSTGRES();
  const Server& server = *postgresServer();
  const std::string common =
      "host=localhost hostaddr=127.0.0.1 dbname=postgres sslmode=verify-full"
      " port=" +
      std::to_string(server.port) + " sslrootcert=" + server.tlsCa;
  setenv("PGPASSWORD", server.password.c_str(), 1);
  const std::string sql = "SELECT current_user, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
  const std::string psql = serverState("postgres_program") + "/psql";
  EXPECT_EQ(runProcess({psql, "-XAtc", sql, common + " user=sonde_tls"}).out, "sonde_tls|t\n");
  EXPECT_EQ(runProcess({psql, "-XAtc", sql,
                        common + " user=sonde_cert sslcert=" + server.tlsCertificate +
                            " sslkey=" + server.tlsKey})
                .out,
            "sonde_cert|t\n");
  const ProcessResult plain =
      runProcess({psql, "-XAtc", sql,
                  "host=127.0.0.1 dbname=postgres user=sonde_tls sslmode=disable port=" +
                      std::to_string(server.port)});
  EXPECT_NE(plain.exitCode, 0);
  EXPECT_THAT(plain.err, testing::HasSubstr("no encryption"));
}

TEST(MariaDbServer, TakesTlsWithACertificateThatCanBeVerified) {
  SONDE_NEEDS_MYSQL();
  const Server& server = *mysqlServer();
  const auto run = [&](const std::vector<std::string>& options) {
    std::vector<std::string> words = {"mariadb",
                                      "--no-defaults",
                                      "-NBe",
                                      "SHOW STATUS LIKE 'Ssl_version'",
                                      "-h",
                                      "127.0.0.1",
                                      "-P",
                                      std::to_string(server.port),
                                      "-u",
                                      "sonde_tls",
                                      "-p" + server.password};
    words.insert(words.end(), options.begin(), options.end());
    return runProcess(words);
  };
  EXPECT_THAT(run({"--ssl-ca=" + server.tlsCa, "--ssl-verify-server-cert"}).out,
              testing::HasSubstr("TLSv1"));
  EXPECT_THAT(run({"--skip-ssl"}).err, testing::HasSubstr("Access denied"));
}

// --- What is left of them ------------------------------------------------------------------------

std::map<std::string, std::string> readState(const std::string& path) {
  std::map<std::string, std::string> lines;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) {
    lines[line.substr(0, line.find('='))] = line.substr(line.find('=') + 1);
  }
  return lines;
}

/// A test run of its own, which starts servers and then hangs until it is killed.
class ServersOfAnother : public testing::Test {
 protected:
  void SetUp() override {
    unsetenv("SONDE_TEST_POSTGRES");
    unsetenv("SONDE_TEST_MYSQL");
    owner_ = fork();
    ASSERT_GE(owner_, 0);
    if (owner_ == 0) {
      execlp("bash", "bash", "-c", R"("$0" start "$1"; kill -STOP $$)", kScript.c_str(),
             statePath().c_str(), nullptr);
      _exit(127);
    }
    ASSERT_TRUE(eventually([&] { return std::filesystem::exists(statePath()); }));
    state_ = readState(statePath());
    if (state_.count("postgres_pid") == 0 && state_.count("mysql_pid") == 0) {
      GTEST_SKIP() << "no server is installed";
    }
    ASSERT_TRUE(somethingRuns());
  }

  void TearDown() override {
    if (owner_ > 0) {
      kill(owner_, SIGKILL);
      waitpid(owner_, nullptr, 0);
    }
    EXPECT_EQ(runProcess({kScript, "stop", statePath()}).exitCode, 0);
  }

  [[nodiscard]] std::string statePath() const { return folder_.file("state"); }
  [[nodiscard]] pid_t keeper() const { return std::stoi(state_.at("keeper")); }

  /// Whether a process has the servers' folder in its command line.
  [[nodiscard]] bool somethingRuns() const {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "cmdline", std::ios::binary);
      const std::string words{std::istreambuf_iterator<char>(file), {}};
      if (words.find(state_.at("folder") + "/") != std::string::npos) return true;
    }
    return false;
  }
  [[nodiscard]] bool nothingIsLeft() const {
    return !somethingRuns() && !std::filesystem::exists(state_.at("folder"));
  }

  TemporaryFolder folder_;
  pid_t owner_ = -1;
  std::map<std::string, std::string> state_;
};

TEST_F(ServersOfAnother, AreGoneWhenTheTestRunIsKilled) {
  EXPECT_FALSE(nothingIsLeft());
  kill(owner_, SIGKILL);  // and not waited for: a zombie is no owner either
  EXPECT_TRUE(eventually([&] { return nothingIsLeft(); }));
  EXPECT_TRUE(eventually([&] { return !std::filesystem::exists(statePath()); }));
}

TEST_F(ServersOfAnother, AreStoppedBeforeStopReturns) {
  EXPECT_EQ(runProcess({kScript, "stop", statePath()}).exitCode, 0);
  EXPECT_TRUE(nothingIsLeft());
  EXPECT_FALSE(std::filesystem::exists(statePath()));
  EXPECT_EQ(runProcess({kScript, "stop", statePath()}).exitCode, 0) << "stopping twice";
}

TEST_F(ServersOfAnother, DieWithTheirKeeperAndAreTidiedUpNextTime) {
  kill(keeper(), SIGKILL);
  EXPECT_TRUE(eventually([&] { return !somethingRuns(); }));
  EXPECT_EQ(runProcess({kScript, "stop", statePath()}).exitCode, 0);
  EXPECT_TRUE(nothingIsLeft());
}

TEST_F(ServersOfAnother, HaveAKeeperThatTheTerminalOfTheTestRunDoesNotInterrupt) {
  EXPECT_EQ(getsid(keeper()), keeper());
  EXPECT_NE(getsid(owner_), keeper());
}

TEST(ServersScript, RunsACommandAndGivesItsStatusAndLeavesNothing) {
  const ProcessResult result =
      runProcess({kScript, "run", "bash", "-c", R"(echo "$SONDE_TEST_SERVERS"; exit 7)"});
  EXPECT_EQ(result.exitCode, 7) << result.err;
  const std::string state = result.out.substr(0, result.out.rfind('\n'));
  EXPECT_TRUE(state.ends_with(".state")) << state;
  EXPECT_FALSE(std::filesystem::exists(state));
}

TEST(ServersScript, RefusesToStartWhatIsRequiredAndMissing) {
  // An empty PATH for what is looked up, and a folder of PostgreSQL that is not there.
  TemporaryFolder folder;
  const ProcessResult result =
      runProcess({"env", "SONDE_TEST_REQUIRE_SERVERS=1",
                  "SONDE_TEST_SERVERS_PATH=" + folder.path().string(), kScript, "run", "true"});
  EXPECT_NE(result.exitCode, 0);
  EXPECT_THAT(result.err, testing::HasSubstr("is required and not installed"));
  const ProcessResult optional =
      runProcess({"env", "-u", "SONDE_TEST_REQUIRE_SERVERS",
                  "SONDE_TEST_SERVERS_PATH=" + folder.path().string(), kScript, "run", "bash", "-c",
                  R"(cat "$SONDE_TEST_SERVERS")"});
  EXPECT_EQ(optional.exitCode, 0) << optional.err;
  EXPECT_THAT(optional.out, testing::HasSubstr("postgres_missing=it is not installed"));
  EXPECT_THAT(optional.out, testing::HasSubstr("mysql_missing=it is not installed"));
}

}  // namespace
}  // namespace sonde::test
