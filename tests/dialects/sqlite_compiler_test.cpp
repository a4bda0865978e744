// SQLite's SQL, asserted without a database.
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/dialects/sqlite/sqlite_dialect.hpp>
#include <sonde/introspect/schema.hpp>
#include <sonde/query/filter.hpp>

#include <string>
#include <utility>
#include <vector>

#include "../query/sample_tables.hpp"

namespace sonde {
namespace {

using namespace query;

const SqlCompiler& compiler() { return SqliteDialect::instance().compiler(); }

class SqliteSql : public testing::Test {
 protected:
  static std::string sql(Query query) { return compiler().compile(query)->sql; }

  std::string where(const Filter& filter) const {
    Select select;
    select.sources = {{&users_, "", JoinKind::None, nullptr}};
    select.where = filterExpr(filter, users_);
    return sql(select).substr(std::string(R"(SELECT 1 FROM "users" WHERE )").size());
  }

  Table users_ = test::usersTable();
};

TEST_F(SqliteSql, SaysWhatItCan) {
  const Capabilities& can = SqliteDialect::instance().capabilities();
  EXPECT_TRUE(can.returning);
  EXPECT_FALSE(can.returningSeesTriggers);
  EXPECT_FALSE(can.defaultKeyword);
  EXPECT_FALSE(can.sessionSettings);
  EXPECT_EQ(can.maxParameters, 32766U);
}

TEST_F(SqliteSql, MatchesWithGlobUnlessCaseIsIgnored) {
  EXPECT_EQ(where({{"name", contains("a")}}), R"("name" GLOB ?)");
  EXPECT_EQ(where({{"name", like("a%")}}), R"("name" GLOB ?)");
  EXPECT_EQ(where({{"name", contains("a").ignoreCase()}}), R"("name" LIKE ? ESCAPE '\')");
  EXPECT_EQ(where({{"name", eq("a").ignoreCase()}}), R"(lower("name") = lower(?))");
}

TEST_F(SqliteSql, BindsPatternsForTheOperatorThatIsUsed) {
  EXPECT_EQ(compiler().bindPattern(BindTransform::Contains, false, "50%*"), "*50%[*]*");
  EXPECT_EQ(compiler().bindPattern(BindTransform::Contains, true, "50%*"), "%50\\%*%");
  EXPECT_THROW(
      (void)compiler().bindPattern(BindTransform::Contains, false, std::string_view("a\0b", 3)),
      ValidationError);
}

TEST_F(SqliteSql, TakesLongListsAsJson) {
  EXPECT_EQ(where({{"age", in(std::vector<Value>(1025, Value(1)))}}),
            R"("age" IN (SELECT value FROM json_each(?)))");
}

TEST_F(SqliteSql, WritesTheOrderOfNullsOnlyWhereItIsNotItsOwn) {
  Select select;
  select.sources = {{&users_, "", JoinKind::None, nullptr}};
  select.orderBy = {{column("id"), false, std::nullopt, false},
                    {column("id"), true, std::nullopt, false},
                    {column("id"), false, NullsOrder::First, false},
                    {column("id"), false, NullsOrder::Last, false},
                    {column("name"), true, NullsOrder::First, true}};
  EXPECT_EQ(sql(select),
            R"(SELECT 1 FROM "users" ORDER BY "id", "id" DESC, "id", "id" NULLS LAST, )"
            R"(lower("name") DESC NULLS FIRST)");
}

TEST_F(SqliteSql, AnOffsetAloneGetsALimit) {
  Select select;
  select.sources = {{&users_, "", JoinKind::None, nullptr}};
  select.offset = parameter(0);
  EXPECT_EQ(sql(select), R"(SELECT 1 FROM "users" LIMIT -1 OFFSET ?)");
  select.limit = parameter(1);
  EXPECT_EQ(sql(select), R"(SELECT 1 FROM "users" LIMIT ? OFFSET ?)");
  select.offset = nullptr;
  EXPECT_EQ(sql(select), R"(SELECT 1 FROM "users" LIMIT ?)");
}

TEST_F(SqliteSql, WritesTheDefaultOfAColumnOut) {
  users_.columns[1].defaultValue = ColumnDefault{ColumnDefault::Kind::Literal, "'x'"};
  users_.columns[2].defaultValue = ColumnDefault{ColumnDefault::Kind::Expression, "1 + 1"};
  Insert insert;
  insert.table = &users_;
  insert.columns = {"name", "email", "age"};
  insert.rows = {{nullptr, nullptr, nullptr}};
  EXPECT_EQ(sql(insert),
            R"(INSERT INTO "users" ("name", "email", "age") VALUES ('x', (1 + 1), NULL))");
  insert.columns = {};
  insert.rows = {{}};
  EXPECT_EQ(sql(insert), R"(INSERT INTO "users" DEFAULT VALUES)");
}

TEST_F(SqliteSql, NamesTheSchemaOnlyWhereItIsNeeded) {
  const auto from = [](const Table& table) {
    Select select;
    select.sources = {{&table, "", JoinKind::None, nullptr}};
    return sql(select).substr(std::string("SELECT 1 FROM ").size());
  };
  EXPECT_EQ(from(users_), "\"users\"");
  users_.schema = "archive";
  EXPECT_EQ(from(users_), R"("archive"."users")");

  Catalog catalog;
  catalog.ignoreCase = true;
  catalog.searchPath = {"temp", "main"};
  catalog.tables = {test::usersTable(), test::usersTable(), test::postsTable()};
  catalog.tables[0].schema = "temp";
  const auto schema = Schema::build(catalog);
  EXPECT_EQ(from(schema->tables()[0]), R"("temp"."users")");
  EXPECT_EQ(from(schema->tables()[1]), R"("main"."users")");
  EXPECT_EQ(from(schema->tables()[2]), "\"posts\"");
}

TEST_F(SqliteSql, WritesTablesWithTheirOptions) {
  Table table = test::plainTable("t", {"id", "b"});
  table.columns[0].declaredType = "INTEGER";
  table.columns[1].collation = "NOCASE";
  table.columns[1].nullable = false;
  table.strict = table.withoutRowid = true;
  table.checks = {{std::nullopt, "b <> ''"}, {"named", "id > 0"}};
  EXPECT_EQ(compiler().createTable(table),
            "CREATE TABLE \"t\" (\n  \"id\" INTEGER,\n  \"b\" TEXT COLLATE \"NOCASE\" NOT NULL,\n"
            "  PRIMARY KEY (\"id\"),\n  CHECK (b <> ''),\n"
            "  CONSTRAINT \"named\" CHECK (id > 0)\n) STRICT, WITHOUT ROWID;\n");
}

TEST_F(SqliteSql, PutsTheSchemaOfAnIndexBeforeItsName) {
  Table table = test::plainTable("t", {"id", "b"});
  table.schema = "aux";
  Index index;
  index.name = "i";
  index.unique = true;
  index.parts = {{"b", "", true, std::nullopt, "NOCASE", std::nullopt, std::nullopt},
                 {"", "lower(b)", false, std::nullopt, std::nullopt, std::nullopt, std::nullopt}};
  index.where = "b IS NOT NULL";
  table.indexes = {index};
  EXPECT_TRUE(compiler().createTable(table).ends_with(
      "CREATE UNIQUE INDEX \"aux\".\"i\" ON \"t\" (\"b\" COLLATE \"NOCASE\" DESC, lower(b)) "
      "WHERE b IS NOT NULL;\n"));
  table.indexes[0].origin = "unique";
  EXPECT_EQ(compiler().createTable(table).find("INDEX"), std::string::npos);
}

TEST_F(SqliteSql, ReadsItsOwnLexicalRules) {
  Lexer lexer("[a b] `c` \"d\" ?1 :x", SqliteDialect::instance().lexerRules());
  Token token;
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(lexer.nextSignificant(token));
    EXPECT_EQ(token.kind, TokenKind::QuotedIdentifier);
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(lexer.nextSignificant(token));
    EXPECT_EQ(token.kind, TokenKind::Parameter);
  }
}

}  // namespace
}  // namespace sonde
