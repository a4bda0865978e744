#include "sqlite_statement.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "../../core/error.hpp"
#include "../block_budget.hpp"
#include "sqlite_owned_statement.hpp"
#include "sqlite_schema_counter.hpp"
#include "sqlite_types.hpp"

namespace sonde {
namespace {

std::string_view textOrEmpty(const char* text) noexcept {
  return text == nullptr ? std::string_view() : std::string_view(text);
}

// SQLite takes a null pointer for NULL, but an empty text or blob may come as one.
const char* neverNull(const char* bytes) noexcept { return bytes == nullptr ? "" : bytes; }

[[noreturn]] void refuseArgument(int index, std::string_view why, std::string_view sql) {
  const std::string field = "parameter " + std::to_string(index);
  ErrorDetails details;
  details.sql = sql;
  throw ValidationError(field + ": " + std::string(why), {{field, std::string(why)}},
                        std::move(details));
}

/// Copies bytes into a block, within a budget.
struct BlockKeeper {
  ResultBlock& block;
  BlockBudget budget;

  const char* operator()(const char* data, std::size_t size) {
    budget.spend(size + 1, block.rowCount());
    return block.store(data, size);
  }
};

}  // namespace

SqliteStatement::SqliteStatement(std::shared_ptr<SqliteHandle> handle, sqlite3_stmt* statement,
                                 std::shared_ptr<SqliteSchemaCounter> schemaCounter)
    : statement_(statement),
      readOnly_(sqlite3_stmt_readonly(statement) != 0),
      handle_(std::move(handle)),
      parameterCount_(static_cast<std::size_t>(sqlite3_bind_parameter_count(statement))),
      takenSchema_(schemaCounter->generation()),
      schemaCounter_(std::move(schemaCounter)) {}

void SqliteFinalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

SqliteStatement::~SqliteStatement() { sqlite3_finalize(statement_); }

std::string_view SqliteStatement::sql() const noexcept {
  return textOrEmpty(sqlite3_sql(statement_));
}

// --- parameters ---

void SqliteStatement::bind(Args args) {
  if (state_ != State::Ready) reset();
  if (args.size() != parameterCount_) {
    ErrorDetails details;
    details.sql = sql();
    throw ValidationError("the statement has " + std::to_string(parameterCount_) +
                              " placeholders, but " + std::to_string(args.size()) +
                              " parameters were given",
                          {}, std::move(details));
  }
  bound_ = false;
  int index = 0;
  for (const Arg& arg : args) bindOne(++index, arg);
  bound_ = true;
  args_ = args;
}

void SqliteStatement::bindOne(int index, const Arg& arg) {
  switch (arg.kind()) {
    case Arg::Kind::Null:
      return checkBind(sqlite3_bind_null(statement_, index), index);
    case Arg::Kind::Boolean:
      return checkBind(sqlite3_bind_int(statement_, index, arg.boolean() ? 1 : 0), index);
    case Arg::Kind::Integer:
      return checkBind(sqlite3_bind_int64(statement_, index, arg.integer()), index);
    case Arg::Kind::Unsigned:
      refuseArgument(index, "SQLite's integers end at 9223372036854775807", sql());
    case Arg::Kind::Real:
      if (std::isnan(arg.real())) {
        refuseArgument(index, "SQLite cannot store NaN, it would become NULL", sql());
      }
      return checkBind(sqlite3_bind_double(statement_, index, arg.real()), index);
    case Arg::Kind::Text: {
      const std::string_view text = arg.text();
      return checkBind(sqlite3_bind_text64(statement_, index, neverNull(text.data()), text.size(),
                                           SQLITE_STATIC, SQLITE_UTF8),
                       index);
    }
    case Arg::Kind::Blob: {
      const auto bytes = arg.bytes();
      const auto* data = reinterpret_cast<const char*>(bytes.data());
      return checkBind(
          sqlite3_bind_blob64(statement_, index, neverNull(data), bytes.size(), SQLITE_STATIC),
          index);
    }
    case Arg::Kind::Document: {
      // Reserved for all parameters at once: a text that is bound must not move.
      if (documents_.empty()) documents_.reserve(parameterCount_);
      const std::string& json = documents_.emplace_back(arg.document().dump());
      return checkBind(sqlite3_bind_text64(statement_, index, json.data(), json.size(),
                                           SQLITE_STATIC, SQLITE_UTF8),
                       index);
    }
    case Arg::Kind::List:
      refuseArgument(index, "a list cannot be bound to one placeholder", sql());
  }
}

void SqliteStatement::checkBind(int code, int index) {
  if (code == SQLITE_OK) [[likely]]
    return;
  if (code == SQLITE_TOOBIG) refuseArgument(index, "larger than SQLite can store", sql());
  handle_->fail(code, sql());
}

// --- running ---

void SqliteStatement::beginRun() {
  handle_->started();
  // Parameters of the run before point at memory of the past: a run without bind() must not see
  // them. bind() overwrites every one, so that the usual run need not clear them.
  if (!bound_ && parameterCount_ != 0) sqlite3_clear_bindings(statement_);
}

bool SqliteStatement::advance() {
  if (state_ != State::OnRow) {
    if (state_ == State::Done) return false;
    beginRun();
  }
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) [[likely]] {
    if (state_ == State::Ready) {
      state_ = State::OnRow;
      refreshHeader();
    }
    return true;
  }
  if (code != SQLITE_DONE) failWith(code);
  if (state_ == State::Ready) refreshHeader();
  state_ = State::Done;
  return false;
}

