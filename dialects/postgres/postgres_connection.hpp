// A connection to a PostgreSQL server.
//
// Invariant: see Connection. Statements share its PostgresSession, so a statement may outlive it.
#pragma once

#include <memory>
#include <string_view>

#include "../connection.hpp"
#include "postgres_session.hpp"
#include "postgres_settings.hpp"
#include "postgres_transactions.hpp"

namespace sonde {

class PostgresNotifications;

/// See the file comment and Connection.
class PostgresConnection final : public Connection {
 public:
  PostgresConnection(std::shared_ptr<PostgresHandle> handle,
                     std::shared_ptr<PostgresTypeCache> types, PostgresRequests requests);
  ~PostgresConnection() override;
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  [[nodiscard]] std::unique_ptr<Statement> prepare(std::string_view sql, bool persistent) override;
  void executeScript(std::string_view sql) override;

  void begin(const BeginOptions& options) override { transactions_.begin(options); }
  void commit() override { transactions_.commit(); }
  void rollback() override { transactions_.rollback(); }
  void savepoint(int depth) override { transactions_.savepoint(depth); }
  void releaseSavepoint(int depth) override { transactions_.releaseSavepoint(depth); }
  void rollbackToSavepoint(int depth) override { transactions_.rollbackToSavepoint(depth); }
  [[nodiscard]] bool inTransaction() const noexcept override { return transactions_.active(); }

  void arm(const Context& context) override { session_->arm(context); }
  void disarm() noexcept override { session_->disarm(); }
  void interrupt() noexcept override { session_->handle().interrupt(); }

  /// @return 0: keys are had by RETURNING.
  [[nodiscard]] std::int64_t lastInsertId() const noexcept override { return 0; }
  /// @return Also, outside a transaction, when the server takes no writes any more: a switch-over
  /// made another one the primary, which only a new connection finds.
  [[nodiscard]] bool broken() const noexcept override;
  [[nodiscard]] bool readOnly() const noexcept override;

  [[nodiscard]] Catalog readCatalog() override;
  [[nodiscard]] std::optional<std::uint64_t> schemaCounter() override { return std::nullopt; }
  [[nodiscard]] std::optional<std::uint64_t> schemaHash() override;

  /// An empty statement, with the timeout given.
  [[nodiscard]] bool ping(std::chrono::milliseconds timeout) noexcept override;
  [[nodiscard]] std::optional<ReplicationState> replicationState() override;
  /// ROLLBACK where one is needed, then RESET ALL, CLOSE ALL, UNLISTEN *, DISCARD TEMP,
  /// DISCARD SEQUENCES and pg_advisory_unlock_all(): DISCARD ALL but for prepared statements.
  void resetState() override;

  /// COPY "schema"."table" (columns) FROM STDIN.
  std::uint64_t bulkInsert(const Table& table, const std::vector<std::string>& columns,
                           FunctionRef<Args()> next) override;

  /// SELECT pg_advisory_lock(…) by a hash of the name.
  [[nodiscard]] bool lock(std::string_view name, std::chrono::milliseconds timeout) override;
  void unlock(std::string_view name) override;

  void listen(std::string_view channel) override;
  void unlisten(std::string_view channel) override;
  [[nodiscard]] std::optional<Notification> waitForNotification(
      std::chrono::milliseconds timeout) override;
  /// SELECT pg_notify($1, $2)
  void notify(std::string_view channel, std::string_view payload) override;

  [[nodiscard]] std::vector<SettingReport> settings() override;
  /// EXPLAIN …
  [[nodiscard]] std::vector<std::string> explain(std::string_view sql) override;

  [[nodiscard]] PostgresHandle& handle() noexcept { return session_->handle(); }
  /// @return Whether PgBouncer stands between, which shares sessions of the server.
  [[nodiscard]] bool pooled() const noexcept { return session_->pooled(); }

 private:
  [[nodiscard]] PostgresNotifications& notifications();
  void refuseWhenPooled(std::string_view what) const;

  std::shared_ptr<PostgresSession> session_;
  PostgresRequests requests_;
  PostgresTransactions transactions_;
  std::unique_ptr<PostgresNotifications> notifications_;  // made when first asked for
};

}  // namespace sonde
