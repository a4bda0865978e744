#include <gtest/gtest.h>
#include <sonde/query/expr.hpp>
#include <sonde/query/plan.hpp>
#include <sonde/query/tree.hpp>
#include <sonde/query/walk.hpp>

#include <memory>
#include <set>

namespace sonde::query {
namespace {

ExprPtr isOne(const char* name) { return compare(CompareOp::Eq, column(name), constant(1)); }

TEST(Expr, BothKeepsTheOtherSideWhenOneIsNothing) {
  const ExprPtr a = isOne("a");
  EXPECT_EQ(both(a, nullptr), a);
  EXPECT_EQ(both(nullptr, a), a);
  EXPECT_EQ(both(nullptr, nullptr), nullptr);
}

TEST(Expr, BothFlattensAndButNotOr) {
  const ExprPtr either = make(Junction{false, {isOne("b"), isOne("c")}});
  const ExprPtr all = both(both(isOne("a"), either), isOne("d"));
  const auto& junction = std::get<Junction>(all->node);
  ASSERT_EQ(junction.operands.size(), 3U);
  EXPECT_EQ(junction.operands[1], either);
}

TEST(Expr, SameComparesTreesNotPointers) {
  EXPECT_TRUE(sameExpr(nullptr, nullptr));
  EXPECT_FALSE(sameExpr(isOne("a"), nullptr));
  EXPECT_TRUE(sameExpr(isOne("a"), isOne("a")));
  EXPECT_FALSE(sameExpr(isOne("a"), isOne("b")));
  EXPECT_FALSE(sameExpr(isOne("a"), negation(isOne("a"))));
  EXPECT_FALSE(sameExpr(constant(1), constant(1.0)));
  EXPECT_FALSE(sameExpr(parameter(0), parameter(1)));
  EXPECT_FALSE(sameExpr(claim("a"), claim("b")));
  EXPECT_FALSE(sameExpr(make(ColumnRef{0, "a", 0}), make(ColumnRef{0, "a", 1})));
  const ExprPtr list = make(InList{column("a"), {parameter(0), parameter(1)}});
  EXPECT_TRUE(sameExpr(list, make(InList{column("a"), {parameter(0), parameter(1)}})));
  EXPECT_FALSE(sameExpr(list, make(InList{column("a"), {parameter(0)}})));
}

TEST(Expr, SameLooksIntoSubqueries) {
  const auto exists = [](const char* name) {
    auto select = std::make_shared<Select>();
    select->where = isOne(name);
    return make(Exists{select});
  };
  EXPECT_TRUE(sameExpr(exists("a"), exists("a")));
  EXPECT_FALSE(sameExpr(exists("a"), exists("b")));
}

TEST(Expr, MappingSharesWhatDidNotChange) {
  const ExprPtr tree = both(isOne("a"), negation(isOne("b")));
  const auto same = [](const ExprPtr& e) { return e; };
  const auto keep = [](const std::shared_ptr<const Select>& s) { return s; };
  EXPECT_EQ(mapOperands(tree, same, keep), tree);
  const auto drop = [](const ExprPtr&) { return constant(7); };
  const ExprPtr changed = mapOperands(tree, drop, keep);
  EXPECT_TRUE(sameExpr(changed, make(Junction{true, {constant(7), constant(7)}})));
}

TEST(Expr, RebindMovesOnlyTheColumnsOfItsOwnTable) {
  auto select = std::make_shared<Select>();
  select->where = compare(CompareOp::Eq, column("own"), make(ColumnRef{0, "outer", 1}));
  const ExprPtr rule = both(isOne("a"), make(Exists{select}));
  const ExprPtr moved = rebind(rule, 2, 1);
  const auto& parts = std::get<Junction>(moved->node).operands;
  EXPECT_TRUE(sameExpr(std::get<Compare>(parts[0]->node).left, make(ColumnRef{2, "a", 1})));
  const auto& where = std::get<Compare>(std::get<Exists>(parts[1]->node).select->where->node);
  EXPECT_TRUE(sameExpr(where.left, column("own")));
  EXPECT_TRUE(sameExpr(where.right, make(ColumnRef{2, "outer", 2})));
  EXPECT_EQ(rebind(rule, 0), rule);
}

TEST(Plan, IdsAreNeverGivenTwice) {
  std::set<std::uint64_t> ids;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(ids.insert(nextPlanId()).second);
  EXPECT_FALSE(ids.contains(0));
}

}  // namespace
}  // namespace sonde::query
