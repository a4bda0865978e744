// The configuration of one database: from code, from a JSON file, from the environment and a `.env`
// file, and from the URI's own options.
//
// Invariant: every key does something now; an unknown key is an error that names the nearest one,
// and says in which source it stands. Values of settings are never shown in errors, because they
// may be secrets. The table of keys stands in docs/configuration.md.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../core/log.hpp"
#include "../core/uri.hpp"
#include "../dialects/driver.hpp"
#include "../introspect/schema.hpp"
#include "../monitor/health/health_options.hpp"

namespace sonde {

/// Connections and how they are waited for.
struct PoolConfig {
  std::size_t readers = 4;  ///< pool.readers: read connections beside the writer (SQLite in WAL).
  std::chrono::milliseconds acquireTimeout{30'000};  ///< pool.acquireTimeoutMs
  /// pool.leakWarningMs: a connection held for longer is told in the log, once, with who holds it;
  /// 0: never.
  std::chrono::milliseconds leakWarning{0};

  // Servers.
  std::size_t size = 8;     ///< pool.size: connections to a server.
  std::size_t minIdle = 1;  ///< pool.minIdle: connections that resting does not close.
  std::chrono::milliseconds connectTimeout{10'000};  ///< pool.connectTimeoutMs: each host tried.
  std::chrono::milliseconds idleTimeout{600'000};    ///< pool.idleTimeoutMs; 0: for ever.
  std::chrono::milliseconds maxLifetime{1'800'000};  ///< pool.maxLifetimeMs; 0: for ever.
  /// pool.validateAfterMs: a connection that rested for longer is asked for a sign of life first.
  std::chrono::milliseconds validateAfter{500};
};

struct CacheConfig {
  std::size_t statements = 256;  ///< cache.statements: prepared statements kept by connection.
};

/// Settings of the engine, applied to every connection and read back (Database::settings). Empty
/// ones are left as the engine has them; foreign keys are on. Those with a name of their own here,
/// but for the first two, are SQLite's: ConfigError where the database is no file.
struct OptimizationConfig {
  /// optimization.profile: a set of settings (docs/tuning.md), over which the single ones win.
  std::optional<std::string> profile;
  std::chrono::milliseconds busyTimeout{5'000};  ///< optimization.busyTimeoutMs
  std::optional<std::string> journalMode;        ///< optimization.journalMode, such as "wal".
  std::optional<std::string> synchronous;        ///< optimization.synchronous
  std::optional<std::int64_t> cacheSize;         ///< optimization.cacheSize: pages, or -KiB.
  std::optional<std::int64_t> mmapSize;          ///< optimization.mmapSize: bytes.
  std::optional<std::string> tempStore;          ///< optimization.tempStore
  std::optional<bool> foreignKeys;               ///< optimization.foreignKeys
  /// optimization.journalSizeLimit: bytes that a log or journal is cut back to; -1: none.
  std::optional<std::int64_t> journalSizeLimit;
  /// optimization.walAutocheckpoint: pages in the log that bring about a checkpoint; 0: never.
  std::optional<std::int64_t> walAutocheckpoint;
  /// optimization.analysisLimit: rows that ANALYZE looks at in each index; 0: all.
  std::optional<std::int64_t> analysisLimit;
  std::optional<bool> trustedSchema;  ///< optimization.trustedSchema
  std::optional<bool> cellSizeCheck;  ///< optimization.cellSizeCheck
  /// optimization.defensive: refuses SQL that could damage the file on purpose.
  std::optional<bool> defensive;
  /// optimization.settings: any other setting by the engine's own name.
  std::map<std::string, std::string> settings;
};

struct NamingConfig {
  RelationNames relations;  ///< naming.relations: table → inferred name → name to use.
};

struct LimitsConfig {
  std::size_t maxResultBytes = 0;  ///< limits.maxResultBytes: of one kept result; 0 for no limit.
};

/// What an AdminServer of this database is told; it listens only once a program starts one.
struct AdminConfig {
  std::string address = "127.0.0.1";  ///< admin.address
  std::uint16_t port = 9090;          ///< admin.port; 0: any that is free.
  std::string token;                  ///< admin.token: asked of who connects; empty for none.
  std::vector<std::string> hosts;     ///< admin.hosts: host names answered without a token.
};

/// Backups made by themselves (SQLite); none unless there is a directory for them.
struct BackupConfig {
  std::string directory;                                    ///< backup.directory
  std::chrono::milliseconds every{std::chrono::hours(24)};  ///< backup.everyMs
  std::size_t keep = 7;    ///< backup.keep: backups that stay, at least one.
  bool vacuum = false;     ///< backup.vacuum: written anew, without free pages.
  bool fullCheck = false;  ///< backup.fullCheck: indexes compared with their tables too.
};

/// Servers that replay the log of the one in the URI, which reads may go to (PostgreSQL).
struct ReplicasConfig {
  /// replicas.uris: each as Config::uri, without dotted options. User, password and database are
  /// the primary's where they are left out. Their hosts are looked through for the primary too.
  std::vector<std::string> uris;
  /// replicas.maxLagMs: a read sees nothing older than this; 0: however old.
  std::chrono::milliseconds maxLag{5'000};
  /// replicas.checkIntervalMs: how often the servers are asked where they stand.
  std::chrono::milliseconds checkInterval{250};
};

/// What is counted of the statements that run, and told of slow ones.
struct StatisticsConfig {
  bool enabled = false;                ///< statistics.enabled: Database::statistics() counts.
  std::size_t maxFingerprints = 1000;  ///< statistics.maxFingerprints: kept at most.
  /// statistics.slowQueryMs: a statement that takes at least as long is told to onSlowStatement and
  /// the log, counted or not; 0: never.
  std::chrono::milliseconds slowQuery{0};
};

struct SchemaConfig {
  /// schema.checkIntervalMs: how often, at most, changes by others are looked for while the
  /// database is used, where the engine counts them (SQLite); 0 for only when asked.
  std::chrono::milliseconds checkInterval{1'000};
  /// schema.watchIntervalMs: the same for servers, which have to compute a hash of the catalog for
  /// it; 0 leaves it to the errors of statements that became stale, and to refreshSchema().
  std::chrono::milliseconds watchInterval{0};
};

/// Where Config::load reads, lowest precedence first.
struct ConfigSources {
  std::string file;         ///< A JSON file; empty for none.
  std::string envFile;      ///< A `.env` file; empty for none.
  bool environment = true;  ///< Variables that begin with SONDE_.
};

/// See the file comment.
struct Config {
  std::string uri;
  AccessMode access = AccessMode::ReadWrite;
  std::vector<Attachment> attachments;
  /// drivers: libraries to load before the database is opened, each a path or a name (loadDriver);
  /// in the environment with colons between. Not an option of URIs: who may name a database may
  /// not yet name code to run.
  std::vector<std::string> drivers;
  PoolConfig pool;
  CacheConfig cache;
  OptimizationConfig optimization;
  LogConfig logging;
  NamingConfig naming;
  LimitsConfig limits;
  HealthOptions health;  ///< health.cacheMs, health.checks and so on; Database::health().
  ReplicasConfig replicas;
  SchemaConfig schema;
  AdminConfig admin;
  BackupConfig backup;
  StatisticsConfig statistics;
  bool allowRawSql = false;  ///< Raw SQL although a rewriter is active.

  /// Reads every source: defaults, then the file, then `.env`, then the environment, each over the
  /// one before.
  /// @throws ConfigError naming the source and the key, for a source that cannot be read, an
  /// unknown key, a wrong value, or a `${NAME}` that is not set.
  [[nodiscard]] static Config load(const ConfigSources& sources = {});
  /// @return The configuration a JSON object stands for. `origin` names it in errors.
  [[nodiscard]] static Config fromJson(const nlohmann::json& object,
                                       std::string_view origin = "configuration");

  /// Sets one key, such as "pool.readers", from text. `origin` names the source in errors.
  /// @throws ConfigError as load().
  void set(std::string_view key, std::string_view value, std::string_view origin = "code");

  /// @return This configuration with the URI's dotted options (`?pool.readers=8`) applied; they win
  /// over everything else.
  /// @param parsed Receives the URI, with only the driver's options left in it.
  /// @throws ConfigError as load(); for an empty URI, or one that is wrong.
  [[nodiscard]] Config resolved(Uri& parsed) const;

  /// @return Whether both mean the same database opened the same way. Log callbacks, which cannot
  /// be compared, count by being there.
  [[nodiscard]] bool sameAs(const Config& other) const;

  /// @return Every key there is, such as "pool.readers", in order.
  [[nodiscard]] static std::vector<std::string> keys();
};

}  // namespace sonde
