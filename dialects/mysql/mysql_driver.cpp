#include "mysql_driver.hpp"

#include <atomic>
#include <utility>

#include "../../core/error.hpp"
#include "../backup.hpp"
#include "../setting_warnings.hpp"
#include "mysql_connection.hpp"
#include "mysql_dialect.hpp"
#include "mysql_open.hpp"
#include "mysql_probes.hpp"
#include "mysql_tuner.hpp"
#include "mysql_usage.hpp"

namespace sonde {
namespace {

class MysqlDriver final : public Driver {
 public:
  explicit MysqlDriver(MysqlProduct product) noexcept : product_(product) {}

  [[nodiscard]] const Dialect& dialect() const noexcept override {
    return MysqlDialect::of(product_.load(std::memory_order_relaxed));
  }
  [[nodiscard]] std::unique_ptr<Connection> connect(const DriverOptions& options,
                                                    TransactionMode mode) const override;
  [[nodiscard]] Topology topology(Connection& first, const DriverOptions& options) const override;
  [[nodiscard]] std::unique_ptr<BackupMaker> backup() const override;
  /// Neither product plans with an index that does not exist, and sonde makes no copies of tables
  /// on a server without being asked.
  [[nodiscard]] WhatIfOffer whatIf(Connection& connection, std::shared_ptr<const Schema> schema,
                                   const WhatIfOptions& options) const override;
  [[nodiscard]] EngineSettings profile(std::string_view name) const override;
  [[nodiscard]] std::unique_ptr<Tuner> tuner() const override {
    return std::make_unique<MysqlTuner>();
  }
  [[nodiscard]] std::unique_ptr<UsageReader> usage() const override {
    return std::make_unique<MysqlUsage>();
  }
  [[nodiscard]] std::vector<std::shared_ptr<const Probe>> probes(
      const DriverOptions& options) const override {
    return mysqlProbes(options);
  }

 private:
  mutable std::atomic<MysqlProduct> product_;
};

std::unique_ptr<BackupMaker> MysqlDriver::backup() const {
  ErrorDetails details;
  details.hint =
      "use mariadb-dump --single-transaction (mysqldump on MySQL) for one database, or mariabackup "
      "for the whole server";
  throw Unsupported("MariaDB and MySQL databases are backed up by the server's own tools",
                    std::move(details));
}

std::unique_ptr<Connection> MysqlDriver::connect(const DriverOptions& options,
                                                 TransactionMode) const {
  auto handle = openMysql(std::make_shared<const MysqlOptions>(readMysqlOptions(options)));
  product_.store(handle->product(), std::memory_order_relaxed);
  const bool asked = !handle->options().settings.empty();
  auto connection = std::make_unique<MysqlConnection>(std::move(handle));
  if (asked) warnOfUnhonoured(*connection, options.logger);
  return connection;
}

Topology MysqlDriver::topology(Connection&, const DriverOptions& options) const {
  return {PoolShape::Uniform, options.poolSize, "a server"};
}

WhatIfOffer MysqlDriver::whatIf(Connection&, std::shared_ptr<const Schema>,
                                const WhatIfOptions&) const {
  return {nullptr, "MySQL and MariaDB plan with indexes that exist only"};
}

EngineSettings MysqlDriver::profile(std::string_view name) const {
  static_cast<void>(parseProfile(name));
  refuseProfile("MySQL and MariaDB", name,
                "a session is always strict, in UTC and bounded in its waits; everything else that "
                "a profile could mean is the server's: see sonde optimize");
}

}  // namespace

std::unique_ptr<Driver> makeMysqlDriver() {
  return std::make_unique<MysqlDriver>(MysqlProduct::Mysql);
}

std::unique_ptr<Driver> makeMariaDbDriver() {
  return std::make_unique<MysqlDriver>(MysqlProduct::MariaDb);
}

}  // namespace sonde
