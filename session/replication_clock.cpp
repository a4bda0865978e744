#include "replication_clock.hpp"

#include <algorithm>

namespace sonde {

void ReplicationClock::sample(Time at, std::uint64_t position) {
  const std::lock_guard lock(mutex_);
  // A position that fell is of another history: a server took over that had not replayed it all.
  while (!samples_.empty() && samples_.back().position > position) samples_.pop_back();
  if (samples_.size() >= 2 && samples_.back().position == position &&
      samples_[samples_.size() - 2].position == position) {
    // Nothing was written: the last of them says it all, and an idle server needs no memory.
    samples_.back().at = std::max(samples_.back().at, at);
    return;
  }
  samples_.push_back({at, position});
  if (samples_.size() > kKept) samples_.pop_front();
}

std::optional<ReplicationClock::Time> ReplicationClock::provenAt(std::uint64_t position) const {
  const std::lock_guard lock(mutex_);
  const auto beyond = std::upper_bound(
      samples_.begin(), samples_.end(), position,
      [](std::uint64_t wanted, const Sample& sample) { return wanted < sample.position; });
  if (beyond == samples_.begin()) return std::nullopt;
  return std::prev(beyond)->at;
}

}  // namespace sonde
