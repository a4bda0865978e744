#include "mysql_statement.hpp"

#include <mysql.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "../../core/error.hpp"
#include "../block_budget.hpp"

namespace sonde {
namespace {

// The statement changed under its prepared form: another number of columns, a table that was made
// anew, a session that was reset.
constexpr unsigned kNewMetadata = 2057;
constexpr unsigned kUnknownStatement = 1243;
constexpr unsigned kNeedsPrepare = 1615;

constexpr std::uint32_t kRowsBetweenChecks = 256;

// Reading this many rows nobody wants is cheaper than a second connection that stops them.
constexpr int kRowsToSkip = 2000;

bool isBytes(const Cell& cell) noexcept {
  return cell.storage == Storage::Text || cell.storage == Storage::Blob;
}

}  // namespace

MysqlStatement::MysqlStatement(std::shared_ptr<MysqlHandle> handle, std::string sql, bool readOnly)
    : readOnly_(readOnly), handle_(std::move(handle)), sql_(std::move(sql)) {
  prepare();
}

MysqlStatement::~MysqlStatement() {
  reset();
  if (statement_ != nullptr) handle_->close(statement_);
}

void MysqlStatement::prepare() {
  handle_->started();
  if (statement_ != nullptr) handle_->close(std::exchange(statement_, nullptr));
  statement_ = mysql_stmt_init(handle_->db());
  if (statement_ == nullptr) handle_->fail(sql_);
  const MysqlWaitScope scope(handle_->wait());
  if (mysql_stmt_prepare(statement_, sql_.data(), sql_.size()) != 0) {
    MysqlFailure failure{mysql_stmt_errno(statement_), mysql_stmt_sqlstate(statement_),
                         mysql_stmt_error(statement_)};
    mysql_stmt_close(std::exchange(statement_, nullptr));
    handle_->fail(failure, sql_, {});
  }
  mysql_stmt_attr_set(statement_, STMT_ATTR_CB_USER_DATA, &sink_);
  mysql_stmt_attr_set(statement_, STMT_ATTR_CB_RESULT,
                      reinterpret_cast<const void*>(&MysqlRowSink::read));
  parameterCount_ = mysql_stmt_param_count(statement_);
  generation_ = handle_->generation();
}

// --- parameters ---

void MysqlStatement::bind(Args args) {
  if (state_ != State::Ready) reset();
  if (args.size() != parameterCount_) {
    ErrorDetails details;
    details.sql = sql_;
    throw ValidationError("the statement has " + std::to_string(parameterCount_) +
                              " placeholders, but " + std::to_string(args.size()) +
                              " parameters were given",
                          {}, std::move(details));
  }
  params_.clear();
  params_.bind(args, sql_);
  args_ = args;
}

// --- running ---

void MysqlStatement::failStatement() {
  MysqlFailure failure{mysql_stmt_errno(statement_), mysql_stmt_sqlstate(statement_),
                       mysql_stmt_error(statement_)};
  if (failure.code == 0) {
    failure = {mysql_errno(handle_->db()), mysql_sqlstate(handle_->db()),
               mysql_error(handle_->db())};
  }
  handle_->clearReader(this);
  state_ = State::Ready;
  const Args args = std::exchange(args_, {});
  handle_->fail(failure, sql_, args);
}

bool MysqlStatement::executeOnce() {
  handle_->started();
  const MysqlWaitScope scope(handle_->wait());
  if (!params_.apply(statement_)) failStatement();
  return mysql_stmt_execute(statement_) == 0;
}

void MysqlStatement::execute() {
  if (parameterCount_ != args_.size()) {
    throw ValidationError("a statement with parameters was run without them");
  }
  if (statement_ == nullptr || generation_ != handle_->generation()) prepare();
  if (!executeOnce()) {
    const unsigned code = mysql_stmt_errno(statement_);
    const bool again =
        code == kUnknownStatement || code == kNeedsPrepare || (code == kNewMetadata && readOnly_);
    if (!again) failStatement();
    prepare();
    if (!executeOnce()) failStatement();
  }
  if (const auto id = mysql_stmt_insert_id(statement_); id != 0) handle_->setInsertId(id);
  affected_ = 0;
  if (mysql_stmt_field_count(statement_) == 0) {
    const auto affected = mysql_stmt_affected_rows(statement_);
    affected_ = affected == MYSQL_COUNT_ERROR ? 0 : affected;
  }
  refreshHeader();
  if (columns_->size() == 0) {
    finishRun();
  } else {
    state_ = State::Reading;
    handle_->setReader(this);
  }
}

void MysqlStatement::finishRun() noexcept {
  state_ = State::Done;
  handle_->clearReader(this);
  if (mysql_stmt_more_results(statement_) == 0) return;
  // A procedure: its first result was given, what follows is read past.
  const MysqlWaitScope scope(handle_->wait());
  while (mysql_stmt_next_result(statement_) == 0) mysql_stmt_free_result(statement_);
}

bool MysqlStatement::fetchRow(Cell* into) {
  if (state_ == State::Kept) return nextKept(into);
  if (state_ != State::Reading) return false;
  if (++sinceCheck_ % kRowsBetweenChecks == 0) handle_->check();
  sink_.into(into);
  int code = 0;
  {
    const MysqlWaitScope scope(handle_->wait());
    code = mysql_stmt_fetch(statement_);
  }
  if (code == 0) [[likely]]
    return true;
  if (code != MYSQL_NO_DATA) failStatement();
  finishRun();
  if (readOnly_) handle_->checkStopped(sql_);
  return false;
}

bool MysqlStatement::nextKept(Cell* into) {
  if (keptNext_ < kept_->rowCount()) {
    std::copy_n(kept_->row(keptNext_++), columns_->size(), into);
    return true;
  }
  state_ = State::Done;
  if (keptError_) std::rethrow_exception(std::exchange(keptError_, nullptr));
  return false;
}

void MysqlStatement::keepRest() noexcept {
  try {
    kept_ = ResultBlock::make(columns_);
    keptNext_ = 0;
    while (true) {
      Cell* const cells = kept_->appendRow();
      bool any = false;
      try {
        any = fetchRow(cells);
      } catch (...) {
        kept_->dropLastRow();
        throw;
      }
      if (!any) {
        kept_->dropLastRow();
        break;
      }
      copyRow(*kept_, cells);
    }
  } catch (...) {
    keptError_ = std::current_exception();
  }
  state_ = State::Kept;
}

void MysqlStatement::skipRest() noexcept {
  // Cells of rows that nobody sees.
  sink_.into(cells_.data());
  const MysqlWaitScope scope(handle_->wait());
  int code = 0;
  for (int i = 0; i < kRowsToSkip && code == 0; ++i) code = mysql_stmt_fetch(statement_);
  if (code == 0) {
    handle_->killQuery();
    while (code == 0) code = mysql_stmt_fetch(statement_);
  }
  if (code != MYSQL_NO_DATA && isMysqlConnectionLost(mysql_stmt_errno(statement_))) {
    handle_->markBroken();
  }
}

void MysqlStatement::reset() noexcept {
  if (state_ == State::Reading) {
    skipRest();
    finishRun();
  }
  state_ = State::Ready;
  args_ = {};
  params_.clear();
  kept_ = {};
  keptError_ = nullptr;
}

std::uint64_t MysqlStatement::run() {
  if (state_ == State::Ready) execute();
  std::uint64_t rows = 0;
  while (fetchRow(cells_.data())) ++rows;
  return readOnly_ || columns_->size() == 0 ? affected_ : rows;
}

// --- rows ---

void MysqlStatement::keepInRowBuffer() {
  std::size_t size = 0;
  for (const std::uint16_t column : sink_.byteColumns()) {
    if (isBytes(cells_[column])) size += std::size_t{cells_[column].length} + 1;
  }
  if (rowBytes_.size() < size) rowBytes_.resize(size + size / 2);
  char* at = rowBytes_.data();
  for (const std::uint16_t column : sink_.byteColumns()) {
    Cell& cell = cells_[column];
    if (!isBytes(cell)) continue;
    std::memcpy(at, cell.bytes, cell.length);
    cell.bytes = at;
    at += cell.length;
    *at++ = '\0';
  }
}

const Cell* MysqlStatement::step() {
  if (state_ == State::Ready) execute();
  const bool kept = state_ == State::Kept;
  if (!fetchRow(cells_.data())) return nullptr;
  // Copied, so that the row stays whole when the callback runs other statements.
  if (!kept) keepInRowBuffer();
  return cells_.data();
}

BlockPtr MysqlStatement::fetch(std::size_t maxRows, std::size_t maxBytes) {
  try {
    if (state_ == State::Ready) execute();
    BlockHint hint = hint_;
    if (maxRows != 0 && maxRows < hint.rows) {
      hint.bytes = hint.bytes / hint.rows * maxRows;
      hint.rows = maxRows;
    }
    BlockPtr block = ResultBlock::make(columns_, hint);
    fillBlock(*block, maxRows, maxBytes);
    learn(*block);
    return block;
  } catch (...) {
    reset();
    throw;
  }
}

void MysqlStatement::copyRow(ResultBlock& block, Cell* cells) {
  for (const std::uint16_t column : sink_.byteColumns()) {
    Cell& cell = cells[column];
    if (isBytes(cell)) cell.bytes = block.store(cell.bytes, cell.length);
  }
}

void MysqlStatement::fillBlock(ResultBlock& block, std::size_t maxRows, std::size_t maxBytes) {
  const std::size_t rowBytes = columns_->size() * sizeof(Cell);
  BlockBudget budget(maxBytes);
  while (true) {
    if (maxRows != 0 && block.rowCount() == maxRows) {
      // A write is carried out as a whole, however many of its rows are wanted.
      while (!readOnly_ && fetchRow(cells_.data())) {
      }
      return;
    }
    Cell* const cells = block.appendRow();
    bool any = false;
    try {
      any = fetchRow(cells);
    } catch (...) {
      block.dropLastRow();
      throw;
    }
    if (!any) return block.dropLastRow();
    const std::size_t before = block.byteCount();
    copyRow(block, cells);
    budget.spend(rowBytes + block.byteCount() - before, block.rowCount());
  }
}

void MysqlStatement::learn(const ResultBlock& block) noexcept {
  const std::size_t bytes = block.byteCount();
  hint_.rows = std::max<std::size_t>(nextReserve(hint_.rows, block.rowCount() + 1), 1);
  // Texts differ in length from run to run: an eighth more saves most second allocations.
  hint_.bytes = nextReserve(hint_.bytes, bytes + bytes / 8);
}

// --- the header ---

bool MysqlStatement::headerHolds() const noexcept {
  if (mysql_stmt_field_count(statement_) != signatures_.size()) return false;
  const MYSQL_FIELD* fields = mariadb_stmt_fetch_fields(statement_);
  for (std::size_t i = 0; i < signatures_.size(); ++i) {
    const Signature& known = signatures_[i];
    const MYSQL_FIELD& field = fields[i];
    if (known.length != field.length || known.flags != field.flags ||
        known.type != static_cast<std::uint32_t>(field.type) || known.decimals != field.decimals ||
        known.charset != field.charsetnr) {
      return false;
    }
  }
  return true;
}

void MysqlStatement::refreshHeader() {
  if (columns_ != nullptr && headerHolds()) [[likely]]
    return;
  schemaChanged_ = columns_ != nullptr;
  buildHeader();
}

void MysqlStatement::buildHeader() {
  const MYSQL_FIELD* fields = mariadb_stmt_fetch_fields(statement_);
  const std::size_t width = mysql_stmt_field_count(statement_);
  std::vector<ColumnInfo> infos;
  std::vector<MysqlColumnRule> rules;
  std::vector<Signature> signatures;
  for (std::size_t i = 0; i < width; ++i) {
    const MYSQL_FIELD& field = fields[i];
    MysqlColumn column = mysqlColumn(field);
    infos.push_back(std::move(column.info));
    rules.push_back(column.rule);
    signatures.push_back({static_cast<std::uint32_t>(field.type), field.flags, field.decimals,
                          field.charsetnr, field.length});
  }
  columns_ = Columns::make(std::move(infos));
  sink_.setRules(std::move(rules));
  signatures_ = std::move(signatures);
  cells_.assign(width, Cell{});
}

bool MysqlStatement::takeSchemaChanged() noexcept { return std::exchange(schemaChanged_, false); }

}  // namespace sonde
