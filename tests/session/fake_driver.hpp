// A driver for tests of the pool and the statement cache: no engine, but a choice of topology, and
// a record of what was opened, prepared and broken.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sonde/core/error.hpp>
#include <sonde/dialects/driver.hpp>

namespace sonde::fake {

/// What the connections of one driver share. Fields that tests change while threads run are atomic.
struct World {
  Topology topology;
  std::atomic<int> opened{0};
  std::atomic<int> alive{0};
  std::atomic<int> prepared{0};
  std::atomic<int> resets{0};
  std::atomic<int> rollbacks{0};
  std::atomic<int> catalogReads{0};
  std::atomic<std::uint64_t> counter{1};
  std::atomic<bool> refuseConnections{false};
};

class FakeStatement final : public Statement {
 public:
  FakeStatement(World& world, std::string sql) : world_(world), sql_(std::move(sql)) {}
  void bind(Args) override {}
  const Cell* step() override { return nullptr; }
  BlockPtr fetch(std::size_t, std::size_t) override { return ResultBlock::make(columns_); }
  std::uint64_t run() override { return 0; }
  const std::shared_ptr<const Columns>& columns() override { return columns_; }
  void reset() noexcept override { ++world_.resets; }
  bool readOnly() const noexcept override { return !sql_.starts_with("write"); }
  std::size_t parameterCount() const noexcept override { return 0; }
  bool takeSchemaChanged() noexcept override { return false; }

 private:
  World& world_;
  std::string sql_;
  std::shared_ptr<const Columns> columns_ = Columns::make({});
};

class FakeConnection final : public Connection {
 public:
  FakeConnection(World& world, TransactionMode mode) : world_(world), mode_(mode) {
    ++world_.opened;
    ++world_.alive;
  }
  ~FakeConnection() override { --world_.alive; }

  std::unique_ptr<Statement> prepare(std::string_view sql, bool) override {
    ++world_.prepared;
    return std::make_unique<FakeStatement>(world_, std::string(sql));
  }
  void executeScript(std::string_view) override {}
  void begin(const BeginOptions&) override { inTransaction_ = true; }
  void commit() override { inTransaction_ = false; }
  void rollback() override {
    ++world_.rollbacks;
    inTransaction_ = false;
  }
  void savepoint(int) override {}
  void releaseSavepoint(int) override {}
  void rollbackToSavepoint(int) override {}
  bool inTransaction() const noexcept override { return inTransaction_; }
  void arm(const Context&) override {}
  void disarm() noexcept override {}
  void interrupt() noexcept override {}
  std::int64_t lastInsertId() const noexcept override { return 0; }
  bool broken() const noexcept override { return broken_; }
  bool readOnly() const noexcept override { return mode_ == TransactionMode::Read; }
  Catalog readCatalog() override {
    ++world_.catalogReads;
    return {};
  }
  std::optional<std::uint64_t> schemaCounter() override { return world_.counter.load(); }
  std::vector<SettingReport> settings() override { return {}; }
  std::vector<std::string> explain(std::string_view) override { return {}; }

  void breakIt() noexcept { broken_ = true; }

 private:
  World& world_;
  TransactionMode mode_;
  bool inTransaction_ = false;
  bool broken_ = false;
};

class FakeDriver final : public Driver {
 public:
  explicit FakeDriver(World& world) : world_(world) {}
  // The pool never asks for it.
  const Dialect& dialect() const noexcept override { std::abort(); }
  std::unique_ptr<Connection> connect(const DriverOptions&, TransactionMode mode) const override {
    if (world_.refuseConnections) throw ConnectionError("refused by the test");
    return std::make_unique<FakeConnection>(world_, mode);
  }
  Topology topology(Connection&, const DriverOptions&) const override { return world_.topology; }

 private:
  World& world_;
};

}  // namespace sonde::fake
