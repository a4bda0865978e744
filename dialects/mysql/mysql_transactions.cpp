#include "mysql_transactions.hpp"

#include <string>
#include <string_view>
#include <utility>

#include "../../core/error.hpp"

namespace sonde {
namespace {

std::string_view isolationName(Isolation isolation) noexcept {
  switch (isolation) {
    case Isolation::ReadCommitted:
      return "READ COMMITTED";
    case Isolation::RepeatableRead:
      return "REPEATABLE READ";
    case Isolation::Serializable:
      return "SERIALIZABLE";
    case Isolation::Default:
      break;
  }
  return {};
}

std::string nameAt(int depth) { return " sonde_" + std::to_string(depth); }

}  // namespace

void MysqlTransactions::requireActive(const char* what) const {
  if (handle_.inTransaction()) return;
  ErrorDetails details;
  details.sqlState = "25P01";
  details.hint = "DDL commits by itself, and a deadlock rolls the whole transaction back";
  throw TransactionError(
      std::string("cannot ") + what + ": there is no transaction, or the server ended it", false,
      std::move(details));
}

void MysqlTransactions::begin(const BeginOptions& options) {
  if (options.deferrable) throw Unsupported("MySQL and MariaDB have no deferrable transactions");
  if (handle_.inTransaction()) {
    // START TRANSACTION would commit the open one without a word.
    ErrorDetails details;
    details.sqlState = "25001";
    throw TransactionError("a transaction is open already; use a savepoint inside it", false,
                           std::move(details));
  }
  if (options.isolation != Isolation::Default) {
    handle_.execute("SET TRANSACTION ISOLATION LEVEL " +
                    std::string(isolationName(options.isolation)));
  }
  const bool reads = options.mode == TransactionMode::Read || handle_.options().readOnly;
  handle_.execute(reads ? "START TRANSACTION READ ONLY" : "START TRANSACTION READ WRITE");
}

void MysqlTransactions::commit() {
  requireActive("commit");
  handle_.execute("COMMIT");
}

void MysqlTransactions::rollback() {
  if (handle_.inTransaction()) handle_.execute("ROLLBACK");
}

void MysqlTransactions::savepoint(int depth) {
  requireActive("set a savepoint");
  handle_.execute("SAVEPOINT" + nameAt(depth));
}

void MysqlTransactions::releaseSavepoint(int depth) {
  requireActive("release a savepoint");
  handle_.execute("RELEASE SAVEPOINT" + nameAt(depth));
}

void MysqlTransactions::rollbackToSavepoint(int depth) {
  if (handle_.inTransaction()) handle_.execute("ROLLBACK TO SAVEPOINT" + nameAt(depth));
}

}  // namespace sonde
