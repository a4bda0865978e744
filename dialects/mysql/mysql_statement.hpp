// A prepared statement of MySQL or MariaDB, by the binary protocol.
//
// Invariant: rows are decoded straight from libmariadb's packets, one copy each. While rows are on
// their way the statement is the connection's reader: whatever runs next on the connection has it
// keep the rest in memory first, so that any statement may run inside a streaming callback. The
// header is compared with the metadata of each run, as the server prepares again by itself when a
// table changed. Made by MysqlConnection only; it may outlive the connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../statement.hpp"
#include "mysql_cells.hpp"
#include "mysql_handle.hpp"
#include "mysql_params.hpp"

struct st_mysql_stmt;

namespace sonde {

/// See the file comment and Statement.
class MysqlStatement final : public Statement, private MysqlReader {
 public:
  /// Prepares one statement. @throws QueryError when the server refuses it.
  MysqlStatement(std::shared_ptr<MysqlHandle> handle, std::string sql, bool readOnly);
  ~MysqlStatement() override;
  MysqlStatement(const MysqlStatement&) = delete;
  MysqlStatement& operator=(const MysqlStatement&) = delete;

  void bind(Args args) override;
  [[nodiscard]] const Cell* step() override;
  [[nodiscard]] BlockPtr fetch(std::size_t maxRows, std::size_t maxBytes) override;
  std::uint64_t run() override;
  [[nodiscard]] const std::shared_ptr<const Columns>& columns() override { return columns_; }
  void reset() noexcept override;

  [[nodiscard]] bool readOnly() const noexcept override { return readOnly_; }
  [[nodiscard]] std::size_t parameterCount() const noexcept override { return parameterCount_; }
  [[nodiscard]] bool takeSchemaChanged() noexcept override;

 private:
  enum class State : std::uint8_t {
    Ready,
    Reading,  ///< The server has more rows to give.
    Kept,     ///< The rows that are left are in `kept_`.
    Done,
  };

  /// What of a column's metadata decides how its values are read.
  struct Signature {
    std::uint32_t type = 0;
    std::uint32_t flags = 0;
    std::uint32_t decimals = 0;
    std::uint32_t charset = 0;
    std::uint64_t length = 0;
    friend bool operator==(const Signature&, const Signature&) = default;
  };

  void prepare();
  void execute();
  [[nodiscard]] bool executeOnce();
  [[nodiscard]] bool fetchRow(Cell* into);
  [[nodiscard]] bool nextKept(Cell* into);
  void finishRun() noexcept;
  void keepRest() noexcept override;
  void fillBlock(ResultBlock& block, std::size_t maxRows, std::size_t maxBytes);
  void copyRow(ResultBlock& block, Cell* cells);
  void keepInRowBuffer();
  void learn(const ResultBlock& block) noexcept;
  void refreshHeader();
  [[nodiscard]] bool headerHolds() const noexcept;
  void buildHeader();
  void skipRest() noexcept;
  [[noreturn]] void failStatement();

  // What every row touches comes first.
  st_mysql_stmt* statement_ = nullptr;
  State state_ = State::Ready;
  bool readOnly_ = false;
  std::uint32_t sinceCheck_ = 0;
  MysqlRowSink sink_;
  std::vector<Cell> cells_;
  std::vector<char> rowBytes_;  // the texts of the row that step() gave
  std::shared_ptr<MysqlHandle> handle_;
  std::shared_ptr<const Columns> columns_;
  BlockHint hint_;
  MysqlParams params_;
  Args args_;
  std::size_t parameterCount_ = 0;
  std::uint64_t affected_ = 0;
  unsigned generation_ = 0;
  bool schemaChanged_ = false;
  std::vector<Signature> signatures_;
  BlockPtr kept_;
  std::size_t keptNext_ = 0;
  std::exception_ptr keptError_;
  std::string sql_;
};

}  // namespace sonde
