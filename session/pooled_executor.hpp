// The executor of a database: each call leases a connection for as long as it lasts.
//
// Invariant: may be called from any thread; holds no connection between calls. A streaming call
// holds its connection while the callback runs. A read that a replica could not answer is tried on
// the primary, unless rows were handed out already. Used by db/.
#pragma once

#include <memory>

#include "session_executor.hpp"
#include "statement_run.hpp"

namespace sonde {

/// See the file comment.
class PooledExecutor final : public SessionExecutor {
 public:
  explicit PooledExecutor(const std::shared_ptr<Runtime>& runtime)
      : PooledExecutor(runtime, runtime->commits(), {}) {}
  /// With a mark of its own, it need not wait for what others committed.
  PooledExecutor(std::shared_ptr<Runtime> runtime, std::shared_ptr<CommitMark> mark,
                 Context context)
      : SessionExecutor(std::move(runtime), std::move(mark), std::move(context)) {}

  [[nodiscard]] std::shared_ptr<SessionExecutor> with(Context context) override;
  [[nodiscard]] RawStatementPtr raw(std::string_view sql) override;
  void executeScript(std::string_view sql) override;
  void notify(std::string_view channel, std::string_view payload) override;
  [[nodiscard]] std::vector<std::string> explainPrepared(std::string_view sql) override;

  [[nodiscard]] std::shared_ptr<const Schema> schema() const override;
  [[nodiscard]] std::uint64_t schemaVersion() const noexcept override;
  bool refreshSchema() override;
  bool recheckSchema() override;
  [[nodiscard]] bool inTransaction() const noexcept override { return false; }

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
  [[nodiscard]] bool wantsChanges() const noexcept override;
  void recordChange(Change change) override;

 protected:
  void schemaTouched() override;

 private:
  template <class Job>
  auto lease(const query::Plan& plan, std::size_t parameters, Job job);
  template <class Job>
  auto runOn(SessionPool& pool, const query::Plan& plan, Job& job, RunCounts& counts,
             Observation* observation);
  void noteCommit(Connection& connection, bool wrote) const noexcept;
  template <class Work>
  auto call(const query::Plan& plan, Args args, Work work);
};

}  // namespace sonde
