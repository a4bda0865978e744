// A connection of the mock driver. Used by the driver and the statements it prepares.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../connection.hpp"
#include "mock_database.hpp"

namespace sonde {

/// See Connection.
class MockConnection : public Connection {
 public:
  MockConnection(std::shared_ptr<MockDatabase> database, bool readOnly,
                 std::vector<std::pair<std::string, std::string>> settings);

  [[nodiscard]] std::unique_ptr<Statement> prepare(std::string_view sql, bool persistent) override;
  void executeScript(std::string_view sql) override;

  void begin(const BeginOptions& options) override;
  void commit() override;
  void rollback() override;
  void savepoint(int depth) override;
  void releaseSavepoint(int depth) override;
  void rollbackToSavepoint(int depth) override;
  [[nodiscard]] bool inTransaction() const noexcept override { return inTransaction_; }

  void arm(const Context& context) override { context_ = &context; }
  void disarm() noexcept override;
  void interrupt() noexcept override { interrupted_ = true; }

  [[nodiscard]] std::int64_t lastInsertId() const noexcept override { return lastInsertId_; }
  [[nodiscard]] bool broken() const noexcept override { return broken_; }
  [[nodiscard]] bool readOnly() const noexcept override { return readOnly_; }

  [[nodiscard]] Catalog readCatalog() override;
  [[nodiscard]] std::optional<std::uint64_t> schemaCounter() override;
  [[nodiscard]] std::vector<SettingReport> settings() override;
  [[nodiscard]] std::vector<std::string> explain(std::string_view sql) override;

  /// Runs one statement. @return Its answer. @throws What was scripted, ConnectionError when
  /// broken, Timeout and Cancelled by the context or after interrupt().
  std::shared_ptr<const MockReply> run(std::string sql, std::vector<Value> args);

 private:
  void check();

  std::shared_ptr<MockDatabase> database_;
  std::vector<std::pair<std::string, std::string>> settings_;
  std::uint64_t number_;
  const Context* context_ = nullptr;
  std::atomic<bool> interrupted_{false};
  std::int64_t lastInsertId_ = 0;
  bool readOnly_;
  bool inTransaction_ = false;
  bool broken_ = false;
};

}  // namespace sonde
