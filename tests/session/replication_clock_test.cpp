#include <sonde/session/replication_clock.hpp>

#include <gtest/gtest.h>

#include <chrono>

namespace sonde {
namespace {

using Time = ReplicationClock::Time;

Time at(int ms) { return Time(std::chrono::milliseconds(ms)); }

TEST(ReplicationClock, KnowsNothingBeforeTheFirstSample) {
  const ReplicationClock clock;
  EXPECT_EQ(clock.provenAt(1'000), std::nullopt);
}

TEST(ReplicationClock, ProvesAStateByTheLastSampleItHasReached) {
  ReplicationClock clock;
  clock.sample(at(10), 100);
  clock.sample(at(20), 200);
  clock.sample(at(30), 300);
  EXPECT_EQ(clock.provenAt(99), std::nullopt);
  EXPECT_EQ(clock.provenAt(100), at(10));
  EXPECT_EQ(clock.provenAt(299), at(20));
  EXPECT_EQ(clock.provenAt(1'000), at(30));
}

TEST(ReplicationClock, KeepsAReplicaYoungWhileThePrimaryIsIdle) {
  ReplicationClock clock;
  for (int ms = 0; ms < 100'000; ++ms) clock.sample(at(ms), 500);
  EXPECT_EQ(clock.provenAt(500), at(99'999));
  clock.sample(at(100'000), 600);
  EXPECT_EQ(clock.provenAt(500), at(99'999));
  EXPECT_EQ(clock.provenAt(600), at(100'000));
}

TEST(ReplicationClock, ForgetsWhatAnotherHistoryHadWritten) {
  ReplicationClock clock;
  clock.sample(at(10), 100);
  clock.sample(at(20), 900);
  clock.sample(at(30), 150);               // A standby took over that had not replayed everything.
  EXPECT_EQ(clock.provenAt(900), at(30));  // no longer by the sample of 900
  EXPECT_EQ(clock.provenAt(160), at(30));
  EXPECT_EQ(clock.provenAt(100), at(10));
}

TEST(ReplicationClock, ForgetsTheOldestSamplesFirst) {
  ReplicationClock clock;
  for (int i = 1; i <= 10'000; ++i) clock.sample(at(i), static_cast<std::uint64_t>(i));
  EXPECT_EQ(clock.provenAt(1), std::nullopt);
  EXPECT_EQ(clock.provenAt(9'000), at(9'000));
}

}  // namespace
}  // namespace sonde
