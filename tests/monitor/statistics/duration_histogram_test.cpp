#include <gtest/gtest.h>
#include <sonde/monitor/statistics/duration_histogram.hpp>

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

namespace sonde {
namespace {

using std::chrono::nanoseconds;

TEST(DurationHistogram, IsEmptyAtFirst) {
  const DurationHistogram histogram;
  EXPECT_EQ(histogram.count(), 0U);
  EXPECT_EQ(histogram.quantile(0.5).count(), 0);
  EXPECT_EQ(histogram.summary().min.count(), 0);
  EXPECT_EQ(histogram.summary().mean().count(), 0);
}

TEST(DurationHistogram, KeepsCountTotalAndExtremesExactly) {
  DurationHistogram histogram;
  for (const int ns : {1'000'003, 17, 999'999'937}) histogram.record(nanoseconds(ns));
  const DurationSummary summary = histogram.summary();
  EXPECT_EQ(summary.count, 3U);
  EXPECT_EQ(summary.total.count(), 1'000'003 + 17 + 999'999'937);
  EXPECT_EQ(summary.min.count(), 17);
  EXPECT_EQ(summary.max.count(), 999'999'937);
  EXPECT_EQ(summary.mean().count(), summary.total.count() / 3);
}

// Every quantile against the sorted values themselves, over twelve orders of magnitude.
TEST(DurationHistogram, GivesEveryQuantileWithinOnePercent) {
  std::mt19937_64 random(4711);
  std::uniform_real_distribution<double> exponent(0, 12);
  DurationHistogram histogram;
  std::vector<double> values;
  for (int i = 0; i < 20'000; ++i) {
    const auto value = static_cast<std::int64_t>(std::pow(10, exponent(random)));
    histogram.record(nanoseconds(value));
    values.push_back(static_cast<double>(value));
  }
  std::sort(values.begin(), values.end());
  for (const double share : {0.0, 0.01, 0.25, 0.5, 0.9, 0.95, 0.99, 0.999, 1.0}) {
    const auto rank = static_cast<std::size_t>(std::ceil(share * 20'000));
    const double exact = values[std::max<std::size_t>(rank, 1) - 1];
    const auto given = static_cast<double>(histogram.quantile(share).count());
    EXPECT_LE(std::abs(given - exact), exact / 128 + 0.5) << share;
  }
}

TEST(DurationHistogram, TellsNeighbouringBucketsApart) {
  for (const std::int64_t edge : {64, 128, 65'536, 1 << 30}) {
    DurationHistogram histogram;
    histogram.record(nanoseconds(edge - edge / 16));
    histogram.record(nanoseconds(edge));
    histogram.record(nanoseconds(edge + edge / 16));
    EXPECT_LT(histogram.quantile(0.3), histogram.quantile(0.6)) << edge;
    EXPECT_LT(histogram.quantile(0.6), histogram.quantile(1)) << edge;
  }
}

TEST(DurationHistogram, TakesTimesBeyondItsRangeAndBeforeIt) {
  DurationHistogram histogram;
  histogram.record(std::chrono::hours(100));
  histogram.record(nanoseconds(-5));
  EXPECT_EQ(histogram.summary().max, std::chrono::hours(100));
  EXPECT_EQ(histogram.summary().min.count(), 0);
  EXPECT_GE(histogram.quantile(1), std::chrono::minutes(36));
}

TEST(DurationHistogram, MergesToWhatOneWouldHaveHeld) {
  DurationHistogram one;
  DurationHistogram even;
  DurationHistogram odd;
  for (int i = 1; i <= 10'000; ++i) {
    one.record(nanoseconds(i * 37));
    (i % 2 == 0 ? even : odd).record(nanoseconds(i * 37));
  }
  even.merge(odd);
  EXPECT_EQ(even.summary().p50, one.summary().p50);
  EXPECT_EQ(even.summary().p99, one.summary().p99);
  EXPECT_EQ(even.summary().min, one.summary().min);
  EXPECT_EQ(even.summary().total, one.summary().total);
  EXPECT_EQ(even.count(), 10'000U);
}

TEST(DurationHistogram, CountsZerosTogether) {
  DurationHistogram histogram;
  histogram.record(nanoseconds(1'000'000));
  histogram.recordZeros(99);
  EXPECT_EQ(histogram.count(), 100U);
  EXPECT_EQ(histogram.summary().p99.count(), 0);
  EXPECT_EQ(histogram.summary().max.count(), 1'000'000);
}

}  // namespace
}  // namespace sonde
