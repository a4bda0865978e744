#include "pooled_executor.hpp"

#include <exception>

#include "../core/error.hpp"
#include "constraint_details.hpp"
#include "transaction_executor.hpp"

namespace sonde {

namespace {

LeaseKind kindOf(const query::Plan& plan) noexcept {
  return plan.write ? LeaseKind::Write : LeaseKind::Read;
}

// Whether a read that failed on a replica may go well on the primary: the replica is gone, replayed
// something that was in the way of the read, is behind with the schema, or cannot do what the
// statement turns out to need (write).
bool isOfReplica(const Error& error) noexcept {
  switch (error.code()) {
    case ErrorCode::Connection:
      return true;
    case ErrorCode::Transaction:
      return static_cast<const TransactionError&>(error).retryable();
    case ErrorCode::Query:
      return error.sqlState().starts_with("42") || error.sqlState() == "25006";
    default:
      return false;
  }
}

// Tells of a schema change after the connection that noticed it went back, whatever the call did.
class ChangeTeller {
 public:
  ChangeTeller(Runtime& runtime, bool looks) noexcept : runtime_(runtime), looks_(looks) {}
  ChangeTeller(const ChangeTeller&) = delete;
  ChangeTeller& operator=(const ChangeTeller&) = delete;
  ~ChangeTeller() {
    if (change_) [[unlikely]] {
      runtime_.tellSchemaChange(*change_);
    }
  }

  // Looks for changes by others, at most once an interval.
  void checkWhenDue(Connection& connection) noexcept {
    const std::int64_t now = coarseNowMs();
    if (!runtime_.schemas().due(now) || !looks_ || connection.inTransaction()) [[likely]]
      return;
    look([&] { return runtime_.schemas().check(connection, now); });
  }
  // A statement may have had to be prepared again.
  void recheckAfter(StatementRun& run) noexcept {
    if (!run.statement().takeSchemaChanged()) [[likely]]
      return;
    Connection& connection = run.connection();
    if (!looks_ || connection.inTransaction()) return;
    look([&] { return runtime_.schemas().recheck(connection); });
  }

 private:
  // The caller's own statement must not fail because the catalog cannot be read.
  template <class Look>
  void look(Look reading) noexcept {
    try {
      if (auto found = reading()) change_ = std::move(found);
    } catch (const std::exception& error) {
      runtime_.logger().log(LogLevel::Warn, "the schema could not be read again",
                            {{"error", error.what()}});
    }
  }

