#include <gmock/gmock.h>

#include "driver_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* kTables =
    "CREATE TABLE parent (id INTEGER PRIMARY KEY);"
    "CREATE TABLE child (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INT, c INT,"
    "  parent_id INT REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED,"
    "  now_id INT REFERENCES parent (id),"
    "  UNIQUE (b, c), CONSTRAINT b_positive CHECK (b > 0), CHECK (c <> 13));"
    "CREATE UNIQUE INDEX lower_a ON child (lower(a));"
    "CREATE TABLE keyed (k TEXT PRIMARY KEY) WITHOUT ROWID;"
    "CREATE TABLE \"odd.na,me\" (\"x.y, z\" INT UNIQUE, \"w\" INT, UNIQUE (\"x.y, z\", w));"
    "CREATE TABLE strict_one (n INTEGER) STRICT;"
    "CREATE TRIGGER guard BEFORE DELETE ON parent BEGIN SELECT RAISE(ABORT, 'not this one'); END;"
    "INSERT INTO child (id, a, b, c) VALUES (1, 'x', 1, 1); INSERT INTO keyed VALUES ('k');"
    "INSERT INTO parent VALUES (1);";

class SqliteErrors : public ::testing::Test {
 protected:
  SqliteErrors() { db_->executeScript(kTables); }

  ConstraintError broken(std::string_view sql, std::initializer_list<Arg> args = {}) {
    return caught<ConstraintError>([&] { run(*db_, sql, args); });
  }

  std::unique_ptr<Connection> db_ = openMemory();
};

TEST_F(SqliteErrors, NamesTheColumnsOfAUniqueConstraint) {
  const auto error = broken("INSERT INTO child (a, b, c) VALUES (?, 1, 1)", {"secret"});
  EXPECT_EQ(error.kind(), ConstraintKind::Unique);
  EXPECT_EQ(error.table(), "child");
  EXPECT_THAT(error.columns(), ElementsAre("b", "c"));
  EXPECT_EQ(error.sqlState(), "23505");
  EXPECT_EQ(error.nativeCode(), SQLITE_CONSTRAINT_UNIQUE);
  EXPECT_EQ(error.sql(), "INSERT INTO child (a, b, c) VALUES (?, 1, 1)");
  EXPECT_THAT(error.what(), Not(HasSubstr("secret")));
}

TEST_F(SqliteErrors, TellsPrimaryKeysApart) {
  const auto rowid = broken("INSERT INTO child (id, a) VALUES (1, 'y')");
  EXPECT_EQ(rowid.kind(), ConstraintKind::PrimaryKey);
  EXPECT_THAT(rowid.columns(), ElementsAre("id"));
  const auto text = broken("INSERT INTO keyed VALUES ('k')");
  EXPECT_EQ(text.kind(), ConstraintKind::PrimaryKey);
  EXPECT_EQ(text.table(), "keyed");
}

TEST_F(SqliteErrors, NamesTheIndexOverAnExpression) {
  const auto error = broken("INSERT INTO child (a) VALUES ('X')");
  EXPECT_EQ(error.kind(), ConstraintKind::Unique);
  EXPECT_EQ(error.constraint(), "lower_a");
  EXPECT_THAT(error.columns(), IsEmpty());
}

TEST_F(SqliteErrors, ReadsNamesThatHoldDotsAndCommas) {
  run(*db_, R"(INSERT INTO "odd.na,me" VALUES (1, 1))");
  const auto error = broken(R"(INSERT INTO "odd.na,me" VALUES (1, 1))");
  EXPECT_EQ(error.table(), "odd.na,me");
  EXPECT_EQ(error.columns().front(), "x.y, z");
}

TEST_F(SqliteErrors, NamesNotNullAndChecks) {
  const auto notNull = broken("INSERT INTO child (a) VALUES (NULL)");
  EXPECT_EQ(notNull.kind(), ConstraintKind::NotNull);
  EXPECT_THAT(notNull.columns(), ElementsAre("a"));
  EXPECT_EQ(notNull.sqlState(), "23502");
  const auto named = broken("INSERT INTO child (a, b) VALUES ('n', -1)");
  EXPECT_EQ(named.kind(), ConstraintKind::Check);
  EXPECT_EQ(named.constraint(), "b_positive");
  EXPECT_EQ(named.sqlState(), "23514");
  EXPECT_EQ(broken("INSERT INTO child (a, c) VALUES ('n', 13)").constraint(), "c <> 13");
}

TEST_F(SqliteErrors, ReportsForeignKeysAtOnceAndAtCommit) {
  const auto atOnce = broken("INSERT INTO child (a, now_id) VALUES ('f', 99)");
  EXPECT_EQ(atOnce.kind(), ConstraintKind::ForeignKey);
  EXPECT_EQ(atOnce.sqlState(), "23503");
  db_->begin(TransactionMode::Write);
  run(*db_, "INSERT INTO child (a, parent_id) VALUES ('f', 99)");
  const auto atCommit = caught<ConstraintError>([&] { db_->commit(); });
  EXPECT_EQ(atCommit.kind(), ConstraintKind::ForeignKey);
  EXPECT_TRUE(db_->inTransaction());
  db_->rollback();
  EXPECT_FALSE(db_->inTransaction());
}

