// The current plans of a table, shared by every repository on it, and how they are replaced.
//
// Invariant: a reader pins the plans it uses with one increment of a counter that few threads
// share, and never waits. Plans of an older schema are retired, and freed once every counter was
// seen at zero after that (the grace period of read-copy-update, with counters in place of
// per-thread epochs). One handle for each table and fingerprint of access rules; kept by PlanStore.
// Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../query/executor.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// See the file comment.
class TableHandle {
 public:
  /// Keeps plans alive while it lives. Belongs to one call on one thread.
  class Pin {
   public:
    Pin(Pin&& other) noexcept
        : counter_(std::exchange(other.counter_, nullptr)),
          plans_(other.plans_),
          owner_(std::move(other.owner_)) {}
    Pin& operator=(Pin&&) = delete;
    ~Pin() {
      if (counter_ != nullptr) counter_->fetch_sub(1, std::memory_order_release);
    }
    [[nodiscard]] const TablePlans& operator*() const noexcept { return *plans_; }

    /// Keeps the handle alive as well, where nobody else does.
    void own(std::shared_ptr<TableHandle> owner) noexcept { owner_ = std::move(owner); }

   private:
    friend class TableHandle;
    Pin(std::atomic<std::uint32_t>* counter, const TablePlans* plans) noexcept
        : counter_(counter), plans_(plans) {}

    std::atomic<std::uint32_t>* counter_;
    const TablePlans* plans_;
    std::shared_ptr<TableHandle> owner_;
  };

  TableHandle(std::string schema, std::string table, std::uint64_t fingerprint);
  ~TableHandle();
  TableHandle(const TableHandle&) = delete;
  TableHandle& operator=(const TableHandle&) = delete;

  [[nodiscard]] const std::string& schema() const noexcept { return schema_; }
  [[nodiscard]] const std::string& table() const noexcept { return table_; }
  [[nodiscard]] std::uint64_t fingerprint() const noexcept { return fingerprint_; }

  /// @return The plans for the schema that the executor has now.
  /// @throws SchemaError when that schema no longer has the table.
  [[nodiscard]] Pin pin(const Executor& executor) {
    std::atomic<std::uint32_t>& counter = counters_[stripe()].pinned;
    counter.fetch_add(1, std::memory_order_seq_cst);
    const TablePlans* plans = current_.load(std::memory_order_seq_cst);
    Pin pin(&counter, plans);
    if (plans != nullptr && plans->version() == executor.schemaVersion()) return pin;
    return renew(executor, std::move(pin));
  }

 private:
  static constexpr std::size_t kStripes = 8;
  struct alignas(64) Counter {
    std::atomic<std::uint32_t> pinned{0};
  };
  struct Retired {
    std::unique_ptr<const TablePlans> plans;
    std::uint32_t pending = 0;  // stripes not yet seen at zero since
  };

  static std::size_t stripe() noexcept;
  Pin renew(const Executor& executor, Pin pin);
  void reclaim();

  const std::string schema_;
  const std::string table_;
  const std::uint64_t fingerprint_;
  std::atomic<const TablePlans*> current_{nullptr};
  std::array<Counter, kStripes> counters_;
  std::mutex mutex_;  // guards what follows
  std::unique_ptr<const TablePlans> owned_;
  std::vector<Retired> retired_;
};

}  // namespace sonde::repo
