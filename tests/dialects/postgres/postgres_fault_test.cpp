// A server that freezes, dies or is reached through PgBouncer.
#include "../../servers/private_server.hpp"
#include "postgres_fixture.hpp"

namespace sonde::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::unique_ptr<Connection> connectTo(const Server& server, const std::string& options = {},
                                      milliseconds timeout = milliseconds(10'000)) {
  DriverOptions wanted = postgresOptions(server.uri("postgres", options));
  wanted.connectTimeout = timeout;
  return makePostgresDriver()->connect(wanted, TransactionMode::Write);
}

TEST(PostgresFaults, GivesUpAServerThatNeverAnswers) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres server;
  const auto connection = connectTo(server.server());
  const Context context = Context().timeout(milliseconds(100));
  server.freeze();
  const auto began = steady_clock::now();
  connection->arm(context);
  EXPECT_THROW(run(*connection, "SELECT 1"), Timeout);
  EXPECT_TRUE(connection->broken());
  const auto refused =
      caught<ConnectionError>([&] { (void)connectTo(server.server(), "", milliseconds(200)); });
  EXPECT_TRUE(refused);
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(10));
  server.thaw();
}

TEST(PostgresFaults, NoticesThatTheServerDied) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  PrivatePostgres server;
  const auto connection = connectTo(server.server());
  connection->begin(TransactionMode::Write);
  server.kill();
  EXPECT_THROW(run(*connection, "SELECT 1"), ConnectionError);
  EXPECT_TRUE(connection->broken());
  EXPECT_THROW((void)connectTo(server.server()), ConnectionError);
  server.start();
  // Never resumed in silence.
  EXPECT_THROW(run(*connection, "SELECT 1"), ConnectionError);
  EXPECT_EQ(query(*connectTo(server.server()), "SELECT 1 AS x").size(), 1U);
}

TEST(PostgresFaults, SaysThatTheServerIsFull) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres server({{"max_connections = 4", "superuser_reserved_connections = 0"}});
  std::vector<std::unique_ptr<Connection>> taken;
  const auto error = caught<ConnectionError>([&] {
    for (int i = 0; i < 8; ++i) taken.push_back(connectTo(server.server()));
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->sqlState(), "53300");
}

TEST(PostgresFaults, WorksBehindPgBouncer) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::Postgres);
  const PrivatePostgres server;
  const PrivatePgBouncer bouncer(server.server(), {{"default_pool_size = 3"}});
  std::vector<std::unique_ptr<Connection>> connections;
  for (int i = 0; i < 8; ++i) connections.push_back(connectTo(bouncer.server(), "pgbouncer=true"));
  connections[0]->executeScript("CREATE TABLE t (id serial PRIMARY KEY, v int, a int[])");
  const Value list = Value::array({Value(1), Value(2)});
  std::vector<std::unique_ptr<Statement>> statements;
  for (const auto& connection : connections) {
    statements.push_back(
        connection->prepare("INSERT INTO t (v, a) VALUES ($1, $2) RETURNING id, a", true));
  }
  // Transactions of some hold server connections, so that the others change theirs.
  for (int round = 0; round < 20; ++round) {
    Connection& holder = *connections[static_cast<std::size_t>(round) % 8];
    holder.begin(TransactionMode::Write);
    run(holder, "SELECT 1");
    for (std::size_t i = 0; i < 8; ++i) {
      const Arg args[] = {round, list};
      statements[i]->bind(args);
      const BlockPtr block = statements[i]->fetch(0, 0);
      ASSERT_EQ(block->rowCount(), 1U);
      EXPECT_EQ(block->row(0)[1].view(), "[1,2]");
      statements[i]->reset();
    }
    holder.commit();
  }
  EXPECT_EQ(query(*connections[3], "SELECT count(*) AS n FROM t")[0]["n"].as<int>(), 160);
  const Context context = Context().setting("app.tenant", "9");
  connections[1]->arm(context);
  EXPECT_EQ(query(*connections[1], "SELECT current_setting('app.tenant') AS x")[0]["x"].text(),
            "9");
  connections[1]->disarm();
  EXPECT_EQ(query(*connections[1], "SELECT '2024-01-02 00:00+00'::timestamptz AS x")[0]["x"].text(),
            "2024-01-02 00:00:00+00");
  EXPECT_THROW(connections[2]->listen("x"), Unsupported);
  EXPECT_THROW((void)connections[2]->lock("x", milliseconds(0)), Unsupported);
  EXPECT_THROW((void)connectTo(bouncer.server(), "pgbouncer=true&work_mem=1MB"), ConfigError);
}

}  // namespace
}  // namespace sonde::test
