#include "postgres_driver.hpp"

#include <string>
#include <utility>

#include "../backup.hpp"
#include "../setting_warnings.hpp"
#include "postgres_connection.hpp"
#include "postgres_dialect.hpp"
#include "postgres_open.hpp"
#include "postgres_probes.hpp"
#include "postgres_settings.hpp"
#include "postgres_tuner.hpp"
#include "postgres_usage.hpp"
#include "postgres_what_if.hpp"

namespace sonde {
namespace {

class PostgresDriver final : public Driver {
 public:
  [[nodiscard]] const Dialect& dialect() const noexcept override {
    return PostgresDialect::instance();
  }
  [[nodiscard]] std::unique_ptr<Connection> connect(const DriverOptions& options,
                                                    TransactionMode mode) const override;
  [[nodiscard]] Topology topology(Connection& first, const DriverOptions& options) const override;
  [[nodiscard]] WhatIfOffer whatIf(Connection& connection, std::shared_ptr<const Schema> schema,
                                   const WhatIfOptions& options) const override;
  [[nodiscard]] std::unique_ptr<BackupMaker> backup() const override;
  [[nodiscard]] EngineSettings profile(std::string_view name) const override;
  [[nodiscard]] std::unique_ptr<Tuner> tuner() const override {
    return std::make_unique<PostgresTuner>();
  }
  [[nodiscard]] std::unique_ptr<UsageReader> usage() const override {
    return std::make_unique<PostgresUsage>();
  }
  [[nodiscard]] std::vector<std::shared_ptr<const Probe>> probes(
      const DriverOptions& options) const override {
    return postgresProbes(options);
  }

 private:
  std::shared_ptr<PostgresTypeCache> types_ = std::make_shared<PostgresTypeCache>();
};

void refuseAttachments(const DriverOptions& options) {
  if (options.attachments.empty()) return;
  ErrorDetails details;
  details.hint = "name tables with their schema; other databases are reached by postgres_fdw";
  throw ConfigError("PostgreSQL has no attached databases", std::move(details));
}

std::unique_ptr<BackupMaker> PostgresDriver::backup() const {
  ErrorDetails details;
  details.hint =
      "use pg_dump --format=custom for one database, or pg_basebackup for the whole server";
  throw Unsupported("PostgreSQL databases are backed up by PostgreSQL's own tools",
                    std::move(details));
}

std::unique_ptr<Connection> PostgresDriver::connect(const DriverOptions& options,
                                                    TransactionMode) const {
  refuseAttachments(options);
  PostgresRequests requests = readPostgresRequests(options);
  auto handle = openPostgres(options, requests);
  auto connection =
      std::make_unique<PostgresConnection>(std::move(handle), types_, std::move(requests));
  warnOfUnhonoured(*connection, options.logger);
  return connection;
}

Topology PostgresDriver::topology(Connection&, const DriverOptions& options) const {
  return {PoolShape::Uniform, options.poolSize, "a server takes many connections"};
}

WhatIfOffer PostgresDriver::whatIf(Connection& connection, std::shared_ptr<const Schema> schema,
                                   const WhatIfOptions&) const {
  auto* const own = dynamic_cast<PostgresConnection*>(&connection);
  if (own == nullptr) return {nullptr, "not a connection of this driver"};
  if (own->pooled()) {
    return {nullptr,
            "indexes are assumed in a session of the server, which PgBouncer gives to others"};
  }
  return makePostgresWhatIf(own->handle(), std::move(schema));
}

EngineSettings PostgresDriver::profile(std::string_view name) const {
  // A transaction that was forgotten keeps locks and dead rows; a minute is told from working.
  EngineSettings guarded{{"idle_in_transaction_session_timeout", "60s"}};
  switch (parseProfile(name)) {
    case Profile::Development:
    case Profile::Production:
    case Profile::ReadMostly:
      return guarded;
    case Profile::BulkLoad:
      // A crash of the server may take the last commits with it; room to build indexes in.
      return {{"synchronous_commit", "off"}, {"maintenance_work_mem", "256MB"}};
    case Profile::Safest:
      return {{"synchronous_commit", "on"}, guarded.front()};
    case Profile::UntrustedFile:
      break;
  }
  refuseProfile("PostgreSQL", name, "it is for a file that somebody else made");
}

}  // namespace

std::unique_ptr<Driver> makePostgresDriver() { return std::make_unique<PostgresDriver>(); }

}  // namespace sonde
