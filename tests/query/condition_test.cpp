#include <gtest/gtest.h>
#include <sonde/query/condition.hpp>

#include <optional>
#include <string>
#include <vector>

namespace sonde {
namespace {

using Op = Condition::Op;

TEST(Condition, APlainValueIsEquality) {
  const Condition test = 18;
  EXPECT_EQ(test.op(), Op::Eq);
  EXPECT_EQ(test.values(), std::vector<Value>{18});
  EXPECT_FALSE(test.ignoresCase());
  EXPECT_EQ(Condition(std::string("a")).values(), std::vector<Value>{"a"});
  EXPECT_EQ(Condition(true).values(), std::vector<Value>{true});
}

TEST(Condition, ANullIsIsNull) {
  for (const Condition& test :
       {Condition(nullptr), Condition(std::nullopt), Condition(Value()), eq(Value())}) {
    EXPECT_EQ(test.op(), Op::IsNull);
    EXPECT_TRUE(test.values().empty());
  }
  EXPECT_EQ(ne(Value()).op(), Op::Not);
  EXPECT_EQ(ne(Value()).operands().front().op(), Op::IsNull);
}

TEST(Condition, IgnoringCaseReachesEveryOperand) {
  const Condition before = any({eq("a"), not_(startsWith("b"))});
  const Condition after = before.ignoreCase();
  EXPECT_FALSE(before.operands()[0].ignoresCase());
  EXPECT_TRUE(after.ignoresCase());
  EXPECT_TRUE(after.operands()[0].ignoresCase());
  EXPECT_TRUE(after.operands()[1].operands()[0].ignoresCase());
}

TEST(Filter, NamesItsColumnsInOrder) {
  const Filter filter{{"age", gt(18)}, {"active", true}};
  ASSERT_EQ(filter.terms().size(), 2U);
  EXPECT_EQ(filter.terms()[0].column, "age");
  EXPECT_EQ(filter.terms()[1].condition.op(), Op::Eq);
  EXPECT_TRUE(filter.conjunction());
  EXPECT_FALSE(filter.negated());
}

TEST(Filter, NestsAndNegates) {
  Filter filter;
  EXPECT_TRUE(filter.empty());
  filter.add("a", 1).add(anyOf({Filter{{"b", 2}}, Filter{{"c", 3}}})).negate();
  ASSERT_EQ(filter.terms().size(), 2U);
  ASSERT_NE(filter.terms()[1].group, nullptr);
  EXPECT_FALSE(filter.terms()[1].group->conjunction());
  EXPECT_EQ(filter.terms()[1].group->terms().size(), 2U);
  EXPECT_TRUE(filter.negated());
  EXPECT_FALSE(noneOf(filter).negated());
}

}  // namespace
}  // namespace sonde
