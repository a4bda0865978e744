// The pool of connections to a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <sonde/session/session_pool.hpp>

#include "fake_driver.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using testing::HasSubstr;

class ServerPoolTest : public testing::Test {
 protected:
  ServerPoolTest() {
    options_.acquireTimeout = 5s;
    options_.statementCapacity = 16;
    options_.minIdle = 0;
    options_.validateAfter = 1h;
  }

  SessionPool& open(std::size_t size) {
    world_.topology = {PoolShape::Uniform, size, "the test says so"};
    DriverOptions driverOptions;
    driverOptions.logger = Logger(log_);
    pool_ = std::make_unique<SessionPool>(driver_, std::move(driverOptions), options_);
    return *pool_;
  }
  Lease read() { return pool_->lease(LeaseKind::Read, Context(), "users"); }
  Lease write() { return pool_->lease(LeaseKind::Write, Context(), "users"); }
  static fake::FakeConnection& connectionOf(const Lease& lease) {
    return static_cast<fake::FakeConnection&>(lease.session().connection());
  }
  template <class Work>
  static void elsewhere(Work work) {
    std::thread(std::move(work)).join();
  }
  // Leases `count` connections at once, each on a thread of its own, and returns them together.
  void useAtOnce(int count) {
    std::atomic<int> held{0};
    std::vector<std::thread> threads;
    for (int t = 0; t < count; ++t) {
      threads.emplace_back([&] {
        const Lease lease = read();
        ++held;
        while (held < count) std::this_thread::sleep_for(1ms);
      });
    }
    for (auto& thread : threads) thread.join();
  }
  template <class Holds>
  static bool soon(Holds holds, std::chrono::milliseconds within = 5s) {
    const auto until = Clock::now() + within;
    while (!holds() && Clock::now() < until) std::this_thread::sleep_for(2ms);
    return holds();
  }

  fake::World world_;
  fake::FakeDriver driver_{world_};
  PoolOptions options_;
  LogConfig log_;
  std::unique_ptr<SessionPool> pool_;
};

TEST_F(ServerPoolTest, OpensConnectionsOnlyWhenTheyAreNeededAndNoMoreThanItsSize) {
  open(3);
  EXPECT_EQ(world_.opened, 1);
  useAtOnce(3);
  EXPECT_EQ(world_.opened, 3);
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i) static_cast<void>(i % 2 == 0 ? read() : write());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(world_.opened, 3);
  EXPECT_EQ(pool_->stats().limit, 3U);
}

TEST_F(ServerPoolTest, GivesAThreadTheConnectionItUsedLast) {
  open(3);
  useAtOnce(3);
  const int mine = connectionOf(read()).number();
  for (int i = 0; i < 10; ++i) EXPECT_EQ(connectionOf(write()).number(), mine);
}

TEST_F(ServerPoolTest, AsksForASignOfLifeOnlyAfterARest) {
  options_.validateAfter = 40ms;
  open(1);
  static_cast<void>(read());
  static_cast<void>(read());
  EXPECT_EQ(world_.pings, 0);
  std::this_thread::sleep_for(60ms);
  static_cast<void>(read());
  static_cast<void>(read());
  EXPECT_EQ(world_.pings, 1);
  EXPECT_EQ(world_.opened, 1);
}

TEST_F(ServerPoolTest, ReplacesAConnectionThatDiedWhileItRested) {
  options_.validateAfter = 10ms;
  open(1);
  world_.brokenUpTo = 1;
  std::this_thread::sleep_for(30ms);
  EXPECT_EQ(connectionOf(read()).number(), 2);
  EXPECT_EQ(pool_->stats().discarded, 1U);
}

TEST_F(ServerPoolTest, AfterABreakEveryConnectionOpenedBeforeIsAskedBeforeItsUse) {
  open(4);
  useAtOnce(4);
  std::this_thread::sleep_for(10ms);
  {
    const Lease lease = read();
    connectionOf(lease).breakIt();
  }
  world_.brokenUpTo = 4;
  std::this_thread::sleep_for(10ms);
  // Nobody is given one of the three that died with it.
  useAtOnce(4);
  EXPECT_EQ(world_.alive, 4);
  EXPECT_EQ(pool_->stats().discarded, 4U);
  const int asked = world_.pings;
  std::this_thread::sleep_for(10ms);
  useAtOnce(4);
  EXPECT_LE(world_.pings, asked + 4) << "those opened since are good, and soon need not be asked";
  const int settled = world_.pings;
  useAtOnce(4);
  EXPECT_EQ(world_.pings, settled);
}

TEST_F(ServerPoolTest, EndsConnectionsThatRestTooLongButKeepsTheFewest) {
  options_.idleTimeout = 40ms;
  options_.minIdle = 2;
  open(5);
  useAtOnce(5);
  EXPECT_EQ(world_.alive, 5);
  EXPECT_TRUE(soon([&] { return world_.alive == 2; })) << "nobody asked for a connection";
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(world_.alive, 2);
  EXPECT_EQ(pool_->stats().retired, 3U);
}

