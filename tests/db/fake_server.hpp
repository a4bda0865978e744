// A driver that behaves like a server's, for tests of what needs one: statements are answered by
// the script of a MockDatabase, everything else by what stands here.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>
#include <sonde/dialects/mock/mock_connection.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/dialects/registry.hpp>

namespace sonde::testing_db {

/// What the connections of one fake server share.
struct FakeServer {
  std::shared_ptr<MockDatabase> script = std::make_shared<MockDatabase>();
  Capabilities capabilities;
  std::size_t poolSize = 0;  ///< As the driver was told.
  std::chrono::milliseconds connectTimeout{0};

  std::atomic<std::uint64_t> hash{1};
  std::atomic<int> hashesAsked{0};
  std::atomic<int> catalogReads{0};
  std::atomic<int> resets{0};
  std::atomic<int> alive{0};
  std::atomic<bool> refuse{false};
  std::atomic<bool> spoils{false};  ///< A statement that fails in a transaction spoils it.

  std::mutex mutex;
  std::condition_variable changed;
  std::vector<BeginOptions> begun;
  std::vector<std::vector<Context::Pair>> armed;  ///< Settings of the contexts that were armed.
  std::map<std::string, const void*> locks;
  std::multimap<std::string, class FakeServerConnection*> listeners;
  std::vector<std::vector<Value>> bulkRows;
  std::vector<std::string> bulkColumns;
  std::optional<ConnectionError> commitBreaks;

  FakeServer() {
    capabilities = MockDialect::instance().capabilities();
    capabilities.fileSettings = false;
    capabilities.sessionSettings = capabilities.namedLocks = capabilities.notifications = true;
    script->setTopology({PoolShape::Uniform, 4, "a fake server"});
  }
  /// Ends every connection that listens, as when the server stops.
  void dropListeners();
};

class FakeServerConnection final : public MockConnection {
 public:
  explicit FakeServerConnection(FakeServer& server)
      : MockConnection(server.script, false, {}), server_(server) {
    ++server_.alive;
  }
  ~FakeServerConnection() override {
    --server_.alive;
    const std::lock_guard lock(server_.mutex);
    std::erase_if(server_.locks, [this](const auto& held) { return held.second == this; });
    std::erase_if(server_.listeners, [this](const auto& each) { return each.second == this; });
    server_.changed.notify_all();
  }

  void begin(const BeginOptions& options) override {
    MockConnection::begin(options);
    const std::lock_guard lock(server_.mutex);
    server_.begun.push_back(options);
  }
  void commit() override {
    if (server_.commitBreaks) throw ConnectionError(*server_.commitBreaks);
    MockConnection::commit();
  }
  void arm(const Context& context) override {
    MockConnection::arm(context);
    const std::lock_guard lock(server_.mutex);
    server_.armed.push_back(context.settings());
  }
  Catalog readCatalog() override {
    ++server_.catalogReads;
    return MockConnection::readCatalog();
  }
  std::optional<std::uint64_t> schemaCounter() override { return std::nullopt; }
  std::optional<std::uint64_t> schemaHash() override {
    ++server_.hashesAsked;
    return server_.hash.load();
  }
  void resetState() override { ++server_.resets; }
  bool broken() const noexcept override { return dropped_ || MockConnection::broken(); }

  std::uint64_t bulkInsert(const Table&, const std::vector<std::string>& columns,
                           FunctionRef<Args()> next) override {
    std::uint64_t rows = 0;
    server_.bulkColumns = columns;
    for (Args args = next(); !args.empty(); args = next(), ++rows) {
      std::vector<Value> row;
      for (const Arg& arg : args) row.push_back(arg.toValue());
      server_.bulkRows.push_back(std::move(row));
    }
    return rows;
  }

  bool lock(std::string_view name, std::chrono::milliseconds timeout) override {
    std::unique_lock guard(server_.mutex);
    const bool had = server_.changed.wait_for(
        guard, timeout, [&] { return server_.locks.count(std::string(name)) == 0; });
    if (had) server_.locks[std::string(name)] = this;
    return had;
  }
  void unlock(std::string_view name) override {
    const std::lock_guard guard(server_.mutex);
    server_.locks.erase(std::string(name));
    server_.changed.notify_all();
  }

