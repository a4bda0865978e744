#include "transaction_executor.hpp"

#include <exception>
#include <type_traits>

namespace sonde {

template <class Work>
auto TransactionExecutor::callHere(const query::Plan& plan, Args args, Work& work,
                                   RunCounts& counts, Observation* observation) {
  Session& session = scope_->use(level_);
  const TransactionScope::Running running(*scope_);
  if (observation != nullptr) observation->start();
  try {
    StatementRun run(session, plan, context_);
    return run.with(args, compiler(), work, counts);
  } catch (...) {
    scope_->statementFailed();
    throw;
  }
}

template <class Work>
auto TransactionExecutor::call(const query::Plan& plan, Args args, Work work) {
  RunCounts counts;
  const ObserverChain& observers = runtime_->observers();
  if (observers.empty()) [[likely]] {
    return callHere(plan, args, work, counts, nullptr);
  }
  const StatementInfo info{plan, context_, args.size(), true};
  Observation observation(observers, info);
  try {
    if constexpr (std::is_void_v<decltype(callHere(plan, args, work, counts, nullptr))>) {
      callHere(plan, args, work, counts, &observation);
      observation.succeeded(counts.rows, counts.affected);
    } else {
      auto result = callHere(plan, args, work, counts, &observation);
      observation.succeeded(counts.rows, counts.affected);
      return result;
    }
  } catch (const std::exception& error) {
    observation.failed(error);
    throw;
  }
}

ResultSet TransactionExecutor::query(const query::Plan& plan, Args args) {
  return call(plan, args, FetchAll{runtime_->options().maxResultBytes});
}

std::optional<Row> TransactionExecutor::queryRow(const query::Plan& plan, Args args) {
  return call(plan, args, FetchFirst{runtime_->options().maxResultBytes});
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
  Session& session = scope_->use(level_);
  const TransactionScope::Running running(*scope_);
  try {
    const SessionArming arming(session, context_);
    session.connection().executeScript(sql);
  } catch (...) {
    scope_->statementFailed();
    throw;
  }
  scope_->statementFailed();
  static_cast<void>(scope_->use(level_));
  scope_->schemaTouched();
}

bool TransactionExecutor::refreshSchema() {
  static_cast<void>(scope_->use(level_));
  scope_->schemaTouched();
  return false;
}

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
