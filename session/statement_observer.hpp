// Interceptors: code that is told of every statement, and may refuse it.
//
// Invariant: before() of every observer runs in the order they were added, after() and failed() in
// the reverse order and only for observers whose before() returned. Nothing is built or timed while
// there is no observer. Parameter values are never shown. Observers must be thread-safe.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string_view>
#include <vector>

#include "../core/context.hpp"
#include "../query/plan.hpp"

namespace sonde {

/// A statement about to run. Valid during the call only.
struct StatementInfo {
  const query::Plan& plan;  ///< Its SQL, the tables it touches, whether it writes.
  const Context& context;   ///< Principal, tags and deadline of the caller.
  std::size_t parameters = 0;
  bool inTransaction = false;
};

/// What a statement did.
struct StatementOutcome {
  std::chrono::nanoseconds
      duration{};              ///< Prepare, run and fetch, without waiting for a connection.
  std::uint64_t rows = 0;      ///< Rows given.
  std::uint64_t affected = 0;  ///< Rows changed, where the call counts them.
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
                      std::chrono::nanoseconds duration) noexcept;
};

/// The observers of a database in order. Immutable; replaced whole.
using ObserverChain = std::vector<std::shared_ptr<StatementObserver>>;

/// The observation of one statement: calls before() as it begins, and one of the others.
class Observation {
 public:
  /// @throws what an observer's before() throws, after telling those before it that it failed.
  Observation(const ObserverChain& chain, const StatementInfo& info);
  /// The connection is there: the duration begins.
  void start() noexcept { began_ = std::chrono::steady_clock::now(); }
  /// The statement is over: the duration ends.
  void stop() noexcept { ended_ = std::chrono::steady_clock::now(); }
  void succeeded(std::uint64_t rows, std::uint64_t affected) noexcept;
  void failed(const std::exception& error) noexcept { tellFailure(error, chain_.size()); }

 private:
  void tellFailure(const std::exception& error, std::size_t observers) noexcept;
  [[nodiscard]] std::chrono::nanoseconds duration() const noexcept;

  const ObserverChain& chain_;
  const StatementInfo& info_;
  std::chrono::steady_clock::time_point began_{};
  std::chrono::steady_clock::time_point ended_{};
};

}  // namespace sonde
