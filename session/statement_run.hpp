// One run of a plan on a session: takes the statement from its cache, binds, and ends everything on
// every path. Shared by the executors of this folder.
//
// Invariant: while it lives the connection obeys the context; at its end the statement is reset,
// and what it cost is told where an observer wants that, also of one that failed.
#pragma once

#include <list>
#include <optional>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/result_set.hpp"
#include "bound_args.hpp"
#include "session.hpp"
#include "session_executor.hpp"

namespace sonde {

/// Makes a session obey a context while this lives, where there is something to obey; afterwards it
/// obeys again what it did before, as when a stream's callback makes calls of its own.
class SessionArming {
 public:
  /// @throws Timeout or Cancelled at once when the context says so.
  SessionArming(Session& session, const Context& context) {
    if (!context.interruptible() && !(session.takesSettings() && !context.settings().empty()))
        [[likely]] {
      return;
    }
    context.check();
    before_ = session.obey(&context);
    session_ = &session;
  }
  SessionArming(const SessionArming&) = delete;
  SessionArming& operator=(const SessionArming&) = delete;
  ~SessionArming() {
    if (session_ != nullptr) session_->obey(before_);
  }

 private:
  Session* session_ = nullptr;
  const Context* before_ = nullptr;
};

/// See the file comment.
class StatementRun {
 public:
  StatementRun(Session& session, const query::Plan& plan, const Context& context, RunCounts& counts)
      : session_(session),
        plan_(plan),
        context_(context),
        counts_(counts),
        arming_(session, context),
        use_(session.statements().acquire(plan)) {}
  StatementRun(const StatementRun&) = delete;
  StatementRun& operator=(const StatementRun&) = delete;
  ~StatementRun() {
    if (counts_.effortWanted) counts_.effort += use_->takeEffort();
  }

  /// Binds, and calls `work` with the statement. The arguments live as long as the call.
  template <class Work>
  decltype(auto) with(Args args, const SqlCompiler& compiler, Work& work) {
    if (plan_.direct) [[likely]] {
      use_->bind(args);
      return work(*this, counts_);
    }
    use_->bind(bound_.emplace().resolve(plan_, args, context_, compiler));
    return work(*this, counts_);
  }

  /// Runs once for each list of arguments. @return A block for each, in order.
  std::vector<BlockPtr> each(std::span<const Args> batch, const SqlCompiler& compiler,
                             std::size_t maxBytes) {
    if (plan_.direct) [[likely]]
      return use_->fetchEach(batch, maxBytes);
    std::vector<Args> resolved;
    resolved.reserve(batch.size());
    for (const Args& args : batch) {
      resolved.push_back(batchBound_.emplace_back().resolve(plan_, args, context_, compiler));
    }
    return use_->fetchEach(resolved, maxBytes);
  }

  [[nodiscard]] Statement& statement() const noexcept { return *use_; }
  [[nodiscard]] Connection& connection() const noexcept { return session_.connection(); }
  [[nodiscard]] const query::Plan& plan() const noexcept { return plan_; }

 private:
  Session& session_;
  const query::Plan& plan_;
  const Context& context_;
  RunCounts& counts_;
  SessionArming arming_;
  std::optional<BoundArgs> bound_;   // outlives the statement's reset
  std::list<BoundArgs> batchBound_;  // the same; a list, because they do not move
  StatementCache::Use use_;
};

// The ways to run a plan, the same in and outside a transaction.

struct FetchAll {
  std::size_t maxBytes;
  ResultSet operator()(StatementRun& run, RunCounts& counts) const {
    ResultSet rows(run.statement().fetch(0, maxBytes));
    counts.rows = rows.size();
    return rows;
  }
};

struct FetchFirst {
  std::size_t maxBytes;
  std::optional<Row> operator()(StatementRun& run, RunCounts& counts) const {
    // A write must run to its end, so that it changes every row it would.
    BlockPtr block = run.statement().fetch(run.plan().write ? 0 : 1, maxBytes);
    counts.rows = block->rowCount();
    if (counts.rows == 0) return std::nullopt;
    return Row(std::move(block), 0);
  }
};

struct Execute {
  bool lastInsertId;
  WriteResult operator()(StatementRun& run, RunCounts& counts) const {
    WriteResult result;
    result.affected = run.statement().run();
    counts.affected = result.affected;
    if (lastInsertId) result.lastInsertId = run.connection().lastInsertId();
    return result;
  }
};

struct StreamRows {
  RowCallback callback;
  /// @return Whether the callback wanted every row.
  bool operator()(StatementRun& run, RunCounts& counts) const {
    Statement& statement = run.statement();
    const Cell* cells = statement.step();
    if (cells == nullptr) return true;
    // Held: a call inside the callback may have this statement's header replaced.
    const std::shared_ptr<const Columns> columns = statement.columns();
    bool wanted = true;
    do {
      ++counts.rows;
      if (wanted) wanted = callback(RowView(cells, *columns));
      if (!wanted && !run.plan().write) return false;
      cells = statement.step();
    } while (cells != nullptr);
    return wanted;
  }
};

/// Runs `work(counts, observation)`, and tells the observers what became of it. Without observers
/// `observation` is null and nothing is timed. @return What `work` returned.
template <class Work>
auto observed(const ObserverChain& observers, const StatementInfo& info, Work work) {
  RunCounts counts;
  if (observers.empty()) [[likely]]
    return work(counts, static_cast<Observation*>(nullptr));
  Observation observation(observers, info, counts);
  try {
    auto result = work(counts, &observation);
    observation.succeeded();
    return result;
  } catch (const std::exception& error) {
    observation.failed(error);
    throw;
  }
}

/// @return What a plan is for, to be shown when its connection is waited for.
[[nodiscard]] inline std::string_view leaseLabel(const query::Plan& plan) noexcept {
  return plan.tables.empty() ? std::string_view(plan.sql) : plan.tables.front().table;
}

}  // namespace sonde
