#include "mysql_bulk.hpp"

#include <mysql.h>

#include <algorithm>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "mysql_batch.hpp"
#include "mysql_dialect.hpp"
#include "mysql_handle.hpp"
#include "mysql_statement.hpp"

namespace sonde {
namespace {

constexpr unsigned long kArraysSince = 100'207;  // MariaDB 10.2.7
constexpr std::size_t kMostRows = 500;           // of one VALUES
constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr const char* kSavepoint = "sonde_bulk";

std::string insertInto(const MysqlHandle& handle, const Table& table,
                       const std::vector<std::string>& columns) {
  const SqlCompiler& compiler = MysqlDialect::of(handle.product()).compiler();
  std::string sql = "INSERT INTO ";
  if (!table.schema.empty()) sql += compiler.quote(table.schema) + ".";
  sql += compiler.quote(table.name);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    sql += (i == 0 ? " (" : ", ") + compiler.quote(columns[i]);
  }
  return sql + ") VALUES ";
}

std::string placeholders(std::size_t columns) {
  std::string row = "(";
  for (std::size_t i = 0; i < columns; ++i) row += i == 0 ? "?" : ", ?";
  return row + ")";
}

void checkWidth(Args row, std::size_t columns, const Table& table) {
  if (row.size() == columns) return;
  throw ValidationError("a row for " + quoteForMessage(table.name) + " has " +
                        std::to_string(row.size()) + " values for " + std::to_string(columns) +
                        " columns");
}

/// All rows or none: a transaction, or a savepoint of the one that is open.
class AllOrNone {
 public:
  explicit AllOrNone(MysqlHandle& handle) : handle_(handle), inside_(handle.inTransaction()) {
    handle_.execute(inside_ ? std::string("SAVEPOINT ") + kSavepoint : "START TRANSACTION");
  }
  AllOrNone(const AllOrNone&) = delete;
  AllOrNone& operator=(const AllOrNone&) = delete;
  ~AllOrNone() {
    if (done_ || handle_.broken() || !handle_.inTransaction()) return;
    try {
      handle_.execute(inside_ ? std::string("ROLLBACK TO SAVEPOINT ") + kSavepoint : "ROLLBACK");
    } catch (const std::exception&) {
      handle_.markBroken();  // Nobody may go on with rows that should not be there.
    }
  }
  void keep() {
    handle_.execute(inside_ ? std::string("RELEASE SAVEPOINT ") + kSavepoint : "COMMIT");
    done_ = true;
  }

 private:
  MysqlHandle& handle_;
  bool inside_;
  bool done_ = false;
};

/// A statement that runs once for each row of a batch, in one message.
class ArrayInsert {
 public:
  ArrayInsert(MysqlHandle& handle, std::string sql) : handle_(handle), sql_(std::move(sql)) {
    handle_.started();
    statement_ = mysql_stmt_init(handle_.db());
    const MysqlWaitScope scope(handle_.wait());
    if (mysql_stmt_prepare(statement_, sql_.data(), sql_.size()) != 0) fail();
  }
  ArrayInsert(const ArrayInsert&) = delete;
  ArrayInsert& operator=(const ArrayInsert&) = delete;
  ~ArrayInsert() {
    if (statement_ != nullptr) handle_.close(statement_);
  }

  std::uint64_t run(MysqlBatch& batch) {
    handle_.started();
    const MysqlWaitScope scope(handle_.wait());
    if (!batch.apply(statement_) || mysql_stmt_execute(statement_) != 0) fail();
    batch.clear();
    return mysql_stmt_affected_rows(statement_);
  }

 private:
  [[noreturn]] void fail() {
    MysqlFailure failure{mysql_stmt_errno(statement_), mysql_stmt_sqlstate(statement_),
                         mysql_stmt_error(statement_)};
    handle_.close(std::exchange(statement_, nullptr));
    handle_.fail(failure, sql_, {});
  }

