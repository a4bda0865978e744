// Transactions and savepoints of one connection to MySQL or MariaDB.
//
// Invariant: whether a transaction is open is what the server says, so that a deadlock, or DDL that
// commits by itself, is not missed. A savepoint never begins a transaction of its own.
#pragma once

#include "../connection.hpp"
#include "mysql_handle.hpp"

namespace sonde {

/// See the file comment. The functions do what those of Connection say.
class MysqlTransactions {
 public:
  /// `handle` must outlive this.
  explicit MysqlTransactions(MysqlHandle& handle) noexcept : handle_(handle) {}

  void begin(const BeginOptions& options);
  void commit();
  void rollback();
  void savepoint(int depth);
  void releaseSavepoint(int depth);
  void rollbackToSavepoint(int depth);

 private:
  void requireActive(const char* what) const;

  MysqlHandle& handle_;
};

}  // namespace sonde