void SqliteStatement::failWith(int code) {
  // The message survives the reset, the locks do not. The caller's arguments are still alive here.
  sqlite3_reset(statement_);
  const Args args = std::exchange(args_, {});
  state_ = State::Ready;
  bound_ = false;
  handle_->fail(code, sql(), args);
}

void SqliteStatement::failOutOfMemory() {
  reset();
  throw std::bad_alloc();
}

void SqliteStatement::reset() noexcept {
  sqlite3_reset(statement_);
  state_ = State::Ready;
  bound_ = false;
  args_ = {};
  if (!documents_.empty()) documents_.clear();
}

std::uint64_t SqliteStatement::run() {
  const std::int64_t before = sqlite3_total_changes64(handle_->db());
  while (advance()) {
  }
  // sqlite3_changes() still tells of an earlier statement when this one changed nothing (DDL,
  // SELECT).
  if (sqlite3_total_changes64(handle_->db()) == before) return 0;
  return static_cast<std::uint64_t>(sqlite3_changes64(handle_->db()));
}

// --- rows ---

template <class Keeper>
void SqliteStatement::readRow(Cell* cells, Keeper&& keep) {
  const ColumnRule* const rules = rules_.data();
  for (int i = 0; i < width_; ++i) {
    sqlite3_value* const value = sqlite3_column_value(statement_, i);
    const ColumnRule& rule = rules[i];
    Cell& cell = cells[i];
    cell.column = static_cast<std::uint16_t>(i);
    cell.length = 0;
    switch (sqlite3_value_type(value)) {
      case SQLITE_INTEGER: {
        const std::int64_t integer = sqlite3_value_int64(value);
        cell.storage = Storage::Integer;
        cell.type = rule.boolean && (integer == 0 || integer == 1) ? Type::Boolean : rule.number;
        cell.integer = integer;
        break;
      }
      case SQLITE_FLOAT:
        cell.storage = Storage::Real;
        cell.type = rule.number;
        cell.real = sqlite3_value_double(value);
        break;
      case SQLITE_TEXT: {
        // Text before length: on a UTF-16 database the call converts, and the length is of UTF-8.
        const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(value));
        if (text == nullptr) [[unlikely]]
          failOutOfMemory();
        const auto length = static_cast<std::uint32_t>(sqlite3_value_bytes(value));
        cell.storage = Storage::Text;
        cell.type = rule.text;
        cell.length = length;
        cell.bytes = keep(text, length);
        break;
      }
      case SQLITE_BLOB: {
        const auto* blob = static_cast<const char*>(sqlite3_value_blob(value));
        const auto length = static_cast<std::uint32_t>(sqlite3_value_bytes(value));
        if (blob == nullptr && length != 0) [[unlikely]]
          failOutOfMemory();
        cell.storage = Storage::Blob;
        cell.type = Type::Other;
        cell.length = length;
        cell.bytes = keep(neverNull(blob), length);
        break;
      }
      default:
        cell.storage = Storage::Null;
        cell.type = Type::Other;
        cell.integer = 0;
        break;
    }
  }
}

const Cell* SqliteStatement::step() {
  if (!advance()) return nullptr;
  readRow(cells_.data(), [](const char* data, std::size_t) { return data; });
  return cells_.data();
}

BlockPtr SqliteStatement::fetch(std::size_t maxRows, std::size_t maxBytes) {
  try {
    const bool any = advance();
    BlockHint hint = hint_;
    if (maxRows != 0 && maxRows < hint.rows) {
      hint.bytes = hint.bytes / hint.rows * maxRows;
      hint.rows = maxRows;
    }
    BlockPtr block = ResultBlock::make(columns_, hint);
    if (any) fillBlock(*block, maxRows, maxBytes);
    learn(*block);
    return block;
  } catch (...) {
    reset();
    throw;
  }
}

