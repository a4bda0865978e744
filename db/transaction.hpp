// A transaction, or a savepoint inside one, as an object.
//
// Invariant: every call runs on the connection that the transaction holds, and only on the thread
// that began it; destroyed without a commit it rolls back; after its end every call is a
// TransactionError.
#pragma once

#include <chrono>
#include <concepts>
#include <functional>
#include <memory>
#include <type_traits>
#include <utility>

#include "../core/error.hpp"
#include "../session/transaction_executor.hpp"
#include "view.hpp"

namespace sonde {

class Transaction;

struct TransactionOptions {
  /// Write takes the write lock at once (BEGIN IMMEDIATE on SQLite), so that it never fails
  /// half-way. Read refuses writes.
  TransactionMode mode = TransactionMode::Write;
  /// How much it may see of what others commit meanwhile. SQLite's are always serializable.
  Isolation isolation = Isolation::Default;
  /// PostgreSQL: a serializable read that waits for a moment from which it can never fail.
  bool deferrable = false;
  /// How often transaction(fn) runs `fn` again after an error that another attempt may not meet:
  /// TransactionError::retryable() (a serialization failure, a deadlock), also of the commit, or a
  /// lock that was not had in time. `fn` must then be fit to
  /// run more than once; the context's deadline ends the attempts.
  unsigned retries = 0;
};

namespace detail {

/// Waits before a further attempt: longer each time, and by chance, so that two do not meet again.
void waitBeforeRetry(unsigned attempt, const Context& context);

/// Calls `fn` inside what `begin` gives, commits, and gives what `fn` gave.
template <class Begin, class Fn>
std::invoke_result_t<Fn&, Transaction&> runInside(Begin begin, Fn& fn);

}  // namespace detail

/// See the file comment. Made by Database::begin and transaction(fn).
class [[nodiscard]] Transaction : public View {
 public:
  Transaction(std::shared_ptr<TransactionScope> scope, TransactionLevel level, Context context,
              std::shared_ptr<PlanStore> plans);
  Transaction(Transaction&& other) noexcept = default;
  Transaction& operator=(Transaction&&) = delete;
  ~Transaction();

  /// Commits, or releases the savepoint. When the commit fails, everything is rolled back.
  /// @throws ConstraintError for a deferred constraint; TransactionError when this is over, an
  /// inner transaction is open, or one of its streams runs.
  void commit() { scope().commit(level()); }
  /// Rolls back, to the savepoint where this is one; inner transactions end with it.
  /// @throws TransactionError when this is over.
  void rollback() { scope().rollback(level()); }
  /// @return Whether this was neither committed nor rolled back.
  [[nodiscard]] bool active() const noexcept {
    return executor_ != nullptr && scope().active(level());
  }

  /// Begins a savepoint. @throws TransactionError while another one is open.
  Transaction begin() const;
  /// Runs `fn(tx)` inside a savepoint: released when it returns, rolled back when it throws.
  /// @return What `fn` returned.
  template <std::invocable<Transaction&> Fn>
  std::invoke_result_t<Fn&, Transaction&> transaction(Fn&& fn) const {
    return detail::runInside([this] { return begin(); }, fn);
  }

  /// @return A view of this transaction whose calls carry the context.
  [[nodiscard]] View with(Context context) const;

  /// Calls `listener` once, after the outermost commit, with what the whole transaction changed.
  /// Forgotten when this is rolled back. What it throws is logged.
  void afterCommit(std::function<void(const ChangeSet&)> listener) {
    scope().afterCommit(level(), std::move(listener));
  }
  /// Calls `listener` when this was rolled back. What it throws is logged.
  void afterRollback(std::function<void()> listener) {
    scope().afterRollback(level(), std::move(listener));
  }

 private:
  [[nodiscard]] TransactionExecutor& own() const;
  [[nodiscard]] TransactionScope& scope() const { return *own().scope(); }
  [[nodiscard]] const TransactionLevel& level() const { return own().level(); }
};

namespace detail {

template <class Begin, class Fn>
std::invoke_result_t<Fn&, Transaction&> runInside(Begin begin, Fn& fn) {
  Transaction tx = begin();
  if constexpr (std::is_void_v<std::invoke_result_t<Fn&, Transaction&>>) {
    fn(tx);
    if (tx.active()) tx.commit();
  } else {
    std::invoke_result_t<Fn&, Transaction&> result = fn(tx);
    if (tx.active()) tx.commit();
    return std::forward<std::invoke_result_t<Fn&, Transaction&>>(result);
  }
}

}  // namespace detail

}  // namespace sonde
