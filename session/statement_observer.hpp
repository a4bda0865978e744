// Interceptors: code that is told of every statement, and may refuse it.
//
// Invariant: before() of every observer runs in the order they were added, after() and failed() in
// the reverse order and only for observers whose before() returned. Nothing is built or timed while
// there is no observer. Parameter values are never shown. Observers must be thread-safe. All calls
// for one statement come from the thread that runs it, and the statements of one thread nest.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

#include "../core/context.hpp"
#include "../dialects/statement.hpp"
#include "../query/plan.hpp"

namespace sonde {

/// A statement about to run. Valid during the call only.
struct StatementInfo {
  const query::Plan& plan;  ///< Its SQL, the tables it touches, whether it writes.
  const Context& context;   ///< Principal, tags and deadline of the caller.
  std::size_t parameters = 0;
  bool inTransaction = false;
};

/// What a statement did, as far as it came.
struct StatementOutcome {
  /// Prepare, run and fetch, without waiting for a connection; zero when it got none.
  std::chrono::nanoseconds duration{};
  std::uint64_t rows = 0;      ///< Rows given.
  std::uint64_t affected = 0;  ///< Rows changed, where the call counts them.
  /// Until a connection was there: next to nothing where one was free, zero in a transaction.
  std::chrono::nanoseconds waited{};
  StatementEffort effort;  ///< Read only while an observer wantsEffort().
  std::chrono::steady_clock::time_point ended{};
};

/// See the file comment.
class StatementObserver {
 public:
  virtual ~StatementObserver() = default;

  /// Before the statement, without a connection held. What it throws refuses the statement and goes
  /// to the caller.
  virtual void before(const StatementInfo& info);
  /// After the statement went well and its connection went back.
  virtual void after(const StatementInfo& info, const StatementOutcome& outcome) noexcept;
  /// After the statement, or a later observer's before(), threw `error`.
  virtual void failed(const StatementInfo& info, const std::exception& error,
                      const StatementOutcome& outcome) noexcept;
  /// @return Whether before() does anything; asked once, when the observer is added.
  [[nodiscard]] virtual bool wantsBefore() const noexcept { return true; }
  /// @return Whether outcomes should tell the effort; asked once, when the observer is added.
  [[nodiscard]] virtual bool wantsEffort() const noexcept { return false; }
};

/// The observers of a database in order. Immutable; replaced whole.
class ObserverChain {
 public:
  ObserverChain() = default;
  /// The observers of another chain and one more.
  ObserverChain(const ObserverChain& before, std::shared_ptr<StatementObserver> last);

  [[nodiscard]] bool empty() const noexcept { return observers_.empty(); }
  [[nodiscard]] const std::vector<std::shared_ptr<StatementObserver>>& list() const noexcept {
    return observers_;
  }
  /// @return Whether any of them wants it.
  [[nodiscard]] bool wantsBefore() const noexcept { return wantsBefore_; }
  [[nodiscard]] bool wantsEffort() const noexcept { return wantsEffort_; }

 private:
  std::vector<std::shared_ptr<StatementObserver>> observers_;
  bool wantsBefore_ = false;
  bool wantsEffort_ = false;
};

/// The outcome of a run as it comes about.
struct RunCounts : StatementOutcome {
  bool effortWanted = false;

  /// Forgets what a run gave that is tried again elsewhere; the waiting stays.
  void restart() noexcept { rows = affected = 0; }
};

/// The observation of one statement: calls before() as it begins, and one of the others.
class Observation {
 public:
  /// @throws what an observer's before() throws, after telling those before it that it failed.
  Observation(const ObserverChain& chain, const StatementInfo& info, RunCounts& counts)
      : chain_(chain), info_(info), counts_(counts) {
    counts_.effortWanted = chain_.wantsEffort();
    if (chain_.wantsBefore()) tellBefore();
  }
  /// The connection is there: the duration begins.
  void start() noexcept { began_ = std::chrono::steady_clock::now(); }
  /// The statement is over: the duration ends.
  void stop() noexcept { counts_.ended = std::chrono::steady_clock::now(); }
  void succeeded() noexcept;
  void failed(const std::exception& error) noexcept { tellFailure(error, chain_.list().size()); }

 private:
  void tellBefore();
  void tellFailure(const std::exception& error, std::size_t observers) noexcept;
  void complete() noexcept;

  const ObserverChain& chain_;
  const StatementInfo& info_;
  RunCounts& counts_;
  std::chrono::steady_clock::time_point began_{};
};

}  // namespace sonde
