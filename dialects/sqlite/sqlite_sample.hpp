// Measures tables of a SQLite database by reading a bounded part of their rows: how many rows there
// are, how many rows of an index are equal in its first parts, how wide they are.
//
// Invariant: only SELECT runs; no measurement reads more rows or takes more time than WhatIfOptions
// says. Used by the SQLite WhatIf, one thread at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../../introspect/table.hpp"
#include "../what_if.hpp"
#include "sqlite_handle.hpp"

namespace sonde {

/// How the rows of an index, present or assumed, are spread.
struct SqliteSpread {
  double rows = 0;            ///< In the index: those of the table that its predicate holds for.
  std::vector<double> equal;  ///< Rows that agree in the first part, the first two, and so on.
  double entryBytes = 0;      ///< Of a key with what leads to its row.
  bool exact = true;          ///< Whether every row was read.
};

/// @return The number of rows: counted, or the greatest rowid where counting takes too long.
/// Empty when neither can be had in time. The SQL: SELECT count(*) FROM "t"
[[nodiscard]] std::optional<double> countSqliteRows(SqliteHandle& source, const Table& table,
                                                    std::chrono::milliseconds time);

/// Reads the rows that there are, or where they are more than `options.sampleRows` as many at
/// random rowids. The SQL: SELECT (predicate), parts FROM "t" [WHERE rowid >= ? LIMIT 1]
/// @param rows As countSqliteRows gives them.
/// @throws QueryError when an expression of the index is refused.
[[nodiscard]] SqliteSpread measureSqliteIndex(SqliteHandle& source, const Table& table,
                                              const Index& index, double rows,
                                              const WhatIfOptions& options);

/// @return The share of rows that a predicate holds for, by the same reading; empty for no rows.
/// @throws QueryError when the condition is refused.
[[nodiscard]] std::optional<double> measureSqliteFraction(SqliteHandle& source, const Table& table,
                                                          std::string_view predicate, double rows,
                                                          const WhatIfOptions& options);

/// @return How many different values `rows` rows hold, where a sample of `seen` rows has
/// `different` of them and `once` occur once in it: the estimator Duj1 of Haas and Stokes (1998),
/// which PostgreSQL's ANALYZE uses. Thread-safe.
[[nodiscard]] double estimateDistinct(double seen, double different, double once,
                                      double rows) noexcept;

}  // namespace sonde
