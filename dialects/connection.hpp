// One connection to a database.
//
// Invariant: used by one thread at a time, except interrupt(). After `broken()` says true it is
// only good for being destroyed; it never reconnects by itself.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../core/arg.hpp"
#include "../core/context.hpp"
#include "../core/function_ref.hpp"
#include "../introspect/schema.hpp"
#include "statement.hpp"

namespace sonde {

enum class TransactionMode : std::uint8_t { Read, Write };

/// How much a transaction may see of others; `Default` is what the engine begins by itself.
enum class Isolation : std::uint8_t { Default, ReadCommitted, RepeatableRead, Serializable };

/// How a transaction begins. Implicit from its mode.
struct BeginOptions {
  BeginOptions(TransactionMode wanted = TransactionMode::Write) noexcept : mode(wanted) {}
  TransactionMode mode;
  Isolation isolation = Isolation::Default;
  bool deferrable = false;  ///< PostgreSQL: a serializable read that waits rather than fails.
};

/// Where a server stands in the log of changes: how much of it it has written, or, on a standby,
/// replayed from another server, which it takes no writes beside.
struct ReplicationState {
  bool standby = false;
  std::uint64_t position = 0;  ///< Bytes since the log began.
};

/// A message that another session sent to a channel.
struct Notification {
  std::string channel;
  std::string payload;
};

/// How far a setting reaches.
enum class SettingScope : std::uint8_t {
  Connection,  ///< This connection only; each new one is given it.
  File,        ///< Kept in the database file, for whoever opens it next.
  Process,     ///< The whole process.
  Server,      ///< Every session of the server that does not set its own.
};

/// A setting that was asked for, and what the engine made of it.
struct SettingReport {
  std::string name;
  std::string requested;  ///< In the engine's own spelling, so that equal values are equal texts.
  std::string effective;
  SettingScope scope = SettingScope::Connection;
  std::string reason{};  ///< Why it holds otherwise than asked, where that could be found out.
  [[nodiscard]] bool honoured() const noexcept { return requested == effective; }
};

/// @return "connection", "file", "process" or "server".
[[nodiscard]] std::string_view settingScopeName(SettingScope scope) noexcept;

/// See the file comment. Every function may throw ConnectionError when the connection is gone.
class Connection {
 public:
  virtual ~Connection() = default;

  /// Prepares a statement. `persistent` says that it will be kept and run often.
  /// @throws QueryError with the position when the engine refuses it; ValidationError when `sql`
  /// holds no statement or more than one.
  [[nodiscard]] virtual std::unique_ptr<Statement> prepare(std::string_view sql,
                                                           bool persistent) = 0;

  /// Runs statements separated by semicolons, without parameters, discarding rows.
  virtual void executeScript(std::string_view sql) = 0;

  /// Begins a transaction. SQLite: BEGIN for Read, BEGIN IMMEDIATE for Write. Servers: START
  /// TRANSACTION with what the options say, and the armed context's settings for its length.
  /// @throws Unsupported for an isolation or deferral that the engine does not have.
  virtual void begin(const BeginOptions& options) = 0;
  virtual void commit() = 0;
  /// Rolls back; a transaction that the engine already ended is no error.
  virtual void rollback() = 0;
  /// Savepoints are numbered by depth: SAVEPOINT sonde_1 …
  virtual void savepoint(int depth) = 0;
  virtual void releaseSavepoint(int depth) = 0;
  virtual void rollbackToSavepoint(int depth) = 0;
  [[nodiscard]] virtual bool inTransaction() const noexcept = 0;

  /// Makes the statements that follow obey deadline and stop token, until disarm(), and run under
  /// the context's settings where Capabilities::sessionSettings. The context must outlive the
  /// arming.
  virtual void arm(const Context& context) = 0;
  virtual void disarm() noexcept = 0;
  /// Stops the running statement from another thread. Thread-safe.
  virtual void interrupt() noexcept = 0;

  /// @return The key that the last insert made; 0 before any.
  [[nodiscard]] virtual std::int64_t lastInsertId() const noexcept = 0;
  [[nodiscard]] virtual bool broken() const noexcept = 0;
  [[nodiscard]] virtual bool readOnly() const noexcept = 0;

  /// Reads the whole catalog with a fixed number of statements. A broken object carries its error;
  /// the rest still loads.
  [[nodiscard]] virtual Catalog readCatalog() = 0;
  /// @return A number that changes with every schema change, where the engine keeps one cheaply
  /// (SQLite: the sum of PRAGMA schema_version over the attached databases); empty elsewhere.
  [[nodiscard]] virtual std::optional<std::uint64_t> schemaCounter() = 0;
  /// @return A hash over the catalog's static parts (names, types, keys, not row estimates), which
  /// the server computes in one statement; empty where the engine keeps a counter or has no way.
  /// It costs milliseconds, so it is asked only at the interval that `schema.watchIntervalMs` sets,
  /// outside transactions.
  [[nodiscard]] virtual std::optional<std::uint64_t> schemaHash() { return std::nullopt; }

  /// Asks the engine for a sign of life, where it may have gone without a word.
  /// @return Whether it answered within `timeout`; a connection that did not is broken.
  [[nodiscard]] virtual bool ping(std::chrono::milliseconds timeout) noexcept;
  /// Makes the session as it was when it opened: settings, temporary tables, locks, channels.
  /// Prepared statements stay. Called before a connection that ran raw SQL goes to somebody else.
  virtual void resetState() {}

  /// Inserts many rows the fastest way the engine has (PostgreSQL: COPY; MariaDB: array binding).
  /// Outside a transaction all or none are stored. `next` gives the values of a row in the order
  /// of `columns`, and an empty list at the end; they are read before it is called again.
  /// @return The rows inserted. @throws Unsupported unless Capabilities::bulkInsert.
  virtual std::uint64_t bulkInsert(const Table& table, const std::vector<std::string>& columns,
                                   FunctionRef<Args()> next);

  /// Takes the lock of this name, which one session of the whole server holds at a time, until
  /// unlock() or the session's end. @return False when another held it all the time.
  /// @throws Unsupported unless Capabilities::namedLocks.
  [[nodiscard]] virtual bool lock(std::string_view name, std::chrono::milliseconds timeout);
  /// Gives a lock of this session back; one that it does not hold is no error.
  virtual void unlock(std::string_view name);

  /// @return Where the server stands in the log of changes; empty on an engine that does not tell.
  /// PostgreSQL: SELECT pg_is_in_recovery(), pg_last_wal_replay_lsn() …
  [[nodiscard]] virtual std::optional<ReplicationState> replicationState() { return std::nullopt; }

  /// Hears the messages sent to a channel from now on. @throws Unsupported unless
  /// Capabilities::notifications.
  virtual void listen(std::string_view channel);
  virtual void unlisten(std::string_view channel);
  /// Waits for a message. @return The oldest one; empty when none came within `timeout`, or after
  /// interrupt().
  [[nodiscard]] virtual std::optional<Notification> waitForNotification(
      std::chrono::milliseconds timeout);
  /// Sends a message to a channel: at once, or with the commit of the running transaction.
  virtual void notify(std::string_view channel, std::string_view payload);

  /// @return What was asked of this connection as it opened, and what holds.
  [[nodiscard]] virtual std::vector<SettingReport> settings() = 0;
  /// @return The plan of a statement as the engine explains it, one line a step.
  [[nodiscard]] virtual std::vector<std::string> explain(std::string_view sql) = 0;
};

}  // namespace sonde
