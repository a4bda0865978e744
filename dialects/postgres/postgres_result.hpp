// The rows of one finished statement, as libpq keeps them.
//
// Invariant: owns its PGresult, or none. The views it gives live as long as it does. For the
// driver's own questions to the catalog; the statements of users are decoded by
// postgres_statement.cpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

struct pg_result;

namespace sonde {

/// See the file comment. Rows and columns count from 0; asking beyond them gives NULL.
class PostgresResult {
 public:
  PostgresResult() noexcept = default;
  explicit PostgresResult(pg_result* adopted) noexcept : result_(adopted) {}
  PostgresResult(PostgresResult&& other) noexcept
      : result_(std::exchange(other.result_, nullptr)) {}
  PostgresResult& operator=(PostgresResult&& other) noexcept {
    std::swap(result_, other.result_);
    return *this;
  }
  ~PostgresResult();

  [[nodiscard]] pg_result* get() const noexcept { return result_; }
  explicit operator bool() const noexcept { return result_ != nullptr; }

  [[nodiscard]] std::size_t rows() const noexcept;
  [[nodiscard]] std::size_t columns() const noexcept;
  [[nodiscard]] bool isNull(std::size_t row, std::size_t column) const noexcept;
  /// @return The text of a value; empty for NULL.
  [[nodiscard]] std::string_view text(std::size_t row, std::size_t column) const noexcept;
  /// @return The integer that the text stands for; 0 for NULL and for other text.
  [[nodiscard]] std::int64_t integer(std::size_t row, std::size_t column) const noexcept;
  /// @return As integer(), of a column of type oid.
  [[nodiscard]] std::uint32_t oid(std::size_t row, std::size_t column) const noexcept {
    return static_cast<std::uint32_t>(integer(row, column));
  }
  /// @return Whether the text is PostgreSQL's `t`.
  [[nodiscard]] bool boolean(std::size_t row, std::size_t column) const noexcept;
  /// @return How many rows the statement changed or gave, by its command tag.
  [[nodiscard]] std::uint64_t affected() const noexcept;

 private:
  pg_result* result_ = nullptr;
};

}  // namespace sonde
