// How a repository or finder reaches its executor and its plans.
//
// Invariant: every call runs through run(): plans of the current schema and rules are pinned for
// the call, and a statement that failed because the schema changed is tried once more with a fresh
// schema, unless a transaction is open. Thread-safe where the executor is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "../core/error.hpp"
#include "../query/executor.hpp"
#include "plan_store.hpp"
#include "table_handle.hpp"

namespace sonde::repo {

/// See the file comment.
class Access {
 public:
  /// @throws SchemaError naming the nearest tables when there is none of this name.
  Access(std::shared_ptr<Executor> executor, std::string_view table,
         std::shared_ptr<PlanStore> store);

  [[nodiscard]] const std::shared_ptr<Executor>& executor() const noexcept { return executor_; }

  /// @return The plans for the executor's schema and rules as they are now.
  [[nodiscard]] TableHandle::Pin pin() const {
    const RewriterChain& chain = executor_->rewriters();
    const std::uint64_t fingerprint = chain.empty() ? 0 : chain.fingerprint(executor_->context());
    if (fingerprint == handle_->fingerprint()) return handle_->pin(*executor_);
    return pinOther();
  }

  /// Runs `work(executor, plans)`, and once more when the schema had changed under it and the work
  /// is `repeatable` at that moment. @return What it returns.
  template <class Work>
  auto run(Work&& work, const bool& repeatable = kRepeatable) const {
    const TableHandle::Pin pinned = pin();
    try {
      return work(*executor_, *pinned);
    } catch (const Error& error) {
      if (!repeatable || !renewed(error, *pinned)) throw;
    }
    const TableHandle::Pin fresh = pin();
    return work(*executor_, *fresh);
  }

 private:
  static constexpr bool kRepeatable = true;

  [[nodiscard]] TableHandle::Pin pinOther() const;
  [[nodiscard]] bool renewed(const Error& error, const TablePlans& plans) const;

  std::shared_ptr<Executor> executor_;
  std::shared_ptr<PlanStore> store_;
  std::shared_ptr<TableHandle> handle_;
};

}  // namespace sonde::repo
