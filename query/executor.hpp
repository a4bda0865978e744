// The interface that repositories and builders run on: a database, a transaction, or a view of
// either with a context.
//
// Invariant: implementations lease a session for the call, reset the statement and return the
// session before the caller sees a kept row. One implementation of a pool may be called from any
// thread; one of a transaction only from the thread that began it.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../core/arg.hpp"
#include "../core/context.hpp"
#include "../core/function_ref.hpp"
#include "../core/result_set.hpp"
#include "../introspect/schema.hpp"
#include "capabilities.hpp"
#include "change.hpp"
#include "plan.hpp"
#include "rewriter.hpp"

namespace sonde {

class SqlCompiler;

/// What a write without returned rows did.
struct WriteResult {
  std::uint64_t affected = 0;
  std::int64_t lastInsertId = 0;  ///< Only where Capabilities::lastInsertId, after an insert.
};

/// Called for each row of a streamed result; the view is valid during the call. Return false to
/// stop.
using RowCallback = FunctionRef<bool(RowView)>;

/// See the file comment. Every call may throw QueryError, ConstraintError, ConnectionError,
/// PoolTimeout, Timeout, Cancelled, TransactionError, ResultTooLarge.
class Executor {
 public:
  virtual ~Executor() = default;

  /// @return The current schema snapshot; never null.
  [[nodiscard]] virtual std::shared_ptr<const Schema> schema() const = 0;
  /// @return A number that changes whenever schema() does; cheap enough to ask before every call.
  [[nodiscard]] virtual std::uint64_t schemaVersion() const noexcept = 0;
  /// Reads the schema again. @return Whether it differs from the one before.
  /// Inside a transaction nothing is cached and the answer is false.
  virtual bool refreshSchema() = 0;
  /// A statement failed as if the schema had changed: reads it again, unless the engine can tell
  /// cheaply that nothing did. @return Whether it differs from the one before; false inside a
  /// transaction.
  virtual bool recheckSchema() = 0;

  [[nodiscard]] virtual const SqlCompiler& compiler() const noexcept = 0;
  [[nodiscard]] virtual const Capabilities& capabilities() const noexcept = 0;
  [[nodiscard]] virtual const RewriterChain& rewriters() const noexcept = 0;
  [[nodiscard]] virtual const Context& context() const noexcept = 0;
  [[nodiscard]] virtual bool inTransaction() const noexcept = 0;

  /// Runs a statement and keeps every row. Also for writes with RETURNING.
  [[nodiscard]] virtual ResultSet query(const query::Plan& plan, Args args) = 0;
  /// Runs a statement and keeps its first row; empty when there is none. The rest is not read, but
  /// a write is always run to its end.
  [[nodiscard]] virtual std::optional<Row> queryRow(const query::Plan& plan, Args args) = 0;
  /// Runs a statement once for each list of arguments, all on one connection, and keeps the rows of
  /// each. Where Capabilities::pipeline they share round trips.
  /// @return The rows of each, in order. @throws What the first that failed throws; outside a
  /// transaction what the ones before it wrote stays.
  [[nodiscard]] virtual std::vector<ResultSet> queryEach(const query::Plan& plan,
                                                         std::span<const Args> batch) = 0;
  /// Runs a statement and hands each row to the callback in bounded memory.
  virtual void stream(const query::Plan& plan, Args args, RowCallback callback) = 0;
  /// Runs a statement and discards its rows.
  virtual WriteResult execute(const query::Plan& plan, Args args) = 0;
  /// Inserts many rows the engine's fastest way, all or none; Connection::bulkInsert says how
  /// `next` gives them. `insert` is the statement that would insert one of them: what observers and
  /// errors are told. @return The rows inserted. @throws Unsupported unless
  /// Capabilities::bulkInsert.
  virtual std::uint64_t bulkInsert(const query::Plan& insert, const Table& table,
                                   const std::vector<std::string>& columns,
                                   FunctionRef<Args()> next) = 0;

  /// Runs `work` inside a transaction, or a savepoint when there is one already; commits when it
  /// returns, rolls back when it throws. The executor passed is valid during the call only.
  virtual void transact(FunctionRef<void(Executor&)> work) = 0;

  /// @return Whether somebody listens to changes, so that writes should report keys.
  [[nodiscard]] virtual bool wantsChanges() const noexcept = 0;
  /// Adds to the change set of the running transaction; outside one it is told at once.
  virtual void recordChange(Change change) = 0;
};

}  // namespace sonde