TEST_F(SqliteErrors, PassesOnWhatATriggerSays) {
  const auto error = broken("DELETE FROM parent");
  EXPECT_EQ(error.kind(), ConstraintKind::Other);
  EXPECT_EQ(std::string(error.what()), "not this one");
  EXPECT_EQ(error.sqlState(), "23000");
}

TEST_F(SqliteErrors, NamesTheColumnOfAStrictTable) {
  const auto error = broken("INSERT INTO strict_one VALUES (?)", {"secret"});
  EXPECT_EQ(error.sqlState(), "42804");
  EXPECT_EQ(error.table(), "strict_one");
  EXPECT_THAT(error.columns(), ElementsAre("n"));
}

TEST_F(SqliteErrors, GivesStandardStatesToRefusedStatements) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"SELECT * FROM nope", "42P01"},
      {"SELECT nope FROM child", "42703"},
      {"INSERT INTO child (nope) VALUES (1)", "42703"},
      {"SELECT id FROM child, parent", "42702"},
      {"SELECT nope(1)", "42883"},
      {"SELECT lower(1, 2)", "42883"},
      {"SELEC 1", "42601"},
      {"SELECT (1", "42601"},
      {"SELECT '", "42601"},
      {"CREATE TABLE child (a)", "42P07"},
      {"DROP INDEX nope", "42704"},
      {"SELECT a FROM child ORDER BY a COLLATE nope", "42704"},
      {"RELEASE nope", "3B001"},
      {"COMMIT", "25P01"},
      {"SELECT 1 LIMIT 'x'", "42804"},
      {"SELECT abs(-9223372036854775807 - 1)", "22003"},
      {"SELECT zeroblob(2000000000)", "54000"},
      {"CREATE VIRTUAL TABLE v USING nope", "42704"},
      {"SELECT a FROM child GROUP BY count(*)", "42000"},
  };
  for (const auto& [sql, state] : cases) {
    const auto error = caught<QueryError>([&, &text = sql] { run(*db_, text); });
    EXPECT_EQ(error.sqlState(), state) << sql << ": " << error.what();
  }
}

TEST_F(SqliteErrors, SaysWhereAStatementIsWrong) {
  const auto error = caught<QueryError>([&] { run(*db_, "SELECT 1,\n  2 3"); });
  EXPECT_THAT(error.what(), HasSubstr("near \"3\": syntax error (line 2, column 5)"));
}

TEST_F(SqliteErrors, CountsLinesThroughAScript) {
  const auto error = caught<QueryError>([&] {
    db_->executeScript("SELECT 1;\n\nSELECT 2;  SELECT * FORM t;\n" + std::string(5000, '-'));
  });
  EXPECT_THAT(error.what(), HasSubstr("(line 3, column 21)"));
  EXPECT_LE(error.sql().size(), 1000U);
  EXPECT_THAT(error.sql(), HasSubstr("FORM"));
}

TEST_F(SqliteErrors, SuggestsTheNearestTable) {
  const auto error = caught<QueryError>([&] { run(*db_, "SELECT * FROM main.childs"); });
  EXPECT_THAT(error.what(), HasSubstr("did you mean \"child\""));
  EXPECT_THAT(error.hint(), HasSubstr("\"child\""));
}

TEST_F(SqliteErrors, KeepsParametersOutOfMessages) {
  db_->executeScript("CREATE VIRTUAL TABLE docs USING fts5(body)");
  for (const char* search : {"\"secret", "secret:word", "AND secret"}) {
    const auto error =
        caught<QueryError>([&] { query(*db_, "SELECT * FROM docs WHERE docs MATCH ?", {search}); });
    EXPECT_THAT(error.what(), Not(HasSubstr("secret"))) << search;
    EXPECT_NE(error.sqlState(), "42703") << search;
  }
  const auto error =
      caught<QueryError>([&] { query(*db_, "SELECT json_extract('{}', ?)", {"secret"}); });
  EXPECT_THAT(error.what(), AllOf(HasSubstr("JSON"), Not(HasSubstr("secret"))));
}

TEST_F(SqliteErrors, HoldsNoLockAfterAnError) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTables);
  const auto db = open(optionsFor(folder.file("a.db")));
  const auto statement =
      db->prepare("INSERT INTO keyed VALUES (?) RETURNING abs(-9223372036854775807 - 1)", true);
  const Arg arg = "new";
  for (int i = 0; i < 2; ++i) {
    statement->bind(Args(&arg, 1));
    EXPECT_THROW((void)statement->step(), QueryError);  // No reset by the caller.
    EXPECT_NO_THROW(RawDatabase(folder.file("a.db")).run("UPDATE child SET b = b + 1"));
  }
  EXPECT_FALSE(db->broken());
}

TEST_F(SqliteErrors, BreaksTheConnectionOnlyWhenTheFileIsLost) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTables);
  const auto db = open(optionsFor(folder.file("a.db")));
  writeFile(folder.file("a.db"), std::string(20000, 'x'));
  EXPECT_THROW(query(*db, "SELECT * FROM child"), ConnectionError);
  EXPECT_TRUE(db->broken());
}

}  // namespace
}  // namespace sonde::test
