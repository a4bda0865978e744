#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/query/filter.hpp>
#include <sonde/query/tree.hpp>

#include <limits>
#include <set>
#include <string>
#include <vector>

#include "sample_tables.hpp"

namespace sonde::query {
namespace {

class Filters : public testing::Test {
 protected:
  std::string where(const Filter& filter) const {
    Select select;
    select.sources = {{&users_, "", JoinKind::None, nullptr}};
    select.where = filterExpr(filter, users_);
    const PlanPtr plan = MockDialect::instance().compiler().compile(select);
    // What the two walks must always agree on.
    EXPECT_EQ(plan->argumentCount, filterShape(filter, users_).arguments.size());
    static const std::string kBefore = R"(SELECT 1 FROM "main"."users")";
    return plan->sql.substr(kBefore.size());
  }
  std::string key(const Filter& filter) const { return filterShape(filter, users_).key; }

  static std::vector<Value> numbers(std::int64_t count) {
    std::vector<Value> values;
    for (std::int64_t i = 0; i < count; ++i) values.emplace_back(i);
    return values;
  }

  Table users_ = test::usersTable();
};

TEST_F(Filters, NoConditionIsNoWhere) {
  EXPECT_EQ(where({}), "");
  EXPECT_EQ(key({}), "");
  EXPECT_EQ(filterExpr({}, users_), nullptr);
}

TEST_F(Filters, EveryConditionHasItsSql) {
  EXPECT_EQ(where({{"age", 1}}), R"( WHERE "age" = ?)");
  EXPECT_EQ(where({{"age", ne(1)}}), R"( WHERE "age" <> ?)");
  EXPECT_EQ(where({{"age", lt(1)}}), R"( WHERE "age" < ?)");
  EXPECT_EQ(where({{"age", lte(1)}}), R"( WHERE "age" <= ?)");
  EXPECT_EQ(where({{"age", gt(1)}}), R"( WHERE "age" > ?)");
  EXPECT_EQ(where({{"age", gte(1)}}), R"( WHERE "age" >= ?)");
  EXPECT_EQ(where({{"age", between(1, 2)}}), R"( WHERE "age" BETWEEN ? AND ?)");
  EXPECT_EQ(where({{"name", like("a%")}}), R"( WHERE "name" LIKE ? ESCAPE '\')");
  EXPECT_EQ(where({{"name", startsWith("a")}}), R"( WHERE "name" LIKE ? ESCAPE '\')");
  EXPECT_EQ(where({{"name", endsWith("a")}}), R"( WHERE "name" LIKE ? ESCAPE '\')");
  EXPECT_EQ(where({{"name", contains("a")}}), R"( WHERE "name" LIKE ? ESCAPE '\')");
  EXPECT_EQ(where({{"age", isNull()}}), R"( WHERE "age" IS NULL)");
  EXPECT_EQ(where({{"age", isNotNull()}}), R"( WHERE "age" IS NOT NULL)");
  EXPECT_EQ(where({{"age", not_(gt(1))}}), R"( WHERE NOT ("age" > ?))");
}

TEST_F(Filters, NullMeansIsNull) {
  EXPECT_EQ(where({{"age", nullptr}}), R"( WHERE "age" IS NULL)");
  EXPECT_EQ(where({{"age", eq(Value())}}), R"( WHERE "age" IS NULL)");
  EXPECT_EQ(where({{"age", ne(Value())}}), R"( WHERE "age" IS NOT NULL)");
  EXPECT_EQ(where({{"age", std::optional<int>()}}), R"( WHERE "age" IS NULL)");
}

TEST_F(Filters, TermsAreJoinedByAndUnlessSaidOtherwise) {
  EXPECT_EQ(where({{"age", gt(18)}, {"name", "Ada"}}), R"( WHERE "age" > ? AND "name" = ?)");
  EXPECT_EQ(where(anyOf({Filter{{"age", 1}}, Filter{{"age", 2}, {"name", "b"}}})),
            R"( WHERE "age" = ? OR ("age" = ? AND "name" = ?))");
  EXPECT_EQ(where(noneOf({{"age", 1}, {"name", "b"}})), R"( WHERE NOT ("age" = ? AND "name" = ?))");
  EXPECT_EQ(where(anyOf({})), " WHERE 1 = 0");
  EXPECT_EQ(where(noneOf(anyOf({}))), " WHERE NOT (1 = 0)");
  EXPECT_EQ(where(noneOf({})), " WHERE NOT (1 = 1)");
}

TEST_F(Filters, ConditionsOnOneColumnNest) {
  EXPECT_EQ(where({{"age", all({gt(1), lt(9)})}}), R"( WHERE "age" > ? AND "age" < ?)");
  EXPECT_EQ(where({{"age", any({eq(1), isNull()})}, {"name", "a"}}),
            R"( WHERE ("age" = ? OR "age" IS NULL) AND "name" = ?)");
  EXPECT_EQ(where({{"age", any({})}}), " WHERE 1 = 0");
  EXPECT_EQ(where({{"age", all({})}}), " WHERE 1 = 1");
}

TEST_F(Filters, ListsAreRoundedUpToPowersOfTwo) {
  EXPECT_EQ(where({{"age", in({1, 2, 3})}}), R"( WHERE "age" IN (?, ?, ?, ?))");
  const Filter three{{"age", in({1, 2, 3})}};
  const FilterShape shape = filterShape(three, users_);
  ASSERT_EQ(shape.arguments.size(), 4U);
  EXPECT_EQ(shape.arguments[3].integer(), 3);
  EXPECT_EQ(shape.key, key({{"age", in({7, 8, 9, 10})}}));
  EXPECT_NE(shape.key, key({{"age", in({7, 8})}}));
  EXPECT_EQ(where({{"age", notIn({1})}}), R"( WHERE "age" NOT IN (?))");
}

TEST_F(Filters, AnEmptyListMatchesNothing) {
  EXPECT_EQ(where({{"age", in({})}}), " WHERE 1 = 0");
  EXPECT_EQ(where({{"age", notIn({})}}), " WHERE 1 = 1");
}

TEST_F(Filters, ANullInAListFindsRowsWithoutAValue) {
  EXPECT_EQ(where({{"age", in({1, nullptr})}}), R"( WHERE "age" IN (?) OR "age" IS NULL)");
  EXPECT_EQ(where({{"age", notIn({1, nullptr})}}),
            R"( WHERE "age" NOT IN (?) AND "age" IS NOT NULL)");
  EXPECT_EQ(where({{"age", in({nullptr})}}), R"( WHERE 1 = 0 OR "age" IS NULL)");
  EXPECT_NE(key({{"age", in({1, nullptr})}}), key({{"age", in({1, 2})}}));
}

TEST_F(Filters, LongListsAreOneParameter) {
  EXPECT_EQ(filterShape(Filter{{"age", in(numbers(1024))}}, users_).arguments.size(), 1024U);
  const Filter longer{{"age", in(numbers(1025))}};
  const FilterShape shape = filterShape(longer, users_);
  ASSERT_EQ(shape.arguments.size(), 1U);
  EXPECT_EQ(shape.arguments[0].kind(), Arg::Kind::List);
  EXPECT_EQ(where(longer), R"( WHERE "age" = ANY(?))");
  EXPECT_EQ(shape.key, key({{"age", in(numbers(5000))}}));
  EXPECT_EQ(where({{"age", notIn(numbers(1025))}}), R"( WHERE NOT ("age" = ANY(?)))");
}

TEST_F(Filters, ListsThatJsonWouldChangeGoOneByOne) {
  std::vector<Value> withReal = numbers(1024);
  withReal.emplace_back(0.5);
  EXPECT_EQ(filterShape(Filter{{"age", in(withReal)}}, users_).arguments.size(), 2048U);
  std::vector<Value> withBlob = numbers(1024);
  withBlob.emplace_back(Blob("x"));
  EXPECT_EQ(filterShape(Filter{{"age", in(withBlob)}}, users_).arguments.size(), 2048U);
  const Filter folded{{"name", in(numbers(1025)).ignoreCase()}};
  EXPECT_EQ(filterShape(folded, users_).arguments.size(), 2048U);
  std::vector<Value> tooMany = numbers(16384);
  tooMany.emplace_back(0.5);
  EXPECT_THROW(key({{"age", in(tooMany)}}), ValidationError);
}

TEST_F(Filters, CaseIsIgnoredOnBothSides) {
  EXPECT_EQ(where({{"name", eq("a").ignoreCase()}}), R"( WHERE lower("name") = lower(?))");
  EXPECT_EQ(where({{"name", in({"a", "b"}).ignoreCase()}}),
            R"( WHERE lower("name") IN (lower(?), lower(?)))");
  EXPECT_EQ(where({{"name", between("a", "b").ignoreCase()}}),
            R"( WHERE lower("name") BETWEEN lower(?) AND lower(?))");
  EXPECT_EQ(where({{"name", contains("a").ignoreCase()}}),
            R"( WHERE lower("name") LIKE lower(?) ESCAPE '\')");
  EXPECT_EQ(where({{"name", not_(eq("a")).ignoreCase()}}),
            R"( WHERE NOT (lower("name") = lower(?)))");
}

TEST_F(Filters, TheKeySaysEverythingButTheValues) {
  EXPECT_EQ(key({{"age", 1}}), key({{"age", 2}}));
  EXPECT_EQ(key({{"AGE", 1}}), key({{"age", 1}}));
  const Filter group{{"age", 1}};
  const std::vector<Filter> different = {
      {{"age", 1}},
      {{"name", 1}},
      {{"age", ne(1)}},
      {{"age", lt(1)}},
      {{"age", lte(1)}},
      {{"age", gt(1)}},
      {{"age", gte(1)}},
      {{"age", nullptr}},
      {{"age", isNotNull()}},
      {{"age", not_(eq(1))}},
      {{"age", between(1, 2)}},
      {{"age", like("1")}},
      {{"age", startsWith("1")}},
      {{"age", endsWith("1")}},
      {{"age", contains("1")}},
      {{"age", contains("1").ignoreCase()}},
      {{"age", eq("1").ignoreCase()}},
      {{"age", in({1})}},
      {{"age", in({1, 2})}},
      {{"age", in({1, nullptr})}},
      {{"age", in({1}).ignoreCase()}},
      {{"age", notIn({1})}},
      {{"age", in({})}},
      {{"age", in(numbers(1025))}},
      {{"age", all({eq(1), eq(1)})}},
      {{"age", any({eq(1), eq(1)})}},
      {{"age", any({eq(1)})}},
      {{"age", 1}, {"age", 1}},
      {{"age", 1}, {"name", 1}},
      {{"name", 1}, {"age", 1}},
      anyOf({group, group}),
      allOf({group, group}),
      allOf({group, noneOf(group)}),
      noneOf(group),
      anyOf({}),
      noneOf({}),
  };
  std::set<std::string> keys;
  std::set<std::string> statements;
  for (const Filter& filter : different) {
    EXPECT_TRUE(keys.insert(key(filter)).second) << key(filter);
    statements.insert(where(filter));
  }
  EXPECT_FALSE(keys.contains(""));
}

TEST_F(Filters, NumbersInKeysDoNotRunTogether) {
  Table wide = test::plainTable("wide", {"c0"});
  for (int i = 1; i < 200; ++i) {
    wide.columns.push_back(test::plainColumn("c" + std::to_string(i), "TEXT"));
  }
  const Filter a{{"c0", in({1})}, {"c61", 1}};
  const Filter b{{"c0", in(numbers(16))}, {"c1", 1}};
  EXPECT_NE(filterShape(a, wide).key, filterShape(b, wide).key);
}

TEST_F(Filters, UnknownColumnsNameTheNearest) {
  try {
    (void)filterShape(Filter{{"emial", "x"}}, users_);
    FAIL() << "an unknown column was taken";
  } catch (const SchemaError& error) {
    ASSERT_FALSE(error.suggestions().empty());
    EXPECT_EQ(error.suggestions().front(), "email");
  }
  EXPECT_THROW((void)filterExpr(Filter{{"emial", "x"}}, users_), SchemaError);
  EXPECT_THROW((void)filterShape(anyOf({Filter{{"nope", 1}}}), users_), SchemaError);
}

TEST_F(Filters, TheImplicitKeyIsAColumn) {
  users_.primaryKey.reset();
  users_.implicitKey = "rowid";
  EXPECT_EQ(where({{"rowid", 1}}), R"( WHERE "rowid" = ?)");
  EXPECT_EQ(where({{"ROWID", 1}}), R"( WHERE "rowid" = ?)");
  EXPECT_NE(key({{"rowid", 1}}), key({{"age", 1}}));
}

TEST_F(Filters, ConditionsWithTheWrongNumberOfValuesAreRefused) {
  using Op = Condition::Op;
  for (const Op op : {Op::Eq, Op::Gt, Op::Like, Op::Between, Op::Not}) {
    const Condition none(op, std::vector<Value>{});
    EXPECT_THROW(key({{"age", none}}), ValidationError);
  }
  EXPECT_THROW(key({{"age", Condition(Op::IsNull, std::vector<Value>{1})}}), ValidationError);
}

TEST_F(Filters, NestingHasALimit) {
  Condition deep = eq(1);
  Filter nested{{"age", 1}};
  for (int i = 0; i < 150; ++i) deep = not_(deep);
  for (int i = 0; i < 150; ++i) nested = noneOf(allOf({nested}));
  EXPECT_NO_THROW(key({{"age", deep}}));
  EXPECT_NO_THROW(key(nested));
  for (int i = 0; i < 100; ++i) deep = not_(deep);
  for (int i = 0; i < 100; ++i) nested = noneOf(allOf({nested}));
  EXPECT_THROW(key({{"age", deep}}), ValidationError);
  EXPECT_THROW(key(nested), ValidationError);
  EXPECT_THROW((void)filterExpr(nested, users_), ValidationError);
}

TEST_F(Filters, ArgumentsAndSourceMayStartElsewhere) {
  const ExprPtr expr = filterExpr(Filter{{"age", between(1, 2)}}, users_, 5, 1);
  const auto& range = std::get<Between>(expr->node);
  EXPECT_EQ(std::get<ColumnRef>(range.subject->node).source, 1U);
  EXPECT_EQ(std::get<Parameter>(range.low->node).index, 5U);
  EXPECT_EQ(std::get<Parameter>(range.high->node).index, 6U);
}

TEST_F(Filters, ArgumentsPointAtTheFiltersOwnValues) {
  const Filter filter{{"name", "Ada"}, {"age", 7}};
  const FilterShape shape = filterShape(filter, users_);
  ASSERT_EQ(shape.arguments.size(), 2U);
  EXPECT_EQ(shape.arguments[0].text(), "Ada");
  EXPECT_EQ(shape.arguments[0].text().data(),
            filter.terms()[0].condition.values()[0].text().data());
  EXPECT_EQ(shape.arguments[1].integer(), 7);
}

}  // namespace
}  // namespace sonde::query