TEST_F(ServerPoolTest, AConnectionInUseOutlivesItsLifetimeAndEndsAtItsReturn) {
  options_.maxLifetime = 40ms;
  open(1);
  std::optional<Lease> lease = read();
  std::this_thread::sleep_for(120ms);
  EXPECT_EQ(world_.alive, 1);
  lease.reset();
  EXPECT_EQ(world_.alive, 0);
  EXPECT_EQ(connectionOf(read()).number(), 2);
}

TEST_F(ServerPoolTest, EndsARestingConnectionAfterItsLifetime) {
  options_.maxLifetime = 30ms;
  options_.minIdle = 1;
  open(1);
  EXPECT_TRUE(soon([&] { return world_.alive == 0; }));
}

TEST_F(ServerPoolTest, ConnectionsOpenedTogetherDoNotEndTogether) {
  options_.maxLifetime = 2'400ms;
  open(40);
  std::set<std::uint64_t> seen;  // how many had ended, whenever one looked
  const auto began = Clock::now();
  do {
    std::vector<Lease> leases;
    for (int i = 0; i < 40; ++i) leases.push_back(read());
    leases.clear();
    seen.insert(std::min<std::uint64_t>(pool_->stats().retired, 40));
  } while (!seen.contains(40) && Clock::now() - began < 10s);
  EXPECT_GE(seen.size(), 3U) << "they end within a fortieth of the lifetime, one after the other";
}

TEST_F(ServerPoolTest, CleansASessionThatRawSqlTouchedBeforeOthersGetIt) {
  open(1);
  static_cast<void>(read());
  EXPECT_EQ(world_.stateResets, 0);
  read().session().markTouched();
  EXPECT_EQ(world_.stateResets, 1);
  static_cast<void>(read());
  EXPECT_EQ(world_.stateResets, 1);
}

TEST_F(ServerPoolTest, ASessionThatCannotBeCleanedIsClosed) {
  open(1);
  world_.resetFails = true;
  read().session().markTouched();
  EXPECT_EQ(world_.alive, 0);
  EXPECT_EQ(connectionOf(read()).number(), 2);
}

TEST_F(ServerPoolTest, AThreadThatHoldsOneGetsAnExtraOneWhenAllAreBusy) {
  open(1);
  for (const LeaseKind kind : {LeaseKind::Read, LeaseKind::Write}) {
    const Lease outer = read();
    const Lease inner = pool_->lease(kind, Context(), "nested");
    const Lease third = pool_->lease(kind, Context(), "nested again");
    EXPECT_NE(&outer.session(), &inner.session());
    EXPECT_EQ(pool_->stats().inUse, 3U);
  }
  EXPECT_EQ(world_.alive, 1);
  EXPECT_EQ(pool_->stats().extra, 4U);
}

TEST_F(ServerPoolTest, AThreadThatHoldsOnlyAnExtraOneStillNeverWaits) {
  open(1);
  std::optional<Lease> outer = read();
  const Lease inner = read();
  outer.reset();
  std::atomic<bool> taken{false};
  std::atomic<bool> done{false};
  std::thread other([&] {
    const Lease lease = read();
    taken = true;
    while (!done) std::this_thread::sleep_for(1ms);
  });
  while (!taken) std::this_thread::sleep_for(1ms);
  EXPECT_NO_THROW(static_cast<void>(read()));
  done = true;
  other.join();
}

TEST_F(ServerPoolTest, RefusesAWriteThatCouldWaitForTheOwnTransaction) {
  open(4);
  useAtOnce(4);
  Lease lease = write();
  lease.markTransaction(true);
  static_cast<void>(read());
  EXPECT_THROW(static_cast<void>(write()), TransactionError);
  elsewhere([&] { EXPECT_NO_THROW(static_cast<void>(write())); });
  lease.markTransaction(true, false);
  EXPECT_NO_THROW(static_cast<void>(write())) << "a transaction that reads holds no such lock";
}

TEST_F(ServerPoolTest, OpensAFewConnectionsAtATime) {
  world_.openingMs = 5;
  open(16);
  useAtOnce(16);
  EXPECT_EQ(world_.alive, 16);
  EXPECT_LE(world_.mostOpening, static_cast<int>(ConnectionOpener::kAtOnce));
}

