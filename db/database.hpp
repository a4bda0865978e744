// The façade: a database that is open.
//
// Invariant: a handle; copies share the same connections, schema and listeners, which close with
// close() or with the last of everything made from it. Thread-safe.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "../monitor/advisor/index_advisor.hpp"
#include "../monitor/backup/backup.hpp"
#include "../monitor/backup/backup_schedule.hpp"
#include "../monitor/statistics/operation_timer.hpp"
#include "../monitor/statistics/slow_statements.hpp"
#include "../monitor/statistics/tracer.hpp"
#include "../session/named_lock.hpp"
#include "../session/notification_listener.hpp"
#include "config.hpp"
#include "transaction.hpp"
#include "view.hpp"

namespace sonde {

class HealthMonitor;
class Tuning;

namespace detail {
class SharedParts;
}

/// A database's calls with a context attached: `db.with(Context().timeout(250ms))`.
class DatabaseView : public View {
 public:
  /// @return A view whose repositories, statements and transactions carry the context. Costs no
  /// SQL.
  [[nodiscard]] DatabaseView with(Context context) const;

  /// @return A view with a memory of its own: where there are replicas, what it reads is never
  /// behind what was written through it, while other handles wait for everything that this process
  /// wrote.
  [[nodiscard]] DatabaseView session() const;

  /// Copies the database into a file while others go on, and verifies the copy; under this handle's
  /// context. See backupDatabase() for what it does and throws.
  ///   const auto report = db.with(Context().timeout(1h)).backup("/backups/shop.backup");
  BackupReport backup(const std::string& path, const BackupOptions& options = {}) const {
    return backupDatabase(*executor_->runtime(), path, options, context());
  }

  /// Begins a transaction that lasts until it is committed, rolled back, or destroyed.
  /// @throws TransactionError at once when this thread's own transaction is in the way; Timeout
  /// when another process keeps the lock; PoolTimeout naming who holds the connection.
  Transaction begin(const TransactionOptions& options = {}) const;

  /// Runs `fn(tx)` inside a transaction: committed when it returns, rolled back when it throws.
  ///   auto id = db.transaction([&](Transaction& tx) {
  ///     return tx.getRepository("users").insert({{"name", "Ada"}});
  ///   });
  /// @return What `fn` returned.
  template <std::invocable<Transaction&> Fn>
  std::invoke_result_t<Fn&, Transaction&> transaction(
      Fn&& fn, const TransactionOptions& options = {}) const {
    for (unsigned attempt = 0;; ++attempt) {
      try {
        return detail::runInside([&] { return begin(options); }, fn);
      } catch (const Error& error) {
        if (attempt >= options.retries || !mayRetry(error)) throw;
      }
      detail::waitBeforeRetry(attempt, context());
    }
  }

 protected:
  using View::View;
};

/// See the file comment.
class Database : public DatabaseView {
 public:
  /// Opens a database: `sqlite:app.db`, `sqlite::memory:`, the path of a SQLite file,
  /// `postgresql://user@host/shop`, `mysql://user@host/shop`. Nothing is created unless
  /// Config::access, or `?mode=rwc` in the URI, says so. Reads the schema. Loads the drivers that
  /// the configuration names, and one of the scheme's name where nobody serves it (obtainDriver).
  /// @throws ConnectionError saying what is wrong with the file or server; ConfigError.
  [[nodiscard]] static Database open(std::string_view uri);
  [[nodiscard]] static Database open(const Config& config);

  /// @return The instance that this process shares for the configuration's URI: the same one until
  /// the configuration changes, then a new one; the old one stays open for those who hold it.
  [[nodiscard]] static Database shared(const Config& config);
  /// Closes the shared instance of a URI, or of every URI, and forgets it. @return How many there
  /// were.
  /// @throws what close() throws; an instance that cannot be closed stays.
  static std::size_t closeShared(std::string_view uri);
  static std::size_t closeShared();
  /// Forgets every shared instance without closing it: the next shared() opens anew, and handles
  /// that exist go on working. @return How many there were.
  static std::size_t resetShared();

