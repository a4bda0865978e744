// A prepared PostgreSQL statement.
//
// Invariant: nothing runs on the server after an error or a reset(). A persistent statement has a
// name on the server; any other is sent as text with each run, which is also what PgBouncer needs.
// When the schema changed under it, it is prepared again and run once more, but only outside a
// transaction: inside one the server has given the transaction up. Made by PostgresConnection only;
// it may outlive the connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../statement.hpp"
#include "postgres_header.hpp"
#include "postgres_parameters.hpp"
#include "postgres_session.hpp"

namespace sonde {

class PostgresPipeline;

/// See the file comment and Statement.
class PostgresStatement final : public Statement {
 public:
  /// A persistent statement is prepared and described at once, in one round trip; any other when it
  /// is first bound.
  /// @throws ValidationError when `sql` holds no statement, more than one, or a NUL.
  PostgresStatement(std::shared_ptr<PostgresSession> session, std::string_view sql,
                    bool persistent);
  ~PostgresStatement() override;
  PostgresStatement(const PostgresStatement&) = delete;
  PostgresStatement& operator=(const PostgresStatement&) = delete;

  void bind(Args args) override;
  [[nodiscard]] const Cell* step() override;
  [[nodiscard]] BlockPtr fetch(std::size_t maxRows, std::size_t maxBytes) override;
  [[nodiscard]] std::vector<BlockPtr> fetchEach(std::span<const Args> batch,
                                                std::size_t maxBytes) override;
  std::uint64_t run() override;
  [[nodiscard]] const std::shared_ptr<const Columns>& columns() override { return header_.columns; }
  void reset() noexcept override;

  [[nodiscard]] bool readOnly() const noexcept override { return readOnly_; }
  [[nodiscard]] std::size_t parameterCount() const noexcept override { return parameterCount_; }
  [[nodiscard]] bool takeSchemaChanged() noexcept override {
    return std::exchange(schemaChanged_, false);
  }

 private:
  enum class State : std::uint8_t {
    Ready,
    Buffered,   ///< Rows are taken from one whole result.
    SingleRow,  ///< The server is sending rows, each a result.
    Cursor,     ///< Rows are fetched from a cursor on the server, some at a time.
    Done,
  };

  [[nodiscard]] PostgresHandle& handle() const noexcept { return session_->handle(); }
  [[nodiscard]] bool inTransaction() const noexcept { return handle().inTransaction(); }

  // Preparing.
  void checkSql();
  void requireCount(Args args) const;
  [[nodiscard]] PostgresResult prepareOnServer(const std::string& name);
  void describe();
  void describeWhenNeeded();
  void describeAgain();
  void accept(const pg_result* result);
  [[nodiscard]] bool wantsBinary() const noexcept;
  [[nodiscard]] bool isStale(std::string_view sqlState) const noexcept;

  // Running to the end.
  void begin();
  [[nodiscard]] int send();
  [[nodiscard]] PostgresResult execute();
  [[nodiscard]] PostgresResult executeOnce();
  [[nodiscard]] PostgresResult executeWithSettings(const std::vector<Context::Pair>& settings);
  [[noreturn]] void failRun(PostgresResult result);
  [[nodiscard]] BlockPtr fetchSingly(std::size_t maxRows, std::size_t maxBytes);
  [[nodiscard]] BlockPtr fetchFirst(std::size_t maxRows, std::size_t maxBytes);

  // Row by row (postgres_stream.cpp).
  void start();
  void startSingleRow();
  void openCursor();
  [[nodiscard]] bool nextSingleRow();
  [[nodiscard]] bool nextFromCursor();
  void takeFetched(PostgresResult fetched);
  void endStream(bool complete);
  [[nodiscard]] const Cell* readCurrent();

  // Many at once (postgres_batch.cpp).
  void sendBatch(PostgresPipeline& pipeline, std::span<const Args> batch, bool apart);
  [[nodiscard]] bool takeBatch(PostgresPipeline& pipeline, std::span<const Args> batch,
                               std::size_t maxBytes, std::vector<BlockPtr>& blocks);

  std::shared_ptr<PostgresSession> session_;
  std::string sql_;
  std::string name_;  ///< On the server; empty for one that is sent as text.
  State state_ = State::Ready;
  bool named_ = false;
  bool described_ = false;
  bool bound_ = false;
  bool readOnly_ = false;
  bool selects_ = false;   ///< A cursor can be declared for it.
  bool fewRows_ = false;   ///< The run before gave hardly more rows than were wanted.
  bool manyRows_ = false;  ///< The run before gave a large result.
  bool schemaChanged_ = false;
  bool ownTransaction_ = false;  ///< The cursor's, begun for the settings of the context.
  bool lastFetched_ = false;     ///< The cursor has no more rows than those here.
  std::size_t parameterCount_ = 0;
  std::vector<PostgresType> parameterTypes_;
  PostgresParameters parameters_;
  PostgresHeader header_;
  BlockHint hint_;         ///< What a large result took the last time.
  PostgresResult result_;  ///< The rows at hand.
  int row_ = 0;
  std::size_t fetchSize_ = 0;
  std::string cursor_;
  PostgresRows rows_;
  std::vector<Cell> cells_;
  Args args_;
};

}  // namespace sonde
