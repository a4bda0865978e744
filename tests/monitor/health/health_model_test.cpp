// The monitor, on a database without an engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <condition_variable>
#include <future>
#include <mutex>
#include <string>
#include <thread>

#include "probed_database.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using test::Dial;
using test::ProbedDatabase;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

ProbeInfo critical() {
  return {.name = "connectivity",
          .criticality = Criticality::Critical,
          .whenSilent = HealthStatus::Fail};
}
ProbeInfo limited(std::string name) {
  return {.name = std::move(name), .limits = {.warn = 10, .fail = 20}};
}

HealthStatus statusOf(const HealthReport& report, std::string_view check) {
  const CheckResult* const found = report.find(check);
  EXPECT_NE(found, nullptr) << check;
  return found == nullptr ? HealthStatus::Unknown : found->status;
}

TEST(HealthLimits, JudgeAtTheLimitItself) {
  const ProbeLimits high{.warn = 10, .fail = 20};
  EXPECT_EQ(high.judge(9.9), HealthStatus::Pass);
  EXPECT_EQ(high.judge(10), HealthStatus::Warn);
  EXPECT_EQ(high.judge(20), HealthStatus::Fail);
  const ProbeLimits low{.warn = 20, .fail = 10, .low = true};
  EXPECT_EQ(low.judge(21), HealthStatus::Pass);
  EXPECT_EQ(low.judge(20), HealthStatus::Warn);
  EXPECT_EQ(low.judge(10), HealthStatus::Fail);
  EXPECT_EQ(ProbeLimits().judge(1e9), HealthStatus::Pass);
}

TEST(HealthMonitor, FindsAHealthyDatabaseHealthy) {
  const ProbedDatabase database;
  HealthMonitor monitor(database.open());
  const HealthReport report = monitor.report();
  EXPECT_EQ(report.status, HealthStatus::Pass);
  EXPECT_TRUE(report.ready);
  for (const CheckResult& check : report.checks) {
    EXPECT_EQ(check.status, HealthStatus::Pass) << check.info.name << ": " << check.finding;
  }
}

TEST(HealthMonitor, WeighsAFailureByWhatItMeans) {
  const ProbedDatabase database;
  const Dial reached;
  const Dial normal;
  const Dial told;
  ProbeInfo first = critical();
  first.limits.fail = 1;
  ProbeInfo third = limited("told");
  third.criticality = Criticality::Informational;
  HealthMonitor monitor(
      database.open({reached.probe(first), normal.probe(limited("normal")), told.probe(third)}),
      database.options());
  *told.value = 99;
  EXPECT_EQ(monitor.report().status, HealthStatus::Pass);
  *normal.value = 99;
  EXPECT_EQ(monitor.report().status, HealthStatus::Warn);
  EXPECT_TRUE(monitor.report().ready);
  *reached.value = 1;
  EXPECT_EQ(monitor.report().status, HealthStatus::Fail);
  EXPECT_FALSE(monitor.report().ready);
}

TEST(HealthMonitor, SaysThatTheDatabaseIsAwayOnce) {
  const ProbedDatabase database;
  const Dial other;
  HealthMonitor monitor(database.open({Dial().probe(critical()), other.probe(limited("other"))}),
                        database.options());
  *database.away = true;
  database.script->breakConnections();
  const HealthReport report = monitor.report();
  EXPECT_EQ(statusOf(report, "connectivity"), HealthStatus::Fail);
  EXPECT_THAT(report.find("connectivity")->finding, HasSubstr("nobody listens there"));
  EXPECT_EQ(statusOf(report, "other"), HealthStatus::Unknown);
  EXPECT_EQ(statusOf(report, "response-time"), HealthStatus::Unknown);
  EXPECT_FALSE(report.ready);
  *database.away = false;
  EXPECT_EQ(monitor.report().status, HealthStatus::Pass);
}

// What a test holds up until it lets go.
class Gate {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return open_; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool open_ = false;
};

