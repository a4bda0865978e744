// A prepared SQLite statement.
//
// Invariant: no locks are held after an error or a reset(): a step that fails resets the statement
// before it throws. The header is built after the first step, because SQLite prepares again by
// itself when the schema changed, and is kept as long as it does not. Made by SqliteConnection
// only; it may outlive the connection.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../statement.hpp"
#include "sqlite_handle.hpp"

struct sqlite3_stmt;

namespace sonde {

class SqliteSchemaCounter;

/// See the file comment and Statement.
class SqliteStatement final : public Statement {
 public:
  /// Takes over a prepared statement.
  SqliteStatement(std::shared_ptr<SqliteHandle> handle, sqlite3_stmt* statement,
                  std::shared_ptr<SqliteSchemaCounter> schemaCounter);
  ~SqliteStatement() override;
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  void bind(Args args) override;
  [[nodiscard]] const Cell* step() override;
  [[nodiscard]] BlockPtr fetch(std::size_t maxRows, std::size_t maxBytes) override;
  std::uint64_t run() override;
  [[nodiscard]] const std::shared_ptr<const Columns>& columns() override { return columns_; }
  void reset() noexcept override;

  [[nodiscard]] bool readOnly() const noexcept override { return readOnly_; }
  [[nodiscard]] std::size_t parameterCount() const noexcept override { return parameterCount_; }
  [[nodiscard]] bool takeSchemaChanged() noexcept override;
  /// SQLite goes on counting until it is asked, so nothing is lost by asking a statement that cost
  /// nothing the last time only now and then; asking takes a hundredth of a point lookup.
  [[nodiscard]] StatementEffort takeEffort() noexcept override {
    if (effortRest_ == 0) return readEffort();
    --effortRest_;
    return {};
  }

 private:
  enum class State : std::uint8_t { Ready, OnRow, Done };

  /// What a value of each storage class means in one column.
  struct ColumnRule {
    Type number = Type::Other;  ///< Integers and reals.
    Type text = Type::Other;
    bool boolean = false;  ///< Integers 0 and 1 are booleans.
  };

  [[nodiscard]] StatementEffort readEffort() noexcept;
  [[nodiscard]] bool advance();
  void beginRun();
  void bindOne(int index, const Arg& arg);
  void checkBind(int code, int index);
  void refreshHeader();
  [[nodiscard]] bool headerHolds() const;
  void buildHeader();
  template <class Keeper>
  void readRow(Cell* cells, Keeper&& keep);
  void fillBlock(ResultBlock& block, std::size_t maxRows, std::size_t maxBytes);
  void learn(const ResultBlock& block) noexcept;
  [[noreturn]] void failWith(int code);
  [[noreturn]] void failOutOfMemory();
  [[nodiscard]] std::string_view sql() const noexcept;

  // What every step touches comes first.
  sqlite3_stmt* statement_;
  State state_ = State::Ready;
  bool bound_ = false;
  bool readOnly_ = false;
  int width_ = 0;
  std::vector<ColumnRule> rules_;
  std::vector<Cell> cells_;
  std::shared_ptr<SqliteHandle> handle_;
  std::shared_ptr<const Columns> columns_;
  BlockHint hint_;
  std::size_t parameterCount_ = 0;
  int headerPrepares_ = 0;  // re-prepare counter when the header was last checked
  int takenPrepares_ = 0;   // … and when takeSchemaChanged() was last asked
  std::uint64_t takenSchema_ = 0;
  unsigned effortRest_ = 0;  // calls of takeEffort() that need not look
  Args args_;
  std::vector<std::string> documents_;  // JSON texts bound in this run; never grows while bound
  std::shared_ptr<SqliteSchemaCounter> schemaCounter_;
};

}  // namespace sonde
