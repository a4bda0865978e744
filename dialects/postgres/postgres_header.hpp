// The header of a statement's rows, and how its columns are decoded.
//
// Invariant: made once for the columns that the server described; holds for every result whose
// columns have the same types. Used by PostgresStatement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "../../core/columns.hpp"
#include "../../core/result_block.hpp"
#include "postgres_types.hpp"

struct pg_result;

namespace sonde {

class PostgresSession;

/// How the values of one column become cells.
struct PostgresRule {
  std::uint32_t oid = 0;
  PostgresCodec codec = PostgresCodec::TextOnly;
  Type type = Type::Other;
  PostgresType element{};  ///< Of arrays.
};

/// See the file comment.
struct PostgresHeader {
  std::shared_ptr<const Columns> columns;
  std::vector<PostgresRule> rules;
  bool binary = false;  ///< Every column has a binary form that sonde reads.
  bool zoned = false;   ///< A column's text depends on the session's time zone.

  /// @return The header of a described statement or a result. Asks the catalog for types and tables
  /// that are not known yet.
  [[nodiscard]] static PostgresHeader make(PostgresSession& session, const pg_result* result);

  /// @return Whether a result has these columns.
  [[nodiscard]] bool fits(const pg_result* result) const noexcept;
};

/// Decodes rows of results into cells.
class PostgresRows {
 public:
  /// Decodes one row. Texts point into the result or into memory of this object: valid until the
  /// next call and as long as the result.
  void read(const PostgresHeader& header, const pg_result* result, int row, Cell* cells);

  /// Appends rows to a block, up to `maxRows` in all (0: every one).
  /// @throws ResultTooLarge when the block comes to hold more than `maxBytes` (0: no limit).
  static void append(const PostgresHeader& header, const pg_result* result, ResultBlock& block,
                     std::size_t maxRows, std::size_t maxBytes);

  /// @return What to reserve for the rows of a result.
  [[nodiscard]] static BlockHint sizeOf(const PostgresHeader& header, const pg_result* result,
                                        std::size_t maxRows);

 private:
  std::vector<std::unique_ptr<char[]>> kept_;
};

}  // namespace sonde