  void listen(std::string_view channel) override {
    const std::lock_guard lock(server_.mutex);
    server_.listeners.emplace(channel, this);
    server_.changed.notify_all();
  }
  void unlisten(std::string_view channel) override {
    const std::lock_guard lock(server_.mutex);
    std::erase_if(server_.listeners,
                  [&](const auto& each) { return each.first == channel && each.second == this; });
  }
  std::optional<Notification> waitForNotification(std::chrono::milliseconds timeout) override {
    std::unique_lock lock(server_.mutex);
    server_.changed.wait_for(lock, timeout,
                             [&] { return !inbox_.empty() || woken_ || dropped_.load(); });
    woken_ = false;
    if (dropped_) throw ConnectionError("the fake server went away");
    if (inbox_.empty()) return std::nullopt;
    Notification message = std::move(inbox_.front());
    inbox_.pop_front();
    return message;
  }
  void interrupt() noexcept override {
    const std::lock_guard lock(server_.mutex);
    woken_ = true;
    server_.changed.notify_all();
  }
  void notify(std::string_view channel, std::string_view payload) override {
    const std::lock_guard lock(server_.mutex);
    const auto [from, to] = server_.listeners.equal_range(std::string(channel));
    for (auto it = from; it != to; ++it) {
      it->second->inbox_.push_back({std::string(channel), std::string(payload)});
    }
    server_.changed.notify_all();
  }

 private:
  friend struct FakeServer;

  FakeServer& server_;
  std::deque<Notification> inbox_;
  bool woken_ = false;
  std::atomic<bool> dropped_{false};
};

inline void FakeServer::dropListeners() {
  const std::lock_guard lock(mutex);
  for (const auto& [channel, connection] : listeners) connection->dropped_ = true;
  changed.notify_all();
}

class FakeServerCompiler final : public MockCompiler {
 public:
  explicit FakeServerCompiler(const FakeServer& server) : server_(server) {}
  const Capabilities& capabilities() const noexcept override { return server_.capabilities; }

 private:
  const FakeServer& server_;
};

class FakeServerDialect final : public Dialect {
 public:
  explicit FakeServerDialect(const FakeServer& server) : compiler_(server) {}
  std::string_view name() const noexcept override { return "fake"; }
  const SqlCompiler& compiler() const noexcept override { return compiler_; }
  const query::LexerRules& lexerRules() const noexcept override { return compiler_.lexerRules(); }

 private:
  FakeServerCompiler compiler_;
};

class FakeServerDriver final : public Driver {
 public:
  explicit FakeServerDriver(FakeServer& server) : server_(server), dialect_(server) {}
  const Dialect& dialect() const noexcept override { return dialect_; }
  std::unique_ptr<Connection> connect(const DriverOptions& options,
                                      TransactionMode) const override {
    server_.poolSize = options.poolSize;
    server_.connectTimeout = options.connectTimeout;
    if (server_.refuse) throw ConnectionError("the fake server refuses");
    return std::make_unique<FakeServerConnection>(server_);
  }
  Topology topology(Connection&, const DriverOptions&) const override {
    return server_.script->topology();
  }

 private:
  FakeServer& server_;
  FakeServerDialect dialect_;
};

/// Registers a fake server under the scheme "fake" while it lives.
class FakeServerTest : public testing::Test {
 protected:
  FakeServerTest() {
    registerDriver("fake", [this] { return std::make_unique<FakeServerDriver>(server_); });
  }
  ~FakeServerTest() override { unregisterDriver("fake"); }

  [[nodiscard]] static Table tableOf(const char* name, std::initializer_list<const char*> columns) {
    Table table;
    table.schema = "main";
    table.name = name;
    for (const char* each : columns) {
      Column column;
      column.name = each;
      column.position = static_cast<int>(table.columns.size()) + 1;
      column.type = table.columns.empty() ? Type::Integer : Type::Text;
      table.columns.push_back(column);
    }
    table.primaryKey = PrimaryKey{std::nullopt, {table.columns.front().name}};
    return table;
  }
  /// Opens a database with the table users (id, name, email).
  [[nodiscard]] Database open(Config config = {}) {
    Catalog catalog;
    catalog.dialect = "fake";
    catalog.searchPath = {"main"};
    catalog.tables.push_back(tableOf("users", {"id", "name", "email"}));
    setCatalog(std::move(catalog));
    if (config.uri.empty()) config.uri = "fake:shop";
    Database db = Database::open(config);
    server_.script->clearCalls();
    return db;
  }
  void setCatalog(Catalog catalog) {
    server_.script->setCatalog(std::move(catalog));
    ++server_.hash;
  }
  [[nodiscard]] std::vector<std::string> statements() {
    auto all = server_.script->statements();
    server_.script->clearCalls();
    return all;
  }
  template <class E>
  [[nodiscard]] static MockReply failing(const char* sqlState, const char* what = "no") {
    ErrorDetails details;
    details.sqlState = sqlState;
    return MockReply::failing(E(what, std::move(details)));
  }

  FakeServer server_;
};

}  // namespace sonde::testing_db