  MysqlHandle& handle_;
  std::string sql_;
  MYSQL_STMT* statement_ = nullptr;
};

std::uint64_t insertArrays(MysqlHandle& handle, const Table& table,
                           const std::vector<std::string>& columns, FunctionRef<Args()> next) {
  const std::string sql = insertInto(handle, table, columns) + placeholders(columns.size());
  ArrayInsert insert(handle, sql);
  MysqlBatch batch(columns.size());
  std::uint64_t stored = 0;
  for (Args row = next(); !row.empty(); row = next()) {
    checkWidth(row, columns.size(), table);
    if (batch.add(row, sql)) continue;
    stored += insert.run(batch);
    static_cast<void>(batch.add(row, sql));  // an empty batch takes any row
  }
  if (batch.rows() != 0) stored += insert.run(batch);
  return stored;
}

/// Rows kept as values until a VALUES of many rows is full.
class ValuesInsert {
 public:
  ValuesInsert(std::shared_ptr<MysqlHandle> handle, std::string head, std::size_t columns)
      : handle_(std::move(handle)),
        head_(std::move(head)),
        row_(placeholders(columns)),
        mostRows_(std::clamp<std::size_t>(65'535 / columns, 1, kMostRows)) {}

  std::uint64_t add(Args row) {
    for (const Arg& arg : row) {
      values_.push_back(arg.toValue());
      if (arg.kind() == Arg::Kind::Text) bytes_ += arg.text().size();
      if (arg.kind() == Arg::Kind::Blob) bytes_ += arg.bytes().size();
    }
    ++rows_;
    return rows_ == mostRows_ || bytes_ >= kMostBytes ? flush() : 0;
  }
  std::uint64_t flush() {
    if (rows_ == 0) return 0;
    if (statement_ == nullptr || preparedFor_ != rows_) {
      std::string sql = head_ + row_;
      for (std::size_t i = 1; i < rows_; ++i) sql += ", " + row_;
      statement_ = std::make_unique<MysqlStatement>(handle_, std::move(sql), false);
      preparedFor_ = rows_;
    }
    std::vector<Arg> args(values_.begin(), values_.end());
    statement_->bind(args);
    const std::uint64_t stored = statement_->run();
    statement_->reset();
    values_.clear();
    rows_ = bytes_ = 0;
    return stored;
  }

 private:
  std::shared_ptr<MysqlHandle> handle_;
  std::string head_;
  std::string row_;
  std::size_t mostRows_;
  std::vector<Value> values_;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  std::size_t preparedFor_ = 0;
  std::unique_ptr<MysqlStatement> statement_;
};

std::uint64_t insertValues(const std::shared_ptr<MysqlHandle>& handle, const Table& table,
                           const std::vector<std::string>& columns, FunctionRef<Args()> next) {
  ValuesInsert insert(handle, insertInto(*handle, table, columns), columns.size());
  std::uint64_t stored = 0;
  for (Args row = next(); !row.empty(); row = next()) {
    checkWidth(row, columns.size(), table);
    stored += insert.add(row);
  }
  return stored + insert.flush();
}

}  // namespace

MysqlBulkWay mysqlBulkWay(const MysqlHandle& handle) noexcept {
  const bool arrays =
      handle.product() == MysqlProduct::MariaDb && handle.versionNumber() >= kArraysSince;
  return arrays ? MysqlBulkWay::Arrays : MysqlBulkWay::Values;
}

std::uint64_t mysqlBulkInsert(const std::shared_ptr<MysqlHandle>& handle, MysqlBulkWay way,
                              const Table& table, const std::vector<std::string>& columns,
                              FunctionRef<Args()> next) {
  if (columns.empty()) throw ValidationError("a bulk insert needs at least one column");
  AllOrNone all(*handle);
  const std::uint64_t stored = way == MysqlBulkWay::Arrays
                                   ? insertArrays(*handle, table, columns, next)
                                   : insertValues(handle, table, columns, next);
  all.keep();
  return stored;
}

}  // namespace sonde
