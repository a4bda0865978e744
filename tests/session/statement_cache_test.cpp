#include <gtest/gtest.h>

#include <sonde/session/statement_cache.hpp>

#include "fake_driver.hpp"

namespace sonde {
namespace {

query::Plan planOf(std::uint64_t id, bool cacheable = true) {
  query::Plan plan;
  plan.id = id;
  plan.sql = "read " + std::to_string(id);
  plan.cacheable = cacheable;
  return plan;
}

class StatementCacheTest : public testing::Test {
 protected:
  fake::World world_;
  fake::FakeConnection connection_{world_, TransactionMode::Write};
};

TEST_F(StatementCacheTest, PreparesAPlanOnce) {
  StatementCache cache(connection_, 4);
  const query::Plan plan = planOf(7);
  const Statement* first = &*cache.acquire(plan);
  const Statement* second = &*cache.acquire(plan);
  EXPECT_EQ(first, second);
  EXPECT_EQ(world_.prepared, 1);
  EXPECT_EQ(world_.resets, 2) << "every use ends with a reset";
}

TEST_F(StatementCacheTest, GivesASecondUseAStatementOfItsOwnThatDoesNotStay) {
  StatementCache cache(connection_, 4);
  const query::Plan plan = planOf(7);
  {
    const auto outer = cache.acquire(plan);
    const auto inner = cache.acquire(plan);
    EXPECT_NE(&*outer, &*inner);
  }
  EXPECT_EQ(cache.size(), 1U);
  static_cast<void>(cache.acquire(plan));
  EXPECT_EQ(world_.prepared, 2);
}

TEST_F(StatementCacheTest, ForgetsTheLeastRecentlyUsed) {
  StatementCache cache(connection_, 2);
  static_cast<void>(cache.acquire(planOf(1)));
  static_cast<void>(cache.acquire(planOf(2)));
  static_cast<void>(cache.acquire(planOf(1)));
  static_cast<void>(cache.acquire(planOf(3)));
  EXPECT_EQ(cache.size(), 2U);
  static_cast<void>(cache.acquire(planOf(1)));
  EXPECT_EQ(world_.prepared, 3) << "1 was used last and had to stay";
  static_cast<void>(cache.acquire(planOf(2)));
  EXPECT_EQ(world_.prepared, 4);
}

TEST_F(StatementCacheTest, NeverForgetsAStatementInUse) {
  StatementCache cache(connection_, 1);
  const auto held = cache.acquire(planOf(1));
  const Statement* statement = &*held;
  static_cast<void>(cache.acquire(planOf(2)));
  static_cast<void>(cache.acquire(planOf(3)));
  EXPECT_EQ(&*held, statement);
  cache.clear();
  EXPECT_EQ(cache.size(), 1U);
}

TEST_F(StatementCacheTest, KeepsPlansApartThatShareAPlaceInTheDirectTable) {
  StatementCache cache(connection_, 8);
  const query::Plan one = planOf(5);
  const query::Plan other = planOf(5 + 64);
  const Statement* first = &*cache.acquire(one);
  const Statement* second = &*cache.acquire(other);
  EXPECT_NE(first, second);
  EXPECT_EQ(&*cache.acquire(one), first);
  EXPECT_EQ(&*cache.acquire(other), second);
  EXPECT_EQ(world_.prepared, 2);
}

TEST_F(StatementCacheTest, EvictionLeavesNoDanglingDirectEntry) {
  StatementCache cache(connection_, 1);
  static_cast<void>(cache.acquire(planOf(1)));
  static_cast<void>(cache.acquire(planOf(2)));
  static_cast<void>(cache.acquire(planOf(1)));
  EXPECT_EQ(world_.prepared, 3);
}

TEST_F(StatementCacheTest, DoesNotKeepWhatIsNotWorthKeeping) {
  StatementCache cache(connection_, 4);
  static_cast<void>(cache.acquire(planOf(1, false)));
  static_cast<void>(cache.acquire(planOf(1, false)));
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(world_.prepared, 2);
}

TEST_F(StatementCacheTest, OfCapacityZeroKeepsNothing) {
  StatementCache cache(connection_, 0);
  static_cast<void>(cache.acquire(planOf(1)));
  static_cast<void>(cache.acquire(planOf(1)));
  EXPECT_EQ(cache.size(), 0U);
  EXPECT_EQ(world_.prepared, 2);
}

}  // namespace
}  // namespace sonde
