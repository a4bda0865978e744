// PostgreSQL's SQL, asserted without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/dialects/postgres/postgres_dialect.hpp>
#include <sonde/introspect/schema.hpp>
#include <sonde/query/filter.hpp>
#include <sonde/query/lexer.hpp>

#include <string>
#include <utility>
#include <vector>

#include "../../query/sample_tables.hpp"

namespace sonde {
namespace {

using namespace query;

const SqlCompiler& compiler() { return PostgresDialect::instance().compiler(); }

class PostgresSql : public testing::Test {
 protected:
  PostgresSql() {
    users_.schema = "public";
    users_.ignoreCase = false;
    for (Column& column : users_.columns) column.type = Type::Text;
    users_.columns[0].type = Type::Integer;
    users_.columns[0].nullable = false;
    users_.columns[3].type = Type::Integer;
  }

  static std::string sql(Query query) { return compiler().compile(query)->sql; }

  std::string where(const Filter& filter) const {
    Select select;
    select.sources = {{&users_, "", JoinKind::None, nullptr}};
    select.where = filterExpr(filter, users_);
    return sql(select).substr(std::string(R"(SELECT 1 FROM "public"."users" WHERE )").size());
  }

  std::string order(const std::string& column, bool descending,
                    std::optional<NullsOrder> nulls = {}) const {
    Select select;
    select.sources = {{&users_, "", JoinKind::None, nullptr}};
    select.orderBy = {{expr(ColumnRef{0, column, 0}), descending, nulls, false}};
    return sql(select).substr(std::string(R"(SELECT 1 FROM "public"."users" ORDER BY )").size());
  }

  static ExprPtr expr(ColumnRef ref) { return std::make_shared<const Expr>(Expr{std::move(ref)}); }