  Runtime& runtime_;
  bool looks_;
  std::optional<SchemaChange> change_;
};

}  // namespace

// Runs `job(session, teller, counts)` on a leased session, inside the observers: on a replica where
// one will do, else on the primary.
template <class Job>
auto PooledExecutor::lease(const query::Plan& plan, std::size_t parameters, Job job) {
  if (context_.interruptible()) context_.check();
  const StatementInfo info{plan, context_, parameters, false};
  return observed(runtime_->observers(), info, [&](RunCounts& counts, Observation* observation) {
    ReplicaSet* const replicas = runtime_->replicas();
    if (replicas != nullptr && !plan.write) [[unlikely]] {
      if (ReplicaSet::Replica* const replica = replicas->choose(*mark_)) {
        try {
          return runOn(ReplicaSet::poolOf(*replica), plan, job, counts, observation);
        } catch (const Error& error) {
          if (!isOfReplica(error) || counts.rows != 0) throw;
          if (error.code() == ErrorCode::Connection) replicas->failed(*replica, error.what());
          counts.restart();
        }
      }
    }
    return runOn(runtime_->pool(), plan, job, counts, observation);
  });
}

template <class Job>
auto PooledExecutor::runOn(SessionPool& pool, const query::Plan& plan, Job& job, RunCounts& counts,
                           Observation* observation) {
  const bool primary = &pool == &runtime_->pool();
  // A replica may show an older schema than the one that is known already.
  ChangeTeller teller(*runtime_, primary);
  const Lease lease = pool.lease(kindOf(plan), context_, leaseLabel(plan),
                                 observation == nullptr ? nullptr : &counts.waited);
  Session& session = lease.session();
  teller.checkWhenDue(session.connection());
  if (plan.touchesSession) session.markTouched();
  if (observation != nullptr) observation->start();
  try {
    auto result = job(session, teller, counts);
    if (observation != nullptr) observation->stop();
    noteCommit(session.connection(), plan.write);
    return result;
  } catch (const ConstraintError& error) {
    throwDescribed(error, *schema(), &plan, runtime_->dialect().lexerRules());
  }
}

void PooledExecutor::noteCommit(Connection& connection, bool wrote) const noexcept {
  ReplicaSet* const replicas = runtime_->replicas();
  if (replicas != nullptr && wrote) [[unlikely]] {
    replicas->committed(connection, mark_);
  }
}

template <class Work>
auto PooledExecutor::call(const query::Plan& plan, Args args, Work work) {
  return lease(plan, args.size(), [&](Session& session, ChangeTeller& teller, RunCounts& counts) {
    StatementRun run(session, plan, context_, counts);
    auto result = run.with(args, compiler(), work);
    teller.recheckAfter(run);
    return result;
  });
}

ResultSet PooledExecutor::query(const query::Plan& plan, Args args) {
  return call(plan, args, FetchAll{runtime_->options().maxResultBytes});
}

std::optional<Row> PooledExecutor::queryRow(const query::Plan& plan, Args args) {
  return call(plan, args, FetchFirst{runtime_->options().maxResultBytes});
}

std::vector<ResultSet> PooledExecutor::queryEach(const query::Plan& plan,
                                                 std::span<const Args> batch) {
  return lease(plan, plan.argumentCount,
               [&](Session& session, ChangeTeller& teller, RunCounts& counts) {
                 StatementRun run(session, plan, context_, counts);
                 auto results = fetchEach(run, batch, counts);
                 teller.recheckAfter(run);
                 return results;
               });
}

std::uint64_t PooledExecutor::bulkInsert(const query::Plan& insert, const Table& table,
                                         const std::vector<std::string>& columns,
                                         FunctionRef<Args()> next) {
  return lease(insert, columns.size(), [&](Session& session, ChangeTeller&, RunCounts& counts) {
    const SessionArming arming(session, context_);
    counts.affected = session.connection().bulkInsert(table, columns, next);
    return counts.affected;
  });
}

void PooledExecutor::stream(const query::Plan& plan, Args args, RowCallback callback) {
  call(plan, args, StreamRows{callback});
}

WriteResult PooledExecutor::execute(const query::Plan& plan, Args args) {
  return call(plan, args, Execute{capabilities().lastInsertId});
}

std::shared_ptr<SessionExecutor> PooledExecutor::with(Context context) {
  return std::make_shared<PooledExecutor>(runtime_, mark_, std::move(context));
}

RawStatementPtr PooledExecutor::raw(std::string_view sql) {
  runtime_->requireRawSql();
  RawStatementPtr statement = runtime_->rawStatements().find(sql);
  if (statement == nullptr) {
    const Lease lease = runtime_->pool().lease(LeaseKind::Read, context_, "raw SQL");
    statement = runtime_->rawStatements().learn(sql, lease.session().connection());
  }
  admit(*statement);
  if (statement->makesTemporary && runtime_->pool().topology().shape != PoolShape::Single) {
    ErrorDetails details;
    details.sql = statement->plan.sql;
    details.hint = "make it and use it inside one transaction";
    throw Unsupported("a temporary table would be there on one connection only",
                      std::move(details));
  }
  return statement;
}

void PooledExecutor::executeScript(std::string_view sql) {
  runtime_->requireRawSql();
  {
    const Lease lease = runtime_->pool().lease(LeaseKind::Write, context_, "script");
    Connection& connection = lease.session().connection();
    const SessionArming arming(lease.session(), context_);
    lease.session().markTouched();
    try {
      connection.executeScript(sql);
    } catch (const ConstraintError& error) {
      throwDescribed(error, *schema(), nullptr, runtime_->dialect().lexerRules());
    }
    if (connection.inTransaction()) {
      connection.rollback();
      throw TransactionError("the script left a transaction open; it was rolled back");
    }
    noteCommit(connection, true);
  }
  schemaTouched();
}

void PooledExecutor::notify(std::string_view channel, std::string_view payload) {
  requireNotifications();
  // It writes no rows, so it waits for nobody's locks.
  const Lease lease = runtime_->pool().lease(LeaseKind::Read, context_, "notify");
  const SessionArming arming(lease.session(), context_);
  lease.session().connection().notify(channel, payload);
}

std::vector<std::string> PooledExecutor::explainPrepared(std::string_view sql) {
  const Lease lease = runtime_->pool().lease(LeaseKind::Read, context_, "explain");
  const SessionArming arming(lease.session(), context_);
  return lease.session().connection().explain(sql);
}

std::shared_ptr<const Schema> PooledExecutor::schema() const {
  return runtime_->schemas().current();
}

std::uint64_t PooledExecutor::schemaVersion() const noexcept {
  return runtime_->schemas().version();
}

bool PooledExecutor::refreshSchema() { return runtime_->refreshSchema(); }

bool PooledExecutor::recheckSchema() { return runtime_->recheckSchema(); }

void PooledExecutor::schemaTouched() { runtime_->refreshSchema(); }

void PooledExecutor::transact(FunctionRef<void(Executor&)> work) {
  const auto scope = TransactionScope::begin(runtime_, mark_, BeginOptions(), context_);
  const TransactionLevel level = scope->outermost();
  TransactionExecutor executor(scope, level, context_);
  try {
    work(executor);
  } catch (...) {
    scope->discard(level);
    throw;
  }
  scope->commit(level);
}

bool PooledExecutor::wantsChanges() const noexcept { return !runtime_->commitListeners().empty(); }

void PooledExecutor::recordChange(Change change) {
  if (!wantsChanges()) return;
  ChangeSet changes;
  changes.push_back(std::move(change));
  runtime_->commitListeners().tell(runtime_->logger(), "afterCommit", changes);
}

}  // namespace sonde
