// A connection to a MySQL or MariaDB server.
//
// Invariant: see Connection. Statements share one MysqlHandle with it, so a statement may outlive
// its connection.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../connection.hpp"
#include "mysql_handle.hpp"
#include "mysql_transactions.hpp"

namespace sonde {

/// See the file comment and Connection.
class MysqlConnection final : public Connection {
 public:
  explicit MysqlConnection(std::shared_ptr<MysqlHandle> handle);

  [[nodiscard]] std::unique_ptr<Statement> prepare(std::string_view sql, bool persistent) override;
  void executeScript(std::string_view sql) override;

  void begin(const BeginOptions& options) override { transactions_.begin(options); }
  void commit() override { transactions_.commit(); }
  void rollback() override { transactions_.rollback(); }
  void savepoint(int depth) override { transactions_.savepoint(depth); }
  void releaseSavepoint(int depth) override { transactions_.releaseSavepoint(depth); }
  void rollbackToSavepoint(int depth) override { transactions_.rollbackToSavepoint(depth); }
  [[nodiscard]] bool inTransaction() const noexcept override { return handle_->inTransaction(); }

  void arm(const Context& context) override { handle_->arm(context); }
  void disarm() noexcept override { handle_->disarm(); }
  void interrupt() noexcept override { handle_->interrupt(); }

  [[nodiscard]] std::int64_t lastInsertId() const noexcept override;
  [[nodiscard]] bool broken() const noexcept override { return handle_->broken(); }
  [[nodiscard]] bool readOnly() const noexcept override { return handle_->options().readOnly; }

  [[nodiscard]] Catalog readCatalog() override;
  /// @return Empty: the server keeps no such number.
  [[nodiscard]] std::optional<std::uint64_t> schemaCounter() override { return std::nullopt; }
  /// mysqlSchemaHash()
  [[nodiscard]] std::optional<std::uint64_t> schemaHash() override;

  /// COM_PING, which asks nothing of the server but to answer.
  [[nodiscard]] bool ping(std::chrono::milliseconds timeout) noexcept override;
  /// COM_RESET_CONNECTION, then the session is set up again. Prepared statements end with it; each
  /// is prepared again when it is next run.
  void resetState() override;

  std::uint64_t bulkInsert(const Table& table, const std::vector<std::string>& columns,
                           FunctionRef<Args()> next) override;

  /// SELECT GET_LOCK(name, seconds). Names longer than 64 characters are hashed.
  [[nodiscard]] bool lock(std::string_view name, std::chrono::milliseconds timeout) override;
  /// DO RELEASE_LOCK(name)
  void unlock(std::string_view name) override;

  [[nodiscard]] std::vector<SettingReport> settings() override;
  /// EXPLAIN, each row as "column=value" of what is not NULL.
  [[nodiscard]] std::vector<std::string> explain(std::string_view sql) override;

  [[nodiscard]] MysqlHandle& handle() noexcept { return *handle_; }

 private:
  std::shared_ptr<MysqlHandle> handle_;
  MysqlTransactions transactions_;
};

}  // namespace sonde
