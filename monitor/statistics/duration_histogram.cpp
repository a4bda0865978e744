#include "duration_histogram.hpp"

#include <cmath>

namespace sonde {

DurationHistogram::Octave& DurationHistogram::make(std::size_t octave) {
  octaves_[octave] = std::make_unique<Octave>();
  return *octaves_[octave];
}

void DurationHistogram::recordZeros(std::uint64_t count) {
  if (count == 0) return;
  count_ += count;
  min_ = 0;
  std::uint32_t& bucket = at(0);
  bucket = static_cast<std::uint32_t>(std::min<std::uint64_t>(
      std::uint64_t{bucket} + count, std::numeric_limits<std::uint32_t>::max()));
}

void DurationHistogram::merge(const DurationHistogram& other) {
  count_ += other.count_;
  total_ += other.total_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
  for (std::size_t i = 0; i < kOctaves; ++i) {
    if (other.octaves_[i] == nullptr) continue;
    if (octaves_[i] == nullptr) octaves_[i] = std::make_unique<Octave>();
    for (std::size_t sub = 0; sub < kSubBuckets; ++sub) {
      const std::uint64_t sum = std::uint64_t{(*octaves_[i])[sub]} + (*other.octaves_[i])[sub];
      (*octaves_[i])[sub] = static_cast<std::uint32_t>(
          std::min<std::uint64_t>(sum, std::numeric_limits<std::uint32_t>::max()));
    }
  }
}

std::chrono::nanoseconds DurationHistogram::quantile(double share) const noexcept {
  if (count_ == 0) return {};
  // Of what the buckets hold, which is less than all where one is full.
  std::uint64_t held = 0;
  for (const auto& octave : octaves_) {
    if (octave == nullptr) continue;
    for (const std::uint32_t bucket : *octave) held += bucket;
  }
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(held)));
  const std::uint64_t rank = std::clamp<std::uint64_t>(wanted, 1, held);
  std::uint64_t seen = 0;
  for (std::size_t i = 0; i < kOctaves; ++i) {
    if (octaves_[i] == nullptr) continue;
    for (std::size_t sub = 0; sub < kSubBuckets; ++sub) {
      seen += (*octaves_[i])[sub];
      if (seen < rank) continue;
      if (i == 0) return std::chrono::nanoseconds(sub);
      const std::uint64_t width = std::uint64_t{1} << (i - 1);
      const std::uint64_t middle = (kSubBuckets + sub) * width + width / 2;
      return std::chrono::nanoseconds(std::clamp(middle, min_, max_));
    }
  }
  return max();
}

DurationSummary DurationHistogram::summary() const noexcept {
  if (count_ == 0) return {};
  return {count_,         total(),       std::chrono::nanoseconds(min_), max(), quantile(0.5),
          quantile(0.95), quantile(0.99)};
}

}  // namespace sonde
