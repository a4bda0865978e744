// Transactions, errors inside them, and settings of a context.
#include "postgres_fixture.hpp"

namespace sonde::test {
namespace {

using testing::HasSubstr;

class PostgresTransactionTest : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (!database_) return;
    db().executeScript("CREATE TABLE t (id int PRIMARY KEY, name text NOT NULL)");
  }
  int count() { return query(db(), "SELECT count(*) AS n FROM t")[0]["n"].as<int>(); }
  std::string show(const std::string& name) {
    return std::string(
        query(db(), "SELECT current_setting('" + name + "', true) AS x")[0]["x"].text());
  }
};

TEST_F(PostgresTransactionTest, CommitsAndRollsBack) {
  db().begin(TransactionMode::Write);
  EXPECT_TRUE(db().inTransaction());
  run(db(), "INSERT INTO t VALUES (1, 'a')");
  db().rollback();
  EXPECT_FALSE(db().inTransaction());
  EXPECT_EQ(count(), 0);
  db().begin(TransactionMode::Write);
  run(db(), "INSERT INTO t VALUES (1, 'a')");
  db().savepoint(1);
  run(db(), "INSERT INTO t VALUES (2, 'b')");
  db().rollbackToSavepoint(1);
  db().releaseSavepoint(1);
  db().commit();
  EXPECT_EQ(count(), 1);
  EXPECT_THROW(db().commit(), TransactionError);
  EXPECT_NO_THROW(db().rollback());
  db().begin(TransactionMode::Write);
  EXPECT_THROW(db().begin(TransactionMode::Write), TransactionError);
}

TEST_F(PostgresTransactionTest, BeginsAsAsked) {
  BeginOptions options(TransactionMode::Read);
  options.isolation = Isolation::Serializable;
  options.deferrable = true;
  db().begin(options);
  EXPECT_EQ(show("transaction_isolation"), "serializable");
  EXPECT_EQ(show("transaction_read_only"), "on");
  EXPECT_EQ(show("transaction_deferrable"), "on");
  db().rollback();
  options = BeginOptions(TransactionMode::Write);
  options.isolation = Isolation::RepeatableRead;
  db().begin(options);
  EXPECT_EQ(show("transaction_isolation"), "repeatable read");
  EXPECT_EQ(show("transaction_read_only"), "off");
}

TEST_F(PostgresTransactionTest, IsSpoiledByAnErrorAndSaysSo) {
  db().begin(TransactionMode::Write);
  run(db(), "INSERT INTO t VALUES (1, 'a')");
  EXPECT_THROW(run(db(), "INSERT INTO t VALUES (1, 'b')"), ConstraintError);
  EXPECT_TRUE(db().inTransaction());
  const auto later = caught<TransactionError>([&] { (void)query(db(), "SELECT 1"); });
  ASSERT_TRUE(later);
  EXPECT_EQ(later->sqlState(), "25P02");
  EXPECT_FALSE(later->retryable());
  const auto commit = caught<TransactionError>([&] { db().commit(); });
  ASSERT_TRUE(commit);
  EXPECT_THAT(commit->what(), HasSubstr("rolled back"));
  EXPECT_EQ(count(), 0);
}

TEST_F(PostgresTransactionTest, IsMendedByASavepoint) {
  db().begin(TransactionMode::Write);
  run(db(), "INSERT INTO t VALUES (1, 'a')");
  db().savepoint(1);
  EXPECT_THROW(run(db(), "INSERT INTO t VALUES (1, 'b')"), ConstraintError);
  db().rollbackToSavepoint(1);
  run(db(), "INSERT INTO t VALUES (2, 'b')");
  db().commit();
  EXPECT_EQ(count(), 2);
}

TEST_F(PostgresTransactionTest, SaysThatASerializationFailureMayBeTriedAgain) {
  run(db(), "INSERT INTO t VALUES (1, 'a')");
  const auto other = open();
  BeginOptions options(TransactionMode::Write);
  options.isolation = Isolation::RepeatableRead;
  db().begin(options);
  EXPECT_EQ(count(), 1);
  run(*other, "UPDATE t SET name = 'b'");
  const auto error = caught<TransactionError>([&] { run(db(), "UPDATE t SET name = 'c'"); });
  ASSERT_TRUE(error);
  EXPECT_TRUE(error->retryable());
  EXPECT_EQ(error->sqlState(), "40001");
}

TEST_F(PostgresTransactionTest, RunsOneStatementUnderTheSettingsOfItsContext) {
  const Context context = Context().setting("app.tenant", "42").setting("work_mem", "8MB");
  db().arm(context);
  const std::string sql =
      "SELECT current_setting('app.tenant') AS x, current_setting('work_mem') y";
  EXPECT_EQ(query(db(), sql)[0]["x"].text(), "42");
  EXPECT_EQ(query(db(), sql, {}, false)[0]["y"].text(), "8MB");
  EXPECT_FALSE(db().inTransaction());
  const auto stream = db().prepare(sql, true);
  ASSERT_NE(stream->step(), nullptr);
  EXPECT_EQ(stream->step(), nullptr);
  EXPECT_FALSE(db().inTransaction());
  EXPECT_THROW(run(db(), "INSERT INTO t VALUES (1, NULL)"), ConstraintError);
  EXPECT_FALSE(db().inTransaction());
  db().disarm();
  EXPECT_EQ(show("app.tenant"), "");
}

