// Transactions and savepoints of one SQLite connection, by statements that are prepared once.
//
// Invariant: a savepoint never begins a transaction of its own: when the engine has ended the
// transaction (disk full, ON CONFLICT ROLLBACK, an interrupted write), the next savepoint is an
// error.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "../connection.hpp"
#include "sqlite_handle.hpp"

struct sqlite3_stmt;

namespace sonde {

/// See the file comment. The functions do what those of Connection say.
class SqliteTransactions {
 public:
  /// `handle` must outlive this.
  explicit SqliteTransactions(SqliteHandle& handle) noexcept : handle_(handle) {}
  ~SqliteTransactions();
  SqliteTransactions(const SqliteTransactions&) = delete;
  SqliteTransactions& operator=(const SqliteTransactions&) = delete;

  void begin(const BeginOptions& options);
  void commit();
  void rollback();
  void savepoint(int depth);
  void releaseSavepoint(int depth);
  void rollbackToSavepoint(int depth);
  [[nodiscard]] bool active() const noexcept;

 private:
  /// The three statements of one savepoint depth.
  struct Savepoint {
    sqlite3_stmt* set = nullptr;
    sqlite3_stmt* release = nullptr;
    sqlite3_stmt* rollback = nullptr;
  };

  void execute(sqlite3_stmt*& statement, const char* sql);
  void executeSavepoint(sqlite3_stmt*& statement, const char* verb, int depth);
  [[nodiscard]] Savepoint& at(int depth);
  void requireActive(const char* what) const;

  SqliteHandle& handle_;
  sqlite3_stmt* begin_ = nullptr;
  sqlite3_stmt* beginImmediate_ = nullptr;
  sqlite3_stmt* commit_ = nullptr;
  sqlite3_stmt* rollback_ = nullptr;
  std::vector<Savepoint> savepoints_;
};

}  // namespace sonde