  /// Reads the schema again. @return Whether it changed; listeners were then told.
  bool refreshSchema() const { return executor_->refreshSchema(); }
  /// Calls `listener` once for every change of the schema, whoever made it, on the thread that
  /// noticed it. @return Keeps the listener while it lives.
  Subscription onSchemaChange(std::function<void(const SchemaChange&)> listener) const;

  /// Calls `listener` with what each transaction changed, once, after its outermost commit; writes
  /// outside a transaction are told one by one. On the committing thread; what it throws is logged.
  Subscription afterCommit(std::function<void(const ChangeSet&)> listener) const;
  /// Calls `listener` after a transaction was rolled back.
  Subscription afterRollback(std::function<void()> listener) const;

  /// Takes the lock of this name, which one session of the whole server holds at a time, on a
  /// connection of its own; the context's deadline bounds the wait too.
  ///   const auto lock = db.lock("nightly report", 5s);
  /// @return The lock, given back at its end. @throws Timeout when another held it all the time;
  /// Unsupported on engines without named locks.
  NamedLock lock(std::string_view name, std::chrono::milliseconds timeout) const;
  /// The same. @return Empty when another held it all the time.
  [[nodiscard]] std::optional<NamedLock> tryLock(
      std::string_view name,
      std::chrono::milliseconds timeout = std::chrono::milliseconds(0)) const;

  /// Calls `message` for each message sent to the channel from now on, on a thread and connection
  /// of its own; and `gap`, if given, when the connection was lost and is back, because messages
  /// may have been missed. @return Listens while it lives. @throws Unsupported on engines without
  /// notifications.
  NotificationListener listen(std::string_view channel,
                              std::function<void(const Notification&)> message,
                              std::function<void()> gap = {}) const;

  /// @return What became of the backups that the configuration asks for (backup.directory); empty
  /// where it asks for none.
  [[nodiscard]] std::optional<BackupState> backupState() const;

  /// Adds an observer around every statement, behind those there are. It may refuse statements.
  void addInterceptor(std::shared_ptr<StatementObserver> observer) const;
  /// Adds a rule-giver that every generated query obeys from now on. Raw SQL is refused from then
  /// on, unless the configuration allows it.
  void addRewriter(std::shared_ptr<const QueryRewriter> rewriter) const;

  /// @return What the statements of this database did since they are counted, by fingerprint; not
  /// enabled and empty unless the configuration has statistics.enabled. Runs no SQL.
  [[nodiscard]] StatisticsSnapshot statistics() const;
  /// Forgets what was counted and begins anew.
  void resetStatistics() const;
  /// Runs `fn()` and counts it under `name` among the statistics' operations, with how long it took
  /// and whether it threw; just runs it where nothing is counted. @return What `fn` returned.
  ///   auto page = db.timed("front page", [&] { return render(db); });
  template <std::invocable Fn>
  std::invoke_result_t<Fn&> timed(std::string_view name, Fn&& fn) const {
    return detail::timed(statistics_.get(), name, fn);
  }
  /// @return The plan of the slowest statement that was counted under a fingerprint, as explain()
  /// gives it. @throws NotFound when none was, or it was evicted.
  [[nodiscard]] std::vector<std::string> explainCounted(std::uint64_t fingerprint) const;

  /// Calls `listener` with each statement that took statistics.slowQueryMs or longer, and its plan,
  /// on a thread of its own, soon after the statement ended. @return Keeps the listener while it
  /// lives; it must not own the database. @throws ConfigError where no threshold is set.
  Subscription onSlowStatement(std::function<void(const SlowStatement&)> listener) const;
  /// Lets a tracer see every statement from now on, as a span and in metrics.
  void addTracer(std::shared_ptr<Tracer> tracer) const;

