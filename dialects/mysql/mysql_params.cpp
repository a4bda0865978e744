#include "mysql_params.hpp"

#include <mysql.h>

#include <cmath>
#include <utility>
#include <vector>

#include "../../core/error.hpp"
#include "../../core/value.hpp"
#include "mysql_instant.hpp"

namespace sonde {
namespace {

[[noreturn]] void refuseArgument(std::size_t index, std::string_view why, std::string_view sql) {
  const std::string field = "parameter " + std::to_string(index + 1);
  ErrorDetails details;
  details.sql = sql;
  throw ValidationError(field + ": " + std::string(why), {{field, std::string(why)}},
                        std::move(details));
}

}  // namespace

struct MysqlParams::Binds {
  /// Eight bytes for each number, as the protocol has the largest of them.
  union Number {
    std::int64_t integer;
    std::uint64_t unsignedInteger;
    double real;
    signed char tiny;
  };

  std::vector<MYSQL_BIND> binds;
  std::vector<Number> numbers;
  std::vector<unsigned long> lengths;
};

MysqlParams::MysqlParams() noexcept = default;
MysqlParams::~MysqlParams() = default;

void MysqlParams::bind(Args args, std::string_view sql) {
  if (args.empty()) return;
  if (binds_ == nullptr) binds_ = std::make_unique<Binds>();
  if (binds_->binds.size() != args.size()) {
    binds_->binds.assign(args.size(), MYSQL_BIND{});
    binds_->numbers.resize(args.size());
    binds_->lengths.resize(args.size());
  }
  for (std::size_t i = 0; i < args.size(); ++i) bindOne(i, args[i], sql);
}

void MysqlParams::bindText(std::size_t index, std::string_view text) noexcept {
  MYSQL_BIND& bind = binds_->binds[index];
  bind.buffer_type = MYSQL_TYPE_STRING;
  bind.buffer = const_cast<char*>(text.data() == nullptr ? "" : text.data());
  bind.buffer_length = text.size();
  binds_->lengths[index] = text.size();
  bind.length = &binds_->lengths[index];
}

void MysqlParams::bindOne(std::size_t index, const Arg& arg, std::string_view sql) {
  MYSQL_BIND& bind = binds_->binds[index];
  Binds::Number& number = binds_->numbers[index];
  bind.is_unsigned = 0;
  bind.length = nullptr;
  bind.buffer = &number;
  switch (arg.kind()) {
    case Arg::Kind::Null:
      bind.buffer_type = MYSQL_TYPE_NULL;
      return;
    case Arg::Kind::Boolean:
      bind.buffer_type = MYSQL_TYPE_TINY;
      number.tiny = arg.boolean() ? 1 : 0;
      return;
    case Arg::Kind::Integer:
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      number.integer = arg.integer();
      return;
    case Arg::Kind::Unsigned:
      bind.buffer_type = MYSQL_TYPE_LONGLONG;
      bind.is_unsigned = 1;
      number.unsignedInteger = arg.unsignedInteger();
      return;
    case Arg::Kind::Real:
      if (!std::isfinite(arg.real())) {
        refuseArgument(index, "MySQL cannot store NaN or an infinity", sql);
      }
      bind.buffer_type = MYSQL_TYPE_DOUBLE;
      number.real = arg.real();
      return;
    case Arg::Kind::Text:
      if (arg.type() == Type::TimestampTz || arg.type() == Type::Timestamp) {
        std::string instant = mysqlInstant(arg.text());
        if (!instant.empty()) return bindText(index, texts_.emplace_back(std::move(instant)));
      }
      return bindText(index, arg.text());
    case Arg::Kind::Blob: {
      const auto bytes = arg.bytes();
      bindText(index, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
      bind.buffer_type = MYSQL_TYPE_BLOB;
      return;
    }
    case Arg::Kind::Document:
      return bindText(index, texts_.emplace_back(arg.document().dump()));
    case Arg::Kind::List:
      refuseArgument(index, "a list cannot be bound to one placeholder", sql);
  }
}

bool MysqlParams::apply(st_mysql_stmt* statement) noexcept {
  if (binds_ == nullptr || binds_->binds.empty()) return true;
  return mysql_stmt_bind_param(statement, binds_->binds.data()) == 0;
}

void MysqlParams::clear() noexcept {
  if (!texts_.empty()) texts_.clear();
}

}  // namespace sonde
