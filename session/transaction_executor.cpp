#include "transaction_executor.hpp"

#include <exception>

#include "../core/error.hpp"
#include "constraint_details.hpp"

namespace sonde {

// Runs `job(session)` as a part of the transaction, which has to know when it fails.
template <class Job>
auto TransactionExecutor::inside(const query::Plan* plan, Job job) {
  Session& session = scope_->use(level_);
  const TransactionScope::Running running(*scope_);
  if (plan != nullptr && plan->touchesSession) session.markTouched();
  try {
    return job(session);
  } catch (const ConstraintError& error) {
    scope_->statementFailed(&error);
    throwDescribed(error, *schema(), plan, runtime_->dialect().lexerRules());
  } catch (const Error& error) {
    scope_->statementFailed(&error);
    throw;
  } catch (...) {
    scope_->statementFailed(nullptr);
    throw;
  }
}

template <class Job>
auto TransactionExecutor::inside(const query::Plan& plan, std::size_t parameters, Job job) {
  const StatementInfo info{plan, context_, parameters, true};
  return observed(runtime_->observers(), info, [&](RunCounts& counts, Observation* observation) {
    return inside(&plan, [&](Session& session) {
      if (observation != nullptr) observation->start();
      return job(session, counts);
    });
  });
}

template <class Work>
auto TransactionExecutor::call(const query::Plan& plan, Args args, Work work) {
  return inside(plan, args.size(), [&](Session& session, RunCounts& counts) {
    StatementRun run(session, plan, context_, counts);
    return run.with(args, compiler(), work);
  });
}

ResultSet TransactionExecutor::query(const query::Plan& plan, Args args) {
  return call(plan, args, FetchAll{runtime_->options().maxResultBytes});
}

std::optional<Row> TransactionExecutor::queryRow(const query::Plan& plan, Args args) {
  return call(plan, args, FetchFirst{runtime_->options().maxResultBytes});
}

std::vector<ResultSet> TransactionExecutor::queryEach(const query::Plan& plan,
                                                      std::span<const Args> batch) {
  return inside(plan, plan.argumentCount, [&](Session& session, RunCounts& counts) {
    StatementRun run(session, plan, context_, counts);
    return fetchEach(run, batch, counts);
  });
}

std::uint64_t TransactionExecutor::bulkInsert(const query::Plan& insert, const Table& table,
                                              const std::vector<std::string>& columns,
                                              FunctionRef<Args()> next) {
  return inside(insert, columns.size(), [&](Session& session, RunCounts& counts) {
    const SessionArming arming(session, context_);
    counts.affected = session.connection().bulkInsert(table, columns, next);
    return counts.affected;
  });
}

void TransactionExecutor::stream(const query::Plan& plan, Args args, RowCallback callback) {
  // A callback may end the transaction by destroying it; what would follow is no longer of it.
  const auto guarded = [&](RowView row) {
    const bool more = callback(row);
    static_cast<void>(scope_->use(level_));
    return more;
  };
  call(plan, args, StreamRows{RowCallback(guarded)});
}

WriteResult TransactionExecutor::execute(const query::Plan& plan, Args args) {
  return call(plan, args, Execute{capabilities().lastInsertId});
}

std::shared_ptr<SessionExecutor> TransactionExecutor::with(Context context) {
  return std::make_shared<TransactionExecutor>(scope_, level_, std::move(context));
}

RawStatementPtr TransactionExecutor::raw(std::string_view sql) {
  runtime_->requireRawSql();
  Session& session = scope_->use(level_);
  RawStatementPtr statement = runtime_->rawStatements().find(sql);
  if (statement == nullptr) {
    statement = runtime_->rawStatements().learn(sql, session.connection());
  }
  admit(*statement);
  return statement;
}

void TransactionExecutor::executeScript(std::string_view sql) {
  runtime_->requireRawSql();
  inside(nullptr, [&](Session& session) {
    const SessionArming arming(session, context_);
    session.markTouched();
    session.connection().executeScript(sql);
    // A script may end the transaction by a COMMIT of its own.
    scope_->statementFailed(nullptr);
    return true;
  });
  static_cast<void>(scope_->use(level_));
  scope_->schemaTouched();
}

void TransactionExecutor::notify(std::string_view channel, std::string_view payload) {
  requireNotifications();
  inside(nullptr, [&](Session& session) {
    const SessionArming arming(session, context_);
    session.connection().notify(channel, payload);
    return true;
  });
}

std::vector<std::string> TransactionExecutor::explainPrepared(std::string_view sql) {
  return inside(nullptr, [&](Session& session) {
    const SessionArming arming(session, context_);
    return session.connection().explain(sql);
  });
}

bool TransactionExecutor::refreshSchema() {
  static_cast<void>(scope_->use(level_));
  scope_->schemaTouched();
  return false;
}

// Its own changes it knows, and those of others are looked for after its end.
bool TransactionExecutor::recheckSchema() { return false; }

void TransactionExecutor::transact(FunctionRef<void(Executor&)> work) {
  const TransactionLevel level = scope_->push(level_);
  TransactionExecutor executor(scope_, level, context_);
  try {
    work(executor);
  } catch (...) {
    scope_->discard(level);
    throw;
  }
  scope_->commit(level);
}

}  // namespace sonde