  /// @return What was asked of the engine as connections opened, and what holds. PRAGMA name, each.
  [[nodiscard]] std::vector<SettingReport> settings() const;
  /// @return Advice on the settings of this database, under this view's context; see
  /// monitor/tuning/tuning.hpp. Costs no SQL yet.
  [[nodiscard]] Tuning tuning() const;
  [[nodiscard]] PoolStats poolStats() const { return executor_->runtime()->pool().stats(); }
  /// @return The replicas that reads may go to, as they are known now; empty for none.
  [[nodiscard]] std::vector<ReplicaStatus> replicas() const;
  /// @return What watches this database, made when first asked for and shared by all handles:
  ///   auto health = db.health();
  ///   const HealthReport report = health->report();   // measured at most once a second
  /// Include monitor/health/health_monitor.hpp.
  [[nodiscard]] std::shared_ptr<HealthMonitor> health() const;
  /// @return How connections are shared, and why.
  [[nodiscard]] const Topology& topology() const noexcept {
    return executor_->runtime()->pool().topology();
  }
  /// @return The configuration it was opened with, the URI's options applied.
  [[nodiscard]] const Config& config() const noexcept { return *config_; }
  [[nodiscard]] const Logger& logger() const noexcept { return executor_->runtime()->logger(); }

  /// Advises on indexes for a workload, and on those that are there. Changes nothing; the planner
  /// is asked where the engine lets it be (Driver::whatIf), on one connection, for as long as it
  /// takes.
  ///   for (const auto& made : db.adviseIndexes(workload).recommendations)
  ///     std::cout << made.createSql << '\n';
  /// @throws PoolTimeout, ConnectionError.
  [[nodiscard]] IndexAdvice adviseIndexes(const Workload& workload,
                                          const IndexAdvisorOptions& options = {}) const;
  /// The same for the statements that this database counted itself (statistics.enabled).
  [[nodiscard]] IndexAdvice adviseIndexes() const;
  /// @return What the server itself counted, whichever program sent it: the statements that took
  /// longest. PostgreSQL: SELECT … FROM pg_stat_statements; MySQL and MariaDB: FROM
  /// performance_schema.events_statements_summary_by_digest.
  /// @throws Unsupported where nothing counts them, with what to do in the hint; PoolTimeout,
  /// ConnectionError.
  [[nodiscard]] Workload observedWorkload(std::size_t most = 500) const;
  /// @return What is wrong with the indexes by the schema alone: duplicate, redundant and invalid
  /// ones, and foreign keys of large tables without one; and those that the server saw nobody read.
  [[nodiscard]] std::vector<IndexFinding> indexFindings(
      const IndexAdvisorOptions& options = {}) const;

  /// Closes every connection; later calls on any handle throw ConnectionError. Waits up to
  /// pool.acquireTimeoutMs for statements of other threads. Closing twice does nothing.
  /// @throws TransactionError when this thread is inside a transaction or a stream; PoolTimeout
  /// when another thread does not finish. Then nothing was closed.
  void close() const;
  [[nodiscard]] bool closed() const noexcept { return executor_->runtime()->pool().closed(); }

 private:
  Database(std::shared_ptr<SessionExecutor> executor, std::shared_ptr<PlanStore> plans,
           std::shared_ptr<const Config> config, std::shared_ptr<BackupSchedule> backups,
           std::shared_ptr<detail::SharedParts> parts)
      : DatabaseView(std::move(executor), std::move(plans)),
        config_(std::move(config)),
        backups_(std::move(backups)),
        parts_(std::move(parts)) {}
  void watchStatements();

  std::shared_ptr<const Config> config_;
  std::shared_ptr<BackupSchedule> backups_;                    // null where none were asked for
  std::shared_ptr<StatementStatistics> statistics_;            // null where nothing is counted
  std::shared_ptr<SlowStatements::Listening> slowStatements_;  // null without a threshold
  std::shared_ptr<detail::SharedParts> parts_;
};

}  // namespace sonde