  Table users_ = test::usersTable();
};

TEST_F(PostgresSql, SaysWhatItCan) {
  const Capabilities& can = PostgresDialect::instance().capabilities();
  EXPECT_TRUE(can.returning);
  EXPECT_FALSE(can.returningSeesTriggers);
  EXPECT_TRUE(can.errorSpoilsTransaction);
  EXPECT_EQ(can.maxParameters, 65535U);
}

TEST_F(PostgresSql, NumbersItsPlaceholders) {
  EXPECT_EQ(where({{"name", "x"}, {"age", gt(3)}}), R"("name" = $1 AND "age" > $2)");
}

TEST_F(PostgresSql, MatchesWithLikeAndIgnoresCaseWithIlike) {
  EXPECT_EQ(where({{"name", contains("a")}}), R"("name" LIKE $1)");
  EXPECT_EQ(where({{"name", contains("a").ignoreCase()}}), R"("name" ILIKE $1)");
  EXPECT_EQ(where({{"age", startsWith("1")}}), R"("age"::text LIKE $1)");
  EXPECT_EQ(compiler().bindPattern(BindTransform::Contains, false, R"(5%_\)"), R"(%5\%\_\\%)");
}

TEST_F(PostgresSql, TakesLongListsAsAnArray) {
  EXPECT_EQ(where({{"age", in(std::vector<Value>(1025, Value(1)))}}), R"("age" = ANY($1))");
  EXPECT_EQ(compiler().bindList(std::vector<Value>{Value(1), Value(nullptr), Value(2.5),
                                                   Value("a\"b\\,"), Value(true), Value(""),
                                                   Value("NULL"), Value(Blob("\x01"))}),
            R"({1,2.5,"a\"b\\,",t,"","NULL","\\x01"})");
  EXPECT_EQ(compiler().bindList({}), "{}");
  EXPECT_THROW((void)compiler().bindList(std::vector<Value>{Value(std::string("\0", 1))}),
               ValidationError);
}

TEST_F(PostgresSql, WritesTheOrderOfNullsOnlyWhereItMatters) {
  EXPECT_EQ(order("name", false), R"("name" NULLS FIRST)");
  EXPECT_EQ(order("name", true), R"("name" DESC NULLS LAST)");
  EXPECT_EQ(order("name", false, NullsOrder::Last), R"("name")");
  EXPECT_EQ(order("name", true, NullsOrder::First), R"("name" DESC)");
  EXPECT_EQ(order("id", false), R"("id")");
  EXPECT_EQ(order("id", true), R"("id" DESC)");
}

TEST_F(PostgresSql, DoesNotTrustNotNullBehindALeftJoin) {
  Select select;
  select.sources = {{&users_, "a", JoinKind::None, nullptr},
                    {&users_, "b", JoinKind::Left, nullptr}};
  select.orderBy = {{expr(ColumnRef{0, "id", 0}), false, {}, false},
                    {expr(ColumnRef{1, "id", 0}), false, {}, false}};
  EXPECT_THAT(sql(select), testing::HasSubstr(R"(ORDER BY "a"."id", "b"."id" NULLS FIRST)"));
}

TEST_F(PostgresSql, CutsItsOwnQuotes) {
  const LexerRules& rules = PostgresDialect::instance().lexerRules();
  EXPECT_EQ(
      rewritePlaceholders("SELECT ?, $$?$$, $t$ ? $t$, E'\\'?', '?', a ?? b /* /* ? */ ? */", rules)
          .sql,
      "SELECT $1, $$?$$, $t$ ? $t$, E'\\'?', '?', a ? b /* /* ? */ ? */");
  EXPECT_EQ(splitScript("CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql; SELECT 2",
                        rules)
                .size(),
            2U);
}

TEST_F(PostgresSql, WritesTypesAndTablesAsTheyAre) {
  Catalog catalog;
  catalog.dialect = "postgresql";
  catalog.enums.push_back({"public", "mood", {"sad", "it's"}});
  Domain domain;
  domain.schema = "public";
  domain.name = "positive";
  domain.declaredType = "integer";
  domain.checks.push_back({});
  domain.checks[0].expression = "VALUE > 0";
  catalog.domains.push_back(domain);
  Table table;
  table.schema = "public";
  table.name = "things";
  const auto add = [&](const char* name, const char* type) -> Column& {
    Column& column = table.columns.emplace_back();
    column.name = name;
    column.declaredType = type;
    return column;
  };
  Column& id = add("id", "bigint");
  id.nullable = false;
  id.autoIncrement = true;
  id.defaultValue = {ColumnDefault::Kind::Expression, "nextval('things_id_seq'::regclass)"};
  Column& own = add("own", "integer");
  own.nullable = false;
  own.identity = Identity::ByDefault;
  add("tags", "text[]");
  table.primaryKey = PrimaryKey{"things_pkey", {"id"}};
  ForeignKey key;
  key.columns = {"own"};
  key.references = {"public", "things", {"id"}};
  table.foreignKeys.push_back(key);
  catalog.tables.push_back(table);
  EXPECT_EQ(compiler().createSchema(*Schema::build(std::move(catalog))),
            R"(CREATE TYPE "public"."mood" AS ENUM ('sad', 'it''s');
CREATE DOMAIN "public"."positive" AS integer CHECK (VALUE > 0);
CREATE TABLE "public"."things" (
  "id" bigserial NOT NULL,
  "own" integer NOT NULL GENERATED BY DEFAULT AS IDENTITY,
  "tags" text[],
  CONSTRAINT "things_pkey" PRIMARY KEY ("id"),
  FOREIGN KEY ("own") REFERENCES "public"."things" ("id")
);
)");
}

TEST(PostgresDdl, MakesAndDropsAnIndexWhileOthersWrite) {
  Table table = test::usersTable();
  table.schema = "public";
  Index index;
  index.name = "users_name";
  index.parts.emplace_back().column = "name";
  index.include = {"email"};
  index.where = "age > 18";
  index.unique = true;
  EXPECT_EQ(compiler().createIndex(table, index, IndexBuild::Online),
            R"(CREATE UNIQUE INDEX CONCURRENTLY "users_name" ON "public"."users" ("name") )"
            R"(INCLUDE ("email") WHERE age > 18)");
  EXPECT_EQ(compiler().dropIndex(table, index, IndexBuild::Online),
            R"(DROP INDEX CONCURRENTLY "public"."users_name")");
  EXPECT_EQ(compiler().dropIndex(table, index, IndexBuild::Blocking),
            R"(DROP INDEX "public"."users_name")");
}

}  // namespace
}  // namespace sonde
