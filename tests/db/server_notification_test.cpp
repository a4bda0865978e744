// Named locks and notifications.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "fake_server.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using testing::ElementsAre;

template <class Holds>
bool soon(Holds holds, std::chrono::milliseconds within = 10s) {
  const auto until = Clock::now() + within;
  while (!holds() && Clock::now() < until) std::this_thread::sleep_for(2ms);
  return holds();
}

class NamedLockTest : public testing_db::FakeServerTest {};

TEST_F(NamedLockTest, IsHeldByOneUntilItsEnd) {
  const Database db = open();
  {
    const NamedLock lock = db.lock("report", 0ms);
    EXPECT_TRUE(lock.held());
    EXPECT_EQ(lock.name(), "report");
    EXPECT_FALSE(db.tryLock("report").has_value());
    EXPECT_TRUE(db.tryLock("other").has_value());
    EXPECT_THROW(static_cast<void>(db.lock("report", 5ms)), Timeout);
  }
  EXPECT_TRUE(db.tryLock("report").has_value());
}

TEST_F(NamedLockTest, TakesNothingFromThePoolAndLeavesNothingOpen) {
  const Database db = open();
  const int before = server_.alive;
  {
    std::optional<NamedLock> lock = db.tryLock("report");
    EXPECT_EQ(db.poolStats().inUse, 0U);
    EXPECT_EQ(server_.alive, before + 1);
    lock->release();
    lock->release();
    EXPECT_FALSE(lock->held());
    EXPECT_TRUE(db.tryLock("report").has_value());
  }
  EXPECT_EQ(server_.alive, before);
}

TEST_F(NamedLockTest, IsPassedOnToWhoWaits) {
  const Database db = open();
  std::optional<NamedLock> lock = db.tryLock("report");
  std::atomic<bool> had{false};
  std::thread waiter([&] {
    const NamedLock mine = db.lock("report", 20s);
    had = true;
  });
  std::this_thread::sleep_for(20ms);
  EXPECT_FALSE(had);
  lock.reset();
  waiter.join();
  EXPECT_TRUE(had);
}

TEST_F(NamedLockTest, MayBeReplacedByAnother) {
  const Database db = open();
  NamedLock lock = db.lock("a", 0ms);
  lock = db.lock("b", 0ms);
  EXPECT_TRUE(db.tryLock("a").has_value());
  EXPECT_FALSE(db.tryLock("b").has_value());
}

TEST_F(NamedLockTest, IsUnsupportedWhereTheEngineHasNone) {
  server_.capabilities.namedLocks = false;
  const Database db = open();
  EXPECT_THROW(static_cast<void>(db.tryLock("report")), Unsupported);
}

class NotificationTest : public testing_db::FakeServerTest {
 protected:
  NotificationListener listen(const Database& db) {
    return db.listen(
        "jobs",
        [this](const Notification& message) {
          const std::lock_guard lock(mutex_);
          heard_.push_back(message.payload);
          if (message.payload == "throw") throw Error("the handler fails");
        },
        [this] { ++gaps_; });
  }
  std::vector<std::string> heard() {
    const std::lock_guard lock(mutex_);
    return heard_;
  }
  std::size_t listeners() {
    const std::lock_guard lock(server_.mutex);
    return server_.listeners.size();
  }

  std::mutex mutex_;
  std::vector<std::string> heard_;
  std::atomic<int> gaps_{0};
};

TEST_F(NotificationTest, AreHeardInOrderFromTheMomentListenReturns) {
  const Database db = open();
  const NotificationListener listener = listen(db);
  db.notify("jobs", "one");
  db.notify("others", "not this");
  db.transaction([](Transaction& tx) { tx.notify("jobs", "two"); });
  ASSERT_TRUE(soon([&] { return heard().size() == 2; }));
  EXPECT_THAT(heard(), ElementsAre("one", "two"));
  EXPECT_EQ(gaps_, 0);
}

TEST_F(NotificationTest, AHandlerThatThrowsHearsTheNextOne) {
  const Database db = open();
  const NotificationListener listener = listen(db);
  db.notify("jobs", "throw");
  db.notify("jobs", "next");
  EXPECT_TRUE(soon([&] { return heard().size() == 2; }));
}

TEST_F(NotificationTest, ALostConnectionIsReplacedAndTheGapIsTold) {
  const Database db = open();
  const NotificationListener listener = listen(db);
  server_.refuse = true;
  server_.dropListeners();
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(gaps_, 0);
  server_.refuse = false;
  ASSERT_TRUE(soon([&] { return gaps_ == 1; }));
  db.notify("jobs", "after");
  EXPECT_TRUE(soon([&] { return heard().size() == 1; }));
}

TEST_F(NotificationTest, EndWithTheListenerAtOnce) {
  const Database db = open();
  const int before = server_.alive;
  NotificationListener listener = listen(db);
  const auto began = Clock::now();
  listener.cancel();
  listener.cancel();
  EXPECT_LT(Clock::now() - began, 400ms) << "the wait was interrupted";
  EXPECT_EQ(listeners(), 0U);
  EXPECT_EQ(server_.alive, before);
}

TEST_F(NotificationTest, AHandlerMayEndItsOwnListener) {
  const Database db = open();
  std::optional<NotificationListener> listener;
  std::mutex made;
  std::atomic<bool> ended{false};
  {
    const std::lock_guard lock(made);
    listener.emplace(db.listen("jobs", [&](const Notification&) {
      const std::lock_guard inner(made);
      listener.reset();
      ended = true;
    }));
  }
  db.notify("jobs", "end");
  EXPECT_TRUE(soon([&] { return ended && listeners() == 0; }));
}

TEST_F(NotificationTest, EndWhenTheDatabaseIsClosed) {
  const Database db = open();
  const NotificationListener listener = listen(db);
  db.close();
  EXPECT_TRUE(soon([&] { return listeners() == 0; }));
}

TEST_F(NotificationTest, AreUnsupportedWhereTheEngineHasNone) {
  server_.capabilities.notifications = false;
  const Database db = open();
  EXPECT_THROW(static_cast<void>(listen(db)), Unsupported);
  EXPECT_THROW(db.notify("jobs", "x"), Unsupported);
  EXPECT_THROW(db.transaction([](Transaction& tx) { tx.notify("jobs", "x"); }), Unsupported);
}

}  // namespace
}  // namespace sonde
