#include "postgres_transactions.hpp"

#include <libpq-fe.h>

#include <string_view>
#include <utility>

#include "../../core/error.hpp"
#include "postgres_pipeline.hpp"

namespace sonde {
namespace {

std::string beginSql(const BeginOptions& options) {
  std::string sql = "BEGIN";
  switch (options.isolation) {
    case Isolation::Default:
      break;
    case Isolation::ReadCommitted:
      sql += " ISOLATION LEVEL READ COMMITTED";
      break;
    case Isolation::RepeatableRead:
      sql += " ISOLATION LEVEL REPEATABLE READ";
      break;
    case Isolation::Serializable:
      sql += " ISOLATION LEVEL SERIALIZABLE";
      break;
  }
  if (options.mode == TransactionMode::Read) sql += " READ ONLY";
  if (options.deferrable) sql += " DEFERRABLE";
  return sql;
}

std::string withDepth(const char* verb, int depth) {
  return std::string(verb) + " sonde_" + std::to_string(depth);
}

}  // namespace

void PostgresTransactions::requireActive(const char* what) const {
  if (active()) return;
  session_.handle().requireAlive();
  ErrorDetails details;
  details.sqlState = "25P01";
  throw TransactionError(
      std::string("cannot ") + what + ": there is no transaction, or the server ended it", false,
      std::move(details));
}

void PostgresTransactions::begin(const BeginOptions& options) {
  if (active()) {
    ErrorDetails details;
    details.sqlState = "25001";
    throw TransactionError("a transaction is open already; use a savepoint inside it", false,
                           std::move(details));
  }
  const std::string sql = beginSql(options);
  if (session_.armedSettings().empty()) {
    session_.handle().exec(sql);
  } else {
    beginWithSettings(sql);
  }
}

void PostgresTransactions::beginWithSettings(const std::string& sql) {
  PostgresHandle& handle = session_.handle();
  PostgresPipeline pipeline(handle, sql);
  pipeline.send(sql.c_str());
  pipeline.sendSettings(session_.armedSettings());
  pipeline.sync();
  PostgresResult result;
  if (pipeline.takeGood(result)) static_cast<void>(pipeline.takeGood(result));
  pipeline.finish();
  if (!pipeline.failed()) return;
  if (handle.inTransaction()) handle.execWithin("ROLLBACK", kRollbackTimeout);
  handle.fail(pipeline.failed(), sql);
}

void PostgresTransactions::commit() {
  requireActive("commit");
  const PostgresResult result = session_.handle().exec("COMMIT");
  if (std::string_view(PQcmdStatus(result.get())) != "ROLLBACK") return;
  ErrorDetails details;
  details.sqlState = "25P02";
  throw TransactionError(
      "the transaction was rolled back instead of committed, because a statement in it had failed",
      false, std::move(details));
}

void PostgresTransactions::rollback() {
  // Whatever the context says: a deadline that passed is often why there is something to undo.
  if (!active() || session_.handle().execWithin("ROLLBACK", kRollbackTimeout)) return;
  session_.handle().markBroken();
}

void PostgresTransactions::savepoint(int depth) {
  requireActive("set a savepoint");
  session_.handle().exec(withDepth("SAVEPOINT", depth));
}

void PostgresTransactions::releaseSavepoint(int depth) {
  requireActive("release a savepoint");
  session_.handle().exec(withDepth("RELEASE SAVEPOINT", depth));
}

void PostgresTransactions::rollbackToSavepoint(int depth) {
  requireActive("roll back to a savepoint");
  session_.handle().exec(withDepth("ROLLBACK TO SAVEPOINT", depth));
}

}  // namespace sonde
