// Tells of statements that took longer than a threshold, with the engine's plan, to listeners and
// the log.
//
// Invariant: the thread that ran the statement only notes it; the plan is taken and everything told
// on a thread of its own, through a connection of its own, which is waited for a second at most.
// A plan is taken again after a minute. No parameter value and no literal is told. Where slow
// statements come faster than they can be explained, some are left out and counted. Nothing of this
// costs anything but a comparison while statements are fast.
//
// Thread-safe. Made by db/ where the configuration says so, owned by the runtime's observers alone,
// so that it ends before the connections do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "../../session/runtime.hpp"

namespace sonde {

/// A statement that took too long.
struct SlowStatement {
  std::uint64_t fingerprint = 0;
  std::string sql;                      ///< Normalised: without literals.
  std::vector<query::TableUse> tables;  ///< That it reads or writes.
  std::chrono::nanoseconds duration{};  ///< Without the wait.
  std::chrono::nanoseconds waited{};    ///< For a connection.
  std::uint64_t rows = 0;
  std::uint64_t affected = 0;
  StatementEffort effort;
  bool inTransaction = false;
  std::optional<ErrorCode> error;  ///< Where it failed in the end.
  std::string principal;           ///< Of the caller's context.
  std::vector<Context::Pair> tags;
  std::chrono::system_clock::time_point at;  ///< When it ended.
  std::vector<std::string> plan;             ///< Connection::explain; empty where there is none.
  std::string noPlan;                        ///< Why there is none.
  std::uint64_t leftOut = 0;  ///< Slow statements before this one that nobody was told of.
};

/// See the file comment.
class SlowStatements final : public StatementObserver {
 public:
  using Listening = Listeners<const SlowStatement&>;

  /// `runtime` must own this.
  SlowStatements(Runtime& runtime, std::chrono::nanoseconds threshold,
                 std::shared_ptr<const Listening> listeners);
  /// Tells of those that were noted, without plans, and ends.
  ~SlowStatements() override;

  void after(const StatementInfo& info, const StatementOutcome& outcome) noexcept override {
    if (outcome.duration >= threshold_) [[unlikely]] {
      note(info, outcome, std::nullopt);
    }
  }
  void failed(const StatementInfo& info, const std::exception& error,
              const StatementOutcome& outcome) noexcept override;
  [[nodiscard]] bool wantsBefore() const noexcept override { return false; }
  [[nodiscard]] bool wantsEffort() const noexcept override { return true; }

 private:
  struct Noted {
    SlowStatement statement;
    std::string sql;  // as it was prepared
    bool explainable = false;
  };
  struct KnownPlan {
    std::vector<std::string> lines;
    std::string why;  // there are none
    std::chrono::steady_clock::time_point taken;
  };

  void note(const StatementInfo& info, const StatementOutcome& outcome,
            std::optional<ErrorCode> error) noexcept;
  void work() noexcept;
  void addPlan(Noted& noted);
  [[nodiscard]] KnownPlan explain(const Noted& noted) const;
  void tell(const SlowStatement& statement) const;

  Runtime& runtime_;
  const std::chrono::nanoseconds threshold_;
  const std::shared_ptr<const Listening> listeners_;
  std::unordered_map<std::uint64_t, KnownPlan> plans_;  // of the thread

  std::mutex mutex_;  // of what follows
  std::condition_variable wake_;
  std::deque<Noted> noted_;
  std::uint64_t leftOut_ = 0;
  bool ending_ = false;
  std::thread thread_;  // begun with the first slow statement
};

/// @return The lines of a plan without the literals of its statement, which PostgreSQL repeats in
/// conditions. Lines with estimates ("cost=") are left as they are. Thread-safe.
[[nodiscard]] std::vector<std::string> maskPlan(std::vector<std::string> lines,
                                                std::string_view sql,
                                                const query::LexerRules& rules);

}  // namespace sonde
