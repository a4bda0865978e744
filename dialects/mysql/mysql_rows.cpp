#include "mysql_rows.hpp"

#include <mysql.h>

#include <charconv>

namespace sonde {

void MysqlRows::Free::operator()(st_mysql_res* result) const noexcept { mysql_free_result(result); }

bool MysqlRows::next() noexcept {
  row_ = result_ == nullptr ? nullptr : mysql_fetch_row(result_.get());
  if (row_ == nullptr) return false;
  lengths_ = mysql_fetch_lengths(result_.get());
  return true;
}

std::uint64_t MysqlRows::count() const noexcept {
  return result_ == nullptr ? 0 : mysql_num_rows(result_.get());
}

unsigned MysqlRows::width() const noexcept {
  return result_ == nullptr ? 0 : mysql_num_fields(result_.get());
}

std::string_view MysqlRows::name(unsigned column) const noexcept {
  const MYSQL_FIELD* field = mysql_fetch_field_direct(result_.get(), column);
  return {field->name, field->name_length};
}

bool MysqlRows::isNull(unsigned column) const noexcept { return row_[column] == nullptr; }

std::string_view MysqlRows::text(unsigned column) const noexcept {
  if (row_[column] == nullptr) return {};
  return {row_[column], lengths_[column]};
}

std::int64_t MysqlRows::integer(unsigned column) const noexcept {
  const std::string_view digits = text(column);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return error == std::errc() && end == digits.data() + digits.size() ? number : 0;
}

}  // namespace sonde
