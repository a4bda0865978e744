// A transaction with its savepoints: the connection it holds and what it changed.
//
// Invariant: active until committed, rolled back, or ended by the engine; the outermost level is a
// transaction, each further one a savepoint. Only the thread that began it may use it. Listeners
// hear of its changes once, after the outermost commit, when the connection went back; a savepoint
// that is rolled back takes its changes and listeners with it. Destroyed while active, it rolls
// back.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "runtime.hpp"
#include "thread_identity.hpp"

namespace sonde {

/// @return Whether running the whole transaction again may succeed after this error.
[[nodiscard]] bool mayRetry(const Error& error) noexcept;

/// A level of a transaction: 0 the transaction itself, then its savepoints. A handle that stays
/// harmless after the level ended.
struct TransactionLevel {
  std::size_t depth = 0;
  std::uint64_t serial = 0;
};

/// See the file comment. Every call but discard() throws TransactionError when the level is over,
/// or when another thread makes it.
class TransactionScope {
 public:
  /// Begins a transaction. Write: BEGIN IMMEDIATE on SQLite, so that it never fails half-way for
  /// want of the write lock.
  /// @throws PoolTimeout; TransactionError when this thread's own transaction is in the way, or the
  /// database stays locked by another; Unsupported for an isolation or deferral that the engine
  /// does not have; Timeout, Cancelled.
  /// @param mark Moved to the commit, where there are replicas.
  [[nodiscard]] static std::shared_ptr<TransactionScope> begin(std::shared_ptr<Runtime> runtime,
                                                               std::shared_ptr<CommitMark> mark,
                                                               const BeginOptions& options,
                                                               const Context& context);
  ~TransactionScope();
  TransactionScope(const TransactionScope&) = delete;
  TransactionScope& operator=(const TransactionScope&) = delete;

  [[nodiscard]] TransactionLevel outermost() const noexcept { return {0, levels_.front().serial}; }
  /// Sets a savepoint. @return Its level. @throws TransactionError when `parent` is not the
  /// innermost.
  [[nodiscard]] TransactionLevel push(const TransactionLevel& parent);
  /// Commits, or releases the savepoint. When the commit fails the whole transaction is rolled
  /// back.
  /// @throws ConstraintError for a deferred constraint; TransactionError when an inner level is
  /// open, a stream of this transaction runs, or a statement failed and spoiled it (then retryable
  /// as that failure was); ConnectionError when the connection broke, saying that the outcome is
  /// not known.
  void commit(const TransactionLevel& level);
  /// Rolls back the level and those inside it.
  void rollback(const TransactionLevel& level);
  /// Rolls back if the level is not over. Never throws.
  void discard(const TransactionLevel& level) noexcept;

  /// @return Whether the level can still be used.
  [[nodiscard]] bool active(const TransactionLevel& level) const noexcept;
  /// @return The session, for a statement of this level.
  [[nodiscard]] Session& use(const TransactionLevel& level);
  /// Keeps the connection while a statement runs, whatever its callback does.
  class Running {
   public:
    explicit Running(TransactionScope& scope) noexcept : scope_(scope) { ++scope_.running_; }
    ~Running() { scope_.statementEnded(); }
    Running(const Running&) = delete;
    Running& operator=(const Running&) = delete;

   private:
    TransactionScope& scope_;
  };
  /// After a statement failed with `error` (null: not by an error of sonde): notices when the
  /// engine ended the transaction with it, or spoiled it until the next rollback.
  void statementFailed(const Error* error) noexcept;

  [[nodiscard]] const std::shared_ptr<Runtime>& runtime() const noexcept { return runtime_; }
  [[nodiscard]] const std::shared_ptr<CommitMark>& mark() const noexcept { return mark_; }

  [[nodiscard]] bool wantsChanges() const noexcept;
  void record(Change change);
  /// Calls `listener` after the outermost commit. Forgotten when the level is rolled back.
  void afterCommit(const TransactionLevel& level, std::function<void(const ChangeSet&)> listener);
  /// Calls `listener` when the transaction, or this level, was rolled back.
  void afterRollback(const TransactionLevel& level, std::function<void()> listener);

  /// @return The schema as the transaction sees it: the database's, until schemaTouched().
  [[nodiscard]] std::shared_ptr<const Schema> schema();
  [[nodiscard]] std::uint64_t schemaVersion() const noexcept;
  /// The transaction changed the schema: reads a snapshot of its own, and has the database's read
  /// again after the commit.
  void schemaTouched();

 private:
  enum class State : std::uint8_t { Active, Committed, RolledBack };

  struct Level {
    std::uint64_t serial;
    std::size_t changes;  // where this level's begin
    std::size_t commitListeners;
    std::vector<std::function<void()>> rollbackListeners;
    std::shared_ptr<const Schema> schemaBefore;
    std::uint64_t versionBefore;
  };

  // The error that spoiled the transaction.
  struct Spoiled {
    std::string what;
    bool retryable;
  };

  TransactionScope(std::shared_ptr<Runtime> runtime, std::shared_ptr<CommitMark> mark,
                   const BeginOptions& options, const Context& context);

  void require(const TransactionLevel& level) const;
  void requireUnspoiled() const;
  void requireQuiet() const;
  void addLevel();
  void finish(State state) noexcept;
  void statementEnded() noexcept;
  void commitOutermost();
  void rollbackTo(std::size_t depth);
  void tellRollback(const std::vector<std::function<void()>>& listeners) const noexcept;
  [[nodiscard]] std::vector<std::function<void()>> takeRollbackListeners(std::size_t fromDepth);

  std::shared_ptr<Runtime> runtime_;
  std::shared_ptr<CommitMark> mark_;
  bool writes_;
  std::uint64_t thread_ = thisThread();
  std::optional<Lease> lease_;
  State state_ = State::Active;
  std::optional<Spoiled> spoiled_;
  std::size_t running_ = 0;
  std::uint64_t lastSerial_ = 0;
  std::vector<Level> levels_;
  ChangeSet changes_;
  std::vector<std::function<void(const ChangeSet&)>> commitListeners_;
  std::shared_ptr<const Schema> schema_;  // only after schemaTouched()
  std::uint64_t schemaVersion_ = 0;
  bool schemaChanged_ = false;
};

}  // namespace sonde
