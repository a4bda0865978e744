#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include <sonde/session/session_pool.hpp>

#include "fake_driver.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;

class SessionPoolTest : public testing::Test {
 protected:
  std::unique_ptr<SessionPool> make(PoolShape shape, std::size_t readers = 2,
                                    std::chrono::milliseconds timeout = 2'000ms) {
    world_.topology = {shape, readers, "the test says so"};
    return std::make_unique<SessionPool>(driver_, DriverOptions{}, PoolOptions{timeout, 16});
  }
  static Lease read(SessionPool& pool) { return pool.lease(LeaseKind::Read, Context(), "users"); }
  static Lease write(SessionPool& pool) { return pool.lease(LeaseKind::Write, Context(), "users"); }
  // Runs on another thread, which holds nothing.
  template <class Work>
  static void elsewhere(Work work) {
    std::thread(std::move(work)).join();
  }
  static void waitFor(SessionPool& pool, std::size_t waiting) {
    while (pool.stats().waiting < waiting) std::this_thread::sleep_for(1ms);
  }

  fake::World world_;
  fake::FakeDriver driver_{world_};
};

TEST_F(SessionPoolTest, OpensOneConnectionAndReadersOnlyWhenNeeded) {
  const auto pool = make(PoolShape::WriterAndReaders, 3);
  EXPECT_EQ(world_.opened, 1);
  {
    const Lease writer = write(*pool);
    EXPECT_FALSE(writer.session().connection().readOnly());
  }
  EXPECT_EQ(world_.opened, 1);
  {
    const Lease reader = read(*pool);
    EXPECT_TRUE(reader.session().connection().readOnly());
  }
  EXPECT_EQ(world_.opened, 2);
}

TEST_F(SessionPoolTest, GivesAThreadTheReaderItUsedLast) {
  const auto pool = make(PoolShape::WriterAndReaders, 3);
  const Session* mine = &read(*pool).session();
  elsewhere([&] {
    const Lease a = read(*pool);
    const Lease b = read(*pool);
    EXPECT_NE(&a.session(), &b.session());
  });
  for (int i = 0; i < 10; ++i) EXPECT_EQ(&read(*pool).session(), mine);
}

TEST_F(SessionPoolTest, AfterAWriteAReadStillGetsAReader) {
  const auto pool = make(PoolShape::WriterAndReaders, 1);
  elsewhere([&] {
    const Lease held = write(*pool);
    static_cast<void>(held);
  });
  static_cast<void>(write(*pool));
  EXPECT_TRUE(read(*pool).session().connection().readOnly());
}

TEST_F(SessionPoolTest, ASingleConnectionIsReenteredByItsOwner) {
  const auto pool = make(PoolShape::Single);
  std::optional<Lease> outer = read(*pool);
  {
    const Lease inner = write(*pool);
    EXPECT_EQ(&outer->session(), &inner.session());
  }
  std::thread other([&] { EXPECT_NO_THROW(static_cast<void>(read(*pool))); });
  waitFor(*pool, 1);
  EXPECT_EQ(pool->stats().inUse, 1U) << "the inner lease must not have given it away";
  outer.reset();
  other.join();
}

TEST_F(SessionPoolTest, TheWriterIsReenteredByItsOwner) {
  const auto pool = make(PoolShape::WriterAndReaders);
  const Lease outer = write(*pool);
  const Lease inner = write(*pool);
  EXPECT_EQ(&outer.session(), &inner.session());
}

TEST_F(SessionPoolTest, RefusesAtOnceToWaitForTheOwnTransaction) {
  for (const PoolShape shape : {PoolShape::Single, PoolShape::WriterAndReaders}) {
    const auto pool = make(shape);
    Lease lease = write(*pool);
    lease.markTransaction(true);
    const auto began = std::chrono::steady_clock::now();
    EXPECT_THROW(static_cast<void>(write(*pool)), TransactionError);
    EXPECT_LT(std::chrono::steady_clock::now() - began, 1s);
    lease.markTransaction(false);
    EXPECT_NO_THROW(static_cast<void>(write(*pool)));
  }
}

TEST_F(SessionPoolTest, ReadsBesideTheOwnTransactionThroughAReader) {
  const auto pool = make(PoolShape::WriterAndReaders);
  Lease lease = write(*pool);
  lease.markTransaction(true);
  EXPECT_TRUE(read(*pool).session().connection().readOnly());
}

