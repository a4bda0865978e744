#include "postgres_result.hpp"

#include <libpq-fe.h>

#include <charconv>

namespace sonde {
namespace {

template <class Integer>
Integer parse(std::string_view text) noexcept {
  Integer number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

}  // namespace

PostgresResult::~PostgresResult() { PQclear(result_); }

std::size_t PostgresResult::rows() const noexcept {
  return static_cast<std::size_t>(PQntuples(result_));
}

std::size_t PostgresResult::columns() const noexcept {
  return static_cast<std::size_t>(PQnfields(result_));
}

bool PostgresResult::isNull(std::size_t row, std::size_t column) const noexcept {
  return row >= rows() || column >= columns() ||
         PQgetisnull(result_, static_cast<int>(row), static_cast<int>(column)) != 0;
}

std::string_view PostgresResult::text(std::size_t row, std::size_t column) const noexcept {
  // libpq gives no pointer where there is no such value, and an empty text for NULL.
  const char* value = PQgetvalue(result_, static_cast<int>(row), static_cast<int>(column));
  if (value == nullptr) return {};
  return {value, static_cast<std::size_t>(
                     PQgetlength(result_, static_cast<int>(row), static_cast<int>(column)))};
}

std::int64_t PostgresResult::integer(std::size_t row, std::size_t column) const noexcept {
  return parse<std::int64_t>(text(row, column));
}

bool PostgresResult::boolean(std::size_t row, std::size_t column) const noexcept {
  return text(row, column) == "t";
}

std::uint64_t PostgresResult::affected() const noexcept {
  return parse<std::uint64_t>(PQcmdTuples(result_));
}

}  // namespace sonde