TEST(HealthMonitor, IsNotHeldUpByAProbeThatHangs) {
  const ProbedDatabase database;
  Gate gate;
  ProbeInfo slow = limited("slow");
  slow.deadline = 50ms;
  const Dial behind;
  HealthMonitor monitor(database.open({Dial().probe(critical()),
                                       makeProbe(slow,
                                                 [&gate](Connection&) {
                                                   gate.wait();
                                                   return Reading::of(1);
                                                 }),
                                       behind.probe(limited("behind"))}),
                        database.options());
  const HealthReport report = monitor.report();
  EXPECT_EQ(statusOf(report, "slow"), HealthStatus::Unknown);
  EXPECT_THAT(report.find("slow")->finding, HasSubstr("no answer within"));
  EXPECT_EQ(statusOf(report, "behind"), HealthStatus::Pass);
  EXPECT_EQ(*behind.asked, 1);
  static_cast<void>(monitor.report());  // does not ask again what still hangs
  EXPECT_EQ(*behind.asked, 2);
  gate.open();
  monitor.disconnect();
  EXPECT_EQ(statusOf(monitor.lastReport(), "slow"), HealthStatus::Pass);
}

TEST(HealthMonitor, FailsACheckOfTheApplicationThatHangsOrThrows) {
  const ProbedDatabase database;
  HealthMonitor monitor(database.open(), database.options());
  Gate gate;
  monitor.addCheck({.name = "hangs", .deadline = 30ms, .whenSilent = HealthStatus::Fail},
                   [&gate](const Context&) {
                     gate.wait();
                     return Reading();
                   });
  monitor.addCheck(
      {.name = "throws", .whenSilent = HealthStatus::Fail},
      [](const Context&) -> Reading { throw std::runtime_error("the queue is gone"); });
  monitor.addCheck({.name = "asks"}, [](const Context& context) {
    return Reading::judged(context.deadline() ? HealthStatus::Pass : HealthStatus::Fail, "seen");
  });
  monitor.addCheck({.name = "other", .unit = "jobs", .limits = {.warn = 5}},
                   [](const Context&) { return Reading::of(7); });
  EXPECT_THROW(monitor.addCheck({.name = "other"}, [](const Context&) { return Reading(); }),
               ConfigError);
  const HealthReport report = monitor.report();
  EXPECT_EQ(statusOf(report, "throws"), HealthStatus::Fail);
  EXPECT_EQ(report.find("throws")->finding, "the queue is gone");
  EXPECT_EQ(statusOf(report, "asks"), HealthStatus::Pass);
  EXPECT_EQ(statusOf(report, "other"), HealthStatus::Warn);
  EXPECT_EQ(statusOf(report, "hangs"), HealthStatus::Fail);
  EXPECT_THAT(report.find("hangs")->finding, HasSubstr("no answer within"));
  gate.open();
}

TEST(HealthMonitor, MeasuresOnceForManyWhoAsk) {
  const ProbedDatabase database;
  const Dial dial;
  HealthOptions options = database.options();
  options.cacheFor = 1s;
  HealthMonitor monitor(database.open({dial.probe(critical())}), options);
  for (int i = 0; i < 100; ++i) static_cast<void>(monitor.report());
  EXPECT_EQ(*dial.asked, 1);
  database.pass(999ms);
  static_cast<void>(monitor.report());
  EXPECT_EQ(*dial.asked, 1);
  database.pass(1ms);
  static_cast<void>(monitor.report());
  EXPECT_EQ(*dial.asked, 2);
  static_cast<void>(monitor.refresh());
  EXPECT_EQ(*dial.asked, 3);
}

TEST(HealthMonitor, AsksWhatReadsCatalogsSeldomAndSaysHowOldTheAnswerIs) {
  const ProbedDatabase database;
  const Dial dial;
  ProbeInfo moderate = limited("sequences");
  moderate.cost = ProbeCost::Moderate;
  HealthMonitor monitor(database.open({Dial().probe(critical()), dial.probe(moderate)}),
                        database.options());
  static_cast<void>(monitor.report());
  database.pass(59s);
  EXPECT_EQ(monitor.report().find("sequences")->age, 59s);
  EXPECT_EQ(*dial.asked, 1);
  database.pass(1s);
  EXPECT_EQ(monitor.report().find("sequences")->age, 0s);
  EXPECT_EQ(*dial.asked, 2);
}

