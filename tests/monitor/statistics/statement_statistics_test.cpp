// The statistics on their own, told of statements that nobody runs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>
#include <sonde/core/error.hpp>
#include <sonde/monitor/statistics/operation_timer.hpp>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

namespace sonde {
namespace {

using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using testing::ElementsAre;

query::Plan planOf(std::string sql) {
  query::Plan plan;
  plan.id = query::nextPlanId();
  plan.sql = std::move(sql);
  return plan;
}

StatementOutcome took(nanoseconds duration, nanoseconds waited = 0ns) {
  StatementOutcome outcome;
  outcome.duration = duration;
  outcome.waited = waited;
  outcome.ended = std::chrono::steady_clock::now();
  return outcome;
}

class Statistics : public testing::Test {
 protected:
  void tell(const query::Plan& plan, const StatementOutcome& outcome) {
    statistics_.after({plan, context_}, outcome);
  }
  void tellFailure(const query::Plan& plan, const std::exception& error,
                   const StatementOutcome& outcome) {
    statistics_.failed({plan, context_}, error, outcome);
  }
  [[nodiscard]] StatementSummary only() const {
    const auto snapshot = statistics_.snapshot();
    EXPECT_EQ(snapshot.statements.size(), 1U);
    return snapshot.statements.empty() ? StatementSummary() : snapshot.statements.front();
  }

