// Deadlines, cancellation, locks, messages, bulk insert and the state of a session.
#include <sonde/introspect/schema.hpp>

#include <thread>

#include "postgres_fixture.hpp"

namespace sonde::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using testing::HasSubstr;

class PostgresSessions : public PostgresTest {};

TEST_F(PostgresSessions, EndsAStatementAtItsDeadlineAndGoesOn) {
  const Context context = Context().timeout(milliseconds(100));
  db().arm(context);
  const auto began = steady_clock::now();
  EXPECT_THROW(run(db(), "SELECT pg_sleep(30)"), Timeout);
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(5));
  EXPECT_THROW(db().arm(context), Timeout);
  db().disarm();
  EXPECT_FALSE(db().broken());
  for (int i = 0; i < 20; ++i) EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
}

TEST_F(PostgresSessions, EndsAStatementWhenItIsStopped) {
  std::stop_source source;
  const Context context = Context().stopToken(source.get_token());
  db().arm(context);
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    source.request_stop();
  });
  EXPECT_THROW(run(db(), "SELECT pg_sleep(30)"), Cancelled);
  db().disarm();
  EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
}

TEST_F(PostgresSessions, IsInterruptedFromAnotherThread) {
  db().interrupt();  // Nothing runs: nothing happens.
  EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(100));
    db().interrupt();
  });
  const auto error = caught<Cancelled>([&] { run(db(), "SELECT pg_sleep(30)"); });
  EXPECT_TRUE(error);
  EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
}

TEST_F(PostgresSessions, IsNotHitByACancellationThatCameTooLate) {
  for (int i = 0; i < 50; ++i) {
    const Context context = Context().timeout(milliseconds(1));
    try {
      db().arm(context);
      run(db(), "SELECT pg_sleep(0.001)");
    } catch (const Timeout&) {
    }
    db().disarm();
    ASSERT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
  }
}

TEST_F(PostgresSessions, TellsTimeoutsOfTheServer) {
  const auto other = open("statement_timeout=50&lock_timeout=50");
  EXPECT_THROW(run(*other, "SELECT pg_sleep(10)"), Timeout);
  db().executeScript("CREATE TABLE t (x int)");
  db().begin(TransactionMode::Write);
  run(db(), "LOCK TABLE t");
  const auto patient = open("lock_timeout=50");
  const auto error = caught<Timeout>([&] { run(*patient, "SELECT * FROM t"); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->sqlState(), "55P03");
}

TEST_F(PostgresSessions, NoticesThatItWasEndedByTheAdministrator) {
  const auto statement = db().prepare("SELECT 1 AS x", true);
  const std::string pid =
      query(db(), "SELECT pg_backend_pid()::text AS x")[0]["x"].as<std::string>();
  database_->run("SELECT pg_terminate_backend(" + pid + ")");
  const auto error = caught<ConnectionError>([&] {
    for (int i = 0; i < 2; ++i) (void)statement->fetch(0, 0);
  });
  ASSERT_TRUE(error);
  EXPECT_TRUE(db().broken());
  EXPECT_FALSE(db().ping(milliseconds(100)));
  EXPECT_THROW((void)statement->fetch(0, 0), ConnectionError);
  EXPECT_NO_THROW(db().rollback());
}

TEST_F(PostgresSessions, AnswersAPing) {
  EXPECT_TRUE(db().ping(milliseconds(1000)));
  db().begin(TransactionMode::Write);
  EXPECT_TRUE(db().ping(milliseconds(1000)));
  EXPECT_THROW(run(db(), "SELECT 1/0"), QueryError);
  EXPECT_TRUE(db().ping(milliseconds(1000)));
}

TEST_F(PostgresSessions, GoesBackToTheStateItOpenedIn) {
  const auto other = open("work_mem=5MB&search_path=pg_catalog");
  const auto kept = other->prepare("SELECT 1 AS x", true);
  other->executeScript(
      "SET work_mem = '1MB'; SET datestyle = 'German'; CREATE TEMP TABLE tmp (x int);"
      "SET search_path = public; LISTEN noise; SELECT pg_advisory_lock(5)");
  other->begin(TransactionMode::Write);
  other->resetState();
  EXPECT_FALSE(other->inTransaction());
  EXPECT_EQ(query(*other, "SHOW work_mem")[0][0].text(), "5MB");
  EXPECT_EQ(query(*other, "SHOW search_path")[0][0].text(), "pg_catalog");
  EXPECT_EQ(query(*other, "SHOW datestyle")[0][0].text(), "ISO, MDY");
  EXPECT_THROW(query(*other, "SELECT * FROM tmp"), QueryError);
  EXPECT_EQ(query(*other, "SELECT count(*) n FROM pg_locks WHERE locktype = 'advisory'")[0]["n"]
                .as<int>(),
            0);
  EXPECT_EQ(kept->fetch(0, 0)->rowCount(), 1U);
}

TEST_F(PostgresSessions, LocksByName) {
  const auto other = open();
  EXPECT_TRUE(db().lock("job", milliseconds(0)));
  EXPECT_FALSE(other->lock("job", milliseconds(0)));
  EXPECT_FALSE(other->lock("job", milliseconds(50)));
  EXPECT_TRUE(other->lock("another job", milliseconds(0)));
  other->begin(TransactionMode::Write);
  EXPECT_FALSE(other->lock("job", milliseconds(50)));
  EXPECT_EQ(query(*other, "SELECT 1 AS x").size(), 1U);
  other->commit();
  other->unlock("job");  // Not held: no error.
  std::jthread releaser([&] {
    std::this_thread::sleep_for(milliseconds(50));
    db().unlock("job");
  });
  EXPECT_TRUE(other->lock("job", milliseconds(5000)));
}

TEST_F(PostgresSessions, HearsMessages) {
  const auto sender = open();
  db().listen("News \"x\"");
  EXPECT_FALSE(db().waitForNotification(milliseconds(10)));
  sender->notify("News \"x\"", "one");
  sender->notify("elsewhere", "no");
  sender->notify("News \"x\"", "");
  const auto first = db().waitForNotification(milliseconds(5000));
  ASSERT_TRUE(first);
  EXPECT_EQ(first->channel, "News \"x\"");
  EXPECT_EQ(first->payload, "one");
  const auto second = db().waitForNotification(milliseconds(5000));
  ASSERT_TRUE(second);
  EXPECT_EQ(second->payload, "");
  db().unlisten("News \"x\"");
  sender->notify("News \"x\"", "late");
  EXPECT_FALSE(db().waitForNotification(milliseconds(50)));
  std::jthread stopper([&] {
    std::this_thread::sleep_for(milliseconds(50));
    db().interrupt();
  });
  const auto began = steady_clock::now();
  EXPECT_FALSE(db().waitForNotification(std::chrono::seconds(30)));
  EXPECT_LT(steady_clock::now() - began, std::chrono::seconds(10));
}

class PostgresBulk : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (!database_) return;
    db().executeScript(
        "CREATE TABLE \"Odd Name\" (\"the id\" int PRIMARY KEY, \"te\"\"xt\" text, b bytea, "
        "r float8, a int[], j jsonb, f boolean)");
    table_.schema = "public";
    table_.name = "Odd Name";
    const auto add = [&](const char* name, Type type) {
      Column column;
      column.name = name;
      column.type = type;
      table_.columns.push_back(std::move(column));
    };
    add("the id", Type::Integer);
    add("te\"xt", Type::Text);
    add("b", Type::Blob);
    add("r", Type::Real);
    add("a", Type::Array);
    add("j", Type::Json);
    add("f", Type::Boolean);
  }
  int count() { return query(db(), "SELECT count(*) AS n FROM \"Odd Name\"")[0]["n"].as<int>(); }

  Table table_;
};

