// The executor of one level of a transaction.
//
// Invariant: every statement runs on the transaction's connection; after the level ended, and on
// any other thread than the one that began it, every call is a TransactionError. Used by db/ and by
// transact().
#pragma once

#include <memory>

#include "session_executor.hpp"
#include "statement_run.hpp"
#include "transaction_scope.hpp"

namespace sonde {

/// See the file comment.
class TransactionExecutor final : public SessionExecutor {
 public:
  TransactionExecutor(std::shared_ptr<TransactionScope> scope, TransactionLevel level,
                      Context context)
      : SessionExecutor(scope->runtime(), scope->mark(), std::move(context)),
        scope_(std::move(scope)),
        level_(level) {}

  [[nodiscard]] const std::shared_ptr<TransactionScope>& scope() const noexcept { return scope_; }
  [[nodiscard]] const TransactionLevel& level() const noexcept { return level_; }

  [[nodiscard]] std::shared_ptr<SessionExecutor> with(Context context) override;
  [[nodiscard]] RawStatementPtr raw(std::string_view sql) override;
  void executeScript(std::string_view sql) override;
  void notify(std::string_view channel, std::string_view payload) override;
  [[nodiscard]] std::vector<std::string> explainPrepared(std::string_view sql) override;

  [[nodiscard]] std::shared_ptr<const Schema> schema() const override { return scope_->schema(); }
  [[nodiscard]] std::uint64_t schemaVersion() const noexcept override {
    return scope_->schemaVersion();
  }
  bool refreshSchema() override;
  bool recheckSchema() override;
  [[nodiscard]] bool inTransaction() const noexcept override { return true; }

  [[nodiscard]] ResultSet query(const query::Plan& plan, Args args) override;
  [[nodiscard]] std::optional<Row> queryRow(const query::Plan& plan, Args args) override;
  [[nodiscard]] std::vector<ResultSet> queryEach(const query::Plan& plan,
                                                 std::span<const Args> batch) override;
  void stream(const query::Plan& plan, Args args, RowCallback callback) override;
  WriteResult execute(const query::Plan& plan, Args args) override;
  std::uint64_t bulkInsert(const query::Plan& insert, const Table& table,
                           const std::vector<std::string>& columns,
                           FunctionRef<Args()> next) override;
  void transact(FunctionRef<void(Executor&)> work) override;
  [[nodiscard]] bool wantsChanges() const noexcept override { return scope_->wantsChanges(); }
  void recordChange(Change change) override { scope_->record(std::move(change)); }

 protected:
  void schemaTouched() override { scope_->schemaTouched(); }

 private:
  template <class Job>
  auto inside(const query::Plan* plan, Job job);
  template <class Job>
  auto inside(const query::Plan& plan, std::size_t parameters, Job job);
  template <class Work>
  auto call(const query::Plan& plan, Args args, Work work);

  std::shared_ptr<TransactionScope> scope_;
  TransactionLevel level_;
};

}  // namespace sonde
