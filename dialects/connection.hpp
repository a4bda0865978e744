// One connection to a database.
//
// Invariant: used by one thread at a time, except interrupt(). After `broken()` says true it is
// only good for being destroyed; it never reconnects by itself.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../core/context.hpp"
#include "../introspect/schema.hpp"
#include "statement.hpp"

namespace sonde {

enum class TransactionMode : std::uint8_t { Read, Write };

/// A setting that was asked for, and what the engine made of it.
struct SettingReport {
  std::string name;
  std::string requested;
  std::string effective;
  [[nodiscard]] bool honoured() const noexcept { return requested == effective; }
};

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

  /// Begins a transaction. SQLite: BEGIN for Read, BEGIN IMMEDIATE for Write.
  virtual void begin(TransactionMode mode) = 0;
  virtual void commit() = 0;
  /// Rolls back; a transaction that the engine already ended is no error.
  virtual void rollback() = 0;
  /// Savepoints are numbered by depth: SAVEPOINT sonde_1 …
  virtual void savepoint(int depth) = 0;
  virtual void releaseSavepoint(int depth) = 0;
  virtual void rollbackToSavepoint(int depth) = 0;
  [[nodiscard]] virtual bool inTransaction() const noexcept = 0;

  /// Makes the statements that follow obey deadline and stop token, until disarm(). The context
  /// must outlive the arming.
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

  /// @return What was asked of this connection as it opened, and what holds.
  [[nodiscard]] virtual std::vector<SettingReport> settings() = 0;
  /// @return The plan of a statement as the engine explains it, one line a step.
  [[nodiscard]] virtual std::vector<std::string> explain(std::string_view sql) = 0;
};

}  // namespace sonde
