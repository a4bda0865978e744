// Statements: preparing, running, streaming, batches, and a schema that changes under them.
#include <vector>

#include "postgres_fixture.hpp"

namespace sonde::test {
namespace {

using testing::HasSubstr;

class PostgresStatements : public PostgresTest {
 protected:
  void SetUp() override {
    PostgresTest::SetUp();
    if (!database_) return;
    db().executeScript(
        "CREATE TABLE t (id int PRIMARY KEY, name text);"
        "INSERT INTO t SELECT g, 'n' || g FROM generate_series(1, 1000) g");
  }
};

TEST_F(PostgresStatements, RefusesWhatIsNotOneStatement) {
  for (const bool persistent : {true, false}) {
    EXPECT_THROW((void)db().prepare("", persistent), ValidationError);
    EXPECT_THROW((void)db().prepare("-- nothing", persistent), ValidationError);
    EXPECT_THROW((void)db().prepare("SELECT 1; SELECT 2", persistent), ValidationError);
    EXPECT_THROW((void)db().prepare(std::string_view("SELECT 1\0", 9), persistent),
                 ValidationError);
  }
}

TEST_F(PostgresStatements, SaysWhereTheErrorIs) {
  const auto error =
      caught<QueryError>([&] { (void)db().prepare("SELECT\n  nosuch\nFROM t", true); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->sqlState(), "42703");
  EXPECT_THAT(error->what(), HasSubstr("(line 2, column 3)"));
  const auto script =
      caught<QueryError>([&] { db().executeScript("SELECT 'ä';\nSELECT 1;\n  SELEC 2"); });
  ASSERT_TRUE(script);
  EXPECT_THAT(script->what(), HasSubstr("(line 3, column 3)"));
}

TEST_F(PostgresStatements, WantsAsManyParametersAsPlaceholders) {
  const auto statement = db().prepare("SELECT * FROM t WHERE id = $1 OR id = $1", true);
  EXPECT_EQ(statement->parameterCount(), 1U);
  EXPECT_THROW(statement->bind({}), ValidationError);
  const Arg one[] = {1};
  statement->bind(one);
  EXPECT_EQ(statement->fetch(0, 0)->rowCount(), 1U);
  // Without bind() nothing of the run before is seen.
  statement->reset();
  EXPECT_EQ(statement->fetch(0, 0)->rowCount(), 0U);
}

TEST_F(PostgresStatements, CountsChanges) {
  EXPECT_EQ(run(db(), "UPDATE t SET name = 'x' WHERE id <= $1", {3}), 3U);
  EXPECT_EQ(run(db(), "DELETE FROM t WHERE id > 990"), 10U);
  EXPECT_EQ(run(db(), "SELECT * FROM t"), 0U);
  EXPECT_EQ(run(db(), "CREATE TABLE u (x int)"), 0U);
}

TEST_F(PostgresStatements, StreamsOutsideATransaction) {
  const auto statement = db().prepare("SELECT id, name FROM t ORDER BY id", true);
  std::int64_t sum = 0;
  int rows = 0;
  while (const Cell* cells = statement->step()) {
    sum += cells[0].integer;
    ++rows;
    EXPECT_EQ(cells[1].view(), "n" + std::to_string(rows));
  }
  EXPECT_EQ(rows, 1000);
  EXPECT_EQ(sum, 500500);
  EXPECT_EQ(statement->step(), nullptr);
  statement->reset();
  EXPECT_NE(statement->step(), nullptr);
}

TEST_F(PostgresStatements, GivesUpAStreamAtAnyRow) {
  const auto statement =
      db().prepare("SELECT g, repeat('x', 1000) FROM generate_series(1, 1000000) g", true);
  for (const int wanted : {1, 2, 500}) {
    for (int i = 0; i < wanted; ++i) ASSERT_NE(statement->step(), nullptr);
    statement->reset();
    EXPECT_EQ(query(db(), "SELECT 1 AS x")[0]["x"].as<int>(), 1);
  }
  EXPECT_FALSE(db().broken());
}

TEST_F(PostgresStatements, LeavesTheConnectionFreeWhileItStreamsInATransaction) {
  db().begin(TransactionMode::Write);
  const auto statement = db().prepare("SELECT id FROM t WHERE id > $1 ORDER BY id", true);
  const Arg args[] = {10};
  statement->bind(args);
  int rows = 0;
  while (const Cell* cells = statement->step()) {
    ++rows;
    if (rows % 100 == 1) {
      run(db(), "UPDATE t SET name = 'seen' WHERE id = $1", {cells[0].integer});
    }
  }
  EXPECT_EQ(rows, 990);
  statement->reset();
  const auto early = db().prepare("SELECT id FROM t ORDER BY id", true);
  ASSERT_NE(early->step(), nullptr);
  early->reset();
  EXPECT_EQ(query(db(), "SELECT count(*) AS n FROM t WHERE name = 'seen'")[0]["n"].as<int>(), 10);
  EXPECT_EQ(query(db(), "SELECT count(*) AS n FROM pg_cursors WHERE name <> ''")[0]["n"].as<int>(),
            0);
  db().commit();
}

TEST_F(PostgresStatements, StreamsTheRowsOfAWriteAfterIt) {
  const auto statement = db().prepare("DELETE FROM t WHERE id <= 5 RETURNING id", true);
  ASSERT_NE(statement->step(), nullptr);
  statement->reset();
  EXPECT_EQ(query(db(), "SELECT count(*) AS n FROM t")[0]["n"].as<int>(), 995);
}

TEST_F(PostgresStatements, KeepsTheFirstRowsOnly) {
  const auto many = db().prepare("SELECT g FROM generate_series(1, 3000000) g", true);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(many->fetch(2, 0)->rowCount(), 2U);
    many->reset();
  }
  EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
  const auto write = db().prepare("UPDATE t SET name = 'y' RETURNING id", true);
  EXPECT_EQ(write->fetch(1, 0)->rowCount(), 1U);
  EXPECT_EQ(query(db(), "SELECT count(*) AS n FROM t WHERE name = 'y'")[0]["n"].as<int>(), 1000);
}

TEST_F(PostgresStatements, RefusesAResultBeyondItsLimit) {
  const auto statement =
      db().prepare("SELECT repeat('x', 10000) FROM generate_series(1, 100000)", true);
  EXPECT_THROW((void)statement->fetch(0, 100'000), ResultTooLarge);
  statement->reset();
  EXPECT_FALSE(db().broken());
  EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
  const auto small = db().prepare("SELECT repeat('x', 1000) FROM generate_series(1, 10)", true);
  EXPECT_THROW((void)small->fetch(0, 5'000), ResultTooLarge);
  EXPECT_EQ(small->fetch(0, 50'000)->rowCount(), 10U);
}

TEST_F(PostgresStatements, PreparesAgainWhenTheSchemaChanged) {
  const auto statement = db().prepare("SELECT * FROM t WHERE id = $1", true);
  const Arg args[] = {7};
  statement->bind(args);
  EXPECT_EQ(statement->fetch(0, 0)->columns().size(), 2U);
  EXPECT_FALSE(statement->takeSchemaChanged());
  database_->run("ALTER TABLE t ADD COLUMN extra int DEFAULT 5");
  statement->bind(args);
  const BlockPtr block = statement->fetch(0, 0);
  EXPECT_EQ(block->columns().size(), 3U);
  EXPECT_EQ(block->row(0)[2].integer, 5);
  EXPECT_TRUE(statement->takeSchemaChanged());
  EXPECT_FALSE(statement->takeSchemaChanged());

  database_->run("ALTER TABLE t ALTER COLUMN extra TYPE text");
  statement->bind(args);
  EXPECT_EQ(statement->step()[2].view(), "5");
  statement->reset();

  database_->run("ALTER TABLE t DROP COLUMN extra");
  const Args batch[] = {args, args};
  EXPECT_EQ(statement->fetchEach(batch, 0)[1]->columns().size(), 2U);
}

TEST_F(PostgresStatements, SurvivesThatSomebodyDroppedIt) {
  const auto statement = db().prepare("SELECT 1 AS x", true);
  run(db(), "DEALLOCATE ALL");
  EXPECT_EQ(statement->fetch(0, 0)->rowCount(), 1U);
}

TEST_F(PostgresStatements, SpoilsATransactionByAStalePlanAndRecovers) {
  const auto statement = db().prepare("SELECT * FROM t", true);
  db().begin(TransactionMode::Read);
  database_->run("ALTER TABLE t ADD COLUMN extra int");
  const auto error = caught<QueryError>([&] { (void)statement->fetch(0, 0); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->sqlState(), "0A000");
  EXPECT_TRUE(statement->takeSchemaChanged());
  db().rollback();
  EXPECT_EQ(statement->fetch(0, 0)->columns().size(), 3U);
}

TEST_F(PostgresStatements, RunsABatchInOrder) {
  const auto statement = db().prepare("SELECT name FROM t WHERE id = $1", true);
  std::vector<Arg> ids;
  for (int i = 1; i <= 300; ++i) ids.emplace_back(i);
  std::vector<Args> batch;
  for (const Arg& id : ids) batch.emplace_back(&id, 1);
  const auto blocks = statement->fetchEach(batch, 0);
  ASSERT_EQ(blocks.size(), 300U);
  for (std::size_t i = 0; i < blocks.size(); ++i) {
    EXPECT_EQ(blocks[i]->row(0)[0].view(), "n" + std::to_string(i + 1));
  }
}

TEST_F(PostgresStatements, KeepsWhatABatchWroteBeforeItFailed) {
  const auto statement = db().prepare("INSERT INTO t VALUES ($1, 'new') RETURNING id", true);
  const Arg ids[] = {2001, 2002, 5, 2003};
  const Args batch[] = {Args(ids, 1), Args(ids + 1, 1), Args(ids + 2, 1), Args(ids + 3, 1)};
  EXPECT_THROW((void)statement->fetchEach(batch, 0), ConstraintError);
  EXPECT_EQ(query(db(), "SELECT count(*) AS n FROM t WHERE id IN (2001, 2002)")[0]["n"].as<int>(),
            2);
  db().begin(TransactionMode::Write);
  const Arg more[] = {3001, 6};
  const Args inside[] = {Args(more, 1), Args(more + 1, 1)};
  EXPECT_THROW((void)statement->fetchEach(inside, 0), ConstraintError);
  db().rollback();
  EXPECT_EQ(query(db(), "SELECT count(*) AS n FROM t WHERE id = 3001")[0]["n"].as<int>(), 0);
  const std::string nul("\0", 1);
  const Arg wrong[] = {3002, nul};
  const auto texts = db().prepare("INSERT INTO t VALUES ($1, $2)", true);
  const Arg good[] = {3003, "x"};
  const Args mixed[] = {good, wrong};
  EXPECT_THROW((void)texts->fetchEach(mixed, 0), ValidationError);
  EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
}

TEST_F(PostgresStatements, OutlivesItsConnection) {
  auto statement = db().prepare("SELECT 1 AS x", true);
  connection_.reset();
  EXPECT_EQ(statement->fetch(0, 0)->rowCount(), 1U);
}

TEST_F(PostgresStatements, RefusesCopyThroughSql) {
  EXPECT_THROW(run(db(), "COPY t FROM STDIN"), Unsupported);
  EXPECT_THROW(run(db(), "COPY t TO STDOUT"), Unsupported);
  EXPECT_THROW(db().executeScript("COPY t TO STDOUT; SELECT 1"), Unsupported);
  EXPECT_EQ(query(db(), "SELECT 1 AS x").size(), 1U);
}

TEST_F(PostgresStatements, ExplainsWithAndWithoutParameters) {
  EXPECT_THAT(db().explain("SELECT * FROM t WHERE id = 1")[0], HasSubstr("Index Scan"));
  EXPECT_THAT(db().explain("SELECT * FROM t WHERE id = $1")[0], HasSubstr("Index Scan"));
}

TEST_F(PostgresStatements, FreesWhatIsNoLongerWanted) {
  for (int i = 0; i < 100; ++i) {
    (void)db().prepare("SELECT " + std::to_string(i), true)->fetch(0, 0);
  }
  EXPECT_LT(query(db(), "SELECT count(*) AS n FROM pg_prepared_statements")[0]["n"].as<int>(), 50);
}

}  // namespace
}  // namespace sonde::test
