#include <sonde/core/context.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <sonde/core/error.hpp>
#include <stop_token>

namespace sonde {
namespace {

using namespace std::chrono_literals;

TEST(Context, CarriesNothingByDefault) {
  const Context context;
  EXPECT_FALSE(context.interruptible());
  EXPECT_FALSE(context.deadline().has_value());
  EXPECT_EQ(context.principal(), "");
  EXPECT_EQ(context.findClaim("role"), nullptr);
  EXPECT_TRUE(context.claims().empty());
  EXPECT_TRUE(context.settings().empty());
  EXPECT_TRUE(context.tags().empty());
  EXPECT_NO_THROW(context.check());
}

TEST(Context, CarriesWhatItIsGiven) {
  Context context;
  context.principal("ada").claim("tenant", 7).claim("role", "admin").setting("app.user", "ada");
  context.tag("route", "/users").claim("tenant", 8);
  EXPECT_EQ(context.principal(), "ada");
  ASSERT_NE(context.findClaim("tenant"), nullptr);
  EXPECT_EQ(*context.findClaim("tenant"), Value(8));
  ASSERT_EQ(context.claims().size(), 2U);
  EXPECT_EQ(context.claims()[0].first, "tenant");
  ASSERT_EQ(context.settings().size(), 1U);
  EXPECT_EQ(context.settings()[0], Context::Pair("app.user", "ada"));
  ASSERT_EQ(context.tags().size(), 1U);
}

TEST(Context, DoesNotChangeItsCopies) {
  Context first;
  first.principal("ada").claim("tenant", 1);
  Context second = first;
  second.principal("bob").claim("tenant", 2);
  EXPECT_EQ(first.principal(), "ada");
  EXPECT_EQ(*first.findClaim("tenant"), Value(1));
  EXPECT_EQ(second.principal(), "bob");
  EXPECT_EQ(*second.findClaim("tenant"), Value(2));
}

TEST(Context, EndsAtItsDeadline) {
  EXPECT_NO_THROW(Context().timeout(1h).check());
  EXPECT_THROW(Context().timeout(0ms).check(), Timeout);
  EXPECT_THROW(Context().deadline(Context::Clock::now() - 1s).check(), Timeout);
  EXPECT_TRUE(Context().timeout(1h).interruptible());
}

TEST(Context, TakesATimeoutBeyondTheClock) {
  EXPECT_NO_THROW(Context().timeout(std::chrono::milliseconds::max()).check());
  EXPECT_THROW(Context().timeout(-1ms).check(), Timeout);
}

TEST(Context, EndsWhenStopIsRequested) {
  std::stop_source source;
  Context context;
  context.stopToken(source.get_token());
  EXPECT_TRUE(context.interruptible());
  EXPECT_NO_THROW(context.check());
  source.request_stop();
  EXPECT_THROW(context.check(), Cancelled);
}

}  // namespace
}  // namespace sonde