TEST_F(PostgresBulk, InsertsRowsAsTheyAre) {
  const std::string text = "tab\t newline\n return\r back\\slash \\N \xf0\x9f\x98\x80";
  const Blob blob(std::string_view("\0\\\xff", 3));
  const Value list = Value::array({Value(1), Value(nullptr)});
  const Value object = Value::object({{"k", Value("a\nb")}});
  const Arg first[] = {1, text, blob, 0.1, list, object, true};
  const Arg second[] = {2,       nullptr, nullptr, -std::numeric_limits<double>::infinity(),
                        nullptr, nullptr, false};
  int row = 0;
  const auto rows = db().bulkInsert(table_, {"the id", "te\"xt", "b", "r", "a", "j", "f"}, [&] {
    ++row;
    return row == 1 ? Args(first) : row == 2 ? Args(second) : Args();
  });
  EXPECT_EQ(rows, 2U);
  const ResultSet stored = query(db(), "SELECT * FROM \"Odd Name\" ORDER BY \"the id\"");
  EXPECT_EQ(stored[0][1].text(), text);
  EXPECT_EQ(stored[0]["b"].as<Blob>(), blob);
  EXPECT_EQ(stored[0]["r"].as<double>(), 0.1);
  EXPECT_EQ(stored[0]["a"].text(), "[1,null]");
  EXPECT_TRUE(stored[0]["f"].as<bool>());
  EXPECT_TRUE(stored[1][1].isNull());
}