TEST_F(PostgresTransactionTest, FindsTablesByTheSearchPathOfItsContext) {
  db().executeScript(
      "CREATE SCHEMA one; CREATE SCHEMA two; CREATE TABLE one.things (x int);"
      "CREATE TABLE two.things (x text, y int); INSERT INTO one.things VALUES (1);"
      "INSERT INTO two.things VALUES ('b', 2)");
  const Context one = Context().setting("search_path", "one");
  const Context two = Context().setting("search_path", "two");
  db().arm(one);
  const auto statement = db().prepare("SELECT * FROM things", true);
  EXPECT_EQ(statement->fetch(0, 0)->columns().size(), 1U);
  db().arm(two);
  EXPECT_EQ(statement->fetch(0, 0)->columns().size(), 2U);
  EXPECT_EQ(query(db(), "SELECT x FROM things", {}, false)[0]["x"].text(), "b");
  db().disarm();
  EXPECT_THROW((void)query(db(), "SELECT * FROM things"), QueryError);
}

TEST_F(PostgresTransactionTest, HoldsTheSettingsOfItsContextToItsEnd) {
  const Context context = Context().setting("app.tenant", "it's 7");
  db().arm(context);
  db().begin(TransactionMode::Write);
  db().disarm();
  EXPECT_EQ(show("app.tenant"), "it's 7");
  db().commit();
  EXPECT_EQ(show("app.tenant"), "");
  const Context wrong = Context().setting("nosuch", "1");
  db().arm(wrong);
  EXPECT_THROW(db().begin(TransactionMode::Write), QueryError);
  EXPECT_FALSE(db().inTransaction());
  EXPECT_THROW((void)query(db(), "SELECT 1"), QueryError);
  EXPECT_FALSE(db().inTransaction());
}

TEST_F(PostgresTransactionTest, TellsConstraintsApart) {
  db().executeScript(
      "CREATE TABLE p (id int PRIMARY KEY);"
      "CREATE TABLE c (a int NOT NULL, b int CONSTRAINT b_small CHECK (b < 10), "
      "p int REFERENCES p, e text UNIQUE, during int4range, EXCLUDE USING gist (during WITH &&))");
  const auto kind = [&](const std::string& sql) {
    const auto error = caught<ConstraintError>([&] { run(db(), sql, {"secret"}); });
    if (!error) return std::string();
    EXPECT_EQ(std::string(error->what()).find("secret"), std::string::npos) << error->what();
    return std::string(constraintKindName(error->kind())) + " " + error->table() + " " +
           error->constraint() + " " + (error->columns().empty() ? "" : error->columns()[0]) + " " +
           error->sqlState();
  };
  run(db(), "INSERT INTO c (a, e) VALUES (1, 'secret')");
  EXPECT_EQ(kind("INSERT INTO c (a, e) VALUES (1, $1)"), "unique c c_e_key  23505");
  EXPECT_EQ(kind("INSERT INTO c (e) VALUES ($1)"), "notNull c  a 23502");
  EXPECT_EQ(kind("INSERT INTO c (a, b, e) VALUES (1, 11, $1 || 'x')"), "check c b_small  23514");
  EXPECT_EQ(kind("INSERT INTO c (a, p, e) VALUES (1, 9, $1 || 'y')"),
            "foreignKey c c_p_fkey  23503");
  run(db(), "INSERT INTO c (a, during) VALUES (1, '[1,5)')");
  EXPECT_EQ(kind("INSERT INTO c (a, during, e) VALUES (1, '[2,3)', $1 || 'z')"),
            "other c c_during_excl  23P01");
  run(db(), "INSERT INTO p VALUES (1)");
  EXPECT_EQ(kind("INSERT INTO p SELECT 1 WHERE $1 <> ''"), "primaryKey p p_pkey  23505");
}

TEST_F(PostgresTransactionTest, KeepsValuesOutOfMessages) {
  const auto message = [&](const std::string& sql, const Arg& arg) {
    const auto error = caught<Error>([&] { run(db(), sql, {arg}); });
    return error ? std::string(error->what()) : std::string();
  };
  EXPECT_THAT(message("SELECT * FROM t WHERE id = $1", "12abc"),
              testing::AllOf(HasSubstr("invalid input syntax for type integer"),
                             testing::Not(HasSubstr("12abc"))));
  EXPECT_THAT(message("SELECT $1::date", "sec\"ret"), testing::Not(HasSubstr("ret")));
  EXPECT_THAT(message("SELECT $1::jsonb", "{secret"), testing::Not(HasSubstr("secret")));
  EXPECT_THAT(message("SELECT $1::int[]", "secret"), testing::Not(HasSubstr("secret")));
  EXPECT_THAT(message("SELECT nosuch FROM t WHERE name = $1", "x"), HasSubstr("\"nosuch\""));
}

}  // namespace
}  // namespace sonde::test