TEST(HealthMonitor, TellsAChangeOnceWhenItHasLasted) {
  const ProbedDatabase database;
  const Dial dial;
  HealthMonitor monitor(database.open({Dial().probe(critical()), dial.probe(limited("dial"))}),
                        database.options());
  std::vector<std::string> told;
  const Subscription subscription = monitor.onChange([&](const HealthChange& change) {
    told.push_back(change.after.info.name + " " + std::string(healthStatusName(change.before)) +
                   " " + std::string(healthStatusName(change.after.status)));
  });
  const auto measure = [&](double value) {
    *dial.value = value;
    static_cast<void>(monitor.report());
  };
  for (const double value : {15, 0, 15, 0, 15, 0}) measure(value);  // never twice in a row
  EXPECT_TRUE(told.empty());
  for (int i = 0; i < 5; ++i) measure(15);
  EXPECT_THAT(told, ElementsAre("dial pass warn"));
  // Not well in one way or another is not well.
  for (const double value : {0, 0, 15, 25, 15, 25}) measure(value);
  EXPECT_THAT(told, ElementsAre("dial pass warn", "dial warn pass", "dial pass fail"));
  EXPECT_EQ(monitor.history("dial").size(), 17U);
  EXPECT_EQ(monitor.history("dial").back().value, 25);
  EXPECT_THROW(static_cast<void>(monitor.history("dail")), ConfigError);
}

TEST(HealthMonitor, RunsDeepChecksOnDemandOnly) {
  const ProbedDatabase database;
  const Dial dial;
  ProbeInfo deep = limited("integrity");
  deep.cost = ProbeCost::Deep;
  deep.criticality = Criticality::Critical;
  HealthMonitor monitor(database.open({Dial().probe(critical()), dial.probe(deep)}),
                        database.options());
  EXPECT_FALSE(monitor.report().find("integrity")->measured);
  EXPECT_EQ(monitor.report().status, HealthStatus::Pass);
  *dial.value = 20;
  std::vector<double> heard;
  static_cast<void>(monitor.runDeep({}, [&](std::string_view check, double share) {
    EXPECT_EQ(check, "integrity");
    heard.push_back(share);
  }));
  EXPECT_THAT(heard, ElementsAre(0, 1));
  database.pass(1h);
  const HealthReport report = monitor.report();
  EXPECT_EQ(*dial.asked, 1);
  EXPECT_EQ(report.find("integrity")->age, 1h);
  EXPECT_EQ(report.status, HealthStatus::Fail);
  EXPECT_TRUE(report.ready);  // taking every instance out of service would not mend it
}

TEST(HealthMonitor, EndsADeepCheckWhenItIsTold) {
  const ProbedDatabase database;
  ProbeInfo deep = limited("integrity");
  deep.cost = ProbeCost::Deep;
  std::stop_source stop;
  const auto probe = makeProbe(deep, [&stop](Connection& connection) -> Reading {
    stop.request_stop();
    while (true) connection.executeScript("SELECT 1");  // until the context says so
  });
  HealthMonitor monitor(database.open({Dial().probe(critical()), probe}), database.options());
  const HealthReport report = monitor.runDeep(Context().stopToken(stop.get_token()));
  EXPECT_EQ(statusOf(report, "integrity"), HealthStatus::Unknown);
}

