// What a database, a transaction and a view with a context have in common: repositories, the
// schema, and raw SQL.
//
// Invariant: a handle that is cheap to copy or move; what it runs on decides where its statements
// go. Of a database it may be used from any thread, of a transaction only from the one that began
// it.
#pragma once

#include <initializer_list>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/arg.hpp"
#include "../core/function_ref.hpp"
#include "../core/json_form.hpp"
#include "../core/result_set.hpp"
#include "../repo/repository.hpp"
#include "../session/session_executor.hpp"

namespace sonde {

/// See the file comment. Every call that runs a statement throws what Executor's calls throw.
/// Raw SQL takes `?` for a parameter on every engine, and `??` for a question mark. It holds one
/// statement; transactions are not controlled by it. While a rewriter is active it is refused with
/// AuthorizationError unless the configuration allows it by name.
class View {
 public:
  /// @return A repository of the table or view. Runs no SQL.
  /// @throws SchemaError naming the nearest tables; ConnectionError when the database was closed.
  [[nodiscard]] Repository getRepository(std::string_view table) const;

  /// @return The schema; in a transaction that changed it, as that transaction sees it. Runs no
  /// SQL.
  [[nodiscard]] std::shared_ptr<const Schema> schema() const { return executor_->schema(); }
  /// @return The schema as the JSON that `sonde schema --format json` prints.
  [[nodiscard]] nlohmann::json getSchemaInfo() const;

  /// Runs raw SQL. @return Its rows, kept; none for a statement that gives none.
  ///   db.sql("SELECT name FROM users WHERE age > ?", {18})
  ResultSet sql(std::string_view text, std::initializer_list<Arg> params = {}) const {
    return sql(text, Args(params.begin(), params.size()));
  }
  ResultSet sql(std::string_view text, Args params) const {
    return executor_->queryRaw(text, params);
  }

  /// Runs raw SQL and discards its rows. @return How many rows changed, and the key of the last
  /// insert.
  WriteResult execute(std::string_view text, std::initializer_list<Arg> params = {}) const {
    return execute(text, Args(params.begin(), params.size()));
  }
  WriteResult execute(std::string_view text, Args params) const {
    return executor_->executeRaw(text, params);
  }

  /// Runs raw SQL and hands each row to the callback, which is valid during the call and ends the
  /// reading by returning false.
  void stream(std::string_view text, std::initializer_list<Arg> params,
              RowCallback callback) const {
    executor_->streamRaw(text, Args(params.begin(), params.size()), callback);
  }
  void stream(std::string_view text, Args params, RowCallback callback) const {
    executor_->streamRaw(text, params, callback);
  }

  /// Runs raw SQL and writes its rows as a JSON array, straight from the statement.
  /// @throws EncodingError when a text is not UTF-8; what was written stays written.
  void streamJson(std::string_view text, std::initializer_list<Arg> params, TextSink sink,
                  const JsonOptions& options = {}) const {
    executor_->streamJsonRaw(text, Args(params.begin(), params.size()), sink, options);
  }
  void streamJson(std::string_view text, Args params, TextSink sink,
                  const JsonOptions& options = {}) const {
    executor_->streamJsonRaw(text, params, sink, options);
  }

  /// Runs statements separated by semicolons, without parameters, each on its own unless this is a
  /// transaction. Changes made by a script are not told to afterCommit listeners.
  void executeScript(std::string_view text) const { executor_->executeScript(text); }

  /// @return How the engine would run a statement, one line a step. Nothing runs, so parameters are
  /// not given; a plan that depends on them is that for any. SQLite: EXPLAIN QUERY PLAN; PostgreSQL
  /// and MariaDB: EXPLAIN. @throws What running it would throw before its first row.
  [[nodiscard]] std::vector<std::string> explain(std::string_view text) const {
    return executor_->explain(text);
  }

  /// Sends a message to those who listen to a channel: at once, or, of a transaction, with its
  /// commit. @throws Unsupported on engines without notifications.
  void notify(std::string_view channel, std::string_view payload = {}) const {
    executor_->notify(channel, payload);
  }

  /// @return "sqlite", "postgresql", "mysql" or "mariadb", or a third party's own name.
  [[nodiscard]] std::string_view dialect() const noexcept {
    return executor_->runtime()->dialect().name();
  }
  /// @return What the calls of this handle carry.
  [[nodiscard]] const Context& context() const noexcept { return executor_->context(); }
  /// @return What repositories and builders run on.
  [[nodiscard]] const std::shared_ptr<SessionExecutor>& executor() const noexcept {
    return executor_;
  }

 protected:
  friend class Transaction;
  View(std::shared_ptr<SessionExecutor> executor, std::shared_ptr<PlanStore> plans)
      : executor_(std::move(executor)), plans_(std::move(plans)) {}

  std::shared_ptr<SessionExecutor> executor_;
  std::shared_ptr<PlanStore> plans_;
};

}  // namespace sonde
