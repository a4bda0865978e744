// The executors that run on sessions: of a database (any free connection) and of a transaction (its
// own). Beside Executor they run raw SQL.
//
// Invariant: every statement is reset and every pooled connection returned before the caller gets a
// kept row. Used by db/, which hands them to repositories and builders.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/result_set.hpp"
#include "../query/executor.hpp"
#include "runtime.hpp"

namespace sonde {

class StatementRun;

/// See the file comment. The calls for raw SQL throw what Executor's throw, and AuthorizationError
/// while a rewriter is active and raw SQL was not allowed by name.
class SessionExecutor : public Executor, public std::enable_shared_from_this<SessionExecutor> {
 public:
  /// @return An executor on the same connections that carries another context.
  [[nodiscard]] virtual std::shared_ptr<SessionExecutor> with(Context context) = 0;

  /// @return The raw statement; learnt by preparing it, the first time.
  [[nodiscard]] virtual RawStatementPtr raw(std::string_view sql) = 0;
  /// Runs raw SQL and keeps its rows; none for a statement that gives none.
  [[nodiscard]] ResultSet queryRaw(std::string_view sql, Args args);
  /// Runs raw SQL and discards its rows.
  WriteResult executeRaw(std::string_view sql, Args args);
  /// Runs raw SQL and hands each row to the callback in bounded memory.
  void streamRaw(std::string_view sql, Args args, RowCallback callback);
  /// Runs raw SQL and writes its rows as one JSON array, in pieces of about 64 KiB, straight from
  /// the statement. @throws EncodingError when a text is not UTF-8; what was written stays written.
  void streamJsonRaw(std::string_view sql, Args args, TextSink sink, const JsonOptions& options);
  /// Runs statements separated by semicolons, without parameters, on one connection.
  virtual void executeScript(std::string_view sql) = 0;
  /// Sends a message to a channel: at once, or with the commit. @throws Unsupported on engines
  /// without notifications.
  virtual void notify(std::string_view channel, std::string_view payload) = 0;
  /// @return The plan of raw SQL, with `?` for parameters, as the engine explains it; nothing runs.
  [[nodiscard]] std::vector<std::string> explain(std::string_view sql);
  /// The same of a statement in the engine's own form, as a plan holds it.
  [[nodiscard]] virtual std::vector<std::string> explainPrepared(std::string_view sql) = 0;

  [[nodiscard]] const std::shared_ptr<Runtime>& runtime() const noexcept { return runtime_; }
  /// @return What its reads on replicas must not be behind, and its writes move on.
  [[nodiscard]] const std::shared_ptr<CommitMark>& mark() const noexcept { return mark_; }

  // Executor, as far as both kinds agree.
  [[nodiscard]] const SqlCompiler& compiler() const noexcept override {
    return runtime_->dialect().compiler();
  }
  [[nodiscard]] const Capabilities& capabilities() const noexcept override {
    return compiler().capabilities();
  }
  [[nodiscard]] const RewriterChain& rewriters() const noexcept override {
    return runtime_->rewriters();
  }
  [[nodiscard]] const Context& context() const noexcept override { return context_; }

 protected:
  SessionExecutor(std::shared_ptr<Runtime> runtime, std::shared_ptr<CommitMark> mark,
                  Context context)
      : runtime_(std::move(runtime)), mark_(std::move(mark)), context_(std::move(context)) {}

  /// Raw SQL changed the schema: the snapshot must be read again.
  virtual void schemaTouched() = 0;
  /// @throws Unsupported on engines without notifications.
  void requireNotifications() const;
  /// Refuses raw SQL that may not run.
  void admit(const RawStatement& statement) const;
  /// Runs a statement for each list of arguments. @return The rows of each.
  [[nodiscard]] std::vector<ResultSet> fetchEach(StatementRun& run, std::span<const Args> batch,
                                                 RunCounts& counts) const;

  std::shared_ptr<Runtime> runtime_;
  std::shared_ptr<CommitMark> mark_;
  Context context_;

 private:
  void finishRaw(const RawStatement& statement, std::uint64_t affected);
};

}  // namespace sonde
