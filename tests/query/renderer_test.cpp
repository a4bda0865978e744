// The SQL that engines share, as the mock dialect renders it.
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/query/tree.hpp>

#include <memory>
#include <string>
#include <utility>

#include "sample_tables.hpp"

namespace sonde::query {
namespace {

class Rendering : public testing::Test {
 protected:
  static PlanPtr plan(Query query) { return MockDialect::instance().compiler().compile(query); }
  static std::string sql(Query query) { return plan(std::move(query))->sql; }

  Select fromUsers(ExprPtr where = nullptr) const {
    Select select;
    select.sources = {{&users_, "", JoinKind::None, nullptr}};
    select.items = {{column("id"), ""}};
    select.where = std::move(where);
    return select;
  }

  /// The condition as it stands in a WHERE.
  std::string where(ExprPtr condition) const {
    static const std::string kBefore = R"(SELECT "id" FROM "main"."users" WHERE )";
    const std::string text = sql(fromUsers(std::move(condition)));
    EXPECT_EQ(text.substr(0, kBefore.size()), kBefore);
    return text.substr(kBefore.size());
  }

  static ExprPtr isArg(const char* name, std::uint32_t index) {
    return compare(CompareOp::Eq, column(name), parameter(index));
  }

  /// Whether a user has posts, of a title given by the first argument.
  std::shared_ptr<const Select> titledPosts() const {
    auto posts = std::make_shared<Select>();
    posts->sources = {{&posts_, "", JoinKind::None, nullptr}};
    posts->where = both(compare(CompareOp::Eq, column("user_id"), make(ColumnRef{0, "id", 1})),
                        isArg("title", 0));
    return posts;
  }

