#include "sqlite_transactions.hpp"

#include <sqlite3.h>

#include <algorithm>

#include "../../core/error.hpp"

namespace sonde {

SqliteTransactions::~SqliteTransactions() {
  for (sqlite3_stmt* statement : {begin_, beginImmediate_, commit_, rollback_}) {
    sqlite3_finalize(statement);
  }
  for (const Savepoint& savepoint : savepoints_) {
    sqlite3_finalize(savepoint.set);
    sqlite3_finalize(savepoint.release);
    sqlite3_finalize(savepoint.rollback);
  }
}

bool SqliteTransactions::active() const noexcept {
  return sqlite3_get_autocommit(handle_.db()) == 0;
}

void SqliteTransactions::requireActive(const char* what) const {
  if (active()) return;
  ErrorDetails details;
  details.sqlState = "25P01";
  throw TransactionError(std::string("cannot ") + what +
                             ": there is no transaction, or the engine ended it after an error",
                         false, std::move(details));
}

void SqliteTransactions::execute(sqlite3_stmt*& statement, const char* sql) {
  handle_.started();
  if (statement == nullptr) {
    handle_.check(
        sqlite3_prepare_v3(handle_.db(), sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr),
        sql);
  }
  const int code = sqlite3_step(statement);
  const int result = sqlite3_reset(statement);
  if (code != SQLITE_DONE) handle_.fail(result == SQLITE_OK ? code : result, sql);
}

void SqliteTransactions::begin(const BeginOptions& options) {
  // Every transaction of SQLite is serializable, so each level that is asked for is given.
  if (options.deferrable) throw Unsupported("SQLite has no deferrable transactions");
  if (active()) {
    ErrorDetails details;
    details.sqlState = "25001";
    throw TransactionError("a transaction is open already; use a savepoint inside it", false,
                           std::move(details));
  }
  if (options.mode == TransactionMode::Write) {
    execute(beginImmediate_, "BEGIN IMMEDIATE");
  } else {
    execute(begin_, "BEGIN");
  }
}

void SqliteTransactions::commit() {
  requireActive("commit");
  execute(commit_, "COMMIT");
}

void SqliteTransactions::rollback() {
  if (active()) execute(rollback_, "ROLLBACK");
}

SqliteTransactions::Savepoint& SqliteTransactions::at(int depth) {
  const auto index = static_cast<std::size_t>(std::max(depth, 0));
  if (index >= savepoints_.size()) savepoints_.resize(index + 1);
  return savepoints_[index];
}

void SqliteTransactions::executeSavepoint(sqlite3_stmt*& statement, const char* verb, int depth) {
  // The text is only needed to prepare; afterwards the statement knows it.
  if (statement != nullptr) return execute(statement, sqlite3_sql(statement));
  const std::string sql = std::string(verb) + " sonde_" + std::to_string(depth);
  execute(statement, sql.c_str());
}

void SqliteTransactions::savepoint(int depth) {
  requireActive("set a savepoint");
  executeSavepoint(at(depth).set, "SAVEPOINT", depth);
}

void SqliteTransactions::releaseSavepoint(int depth) {
  requireActive("release a savepoint");
  executeSavepoint(at(depth).release, "RELEASE", depth);
}

void SqliteTransactions::rollbackToSavepoint(int depth) {
  if (active()) executeSavepoint(at(depth).rollback, "ROLLBACK TO", depth);
}

}  // namespace sonde
