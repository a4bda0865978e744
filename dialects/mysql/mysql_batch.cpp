#include "mysql_batch.hpp"

#include <mysql.h>

#include <cmath>

#include "../../core/error.hpp"
#include "../../core/value.hpp"
#include "mysql_instant.hpp"

namespace sonde {
namespace {

// Beyond these a larger batch gains nothing, and the server's max_allowed_packet comes near.
constexpr std::size_t kMostBatchRows = 4096;
constexpr std::size_t kMostBatchBytes = std::size_t{1} << 20;

[[noreturn]] void refuse(std::size_t column, std::string_view why, std::string_view sql) {
  const std::string field = "column " + std::to_string(column + 1);
  ErrorDetails details;
  details.sql = sql;
  throw ValidationError(field + ": " + std::string(why), {{field, std::string(why)}},
                        std::move(details));
}

}  // namespace

MysqlBatch::Kind MysqlBatch::kindOf(const Arg& arg, std::size_t column, std::string_view sql) {
  switch (arg.kind()) {
    case Arg::Kind::Null:
      return Kind::Unknown;
    case Arg::Kind::Boolean:
    case Arg::Kind::Integer:
      return Kind::Integer;
    case Arg::Kind::Unsigned:
      return Kind::Unsigned;
    case Arg::Kind::Real:
      if (!std::isfinite(arg.real())) {
        refuse(column, "MySQL cannot store NaN or an infinity", sql);
      }
      return Kind::Real;
    case Arg::Kind::Text:
    case Arg::Kind::Document:
      return Kind::Text;
    case Arg::Kind::Blob:
      return Kind::Blob;
    case Arg::Kind::List:
      break;
  }
  refuse(column, "a list cannot be stored in one column", sql);
}

void MysqlBatch::appendBytes(ColumnData& column, std::string_view bytes) {
  column.places.back().offset = bytes_.size();
  column.lengths.back() = bytes.size();
  bytes_ += bytes;
}

void MysqlBatch::append(ColumnData& column, const Arg& arg) {
  column.places.push_back({});
  column.lengths.push_back(0);
  column.indicators.push_back(arg.isNull() ? STMT_INDICATOR_NULL : STMT_INDICATOR_NONE);
  switch (arg.kind()) {
    case Arg::Kind::Boolean:
      column.places.back().integer = arg.boolean() ? 1 : 0;
      break;
    case Arg::Kind::Integer:
      column.places.back().integer = arg.integer();
      break;
    case Arg::Kind::Unsigned:
      column.places.back().unsignedInteger = arg.unsignedInteger();
      break;
    case Arg::Kind::Real:
      column.places.back().real = arg.real();
      break;
    case Arg::Kind::Text: {
      const bool timed = arg.type() == Type::TimestampTz || arg.type() == Type::Timestamp;
      const std::string instant = timed ? mysqlInstant(arg.text()) : std::string();
      appendBytes(column, instant.empty() ? arg.text() : std::string_view(instant));
      break;
    }
    case Arg::Kind::Blob: {
      const auto bytes = arg.bytes();
      appendBytes(column, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      break;
    }
    case Arg::Kind::Document:
      appendBytes(column, arg.document().dump());
      break;
    default:
      break;
  }
}

bool MysqlBatch::add(Args row, std::string_view sql) {
  if (rows_ != 0 && (rows_ >= kMostBatchRows || bytes_.size() >= kMostBatchBytes)) return false;
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Kind kind = kindOf(row[i], i, sql);
    const Kind above = columns_[i].kind;
    if (kind != Kind::Unknown && above != Kind::Unknown && kind != above) return false;
  }
  for (std::size_t i = 0; i < row.size(); ++i) {
    const Kind kind = kindOf(row[i], i, sql);
    if (kind != Kind::Unknown) columns_[i].kind = kind;
    append(columns_[i], row[i]);
  }
  ++rows_;
  return true;
}

bool MysqlBatch::apply(st_mysql_stmt* statement) {
  std::vector<MYSQL_BIND> binds(columns_.size(), MYSQL_BIND{});
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    ColumnData& column = columns_[i];
    MYSQL_BIND& bind = binds[i];
    bind.u.indicator = column.indicators.data();
    bind.buffer = column.places.data();
    bind.buffer_type = MYSQL_TYPE_LONGLONG;
    bind.is_unsigned = column.kind == Kind::Unsigned ? 1 : 0;
    if (column.kind == Kind::Real) bind.buffer_type = MYSQL_TYPE_DOUBLE;
    if (column.kind == Kind::Text || column.kind == Kind::Blob) {
      column.pointers.clear();
      for (const Place& place : column.places) {
        column.pointers.push_back(bytes_.data() + place.offset);
      }
      bind.buffer = column.pointers.data();
      bind.length = column.lengths.data();
      bind.buffer_type = column.kind == Kind::Text ? MYSQL_TYPE_STRING : MYSQL_TYPE_BLOB;
    }
  }
  auto size = static_cast<unsigned>(rows_);
  return mysql_stmt_attr_set(statement, STMT_ATTR_ARRAY_SIZE, &size) == 0 &&
         mysql_stmt_bind_param(statement, binds.data()) == 0;
}

void MysqlBatch::clear() noexcept {
  for (ColumnData& column : columns_) {
    column.kind = Kind::Unknown;
    column.places.clear();
    column.lengths.clear();
    column.indicators.clear();
  }
  bytes_.clear();
  rows_ = 0;
}

}  // namespace sonde