  Table users_ = test::usersTable();
  Table posts_ = test::postsTable();
};

TEST_F(Rendering, ComparesWithEveryOperator) {
  const std::pair<CompareOp, const char*> kCases[] = {
      {CompareOp::Eq, "\"age\" = ?"}, {CompareOp::Ne, "\"age\" <> ?"},
      {CompareOp::Lt, "\"age\" < ?"}, {CompareOp::Le, "\"age\" <= ?"},
      {CompareOp::Gt, "\"age\" > ?"}, {CompareOp::Ge, "\"age\" >= ?"}};
  for (const auto& [op, expected] : kCases) {
    EXPECT_EQ(where(compare(op, column("age"), parameter(0))), expected);
  }
}

TEST_F(Rendering, EnclosesOnlyWhatNeedsIt) {
  const ExprPtr a = isArg("age", 0);
  const ExprPtr b = isArg("name", 1);
  const ExprPtr c = isArg("email", 2);
  EXPECT_EQ(where(make(Junction{true, {a, make(Junction{false, {b, c}})}})),
            R"("age" = ? AND ("name" = ? OR "email" = ?))");
  EXPECT_EQ(where(make(Junction{false, {make(Junction{true, {a, b}}), c}})),
            R"(("age" = ? AND "name" = ?) OR "email" = ?)");
  EXPECT_EQ(where(make(Junction{true, {a, make(Junction{true, {b, c}})}})),
            R"("age" = ? AND "name" = ? AND "email" = ?)");
  EXPECT_EQ(where(make(Junction{true, {make(Junction{false, {a}}), b}})),
            R"("age" = ? AND "name" = ?)");
  EXPECT_EQ(where(negation(make(Junction{false, {a, b}}))), R"(NOT ("age" = ? OR "name" = ?))");
  EXPECT_EQ(where(compare(CompareOp::Eq, a, b)), R"(("age" = ?) = ("name" = ?))");
}

TEST_F(Rendering, EmptyJunctionsAreTrueAndFalse) {
  EXPECT_EQ(where(make(Junction{true, {}})), "1 = 1");
  EXPECT_EQ(where(make(Junction{false, {}})), "1 = 0");
  EXPECT_EQ(where(make(InList{column("age"), {}})), "1 = 0");
  EXPECT_EQ(where(negation(make(InList{column("age"), {}}))), "1 = 1");
}

TEST_F(Rendering, WritesListsRangesAndNulls) {
  const ExprPtr list = make(InList{column("age"), {parameter(0), parameter(1)}});
  EXPECT_EQ(where(list), "\"age\" IN (?, ?)");
  EXPECT_EQ(where(negation(list)), "\"age\" NOT IN (?, ?)");
  EXPECT_EQ(where(make(InArray{column("age"), parameter(0)})), "\"age\" = ANY(?)");
  EXPECT_EQ(where(make(Between{column("age"), parameter(0), parameter(1)})),
            "\"age\" BETWEEN ? AND ?");
  EXPECT_EQ(where(make(IsNull{column("age")})), "\"age\" IS NULL");
  EXPECT_EQ(where(negation(make(IsNull{column("age")}))), "\"age\" IS NOT NULL");
}

TEST_F(Rendering, MatchesByLikeAndBindsThePattern) {
  const PlanPtr like =
      plan(fromUsers(make(Match{MatchKind::Contains, column("name"), parameter(0), false})));
  EXPECT_TRUE(like->sql.ends_with(R"("name" LIKE ? ESCAPE '\')"));
  ASSERT_EQ(like->slots.size(), 1U);
  EXPECT_EQ(like->slots[0].transform, BindTransform::Contains);
  EXPECT_FALSE(like->direct);
  EXPECT_EQ(where(make(Match{MatchKind::Like, column("name"), parameter(0), true})),
            R"(lower("name") LIKE lower(?) ESCAPE '\')");
}

TEST_F(Rendering, RefusesPatternsThatAreNoValues) {
  EXPECT_THROW(where(make(Match{MatchKind::Like, column("name"), column("email"), false})),
               Unsupported);
}

TEST_F(Rendering, CallsFunctions) {
  Select select = fromUsers();
  select.items = {{make(Call{FunctionKind::Count, {}, false}), "n"},
                  {make(Call{FunctionKind::Count, {column("age")}, true}), ""},
                  {make(Call{FunctionKind::Coalesce, {column("age"), constant(0)}, false}), ""}};
  const PlanPtr made = plan(select);
  EXPECT_EQ(made->sql, R"(SELECT count(*) AS "n", count(DISTINCT "age"), coalesce("age", ?) )"
                       R"(FROM "main"."users")");
  ASSERT_EQ(made->constants.size(), 1U);
  EXPECT_EQ(made->constants[0], Value(0));
  EXPECT_EQ(made->argumentCount, 0U);
}

TEST_F(Rendering, SlotsSayWhereEachValueComesFrom) {
  const PlanPtr made = plan(fromUsers(
      both(both(isArg("age", 1), isArg("name", 0)),
           both(compare(CompareOp::Eq, column("email"), claim("mail")), isArg("id", 1)))));
  ASSERT_EQ(made->slots.size(), 4U);
  EXPECT_EQ(made->slots[0].index, 1U);
  EXPECT_EQ(made->slots[1].index, 0U);
  EXPECT_EQ(made->slots[2].kind, Slot::Kind::Claim);
  EXPECT_EQ(made->slots[2].claim, "mail");
  EXPECT_EQ(made->slots[3].index, 1U);
  EXPECT_EQ(made->argumentCount, 2U);
  EXPECT_FALSE(made->direct);
}

TEST_F(Rendering, APlanIsDirectOnlyWhenArgumentsAreBoundAsTheyStand) {
  EXPECT_TRUE(plan(fromUsers(both(isArg("age", 0), isArg("name", 1))))->direct);
  EXPECT_FALSE(plan(fromUsers(both(isArg("age", 1), isArg("name", 0))))->direct);
  EXPECT_FALSE(plan(fromUsers(both(isArg("age", 0), isArg("name", 0))))->direct);
  EXPECT_FALSE(plan(fromUsers(isArg("age", 1)))->direct);
  EXPECT_TRUE(plan(fromUsers())->direct);
}

TEST_F(Rendering, OrdersGroupsAndLimits) {
  Select select = fromUsers();
  select.distinct = true;
  select.groupBy = {column("age")};
  select.having = compare(CompareOp::Gt, make(Call{FunctionKind::Count, {}, false}), parameter(0));
  select.orderBy = {{column("age"), false, std::nullopt, false},
                    {column("name"), true, std::nullopt, true},
                    {column("id"), true, NullsOrder::First, false}};
  select.limit = parameter(1);
  select.offset = parameter(2);
  EXPECT_EQ(sql(select),
            R"(SELECT DISTINCT "id" FROM "main"."users" GROUP BY "age" HAVING count(*) > ? )"
            R"(ORDER BY "age" NULLS FIRST, lower("name") DESC NULLS LAST, )"
            R"("id" DESC NULLS FIRST LIMIT ? OFFSET ?)");
}

TEST_F(Rendering, QualifiesColumnsOfSeveralTables) {
  Select select = fromUsers(isArg("name", 0));
  select.sources.push_back({&posts_, "p", JoinKind::Left,
                            compare(CompareOp::Eq, column("user_id", 1), column("id", 0))});
  select.items.push_back({column("title", 1), "heading"});
  EXPECT_EQ(sql(select), R"(SELECT "users"."id", "p"."title" AS "heading" FROM "main"."users" )"
                         R"(LEFT JOIN "main"."posts" AS "p" ON "p"."user_id" = "users"."id" )"
                         R"(WHERE "users"."name" = ?)");
}

TEST_F(Rendering, NumbersAliasesThatWouldCollide) {
  Select select = fromUsers();
  select.sources.push_back({&users_, "", JoinKind::Inner, nullptr});
  select.sources.push_back({&users_, "USERS", JoinKind::Inner, nullptr});
  select.items = {{column("id", 2), ""}};
  EXPECT_EQ(sql(select), R"(SELECT "USERS_3"."id" FROM "main"."users" )"
                         R"(JOIN "main"."users" AS "users_2" ON 1 = 1 )"
                         R"(JOIN "main"."users" AS "USERS_3" ON 1 = 1)");
}

TEST_F(Rendering, SubqueriesReachOutOfThemselves) {
  EXPECT_EQ(where(make(Exists{titledPosts()})),
            R"(EXISTS (SELECT 1 FROM "main"."posts" WHERE )"
            R"("posts"."user_id" = "users"."id" AND "posts"."title" = ?))");
  EXPECT_EQ(where(negation(make(Exists{titledPosts()}))).substr(0, 11), "NOT EXISTS ");
}

TEST_F(Rendering, ASubqueryOnTheSameTableGetsItsOwnName) {
  auto inner = std::make_shared<Select>();
  inner->sources = {{&users_, "", JoinKind::None, nullptr}};
  inner->where = compare(CompareOp::Gt, column("age"), make(ColumnRef{0, "age", 1}));
  EXPECT_EQ(where(make(Exists{inner})), R"(EXISTS (SELECT 1 FROM "main"."users" AS "users_2" )"
                                        R"(WHERE "users_2"."age" > "users"."age"))");
}

TEST_F(Rendering, ColumnsThatNoTableHasAreErrors) {
  EXPECT_THROW(where(make(IsNull{column("id", 1)})), SchemaError);
  EXPECT_THROW(where(make(IsNull{make(ColumnRef{0, "id", 1})})), SchemaError);
}

TEST_F(Rendering, QualifiesWhenAnItemTakesTheNameOfAnotherColumn) {
  Select select = fromUsers();
  select.items = {{column("email"), "name"}};
  select.orderBy = {{column("name"), false, std::nullopt, false}};
  EXPECT_EQ(sql(select), R"(SELECT "users"."email" AS "name" FROM "main"."users" )"
                         R"(ORDER BY "users"."name" NULLS FIRST)");
}

TEST_F(Rendering, Inserts) {
  Insert insert;
  insert.table = &users_;
  insert.columns = {"name", "age"};
  insert.rows = {{parameter(0), nullptr}, {parameter(1), constant(3)}};
  insert.returning = {{column("id"), ""}};
  const PlanPtr made = plan(insert);
  EXPECT_EQ(made->sql, R"(INSERT INTO "main"."users" ("name", "age") VALUES (?, DEFAULT), (?, ?) )"
                       R"(RETURNING "id")");
  EXPECT_TRUE(made->write);
  EXPECT_TRUE(made->returnsRows);
  ASSERT_EQ(made->tables.size(), 1U);
  EXPECT_TRUE(made->tables[0].written);
}

TEST_F(Rendering, InsertsNothingButDefaults) {
  Insert insert;
  insert.table = &users_;
  insert.rows = {{}};
  EXPECT_EQ(sql(insert), R"(INSERT INTO "main"."users" DEFAULT VALUES)");
  insert.rows = {{}, {}};
  EXPECT_THROW(sql(insert), Unsupported);
}

TEST_F(Rendering, RefusesRowsThatDoNotFitTheirColumns) {
  Insert insert;
  insert.table = &users_;
  insert.columns = {"name", "age"};
  insert.rows = {{parameter(0)}};
  EXPECT_THROW(sql(insert), ValidationError);
}

TEST_F(Rendering, Upserts) {
  Insert insert;
  insert.table = &users_;
  insert.columns = {"email", "name"};
  insert.rows = {{parameter(0), parameter(1)}};
  insert.conflict = Conflict{{"email"}, true, {"name"}, nullptr};
  const std::string start =
      R"(INSERT INTO "main"."users" ("email", "name") VALUES (?, ?) ON CONFLICT ("email") DO )";
  EXPECT_EQ(sql(insert), start + R"(UPDATE SET "name" = excluded."name")");
  insert.conflict->where = isArg("age", 2);
  EXPECT_EQ(sql(insert), start + R"(UPDATE SET "name" = excluded."name" WHERE "users"."age" = ?)");
  insert.conflict->update = false;
  EXPECT_EQ(sql(insert), start + "NOTHING");
}

TEST_F(Rendering, UpdatesAndDeletes) {
  Update update;
  update.table = &users_;
  update.set = {{"name", parameter(0)}, {"age", nullptr}};
  update.where = isArg("id", 1);
  EXPECT_EQ(sql(update), R"(UPDATE "main"."users" SET "name" = ?, "age" = DEFAULT WHERE "id" = ?)");
  update.set.clear();
  EXPECT_THROW(sql(update), ValidationError);

  Delete deletion;
  deletion.table = &users_;
  deletion.where = make(Exists{titledPosts()});
  const PlanPtr made = plan(deletion);
  EXPECT_EQ(made->sql,
            R"(DELETE FROM "main"."users" WHERE EXISTS (SELECT 1 FROM "main"."posts" WHERE )"
            R"("posts"."user_id" = "users"."id" AND "posts"."title" = ?))");
  ASSERT_EQ(made->tables.size(), 2U);
  EXPECT_TRUE(made->tables[0].written);
  EXPECT_FALSE(made->tables[1].written);
  EXPECT_FALSE(made->returnsRows);
}

TEST_F(Rendering, DoublesQuotesInNames) {
  Table odd = test::plainTable("a\"b", {"x\"y"});
  Select select;
  select.sources = {{&odd, "", JoinKind::None, nullptr}};
  select.items = {{column("x\"y"), ""}};
  EXPECT_EQ(sql(select), R"(SELECT "x""y" FROM "main"."a""b")");
}

TEST_F(Rendering, RawFragmentsTakeParametersAndStayInside) {
  EXPECT_EQ(where(make(RawSql{"age > ? AND name <> '?'", {parameter(0)}})),
            "(age > ? AND name <> '?')");
  EXPECT_EQ(where(make(RawSql{"tags ?? 'a' -- it's", {}})), "(tags ? 'a'  )");
  EXPECT_EQ(where(both(make(RawSql{"a = ?", {constant(1)}}), isArg("age", 0))),
            "(a = ?) AND \"age\" = ?");
}

TEST_F(Rendering, RawFragmentsCannotEscape) {
  for (const char* sql :
       {"1) OR (1 = 1", "1; DROP TABLE users", "name = 'x", "/* open", "", "(1"}) {
    EXPECT_THROW(where(make(RawSql{sql, {}})), ValidationError) << sql;
  }
  EXPECT_THROW(where(make(RawSql{"a = ?", {}})), ValidationError);
  EXPECT_THROW(where(make(RawSql{"a = 1", {constant(1)}})), ValidationError);
}

TEST_F(Rendering, RefusesMoreParametersThanTheEngineTakes) {
  InList list{column("id"), {}};
  for (std::uint32_t i = 0; i <= 65535; ++i) list.items.push_back(parameter(i));
  EXPECT_THROW(where(make(std::move(list))), Unsupported);
}

TEST_F(Rendering, EveryPlanHasItsOwnId) { EXPECT_NE(plan(fromUsers())->id, plan(fromUsers())->id); }

}  // namespace
}  // namespace sonde::query
