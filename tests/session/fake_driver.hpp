// A driver for tests of the pool and the statement cache: no engine, but a choice of topology, and
// a record of what was opened, prepared and broken.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
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
  std::atomic<const char*> refusal{""};  ///< SQLSTATE of the refusal.
  std::atomic<int> attempts{0};          ///< To connect.
  std::atomic<int> opening{0};           ///< Connections being opened now.
  std::atomic<int> mostOpening{0};       ///< The most there were at once.
  std::atomic<int> openingMs{0};         ///< How long opening one takes.
  std::atomic<int> pings{0};
  std::atomic<int> brokenUpTo{0};  ///< Connections up to this number are dead.
  std::atomic<int> stateResets{0};
  std::atomic<bool> resetFails{false};

  /// The server went away: what was open is dead, and nothing can be opened.
  void stop() {
    refuseConnections = true;
    brokenUpTo = opened.load();
  }
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

class FakeConnection : public Connection {
 public:
  FakeConnection(World& world, TransactionMode mode)
      : world_(world), mode_(mode), number_(++world.opened) {
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
  bool ping(std::chrono::milliseconds) noexcept override {
    ++world_.pings;
    if (number_ <= world_.brokenUpTo) broken_ = true;
    return !broken_;
  }
  void resetState() override {
    ++world_.stateResets;
    if (world_.resetFails) throw QueryError("no reset");
  }
  bool readOnly() const noexcept override { return mode_ == TransactionMode::Read; }
  Catalog readCatalog() override {
    ++world_.catalogReads;
    return {};
  }
  std::optional<std::uint64_t> schemaCounter() override { return world_.counter.load(); }
  std::vector<SettingReport> settings() override { return {}; }
  std::vector<std::string> explain(std::string_view) override { return {}; }

  void breakIt() noexcept { broken_ = true; }
  int number() const noexcept { return number_; }

 private:
  World& world_;
  TransactionMode mode_;
  int number_;
  bool inTransaction_ = false;
  bool broken_ = false;
};

class FakeDriver : public Driver {
 public:
  explicit FakeDriver(World& world) : world_(world) {}
  // The pool never asks for it.
  const Dialect& dialect() const noexcept override { std::abort(); }
  std::unique_ptr<Connection> connect(const DriverOptions&, TransactionMode mode) const override {
    ++world_.attempts;
    const int now = ++world_.opening;
    if (now > world_.mostOpening) world_.mostOpening = now;
    if (world_.openingMs != 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(world_.openingMs));
    }
    --world_.opening;
    if (world_.refuseConnections) {
      ErrorDetails details;
      details.sqlState = world_.refusal;
      throw ConnectionError("refused by the test", std::move(details));
    }
    return std::make_unique<FakeConnection>(world_, mode);
  }
  Topology topology(Connection&, const DriverOptions&) const override { return world_.topology; }

 private:
  World& world_;
};

}  // namespace sonde::fake
