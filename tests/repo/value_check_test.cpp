// Values refused before any SQL.
#include <gtest/gtest.h>

#include <sonde/repo/value_check.hpp>

namespace sonde::repo {
namespace {

Column columnOf(Type type) {
  Column column;
  column.name = "c";
  column.type = type;
  return column;
}

bool refused(const Column& column, const Value& value) {
  return !valueProblem(column, value).empty();
}

TEST(ValueCheck, LeavesNullToTheEngine) {
  for (const Type type : {Type::Boolean, Type::Integer, Type::Real, Type::Text, Type::Enum}) {
    EXPECT_FALSE(refused(columnOf(type), nullptr));
  }
}

TEST(ValueCheck, LooksAtStrictlyTypedColumnsOnly) {
  Column column = columnOf(Type::Integer);
  EXPECT_TRUE(refusesValues(column));
  column.strictlyTyped = false;
  EXPECT_FALSE(refusesValues(column));
  EXPECT_FALSE(refusesValues(columnOf(Type::Other)));
  EXPECT_FALSE(refusesValues(columnOf(Type::Json)));
}

TEST(ValueCheck, TakesForAnIntegerWhatConvertsWithoutLoss) {
  const Column column = columnOf(Type::Integer);
  EXPECT_FALSE(refused(column, 7));
  EXPECT_FALSE(refused(column, true));
  EXPECT_FALSE(refused(column, 3.0));
  EXPECT_FALSE(refused(column, " 12 "));
  EXPECT_FALSE(refused(column, "+12"));
  EXPECT_TRUE(refused(column, 3.5));
  EXPECT_TRUE(refused(column, "twelve"));
  EXPECT_TRUE(refused(column, ""));
  EXPECT_TRUE(refused(column, Blob("x")));
  EXPECT_TRUE(refused(column, Value::array({1})));
}

TEST(ValueCheck, TakesForARealAnyNumber) {
  const Column column = columnOf(Type::Real);
  EXPECT_FALSE(refused(column, 7));
  EXPECT_FALSE(refused(column, "1e3"));
  EXPECT_TRUE(refused(column, "many"));
  EXPECT_TRUE(refused(column, Blob("x")));
}

TEST(ValueCheck, CountsCharactersOfTextNotBytes) {
  Column column = columnOf(Type::Text);
  column.length = 3;
  EXPECT_FALSE(refused(column, "äöü"));
  EXPECT_FALSE(refused(column, "abc   "));
  EXPECT_TRUE(refused(column, "abcd"));
  EXPECT_FALSE(refused(column, 12345));
  EXPECT_TRUE(refused(column, Blob("x")));
}

TEST(ValueCheck, NeverShowsTheValue) {
  EXPECT_EQ(valueProblem(columnOf(Type::Integer), "secret").find("secret"), std::string::npos);
}

TEST(ValueCheck, TakesTheValuesOfAnEnum) {
  Column column = columnOf(Type::Enum);
  column.enumValues = {"red", "green"};
  EXPECT_FALSE(refused(column, "red"));
  EXPECT_FALSE(refused(column, 1));
  EXPECT_TRUE(refused(column, "blue"));
}

TEST(ValueCheck, TakesForABooleanWhatReadsAsOne) {
  const Column column = columnOf(Type::Boolean);
  EXPECT_FALSE(refused(column, true));
  EXPECT_FALSE(refused(column, 1));
  EXPECT_FALSE(refused(column, "yes"));
  EXPECT_TRUE(refused(column, "maybe"));
  EXPECT_TRUE(refused(column, 0.5));
}

}  // namespace
}  // namespace sonde::repo