void SqliteStatement::fillBlock(ResultBlock& block, std::size_t maxRows, std::size_t maxBytes) {
  const std::size_t rowBytes = static_cast<std::size_t>(width_) * sizeof(Cell);
  BlockKeeper keeper{block, BlockBudget(maxBytes)};
  do {
    Cell* const cells = block.appendRow();
    keeper.budget.spend(rowBytes, block.rowCount());
    readRow(cells, keeper);
    if (block.rowCount() == maxRows) {
      // A write is carried out as a whole, however many of its rows are wanted.
      while (!readOnly_ && advance()) {
      }
      return;
    }
  } while (advance());
}

void SqliteStatement::learn(const ResultBlock& block) noexcept {
  const std::size_t bytes = block.byteCount();
  hint_.rows = std::max<std::size_t>(nextReserve(hint_.rows, block.rowCount()), 1);
  // Texts differ in length from run to run: an eighth more saves most second allocations.
  hint_.bytes = nextReserve(hint_.bytes, bytes + bytes / 8);
}

// --- the header ---

void SqliteStatement::refreshHeader() {
  const int prepares = sqlite3_stmt_status(statement_, SQLITE_STMTSTATUS_REPREPARE, 0);
  if (columns_ != nullptr && prepares == headerPrepares_) [[likely]]
    return;
  headerPrepares_ = prepares;
  if (columns_ == nullptr || !headerHolds()) buildHeader();
}

bool SqliteStatement::headerHolds() const {
  if (sqlite3_column_count(statement_) != width_) return false;
  for (int i = 0; i < width_; ++i) {
    const ColumnInfo& info = (*columns_)[static_cast<std::size_t>(i)];
    if (info.name != textOrEmpty(sqlite3_column_name(statement_, i)) ||
        info.declaredType != textOrEmpty(sqlite3_column_decltype(statement_, i)) ||
        info.table != textOrEmpty(sqlite3_column_table_name(statement_, i)) ||
        info.origin != textOrEmpty(sqlite3_column_origin_name(statement_, i))) {
      return false;
    }
  }
  return true;
}

void SqliteStatement::buildHeader() {
  const int width = sqlite3_column_count(statement_);
  std::vector<ColumnInfo> infos(static_cast<std::size_t>(width));
  std::vector<ColumnRule> rules(infos.size());
  for (int i = 0; i < width; ++i) {
    ColumnInfo& info = infos[static_cast<std::size_t>(i)];
    info.name = textOrEmpty(sqlite3_column_name(statement_, i));
    info.declaredType = textOrEmpty(sqlite3_column_decltype(statement_, i));
    info.table = textOrEmpty(sqlite3_column_table_name(statement_, i));
    info.origin = textOrEmpty(sqlite3_column_origin_name(statement_, i));
    info.type = sqliteType(info.declaredType);
    info.scale = sqliteScale(info.declaredType);
    ColumnRule& rule = rules[static_cast<std::size_t>(i)];
    switch (info.type) {
      case Type::Boolean:
        rule.boolean = true;
        break;
      case Type::Decimal:
        rule.number = Type::Decimal;
        break;
      case Type::Date:
      case Type::Time:
      case Type::Timestamp:
      case Type::TimestampTz:
      case Type::Interval:
      case Type::Uuid:
      case Type::Json:
        rule.text = info.type;
        break;
      default:  // The storage class says it all.
        break;
    }
  }
  columns_ = Columns::make(std::move(infos));
  rules_ = std::move(rules);
  cells_.resize(static_cast<std::size_t>(width));
  width_ = width;
}

StatementEffort SqliteStatement::readEffort() noexcept {
  constexpr unsigned kRest = 63;
  const auto take = [this](int counter) {
    return static_cast<std::uint64_t>(sqlite3_stmt_status(statement_, counter, 1));
  };
  const StatementEffort effort{take(SQLITE_STMTSTATUS_FULLSCAN_STEP), take(SQLITE_STMTSTATUS_SORT),
                               take(SQLITE_STMTSTATUS_AUTOINDEX)};
  if (!effort.any()) effortRest_ = kRest;
  return effort;
}

bool SqliteStatement::takeSchemaChanged() noexcept {
  const int prepares = sqlite3_stmt_status(statement_, SQLITE_STMTSTATUS_REPREPARE, 0);
  if (prepares == takenPrepares_) [[likely]]
    return false;
  takenPrepares_ = prepares;
  try {
    schemaCounter_->read();
  } catch (const std::exception&) {
    return true;  // Not known, so look.
  }
  return std::exchange(takenSchema_, schemaCounter_->generation()) != schemaCounter_->generation();
}

}  // namespace sonde
