#include "database.hpp"

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../dialects/load_driver.hpp"
#include "../monitor/statistics/tracing_observer.hpp"
#include "../monitor/tuning/tuning.hpp"
#include "../session/pooled_executor.hpp"
#include "replica_uris.hpp"
#include "shared_parts.hpp"

namespace sonde {

namespace {

/// A key of a database that is a file: its name in the configuration and on the engine, and its
/// value where it is set.
struct FileSetting {
  const char* key;
  const char* name;
  std::optional<std::string> value;
};

std::vector<FileSetting> fileSettings(const OptimizationConfig& wanted) {
  const auto number = [](const std::optional<std::int64_t>& value) {
    return value ? std::optional(std::to_string(*value)) : std::nullopt;
  };
  const auto flag = [](const std::optional<bool>& value) {
    return value ? std::optional<std::string>(*value ? "on" : "off") : std::nullopt;
  };
  return {
      {"optimization.analysisLimit", "analysis_limit", number(wanted.analysisLimit)},
      {"optimization.cacheSize", "cache_size", number(wanted.cacheSize)},
      {"optimization.cellSizeCheck", "cell_size_check", flag(wanted.cellSizeCheck)},
      {"optimization.defensive", "defensive", flag(wanted.defensive)},
      {"optimization.foreignKeys", "foreign_keys", flag(wanted.foreignKeys)},
      {"optimization.journalMode", "journal_mode", wanted.journalMode},
      {"optimization.journalSizeLimit", "journal_size_limit", number(wanted.journalSizeLimit)},
      {"optimization.mmapSize", "mmap_size", number(wanted.mmapSize)},
      {"optimization.synchronous", "synchronous", wanted.synchronous},
      {"optimization.tempStore", "temp_store", wanted.tempStore},
      {"optimization.trustedSchema", "trusted_schema", flag(wanted.trustedSchema)},
      {"optimization.walAutocheckpoint", "wal_autocheckpoint", number(wanted.walAutocheckpoint)},
  };
}

// What the optimization group asks for, by the names that engines use; later ones win.
EngineSettings settingsOf(const OptimizationConfig& wanted, const Driver& driver) {
  EngineSettings settings;
  if (wanted.profile) settings = driver.profile(*wanted.profile);
  settings.insert(settings.end(), wanted.settings.begin(), wanted.settings.end());
  for (FileSetting& setting : fileSettings(wanted)) {
    if (setting.value) settings.emplace_back(setting.name, *std::move(setting.value));
  }
  return settings;
}

// A key that means nothing to the engine must not seem to be obeyed.
void refuseFileSettings(const Config& config, const Dialect& dialect) {
  if (dialect.capabilities().fileSettings) return;
  std::vector<FileSetting> keys = fileSettings(config.optimization);
  if (!config.attachments.empty()) keys.push_back({"attachments", "", ""});
  for (const FileSetting& setting : keys) {
    if (!setting.value) continue;
    ErrorDetails details;
    details.hint = "optimization.settings takes the settings of any engine by their own names";
    throw ConfigError(std::string(setting.key) +
                          " is for databases that are files, such as SQLite's; " +
                          std::string(dialect.name()) + " is a server",
                      std::move(details));
  }
}

RuntimeOptions runtimeOptions(const Config& config, Uri uri) {
  RuntimeOptions options;
  options.replicas.uris = detail::replicaUris(config.replicas.uris, uri);
  options.replicas.maxLag = config.replicas.maxLag;
  options.replicas.checkInterval = config.replicas.checkInterval;
  options.driver.uri = std::move(uri);
  options.driver.access = config.access;
  options.driver.busyTimeout = config.optimization.busyTimeout;
  options.driver.attachments = config.attachments;
  options.driver.maxReaders = config.pool.readers;
  options.driver.logger = Logger(config.logging);
  options.driver.poolSize = config.pool.size;
  options.driver.connectTimeout = config.pool.connectTimeout;
  options.pool.acquireTimeout = config.pool.acquireTimeout;
  options.pool.leakWarning = config.pool.leakWarning;
  options.pool.minIdle = config.pool.minIdle;
  options.pool.idleTimeout = config.pool.idleTimeout;
  options.pool.maxLifetime = config.pool.maxLifetime;
  options.pool.validateAfter = config.pool.validateAfter;
  options.pool.statementCapacity = config.cache.statements;
  options.relationNames = config.naming.relations;
  options.schemaIntervals = {config.schema.checkInterval, config.schema.watchInterval};
  options.maxResultBytes = config.limits.maxResultBytes;
  options.allowRawSql = config.allowRawSql;
  return options;
}

std::shared_ptr<BackupSchedule> scheduleOf(const BackupConfig& config,
                                           const std::shared_ptr<Runtime>& runtime) {
  if (config.directory.empty()) return nullptr;
  BackupPlan plan;
  plan.folder = config.directory;
  plan.every = config.every;
  plan.keep = config.keep;
  plan.options.vacuum = config.vacuum;
  plan.options.fullCheck = config.fullCheck;
  return std::make_shared<BackupSchedule>(runtime, std::move(plan));
}

}  // namespace

DatabaseView DatabaseView::with(Context context) const {
  return {executor_->with(std::move(context)), plans_};
}

DatabaseView DatabaseView::session() const {
  return {std::make_shared<PooledExecutor>(executor_->runtime(), std::make_shared<CommitMark>(),
                                           context()),
          plans_};
}

Transaction DatabaseView::begin(const TransactionOptions& options) const {
  BeginOptions wanted(options.mode);
  wanted.isolation = options.isolation;
  wanted.deferrable = options.deferrable;
  auto scope = TransactionScope::begin(executor_->runtime(), executor_->mark(), wanted, context());
  const TransactionLevel level = scope->outermost();
  return {std::move(scope), level, context(), plans_};
}

Database Database::open(std::string_view uri) {
  Config config;
  config.uri = uri;
  return open(config);
}

Database Database::open(const Config& config) {
  Uri uri;
  auto resolved = std::make_shared<const Config>(config.resolved(uri));
  const std::string shown = uri.toString();
  RuntimeOptions options = runtimeOptions(*resolved, std::move(uri));
  for (const std::string& library : resolved->drivers) {
    loadDriver(library, {.logger = options.driver.logger});
  }
  auto driver = obtainDriver(options.driver.uri.scheme, options.driver.logger);
  refuseFileSettings(*resolved, driver->dialect());
  options.driver.settings = settingsOf(resolved->optimization, *driver);
  auto runtime = std::make_shared<Runtime>(std::move(driver), std::move(options));
  runtime->logger().log(LogLevel::Info, "opened a database",
                        {{"uri", shown}, {"connections", runtime->pool().topology().reason}});
  auto backups = scheduleOf(resolved->backup, runtime);
  auto parts = std::make_shared<detail::SharedParts>(runtime, resolved, backups);
  Database db(std::make_shared<PooledExecutor>(std::move(runtime)), std::make_shared<PlanStore>(),
              std::move(resolved), std::move(backups), std::move(parts));
  db.watchStatements();
  return db;
}

// Only what the configuration asks for is there at all, so that the rest costs nothing.
void Database::watchStatements() {
  const StatisticsConfig& wanted = config_->statistics;
  Runtime& runtime = *executor_->runtime();
  if (wanted.enabled) {
    statistics_ = std::make_shared<StatementStatistics>(runtime.dialect().lexerRules(),
                                                        wanted.maxFingerprints);
    runtime.addObserver(statistics_);
  }
  if (wanted.slowQuery.count() != 0) {
    slowStatements_ = std::make_shared<SlowStatements::Listening>();
    runtime.addObserver(
        std::make_shared<SlowStatements>(runtime, wanted.slowQuery, slowStatements_));
  }
}

std::shared_ptr<HealthMonitor> Database::health() const { return parts_->health(); }

std::optional<BackupState> Database::backupState() const {
  return backups_ == nullptr ? std::nullopt : std::optional(backups_->state());
}

void Database::close() const {
  if (backups_ != nullptr) backups_->stop();
  // A connection that only reads keeps the last writer from folding the log into a SQLite file.
  parts_->disconnect();
  executor_->runtime()->close();
}

std::vector<ReplicaStatus> Database::replicas() const {
  ReplicaSet* const replicas = executor_->runtime()->replicas();
  return replicas == nullptr ? std::vector<ReplicaStatus>() : replicas->status();
}

Subscription Database::onSchemaChange(std::function<void(const SchemaChange&)> listener) const {
  return executor_->runtime()->schemaListeners().add(std::move(listener));
}

Subscription Database::afterCommit(std::function<void(const ChangeSet&)> listener) const {
  return executor_->runtime()->commitListeners().add(std::move(listener));
}

Subscription Database::afterRollback(std::function<void()> listener) const {
  return executor_->runtime()->rollbackListeners().add(std::move(listener));
}

std::optional<NamedLock> Database::tryLock(std::string_view name,
                                           std::chrono::milliseconds timeout) const {
  return NamedLock::take(executor_->runtime(), name, timeout, context());
}

NamedLock Database::lock(std::string_view name, std::chrono::milliseconds timeout) const {
  std::optional<NamedLock> lock = tryLock(name, timeout);
  if (lock) return *std::move(lock);
  ErrorDetails details;
  details.sqlState = "55P03";
  throw Timeout("another session held the lock " + quoteForMessage(name) + " for all of " +
                    std::to_string(timeout.count()) + " ms",
                std::move(details));
}

NotificationListener Database::listen(std::string_view channel,
                                      std::function<void(const Notification&)> message,
                                      std::function<void()> gap) const {
  return {executor_->runtime(), channel, {std::move(message), std::move(gap)}, context()};
}

StatisticsSnapshot Database::statistics() const {
  return statistics_ == nullptr ? StatisticsSnapshot() : statistics_->snapshot();
}

void Database::resetStatistics() const {
  if (statistics_ != nullptr) statistics_->reset();
}

std::vector<std::string> Database::explainCounted(std::uint64_t fingerprint) const {
  const std::string sql = statistics_ == nullptr ? "" : statistics_->preparedSql(fingerprint);
  if (sql.empty()) {
    ErrorDetails details;
    details.hint = "statistics() lists those that are counted";
    throw NotFound("no statement is counted under the fingerprint " + fingerprintText(fingerprint),
                   std::move(details));
  }
  return executor_->explainPrepared(sql);
}

Subscription Database::onSlowStatement(std::function<void(const SlowStatement&)> listener) const {
  if (slowStatements_ == nullptr) {
    ErrorDetails details;
    details.hint = "set statistics.slowQueryMs";
    throw ConfigError("no statement is slow, because the configuration sets no threshold",
                      std::move(details));
  }
  return slowStatements_->add(std::move(listener));
}

void Database::addTracer(std::shared_ptr<Tracer> tracer) const {
  if (tracer == nullptr) throw ConfigError("addTracer was given no tracer");
  const Runtime& runtime = *executor_->runtime();
  executor_->runtime()->addObserver(std::make_shared<TracingObserver>(
      std::move(tracer), runtime.dialect().name(), runtime.dialect().lexerRules(),
      runtime.options().driver.uri));
}

void Database::addInterceptor(std::shared_ptr<StatementObserver> observer) const {
  executor_->runtime()->addObserver(std::move(observer));
}

void Database::addRewriter(std::shared_ptr<const QueryRewriter> rewriter) const {
  executor_->runtime()->addRewriter(std::move(rewriter));
}

std::vector<SettingReport> Database::settings() const {
  const Lease lease =
      executor_->runtime()->pool().lease(LeaseKind::Write, context(), "reading settings");
  return lease.session().connection().settings();
}

Tuning Database::tuning() const { return Tuning(executor_->runtime(), context()); }

}  // namespace sonde