TEST_F(ServerPoolTest, AServerThatIsDownIsATypedErrorWithItsCauseWhenTheTimeIsUp) {
  options_.acquireTimeout = 150ms;
  open(2);
  {
    const Lease first = read();
    const Lease second = read();
    world_.stop();
    connectionOf(first).breakIt();
    connectionOf(second).breakIt();
  }
  std::vector<std::thread> threads;
  std::atomic<int> typed{0};
  for (int t = 0; t < 6; ++t) {
    threads.emplace_back([&] {
      const auto began = Clock::now();
      try {
        static_cast<void>(read());
      } catch (const ConnectionError& error) {
        EXPECT_THAT(error.what(), HasSubstr("refused by the test"));
        ++typed;
      } catch (const Error& error) {
        ADD_FAILURE() << error.what();
      }
      EXPECT_LT(Clock::now() - began, 3s);
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(typed, 6);
  EXPECT_LT(world_.attempts, 30) << "the pause between attempts grows";
  EXPECT_EQ(pool_->stats().waiting, 0U);
}

TEST_F(ServerPoolTest, WhatWaitingCannotMendIsToldAtOnce) {
  options_.acquireTimeout = 60s;
  open(2);
  const Lease held = read();
  world_.refuseConnections = true;
  for (const char* state : {"28P01", "28000", "3D000", "42000"}) {
    world_.refusal = state;
    const auto began = Clock::now();
    elsewhere([&] { EXPECT_THROW(static_cast<void>(read()), ConnectionError) << state; });
    EXPECT_LT(Clock::now() - began, 10s);
  }
}

TEST_F(ServerPoolTest, TheDeadlineAndAStopRequestEndTheWaitForTheServer) {
  options_.acquireTimeout = 60s;
  open(1);
  world_.stop();
  connectionOf(read()).breakIt();
  EXPECT_THROW(static_cast<void>(pool_->lease(LeaseKind::Read, Context().timeout(30ms), "")),
               Timeout);
  std::stop_source source;
  std::thread waiter([&] {
    const Context context = Context().stopToken(source.get_token());
    EXPECT_THROW(static_cast<void>(pool_->lease(LeaseKind::Read, context, "")), Cancelled);
  });
  std::this_thread::sleep_for(20ms);
  source.request_stop();
  waiter.join();
}

TEST_F(ServerPoolTest, WhileNoMoreCanBeOpenedAReturnedOneIsAsGood) {
  open(2);
  std::optional<Lease> held = read();
  world_.refuseConnections = true;
  world_.refusal = "53300";
  std::thread waiter([&] { EXPECT_EQ(connectionOf(read()).number(), 1); });
  while (world_.attempts < 3) std::this_thread::sleep_for(1ms);
  held.reset();
  waiter.join();
}

TEST_F(ServerPoolTest, IsFullAgainWithinASecondOfTheServersReturn) {
  options_.acquireTimeout = 20s;
  open(8);
  useAtOnce(8);
  world_.openingMs = 2;
  std::atomic<bool> done{false};
  std::atomic<int> untyped{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t) {
    threads.emplace_back([&] {
      while (!done) {
        try {
          const Lease lease = read();
          // A statement on a dead connection fails, and the connection says why.
          static_cast<void>(lease.session().connection().ping(1ms));
          std::this_thread::sleep_for(1ms);
        } catch (const ConnectionError&) {
        } catch (const std::exception&) {
          ++untyped;
        }
      }
    });
  }
  for (int round = 0; round < 2; ++round) {
    std::this_thread::sleep_for(50ms);
    world_.stop();
    std::this_thread::sleep_for(700ms);
    world_.refuseConnections = false;
    EXPECT_TRUE(soon([&] { return world_.alive == 8; }, 1s)) << world_.alive;
  }
  done = true;
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(untyped, 0);
  EXPECT_LE(world_.mostOpening, static_cast<int>(ConnectionOpener::kAtOnce));
}

// Warnings of the log, kept.
class LeakTest : public ServerPoolTest {
 protected:
  LeakTest() {
    options_.leakWarning = 30ms;
    log_.level = LogLevel::Warn;
    log_.callback = [this](const LogEvent& event) {
      std::string line(event.message);
      for (const auto& [name, value] : event.fields) line.append(" ").append(value);
      const std::lock_guard lock(mutex_);
      lines_.push_back(line);
    };
  }
  std::vector<std::string> lines() {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

  std::mutex mutex_;
  std::vector<std::string> lines_;
};

TEST_F(LeakTest, IsToldOnceWithTheBorrowerAlthoughNobodyElseAsks) {
  open(2);
  std::optional<Lease> held = pool_->lease(LeaseKind::Read, Context(), "invoices");
  held->markTransaction(true);
  ASSERT_TRUE(soon([&] { return !lines().empty(); }));
  std::this_thread::sleep_for(100ms);
  held.reset();
  ASSERT_EQ(lines().size(), 1U);
  EXPECT_THAT(lines()[0], HasSubstr("invoices, transaction"));
  EXPECT_THAT(lines()[0], HasSubstr(describeThread(thisThread())));
}

TEST_F(LeakTest, OfAnExtraConnectionIsToldToo) {
  open(1);
  const Lease outer = pool_->lease(LeaseKind::Read, Context(), "outer");
  const Lease inner = pool_->lease(LeaseKind::Read, Context(), "inner");
  EXPECT_TRUE(soon([&] { return lines().size() == 2; }));
}

TEST_F(LeakTest, IsNotToldOfShortLeases) {
  options_.leakWarning = 2s;
  open(1);
  for (int i = 0; i < 20; ++i) static_cast<void>(read());
  EXPECT_TRUE(lines().empty());
}

}  // namespace
}  // namespace sonde
