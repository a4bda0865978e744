// How long something took, many times over: count, total, extremes, and quantiles within 1 %.
//
// Invariant: a quantile differs from a value that was recorded by at most 1/128 of it. Values are
// nanoseconds, sorted into 64 buckets for each power of two, as Gil Tene's HdrHistogram does with
// two significant digits; Debian packages no such library for C or C++. Buckets of a power of two
// take memory (256 bytes) once a value falls into it: 9 KiB at most, 1 to 2 KiB as a rule. Used by
// one thread at a time.
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>

namespace sonde {

/// What a histogram held, as plain data. All zero without values.
struct DurationSummary {
  std::uint64_t count = 0;
  std::chrono::nanoseconds total{};
  std::chrono::nanoseconds min{};
  std::chrono::nanoseconds max{};
  std::chrono::nanoseconds p50{};
  std::chrono::nanoseconds p95{};
  std::chrono::nanoseconds p99{};

  /// @return The arithmetic mean; zero without values.
  [[nodiscard]] std::chrono::nanoseconds mean() const noexcept {
    return count == 0 ? std::chrono::nanoseconds() : total / static_cast<std::int64_t>(count);
  }
};

/// See the file comment.
class DurationHistogram {
 public:
  /// Adds a value. Beyond 36 minutes only count, total and extremes are exact; a negative one
  /// counts as zero.
  void record(std::chrono::nanoseconds value) {
    const std::uint64_t ns = value.count() < 0 ? 0 : static_cast<std::uint64_t>(value.count());
    ++count_;
    total_ += ns;
    if (ns < min_) min_ = ns;
    if (ns > max_) max_ = ns;
    std::uint32_t& bucket = at(ns);
    // Saturates: a bucket that is full after four thousand million values keeps its weight.
    bucket += bucket != std::numeric_limits<std::uint32_t>::max() ? 1U : 0U;
  }
  /// Adds values of zero.
  void recordZeros(std::uint64_t count);
  /// Adds everything another one holds.
  void merge(const DurationHistogram& other);

  [[nodiscard]] std::uint64_t count() const noexcept { return count_; }
  [[nodiscard]] std::chrono::nanoseconds total() const noexcept {
    return std::chrono::nanoseconds(total_);
  }
  [[nodiscard]] std::chrono::nanoseconds max() const noexcept {
    return std::chrono::nanoseconds(max_);
  }
  /// @return The value that this share of all values (0 to 1) does not exceed; zero without values.
  [[nodiscard]] std::chrono::nanoseconds quantile(double share) const noexcept;
  [[nodiscard]] DurationSummary summary() const noexcept;

 private:
  static constexpr unsigned kSubBits = 6;
  static constexpr std::size_t kSubBuckets = std::size_t{1} << kSubBits;
  static constexpr unsigned kTopBit = 40;  // 2^41 ns are 36 minutes
  static constexpr std::size_t kOctaves = kTopBit - kSubBits + 2;
  using Octave = std::array<std::uint32_t, kSubBuckets>;

  // The first octave holds 0 to 63 one by one; each one after it the values with one more bit, by
  // their six bits behind the first.
  [[nodiscard]] std::uint32_t& at(std::uint64_t ns) {
    std::size_t octave = 0;
    std::size_t sub = ns;
    if (ns >= kSubBuckets) [[likely]] {
      ns = std::min(ns, (std::uint64_t{2} << kTopBit) - 1);
      const auto top = static_cast<unsigned>(std::bit_width(ns)) - 1;
      octave = top - kSubBits + 1;
      sub = (ns >> (top - kSubBits)) & (kSubBuckets - 1);
    }
    const std::unique_ptr<Octave>& buckets = octaves_[octave];
    return buckets != nullptr ? (*buckets)[sub] : make(octave)[sub];
  }
  Octave& make(std::size_t octave);

  std::uint64_t count_ = 0;
  std::uint64_t total_ = 0;
  std::uint64_t min_ = std::numeric_limits<std::uint64_t>::max();
  std::uint64_t max_ = 0;
  std::array<std::unique_ptr<Octave>, kOctaves> octaves_;
};

}  // namespace sonde
