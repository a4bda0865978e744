#include "table_handle.hpp"

#include <algorithm>

namespace sonde::repo {

TableHandle::TableHandle(std::string schema, std::string table, std::uint64_t fingerprint)
    : schema_(std::move(schema)), table_(std::move(table)), fingerprint_(fingerprint) {}

TableHandle::~TableHandle() = default;

std::size_t TableHandle::stripe() noexcept {
  static std::atomic<std::size_t> next{0};
  thread_local const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed) % kStripes;
  return mine;
}

TableHandle::Pin TableHandle::renew(const Executor& executor, Pin pin) {
  // Asked before the schema is: should it change in between, the next call renews again.
  const std::uint64_t version = executor.schemaVersion();
  auto fresh = std::make_unique<const TablePlans>(executor, version, schema_, table_);
  const std::lock_guard lock(mutex_);
  if (owned_ == nullptr || owned_->version() != version) {
    const TablePlans* plans = fresh.get();
    std::swap(owned_, fresh);
    current_.store(plans, std::memory_order_seq_cst);
    if (fresh != nullptr) retired_.push_back({std::move(fresh), (1U << kStripes) - 1});
    reclaim();
  }
  pin.plans_ = owned_.get();
  return pin;
}

// A reader that entered before `current_` was replaced still counts in its stripe; one that enters
// later finds the new plans. So a stripe at zero has no reader of the retired ones left.
void TableHandle::reclaim() {
  std::uint32_t idle = 0;
  for (std::size_t i = 0; i < kStripes; ++i) {
    if (counters_[i].pinned.load(std::memory_order_seq_cst) == 0) idle |= 1U << i;
  }
  for (Retired& retired : retired_) retired.pending &= ~idle;
  retired_.erase(std::remove_if(retired_.begin(), retired_.end(),
                                [](const Retired& retired) { return retired.pending == 0; }),
                 retired_.end());
}

}  // namespace sonde::repo
