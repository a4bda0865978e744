// A connection to a SQLite database.
//
// Invariant: see Connection. Statements, control statements and callbacks share one SqliteHandle,
// so a statement may outlive its connection. A connection for writing should be closed last: the
// last one to close folds the write-ahead log into the file, which a reader cannot.
#pragma once

#include <memory>
#include <string_view>

#include "../connection.hpp"
#include "sqlite_handle.hpp"
#include "sqlite_schema_counter.hpp"
#include "sqlite_settings.hpp"
#include "sqlite_transactions.hpp"

struct sqlite3_stmt;

namespace sonde {

/// See the file comment and Connection.
class SqliteConnection final : public Connection {
 public:
  SqliteConnection(std::shared_ptr<SqliteHandle> handle, SqliteRequests requests);
  ~SqliteConnection() override;
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  [[nodiscard]] std::unique_ptr<Statement> prepare(std::string_view sql, bool persistent) override;
  void executeScript(std::string_view sql) override;

  void begin(const BeginOptions& options) override { transactions_.begin(options); }
  void commit() override { transactions_.commit(); }
  void rollback() override { transactions_.rollback(); }
  void savepoint(int depth) override { transactions_.savepoint(depth); }
  void releaseSavepoint(int depth) override { transactions_.releaseSavepoint(depth); }
  void rollbackToSavepoint(int depth) override { transactions_.rollbackToSavepoint(depth); }
  [[nodiscard]] bool inTransaction() const noexcept override { return transactions_.active(); }

  void arm(const Context& context) override { handle_->arm(context); }
  void disarm() noexcept override { handle_->disarm(); }
  void interrupt() noexcept override { handle_->interrupt(); }

  [[nodiscard]] std::int64_t lastInsertId() const noexcept override;
  [[nodiscard]] bool broken() const noexcept override { return handle_->broken(); }
  [[nodiscard]] bool readOnly() const noexcept override;

  [[nodiscard]] Catalog readCatalog() override;
  [[nodiscard]] std::optional<std::uint64_t> schemaCounter() override;

  [[nodiscard]] std::vector<SettingReport> settings() override;
  [[nodiscard]] std::vector<std::string> explain(std::string_view sql) override;

  [[nodiscard]] SqliteHandle& handle() noexcept { return *handle_; }

 private:
  /// Prepares the first statement of `sql`; nullptr when there is none. `rest` is what follows it.
  /// `script` is what `sql` is the end of, for positions in errors.
  [[nodiscard]] sqlite3_stmt* prepareFirst(std::string_view sql, unsigned flags,
                                           std::string_view& rest, std::string_view script = {});
  [[nodiscard]] sqlite3_stmt* prepareOnly(std::string_view sql, unsigned flags);

  std::shared_ptr<SqliteHandle> handle_;
  SqliteRequests requests_;
  SqliteTransactions transactions_;
  std::shared_ptr<SqliteSchemaCounter> schemaCounter_;
};

}  // namespace sonde
