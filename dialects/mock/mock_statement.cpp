#include "mock_statement.hpp"

#include "../../core/error.hpp"
#include "../../query/lexer.hpp"
#include "mock_connection.hpp"
#include "mock_driver.hpp"

namespace sonde {

MockStatement::MockStatement(MockConnection& connection, std::string sql)
    : connection_(connection),
      sql_(std::move(sql)),
      schemaCounter_(connection.schemaCounter().value_or(0)),
      columns_(Columns::make({})) {
  const query::LexerRules& rules = MockDialect::instance().lexerRules();
  query::Lexer lexer(sql_, rules);
  for (query::Token token; lexer.next(token);) {
    if (token.kind == query::TokenKind::Parameter) ++parameters_;
  }
  readOnly_ = !query::looksLikeWrite(sql_, rules);
}

void MockStatement::bind(Args args) {
  if (args.size() != parameters_) {
    throw ValidationError("the statement takes " + std::to_string(parameters_) + " arguments, " +
                          std::to_string(args.size()) + " were bound");
  }
  args_.clear();
  for (const Arg& arg : args) args_.push_back(arg.toValue());
}

void MockStatement::start() {
  if (reply_) return;
  if (args_.size() != parameters_) throw ValidationError("the statement was run without arguments");
  if (!readOnly_ && connection_.readOnly()) {
    throw QueryError("the mock connection is read-only");
  }
  reply_ = connection_.run(sql_, args_);
  nextRow_ = 0;
  columns_ = Columns::make(reply_->columns);
}

Cell MockStatement::cell(const Value& value, std::size_t column) {
  Cell cell;
  const Type declared = reply_->columns[column].type;
  cell.type = declared == Type::Other ? value.type() : declared;
  cell.column = static_cast<std::uint16_t>(column);
  const auto point = [&](const char* bytes, std::size_t size, Storage storage) {
    cell.storage = storage;
    cell.bytes = bytes;
    cell.length = static_cast<std::uint32_t>(size);
  };
  switch (value.kind()) {
    case Value::Kind::Null:
      cell.type = Type::Other;
      break;
    case Value::Kind::Boolean:
      cell.storage = Storage::Boolean;
      cell.integer = value.as<bool>() ? 1 : 0;
      break;
    case Value::Kind::Integer:
      cell.storage = Storage::Integer;
      cell.integer = value.as<std::int64_t>();
      break;
    case Value::Kind::Unsigned:
      cell.storage = Storage::Unsigned;
      cell.unsignedInteger = value.as<std::uint64_t>();
      break;
    case Value::Kind::Real:
      cell.storage = Storage::Real;
      cell.real = value.as<double>();
      break;
    case Value::Kind::Text:
      point(value.text().c_str(), value.text().size(), Storage::Text);
      break;
    case Value::Kind::Blob: {
      const std::vector<std::byte>& bytes = value.blob().bytes;
      point(reinterpret_cast<const char*>(bytes.data()), bytes.size(), Storage::Blob);
      break;
    }
    case Value::Kind::Array:
    case Value::Kind::Object: {
      const std::string& json = documents_.emplace_back(value.dump());
      point(json.c_str(), json.size(), Storage::Text);
      cell.type = Type::Json;
      break;
    }
  }
  return cell;
}

const Cell* MockStatement::step() {
  start();
  if (nextRow_ == reply_->rows.size()) return nullptr;
  const std::vector<Value>& row = reply_->rows[nextRow_++];
  if (row.size() != reply_->columns.size()) {
    throw Error("a scripted row does not fit its columns");
  }
  documents_.clear();
  documents_.reserve(row.size());  // cells point into them
  cells_.clear();
  for (std::size_t i = 0; i < row.size(); ++i) cells_.push_back(cell(row[i], i));
  return cells_.data();
}

BlockPtr MockStatement::fetch(std::size_t maxRows, std::size_t maxBytes) {
  const Cell* row = step();
  BlockPtr block = ResultBlock::make(columns_);
  for (; row != nullptr; row = step()) {
    Cell* kept = block->appendRow();
    for (std::size_t i = 0; i < columns_->size(); ++i) {
      kept[i] = row[i];
      if (row[i].storage == Storage::Text || row[i].storage == Storage::Blob) {
        kept[i].bytes = block->store(row[i].bytes, row[i].length);
      }
    }
    if (maxBytes != 0 && block->byteCount() > maxBytes) {
      throw ResultTooLarge("the result is larger than " + std::to_string(maxBytes) + " bytes");
    }
    if (maxRows != 0 && block->rowCount() == maxRows) break;
  }
  return block;
}

std::uint64_t MockStatement::run() {
  start();
  return reply_->affected;
}

void MockStatement::reset() noexcept {
  reply_.reset();
  args_.clear();
  nextRow_ = 0;
}

bool MockStatement::takeSchemaChanged() noexcept {
  try {
    const std::uint64_t now = connection_.schemaCounter().value_or(0);
    return std::exchange(schemaCounter_, now) != now;
  } catch (const Error&) {
    return false;  // a broken connection says so when it is used
  }
}

}  // namespace sonde