TEST_F(SessionPoolTest, OpensAnExtraReaderRatherThanLetAThreadWaitForWhatItHolds) {
  const auto pool = make(PoolShape::WriterAndReaders, 1);
  const Lease first = read(*pool);
  {
    const Lease nested = read(*pool);
    EXPECT_NE(&first.session(), &nested.session());
    EXPECT_EQ(pool->stats().extra, 1U);
    EXPECT_EQ(pool->stats().inUse, 2U);
  }
  EXPECT_EQ(world_.alive, 2) << "writer and reader; the extra one is closed";
}

TEST_F(SessionPoolTest, NeverHasMoreReadersThanItsLimitForThreadsThatHoldNothing) {
  const auto pool = make(PoolShape::WriterAndReaders, 2);
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const Lease lease = read(*pool);
        const int now = world_.alive;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_LE(most, 3);
  EXPECT_EQ(pool->stats().inUse, 0U);
}

TEST_F(SessionPoolTest, ServesWaitersInTheOrderTheyCame) {
  const auto pool = make(PoolShape::WriterAndReaders, 1, 10'000ms);
  std::vector<int> order;
  std::mutex mutex;
  std::vector<std::thread> threads;
  {
    const Lease held = write(*pool);
    for (int t = 0; t < 5; ++t) {
      threads.emplace_back([&, t] {
        const Lease lease = write(*pool);
        const std::lock_guard lock(mutex);
        order.push_back(t);
      });
      waitFor(*pool, static_cast<std::size_t>(t) + 1);
    }
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(order, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST_F(SessionPoolTest, ANewcomerDoesNotPassAWaiter) {
  const auto pool = make(PoolShape::Single, 1, 10'000ms);
  // One thread takes and returns all the time; a waiter must still get its turn.
  std::atomic<bool> served{false};
  std::thread waiter;
  {
    const Lease held = write(*pool);
    waiter = std::thread([&] {
      const Lease lease = write(*pool);
      served = true;
    });
    waitFor(*pool, 1);
  }
  static_cast<void>(write(*pool));
  EXPECT_TRUE(served) << "the lease was given to the waiter first";
  waiter.join();
}

TEST_F(SessionPoolTest, ReadersAreNotHeldUpByWaitingWriters) {
  const auto pool = make(PoolShape::WriterAndReaders, 1, 10'000ms);
  std::thread waiter;
  {
    const Lease held = write(*pool);
    waiter = std::thread([&] { static_cast<void>(write(*pool)); });
    waitFor(*pool, 1);
    elsewhere([&] { EXPECT_NO_THROW(static_cast<void>(read(*pool))); });
  }
  waiter.join();
}

TEST_F(SessionPoolTest, ATimeoutSaysWhoHoldsTheConnectionAndForWhat) {
  const auto pool = make(PoolShape::WriterAndReaders, 1, 30ms);
  Lease held = pool->lease(LeaseKind::Write, Context(), "invoices");
  held.markTransaction(true);
  elsewhere([&] {
    try {
      static_cast<void>(write(*pool));
      FAIL() << "no error";
    } catch (const PoolTimeout& error) {
      const std::string message = error.what();
      EXPECT_NE(message.find("invoices"), std::string::npos) << message;
      EXPECT_NE(message.find("transaction"), std::string::npos) << message;
      EXPECT_NE(message.find("thread "), std::string::npos) << message;
    }
  });
  EXPECT_EQ(pool->stats().timeouts, 1U);
  EXPECT_EQ(pool->stats().waiting, 0U);
}

TEST_F(SessionPoolTest, TheDeadlineOfTheContextEndsTheWait) {
  const auto pool = make(PoolShape::Single, 1, 60'000ms);
  const Lease held = write(*pool);
  elsewhere([&] {
    const Context context = Context().timeout(20ms);
    EXPECT_THROW(static_cast<void>(pool->lease(LeaseKind::Read, context, "")), Timeout);
  });
}

TEST_F(SessionPoolTest, AStopRequestEndsTheWait) {
  const auto pool = make(PoolShape::Single, 1, 60'000ms);
  const Lease held = write(*pool);
  std::stop_source source;
  std::thread waiter([&] {
    const Context context = Context().stopToken(source.get_token());
    EXPECT_THROW(static_cast<void>(pool->lease(LeaseKind::Read, context, "")), Cancelled);
  });
  waitFor(*pool, 1);
  source.request_stop();
  waiter.join();
}

TEST_F(SessionPoolTest, DiscardsABrokenConnectionAndOpensAnother) {
  const auto pool = make(PoolShape::Single);
  {
    const Lease lease = read(*pool);
    static_cast<fake::FakeConnection&>(lease.session().connection()).breakIt();
  }
  EXPECT_EQ(world_.alive, 0);
  EXPECT_EQ(pool->stats().discarded, 1U);
  static_cast<void>(read(*pool));
  EXPECT_EQ(world_.opened, 2);
}

TEST_F(SessionPoolTest, AFailedOpeningLeavesThePlaceFree) {
  const auto pool = make(PoolShape::WriterAndReaders, 1);
  world_.refuseConnections = true;
  EXPECT_THROW(static_cast<void>(read(*pool)), ConnectionError);
  world_.refuseConnections = false;
  EXPECT_NO_THROW(static_cast<void>(read(*pool)));
}

TEST_F(SessionPoolTest, RollsBackWhatAConnectionComesBackWith) {
  const auto pool = make(PoolShape::Single);
  write(*pool).session().connection().begin(TransactionMode::Write);
  EXPECT_EQ(world_.rollbacks, 1);
}

TEST_F(SessionPoolTest, ClosesOnceAndRefusesFromThenOn) {
  const auto pool = make(PoolShape::WriterAndReaders, 2);
  static_cast<void>(read(*pool));
  pool->close();
  pool->close();
  EXPECT_EQ(world_.alive, 0);
  EXPECT_THROW(static_cast<void>(read(*pool)), ConnectionError);
  EXPECT_THROW(static_cast<void>(write(*pool)), ConnectionError);
  EXPECT_EQ(pool->stats().open, 0U);
}

TEST_F(SessionPoolTest, DoesNotCloseUnderThisThreadsFeet) {
  const auto pool = make(PoolShape::WriterAndReaders, 2);
  const Lease held = read(*pool);
  EXPECT_THROW(pool->close(), TransactionError);
  EXPECT_NO_THROW(static_cast<void>(write(*pool)));
}

TEST_F(SessionPoolTest, ACloseThatTimesOutClosesNothing) {
  const auto pool = make(PoolShape::WriterAndReaders, 2, 30ms);
  const Lease held = read(*pool);
  elsewhere([&] { EXPECT_THROW(pool->close(), PoolTimeout); });
  EXPECT_FALSE(pool->closed());
  EXPECT_NO_THROW(static_cast<void>(write(*pool)));
  elsewhere([&] { EXPECT_NO_THROW(static_cast<void>(read(*pool))); });
}

TEST_F(SessionPoolTest, ACloseWaitsForTheOthers) {
  const auto pool = make(PoolShape::Single, 1, 10'000ms);
  std::atomic<bool> returned{false};
  std::atomic<bool> leased{false};
  std::thread user([&] {
    const Lease lease = read(*pool);
    leased = true;
    std::this_thread::sleep_for(50ms);
    returned = true;
  });
  while (!leased) std::this_thread::yield();
  pool->close();
  EXPECT_TRUE(returned);
  user.join();
}

TEST_F(SessionPoolTest, SurvivesManyThreadsOfEveryKind) {
  for (const PoolShape shape :
       {PoolShape::Single, PoolShape::WriterAndReaders, PoolShape::Uniform}) {
    const auto pool = make(shape, 2, 60'000ms);
    // Guarded by nothing but the leases: TSan would see two owners.
    std::vector<std::thread> threads;
    std::uint64_t writes = 0;
    for (int t = 0; t < 6; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < 400; ++i) {
          const Lease lease = (i + t) % 3 == 0 ? write(*pool) : read(*pool);
          if (shape == PoolShape::Single || !lease.session().connection().readOnly()) {
            if (shape != PoolShape::Uniform) ++writes;
          }
          query::Plan plan;
          plan.id = static_cast<std::uint64_t>(i % 5) + 1;
          plan.sql = "read";
          static_cast<void>(lease.session().statements().acquire(plan));
        }
      });
    }
    for (auto& thread : threads) thread.join();
    const bool everyLeaseWrites = shape == PoolShape::Single;
    EXPECT_TRUE(!everyLeaseWrites || writes == 2400U) << writes;
    EXPECT_EQ(pool->stats().inUse, 0U);
    EXPECT_EQ(pool->stats().waiting, 0U);
  }
}

}  // namespace
}  // namespace sonde