TEST_F(PostgresBulk, StoresAllRowsOrNone) {
  int row = 0;
  Arg values[] = {0, "x"};
  const auto error = caught<ConstraintError>([&] {
    db().bulkInsert(table_, {"the id", "te\"xt"}, [&] {
      values[0] = Arg(++row == 100'000 ? 1 : row);
      return row > 100'000 ? Args() : Args(values);
    });
  });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->kind(), ConstraintKind::PrimaryKey);
  EXPECT_EQ(count(), 0);
  EXPECT_THROW(db().bulkInsert(table_, {"the id"}, []() -> Args { throw std::runtime_error("x"); }),
               std::runtime_error);
  const Arg wrong[] = {"secret", "x"};
  row = 0;
  const auto conversion = caught<QueryError>([&] {
    db().bulkInsert(table_, {"the id", "te\"xt"},
                    [&] { return ++row > 100'000 ? Args() : Args(wrong); });
  });
  ASSERT_TRUE(conversion);
  EXPECT_THAT(conversion->what(), testing::Not(HasSubstr("secret")));
  EXPECT_EQ(count(), 0);
}

TEST_F(PostgresSessions, ReportsItsSettings) {
  DriverOptions options = postgresOptions(database_->uri());
  options.settings = {{"work_mem", "8192kB"}, {"statement_timeout", "5000"}};
  const auto connection = driver_->connect(options, TransactionMode::Write);
  const auto reports = connection->settings();
  ASSERT_EQ(reports.size(), 2U);
  EXPECT_TRUE(reports[0].honoured());
  EXPECT_TRUE(reports[1].honoured());
  run(*connection, "SET work_mem = '1MB'");
  EXPECT_EQ(connection->settings()[0].effective, "1MB");
}

TEST_F(PostgresSessions, SaysWhatIsWrongWithAConnection) {
  const auto message = [&](const std::string& uri) {
    const auto error = caught<Error>(
        [&] { (void)driver_->connect(postgresOptions(uri), TransactionMode::Write); });
    return error ? std::string(errorCodeName(error->code())) + " " + error->sqlState() + " " +
                       error->what()
                 : std::string();
  };
  EXPECT_THAT(message(database_->uri("work_memm=1MB")),
              testing::AllOf(HasSubstr("config"), HasSubstr("did you mean \"work_mem\"")));
  EXPECT_THAT(message(database_->uri("work_mem=secret")),
              testing::AllOf(HasSubstr("config"), HasSubstr("work_mem"),
                             testing::Not(HasSubstr("secret"))));
  EXPECT_THAT(message(database_->uri("sslmode=sometimes")), HasSubstr("config"));
  EXPECT_THAT(message(database_->server().uri(database_->name() + "x")),
              testing::AllOf(HasSubstr("connection 3D000"),
                             HasSubstr("did you mean \"" + database_->name() + "\"")));
  Uri wrong = Uri::parse(database_->tcpUri());
  wrong.password = "wrong";
  DriverOptions options;
  options.uri = wrong;
  const auto refused =
      caught<ConnectionError>([&] { (void)driver_->connect(options, TransactionMode::Write); });
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->sqlState(), "28P01");
  EXPECT_THAT(message("postgresql://sonde@127.0.0.1:1/x"), HasSubstr("connection 08001"));
}

TEST_F(PostgresSessions, TriesEachHostInTurn) {
  Uri uri = Uri::parse(database_->uri());
  uri.hosts.insert(uri.hosts.begin(), UriHost{"127.0.0.1", 1});
  DriverOptions options;
  options.uri = uri;
  EXPECT_EQ(query(*driver_->connect(options, TransactionMode::Write), "SELECT 1 AS x").size(), 1U);
  options.uri.options = {{"target_session_attrs", "standby"}};
  EXPECT_THROW((void)driver_->connect(options, TransactionMode::Write), ConnectionError);
  options.uri.options = {{"target_session_attrs", "prefer-standby"}};
  EXPECT_EQ(query(*driver_->connect(options, TransactionMode::Write), "SELECT 1 AS x").size(), 1U);
}

TEST_F(PostgresSessions, SpeaksTls) {
  if (database_->server().tlsCa.empty()) GTEST_SKIP() << "a server of your own";
  const std::string ca = "sslrootcert=" + percentEncode(database_->server().tlsCa);
  const auto secure = driver_->connect(
      postgresOptions(database_->tcpUri("sslmode=verify-full&" + ca)), TransactionMode::Write);
  EXPECT_TRUE(
      query(*secure, "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")[0][0].as<bool>());
  // Results of every length, so that records end at every place of libpq's buffer.
  for (int size = 1; size < 200'000; size = size * 5 / 4 + 7) {
    const ResultSet rows = query(*secure, "SELECT repeat('x', $1) AS x", {size});
    ASSERT_EQ(rows[0]["x"].text().size(), static_cast<std::size_t>(size));
  }
  const auto refused = caught<ConnectionError>([&] {
    (void)driver_->connect(postgresOptions(database_->tcpUri("sslmode=disable", "sonde_tls")),
                           TransactionMode::Write);
  });
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->sqlState(), "28000");
}

TEST_F(PostgresSessions, IsReadOnlyWhereThatWasAskedFor) {
  DriverOptions options = postgresOptions(database_->uri());
  options.access = AccessMode::ReadOnly;
  const auto connection = driver_->connect(options, TransactionMode::Read);
  EXPECT_TRUE(connection->readOnly());
  EXPECT_THROW(run(*connection, "CREATE TABLE x (y int)"), QueryError);
  EXPECT_FALSE(db().readOnly());
}

}  // namespace
}  // namespace sonde::test
