#include "sqlite_driver.hpp"

#include <string>
#include <utility>

#include "../../core/error.hpp"
#include "../setting_warnings.hpp"
#include "sqlite_backup.hpp"
#include "sqlite_connection.hpp"
#include "sqlite_dialect.hpp"
#include "sqlite_open.hpp"
#include "sqlite_probes.hpp"
#include "sqlite_profiles.hpp"
#include "sqlite_settings.hpp"
#include "sqlite_tuner.hpp"
#include "sqlite_what_if.hpp"

namespace sonde {
namespace {

class SqliteDriver final : public Driver {
 public:
  [[nodiscard]] const Dialect& dialect() const noexcept override {
    return SqliteDialect::instance();
  }
  [[nodiscard]] std::unique_ptr<Connection> connect(const DriverOptions& options,
                                                    TransactionMode mode) const override;
  [[nodiscard]] Topology topology(Connection& first, const DriverOptions& options) const override;
  [[nodiscard]] WhatIfOffer whatIf(Connection& connection, std::shared_ptr<const Schema> schema,
                                   const WhatIfOptions& options) const override;
  [[nodiscard]] std::unique_ptr<BackupMaker> backup() const override { return makeSqliteBackup(); }
  [[nodiscard]] EngineSettings profile(std::string_view name) const override {
    return sqliteProfile(parseProfile(name));
  }
  [[nodiscard]] std::unique_ptr<Tuner> tuner() const override {
    return std::make_unique<SqliteTuner>();
  }
  [[nodiscard]] std::vector<std::shared_ptr<const Probe>> probes(
      const DriverOptions& options) const override {
    return sqliteProbes(options);
  }
};

Topology single(std::string reason) { return {PoolShape::Single, 0, std::move(reason)}; }

/// A database that lives and dies with its one connection.
Topology own(std::string reason) { return {PoolShape::Single, 0, std::move(reason), true}; }

std::unique_ptr<Connection> SqliteDriver::connect(const DriverOptions& options,
                                                  TransactionMode mode) const {
  SqliteRequests requests = readSqliteRequests(options);
  auto handle = openSqlite(options, requests, mode);
  auto connection = std::make_unique<SqliteConnection>(std::move(handle), std::move(requests));
  warnOfUnhonoured(*connection, options.logger);
  return connection;
}

Topology SqliteDriver::topology(Connection& first, const DriverOptions& options) const {
  auto* const connection = dynamic_cast<SqliteConnection*>(&first);
  if (connection == nullptr) return single("not a connection of this driver");
  switch (sqliteHome(options.uri.path)) {
    case SqliteHome::Memory:
      return own("in-memory database");
    case SqliteHome::Temporary:
      return own("temporary database");
    case SqliteHome::File:
      break;
  }
  for (const Attachment& attachment : options.attachments) {
    // Each connection would attach an empty one of its own.
    if (sqliteHome(attachment.path) != SqliteHome::File) {
      return single("attached database \"" + attachment.name + "\" lives in one connection only");
    }
    const std::string mode = sqliteJournalMode(connection->handle(), attachment.name);
    if (mode != "wal") {
      return single("attached database \"" + attachment.name + "\" has a rollback journal (" +
                    mode + ")");
    }
  }
  const std::string mode = sqliteJournalMode(connection->handle(), "main");
  if (mode != "wal") return single("rollback journal (" + mode + ")");
  if (options.maxReaders == 0) return single("no readers are configured");
  return {PoolShape::WriterAndReaders, options.maxReaders, "write-ahead log"};
}

WhatIfOffer SqliteDriver::whatIf(Connection& connection, std::shared_ptr<const Schema> schema,
                                 const WhatIfOptions& options) const {
  auto* const own = dynamic_cast<SqliteConnection*>(&connection);
  if (own == nullptr) return {nullptr, "not a connection of this driver"};
  return {makeSqliteWhatIf(own->handle(), std::move(schema), options), {}};
}

}  // namespace

std::unique_ptr<Driver> makeSqliteDriver() { return std::make_unique<SqliteDriver>(); }

}  // namespace sonde
