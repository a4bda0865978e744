#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

#include <sonde/session/listeners.hpp>

namespace sonde {
namespace {

TEST(Listeners, AreToldInOrderUntilTheirSubscriptionEnds) {
  Listeners<int> listeners;
  std::vector<int> heard;
  const Subscription first = listeners.add([&](int n) { heard.push_back(n); });
  {
    const Subscription second = listeners.add([&](int n) { heard.push_back(-n); });
    listeners.tell({}, "test", 1);
  }
  listeners.tell({}, "test", 2);
  EXPECT_EQ(heard, (std::vector<int>{1, -1, 2}));
}

TEST(Listeners, MayEndThemselvesWhileTheyAreTold) {
  Listeners<> listeners;
  int heard = 0;
  Subscription subscription;
  subscription = listeners.add([&] {
    ++heard;
    subscription.cancel();
  });
  listeners.tell({}, "test");
  listeners.tell({}, "test");
  EXPECT_EQ(heard, 1);
  EXPECT_TRUE(listeners.empty());
}

TEST(Listeners, OneThatThrowsDoesNotSilenceTheOthers) {
  Listeners<> listeners;
  int heard = 0;
  const Subscription bad = listeners.add([] { throw std::runtime_error("bad"); });
  const Subscription worse = listeners.add([] { throw 5; });
  const Subscription good = listeners.add([&] { ++heard; });
  EXPECT_NO_THROW(listeners.tell({}, "test"));
  EXPECT_EQ(heard, 1);
}

TEST(Listeners, ASubscriptionMayOutliveThem) {
  Subscription subscription;
  {
    Listeners<> listeners;
    subscription = listeners.add([] {});
  }
  EXPECT_NO_THROW(subscription.cancel());
}

TEST(Listeners, AssigningASubscriptionEndsTheOldOne) {
  Listeners<> listeners;
  int a = 0;
  int b = 0;
  Subscription subscription = listeners.add([&] { ++a; });
  subscription = listeners.add([&] { ++b; });
  listeners.tell({}, "test");
  EXPECT_EQ(a, 0);
  EXPECT_EQ(b, 1);
}

TEST(Listeners, ComeAndGoWhileOthersTell) {
  Listeners<> listeners;
  std::atomic<int> heard{0};
  const Subscription steady = listeners.add([&] { ++heard; });
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 300; ++i) {
        const Subscription brief = listeners.add([&] { ++heard; });
        listeners.tell({}, "test");
      }
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_GE(heard, 1800);
}

}  // namespace
}  // namespace sonde