TEST(HealthMonitor, TellsAnExhaustedPoolFromADatabaseThatIsDown) {
  const ProbedDatabase database;
  const auto runtime = database.open({Dial().probe(critical())});
  HealthMonitor monitor(runtime, database.options());
  std::thread waiter;
  {
    const Lease held = runtime->pool().lease(LeaseKind::Write, Context(), "held");
    EXPECT_EQ(statusOf(monitor.report(), "pool"), HealthStatus::Pass);  // in use is what it is for
    waiter = std::thread(
        [&] { static_cast<void>(runtime->pool().lease(LeaseKind::Write, Context(), "waits")); });
    while (runtime->pool().stats().waiting == 0) std::this_thread::sleep_for(1ms);
    const HealthReport report = monitor.report();
    EXPECT_EQ(statusOf(report, "connectivity"), HealthStatus::Pass);
    EXPECT_EQ(statusOf(report, "pool"), HealthStatus::Warn);
    EXPECT_THAT(report.find("pool")->finding, HasSubstr("1 thread waits"));
    EXPECT_TRUE(report.ready);
  }
  waiter.join();
}

TEST(HealthMonitor, NoticesThatTheSchemaIsNotTheOneOfTheStart) {
  const ProbedDatabase database;
  HealthMonitor monitor(database.open(), database.options());
  EXPECT_EQ(statusOf(monitor.report(), "schema"), HealthStatus::Pass);
  Catalog catalog;
  catalog.tables.emplace_back();
  catalog.tables.back().name = "added";
  database.script->setCatalog(catalog);
  database.pass(61s);
  EXPECT_EQ(statusOf(monitor.report(), "schema"), HealthStatus::Warn);
  monitor.acceptSchema();
  database.pass(61s);
  EXPECT_EQ(statusOf(monitor.report(), "schema"), HealthStatus::Pass);
}

TEST(HealthMonitor, TakesLimitsTimeoutsAndSwitchesFromItsOptions) {
  const ProbedDatabase database;
  const Dial dial;
  HealthOptions options = database.options();
  options.checks["dial"] = {.warn = 1, .fail = 2, .timeout = 77ms};
  options.checks["pool"] = {.enabled = false};
  options.checks["dail"] = {.warn = 1};
  std::vector<std::string> logged;
  LogConfig logging;
  logging.level = LogLevel::Warn;
  logging.callback = [&](const LogEvent& event) { logged.emplace_back(event.message); };
  RuntimeOptions runtime;
  runtime.driver.logger = Logger(logging);
  HealthMonitor monitor(
      database.open({Dial().probe(critical()), dial.probe(limited("dial"))}, runtime), options);
  *dial.value = 1;
  const HealthReport report = monitor.report();
  EXPECT_EQ(statusOf(report, "dial"), HealthStatus::Warn);
  EXPECT_EQ(report.find("dial")->info.deadline, 77ms);
  EXPECT_EQ(report.find("pool"), nullptr);
  EXPECT_THAT(logged, ElementsAre(HasSubstr("did you mean \"dial\"")));
}

TEST(HealthMonitor, SaysThatTheDatabaseWasClosed) {
  const ProbedDatabase database;
  const auto runtime = database.open();
  HealthMonitor monitor(runtime, database.options());
  EXPECT_TRUE(monitor.report().ready);
  monitor.disconnect();
  runtime->close();
  const HealthReport report = monitor.report();
  EXPECT_EQ(statusOf(report, "connectivity"), HealthStatus::Fail);
  EXPECT_THAT(report.find("connectivity")->finding, HasSubstr("closed"));
}

TEST(HealthMonitor, MayBeAskedFromManyThreads) {
  const ProbedDatabase database;
  const Dial dial;
  HealthOptions options = database.options();
  options.interval = 1ms;
  HealthMonitor monitor(database.open({Dial().probe(critical()), dial.probe(limited("dial"))}),
                        options);
  std::vector<std::thread> threads;
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20; ++i) {
        *dial.value = i;
        if (t == 0) static_cast<void>(monitor.runDeep());
        if (t == 1) monitor.disconnect();
        if (t == 2)
          monitor.addCheck({.name = "own " + std::to_string(i)},
                           [](const Context&) { return Reading::of(1); });
        EXPECT_TRUE((t % 2 == 0 ? monitor.report() : monitor.refresh()).ready);
        static_cast<void>(monitor.lastReport());
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace
}  // namespace sonde
