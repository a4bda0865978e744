// What every handle on one open database shares: driver, connections, schema, rules and listeners.
//
// Invariant: made once by opening, shared by shared_ptr, closed once. Rules and observers are
// chains that are replaced whole; replaced ones stay alive with the runtime, so a reference taken
// before stays good. Thread-safe. Used by the executors of this folder and by db/.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <vector>

#include "../core/log.hpp"
#include "../query/change.hpp"
#include "../query/rewriter.hpp"
#include "listeners.hpp"
#include "raw_sql.hpp"
#include "replica_set.hpp"
#include "schema_store.hpp"
#include "session_pool.hpp"
#include "statement_observer.hpp"

namespace sonde {

struct RuntimeOptions {
  DriverOptions driver;
  PoolOptions pool;
  ReplicaOptions replicas;
  RelationNames relationNames;
  SchemaIntervals schemaIntervals;
  std::size_t maxResultBytes = 0;  ///< Of one kept result; 0 for no limit.
  bool allowRawSql = false;        ///< Raw SQL although a rewriter is active.
};

/// See the file comment.
class Runtime {
 public:
  using SchemaListeners = Listeners<const SchemaChange&>;
  using ChangeListeners = Listeners<const ChangeSet&>;
  using RollbackListeners = Listeners<>;

  /// Opens the database and reads its schema. @throws ConnectionError, ConfigError, QueryError.
  Runtime(std::unique_ptr<Driver> driver, RuntimeOptions options);

  [[nodiscard]] const Dialect& dialect() const noexcept { return driver_->dialect(); }
  /// @return What opens connections, for those that are none of the pool's.
  [[nodiscard]] const Driver& driver() const noexcept { return *driver_; }
  [[nodiscard]] const RuntimeOptions& options() const noexcept { return options_; }
  [[nodiscard]] const Logger& logger() const noexcept { return options_.driver.logger; }
  [[nodiscard]] SessionPool& pool() noexcept { return *pool_; }
  /// @return The servers that reads may go to beside the primary; nullptr when there are none.
  [[nodiscard]] ReplicaSet* replicas() noexcept { return replicas_.get(); }
  /// @return What everybody without a mark of their own has committed.
  [[nodiscard]] const std::shared_ptr<CommitMark>& commits() const noexcept { return commits_; }
  /// Closes every connection. @throws what SessionPool::close throws; then the primary's are open.
  void close();
  [[nodiscard]] SchemaStore& schemas() noexcept { return *schemas_; }
  [[nodiscard]] RawStatements& rawStatements() noexcept { return rawStatements_; }

  /// Reads the schema again and tells listeners of a difference. @return Whether there was one.
  bool refreshSchema();
  /// The same, unless the engine can tell cheaply that nothing changed.
  bool recheckSchema();
  /// Tells listeners of a change that a connection noticed, after that connection went back.
  void tellSchemaChange(const SchemaChange& change);
  [[nodiscard]] SchemaListeners& schemaListeners() noexcept { return schemaListeners_; }

  [[nodiscard]] const RewriterChain& rewriters() const noexcept {
    return *rewriters_.load(std::memory_order_acquire);
  }
  /// Adds a rewriter behind those there are; calls that begin afterwards obey it.
  void addRewriter(std::shared_ptr<const QueryRewriter> rewriter);
  /// @throws AuthorizationError when a rewriter is active and raw SQL was not allowed by name.
  void requireRawSql() const;

  /// @return The observers; empty for none.
  [[nodiscard]] const ObserverChain& observers() const noexcept {
    return *observers_.load(std::memory_order_acquire);
  }
  /// Adds an observer behind those there are; statements that begin afterwards are told to it.
  void addObserver(std::shared_ptr<StatementObserver> observer);

  [[nodiscard]] ChangeListeners& commitListeners() noexcept { return commitListeners_; }
  [[nodiscard]] RollbackListeners& rollbackListeners() noexcept { return rollbackListeners_; }

 private:
  using SchemaLook = std::optional<SchemaChange> (SchemaStore::*)(Connection&);
  bool lookAtSchema(SchemaLook look);

  RuntimeOptions options_;
  std::unique_ptr<Driver> driver_;
  RawStatements rawStatements_;
  std::unique_ptr<SessionPool> pool_;
  std::unique_ptr<SchemaStore> schemas_;
  std::shared_ptr<CommitMark> commits_ = std::make_shared<CommitMark>();
  std::unique_ptr<ReplicaSet> replicas_;

  std::mutex chains_;  // held to replace a chain
  std::vector<std::shared_ptr<const QueryRewriter>> rewriterList_;
  std::vector<std::unique_ptr<const RewriterChain>> rewriterChains_;
  std::vector<std::unique_ptr<const ObserverChain>> observerChains_;
  std::atomic<const RewriterChain*> rewriters_{nullptr};
  std::atomic<const ObserverChain*> observers_{nullptr};

  SchemaListeners schemaListeners_;
  ChangeListeners commitListeners_;
  RollbackListeners rollbackListeners_;
};

}  // namespace sonde