  Context context_;
  StatementStatistics statistics_{query::LexerRules(), 20};
};

TEST_F(Statistics, PutsStatementsTogetherThatDifferInValuesOnly) {
  tell(planOf("SELECT a FROM t WHERE b = 1"), took(1ms));
  tell(planOf("select a from t where b = 'x' -- c"), took(3ms));
  tell(planOf("SELECT c FROM t"), took(2ms));
  const auto snapshot = statistics_.snapshot();
  ASSERT_EQ(snapshot.statements.size(), 2U);
  const StatementSummary& first = snapshot.statements[0];
  EXPECT_EQ(first.sql, "SELECT a FROM t WHERE b = ?");
  EXPECT_EQ(first.fingerprint, query::fingerprintSql(first.sql, query::LexerRules()));
  EXPECT_EQ(first.calls, 2U);
  EXPECT_EQ(first.time.total, 4ms);
  EXPECT_EQ(first.time.min, 1ms);
  EXPECT_EQ(first.time.max, 3ms);
  EXPECT_EQ(snapshot.statements[1].calls, 1U);
}

TEST_F(Statistics, ShowsTheSlowestStatementWithoutItsLiterals) {
  tell(planOf("SELECT a FROM t WHERE b IN (1, 2)"), took(1ms));
  tell(planOf("SELECT a FROM t WHERE b IN (1,\n 'secret', x'00') -- secret"), took(9ms));
  tell(planOf("SELECT a FROM t WHERE b IN (3)"), took(2ms));
  EXPECT_EQ(only().slowestSql, "SELECT a FROM t WHERE b IN (?,\n ?, ?)  ");
  EXPECT_NE(statistics_.preparedSql(only().fingerprint).find("'secret'"), std::string::npos);
  EXPECT_EQ(toJson(statistics_.snapshot()).dump().find("secret"), std::string::npos);
}

TEST_F(Statistics, AddUpRowsAndEffort) {
  const query::Plan plan = planOf("SELECT 1");
  StatementOutcome outcome = took(1ms);
  outcome.rows = 3;
  outcome.affected = 2;
  outcome.effort = {100, 1, 7};
  tell(plan, outcome);
  tell(plan, outcome);
  const StatementSummary summary = only();
  EXPECT_EQ(summary.rows, 6U);
  EXPECT_EQ(summary.affected, 4U);
  EXPECT_EQ(summary.effort.fullScanSteps, 200U);
  EXPECT_EQ(summary.effort.sorts, 2U);
  EXPECT_EQ(summary.effort.autoIndexRows, 14U);
}

TEST_F(Statistics, KeepWaitingApartFromRunning) {
  const query::Plan plan = planOf("SELECT 1");
  for (int i = 0; i < 98; ++i) tell(plan, took(1ms));
  tell(plan, took(1ms, 40ms));
  tell(plan, took(1ms, 60ms));
  const StatementSummary summary = only();
  EXPECT_EQ(summary.time.max, 1ms);
  EXPECT_EQ(summary.wait.count, 100U);
  EXPECT_EQ(summary.wait.total, 100ms);
  EXPECT_EQ(summary.wait.p95, 0ns);
  EXPECT_NEAR(static_cast<double>(summary.wait.p99.count()), 40e6, 40e6 / 128);
}

TEST_F(Statistics, CountErrorsByTheirCode) {
  const query::Plan plan = planOf("SELECT 1");
  tell(plan, took(1ms));
  tellFailure(plan, Timeout("too late"), took(50ms));
  tellFailure(plan, Timeout("too late"), took(60ms));
  tellFailure(plan, std::runtime_error("refused"), took(0ns));
  tellFailure(plan, PoolTimeout("none free"), took(0ns, 30s));
  const StatementSummary summary = only();
  EXPECT_EQ(summary.calls, 5U);
  EXPECT_EQ(summary.failed(), 4U);
  EXPECT_THAT(summary.errors,
              ElementsAre(std::pair(ErrorCode::Generic, 1U), std::pair(ErrorCode::PoolTimeout, 1U),
                          std::pair(ErrorCode::Timeout, 2U)));
  EXPECT_EQ(summary.time.count, 3U) << "what got no connection has no time";
  EXPECT_EQ(summary.time.max, 60ms);
  EXPECT_EQ(summary.wait.max, 30s);
}

TEST_F(Statistics, ForgetWhatTookLeastAndTellHowMuchThatWas) {
  for (int i = 0; i < 20; ++i) {
    tell(planOf("SELECT c" + std::to_string(i) + " FROM t"), took(1ms * (i == 0 ? 500 : i)));
  }
  EXPECT_EQ(statistics_.snapshot().evicted.fingerprints, 0U);
  tell(planOf("SELECT fresh FROM t"), took(1ns));
  const auto snapshot = statistics_.snapshot();
  EXPECT_EQ(snapshot.statements.size(), 20U);
  EXPECT_EQ(snapshot.evicted.fingerprints, 1U);
  EXPECT_EQ(snapshot.evicted.calls, 1U);
  EXPECT_EQ(snapshot.evicted.time, 1ms);
  EXPECT_EQ(snapshot.statements.front().sql, "SELECT c0 FROM t") << "the dearest stays";
  EXPECT_EQ(snapshot.statements.back().sql, "SELECT fresh FROM t");
  EXPECT_EQ(statistics_.preparedSql(query::fingerprintSql("SELECT c1 FROM t", {})), "");
}

TEST_F(Statistics, LoseNoCallToEviction) {
  std::vector<query::Plan> plans;
  for (int i = 0; i < 200; ++i) plans.push_back(planOf("SELECT c" + std::to_string(i)));
  for (int round = 0; round < 3; ++round) {
    for (const query::Plan& plan : plans) tell(plan, took(1us));
  }
  const auto snapshot = statistics_.snapshot();
  std::uint64_t calls = snapshot.evicted.calls;
  nanoseconds time = snapshot.evicted.time;
  for (const StatementSummary& each : snapshot.statements) {
    calls += each.calls;
    time += each.time.total;
  }
  EXPECT_LE(snapshot.statements.size(), 20U);
  EXPECT_EQ(calls, 600U);
  EXPECT_EQ(time, 600us);
}

TEST_F(Statistics, BeginAnewWhenReset) {
  tell(planOf("SELECT 1"), took(1ms));
  statistics_.recordOperation("op", 1ms, nullptr);
  const auto before = statistics_.snapshot();
  statistics_.reset();
  const auto after = statistics_.snapshot();
  EXPECT_TRUE(after.statements.empty());
  EXPECT_TRUE(after.operations.empty());
  EXPECT_GE(after.since, before.since);
  tell(planOf("SELECT 1"), took(1ms));
  EXPECT_EQ(only().calls, 1U);
}

TEST_F(Statistics, SortAsAsked) {
  StatementOutcome many = took(1ms);
  many.rows = 100;
  many.effort.fullScanSteps = 5;
  const query::Plan often = planOf("SELECT often");
  for (int i = 0; i < 3; ++i) tell(often, took(2ms));
  tell(planOf("SELECT many"), many);
  tell(planOf("SELECT slow"), took(5ms));
  auto snapshot = statistics_.snapshot();
  const auto first = [&](StatisticsOrder order) {
    snapshot.sortBy(order);
    return snapshot.statements.front().sql;
  };
  EXPECT_EQ(first(StatisticsOrder::TotalTime), "SELECT often");
  EXPECT_EQ(first(StatisticsOrder::MeanTime), "SELECT slow");
  EXPECT_EQ(first(StatisticsOrder::P95Time), "SELECT slow");
  EXPECT_EQ(first(StatisticsOrder::Calls), "SELECT often");
  EXPECT_EQ(first(StatisticsOrder::Rows), "SELECT many");
  EXPECT_EQ(first(StatisticsOrder::Scans), "SELECT many");
}

TEST_F(Statistics, TimeNamedOperationsAndWhatTheyFailWith) {
  int count = 0;
  auto add = [&] { return ++count; };
  EXPECT_EQ(detail::timed(&statistics_, "add", add), 1);
  auto& reference = count;
  auto self = [&]() -> int& { return reference; };
  EXPECT_EQ(&detail::timed(&statistics_, "self", self), &count);
  auto refuse = [] { throw NotFound("nothing"); };
  EXPECT_THROW(detail::timed(&statistics_, "add", refuse), NotFound);
  auto odd = [] { throw 1; };
  EXPECT_THROW(detail::timed(&statistics_, "add", odd), int);
  EXPECT_EQ(detail::timed(nullptr, "add", add), 2);

  const auto snapshot = statistics_.snapshot();
  ASSERT_EQ(snapshot.operations.size(), 2U);
  const auto& named = snapshot.operations[snapshot.operations[0].name == "add" ? 0 : 1];
  EXPECT_EQ(named.calls, 3U);
  EXPECT_THAT(named.errors,
              ElementsAre(std::pair(ErrorCode::Generic, 1U), std::pair(ErrorCode::NotFound, 1U)));
  EXPECT_GT(named.time.total.count(), 0);
}

TEST_F(Statistics, KeepNoMoreNamesOfOperationsThanFingerprints) {
  for (int i = 0; i < 30; ++i) statistics_.recordOperation(std::to_string(i), 1ms, nullptr);
  EXPECT_EQ(statistics_.snapshot().operations.size(), 20U);
  EXPECT_EQ(statistics_.snapshot().operationsLeftOut, 10U);
}

// Threads that record, evict, read and reset at once: nothing is lost that was not reset.
TEST_F(Statistics, AreCountedByManyThreadsAtOnce) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 2'000;
  std::vector<query::Plan> plans;
  for (int i = 0; i < 25; ++i) plans.push_back(planOf("SELECT c" + std::to_string(i)));
  std::atomic<bool> ending{false};
  std::thread reader([&] {
    while (!ending) {
      std::uint64_t calls = 0;
      const auto snapshot = statistics_.snapshot();
      for (const auto& each : snapshot.statements) calls += each.calls;
      EXPECT_LE(calls + snapshot.evicted.calls, std::uint64_t{kThreads} * kRounds);
    }
  });
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < kRounds; ++i) {
        tell(plans[static_cast<std::size_t>(i * (t + 1)) % plans.size()], took(1us));
        if (i % 100 == 0) statistics_.recordOperation("op", 1us, nullptr);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  ending = true;
  reader.join();
  const auto snapshot = statistics_.snapshot();
  std::uint64_t calls = snapshot.evicted.calls;
  for (const auto& each : snapshot.statements) calls += each.calls;
  EXPECT_EQ(calls, std::uint64_t{kThreads} * kRounds);
  EXPECT_EQ(snapshot.operations.at(0).calls, std::uint64_t{kThreads} * kRounds / 100);
}

}  // namespace
}  // namespace sonde
