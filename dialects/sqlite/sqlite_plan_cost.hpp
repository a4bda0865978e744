// What a plan of SQLite costs, which SQLite does not say: a price worked out from the steps that
// EXPLAIN QUERY PLAN shows and the statistics that the planner had.
//
// Invariant: a pure function of both; the plan itself is the proof, the price only ranks plans of
// one statement. The unit is one row of a table read in order. The rules are those of SQLite's own
// planner (where.c: nested loops multiply; a bound leaves a quarter, two a sixty-fourth; equal rows
// as in sqlite_stat1); the weights were measured on SQLite 3.40, as docs/index-advisor.md tells.
// Used by the SQLite WhatIf.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "../what_if.hpp"
#include "sqlite_clone.hpp"

namespace sonde {

/// What the planner was told of an index. Names are in lower case.
struct SqliteIndexFacts {
  std::string table;
  double rows = 0;
  std::vector<double> equal;  ///< Rows that agree in the first part, the first two, and so on.
};

/// What is known beside the steps. Names are in lower case, and without a schema, as in the steps.
struct SqlitePlanFacts {
  std::map<std::string, SqliteIndexFacts, std::less<>> indexes;
  std::map<std::string, double, std::less<>> rows;          ///< Table → rows.
  std::map<std::string, std::string, std::less<>> aliases;  ///< Other names → table.
  std::optional<double> limit;                              ///< Of the outermost SELECT.
};

/// @return The plan with its price. Thread-safe.
[[nodiscard]] QueryPlan priceSqlitePlan(const SqliteExplained& explained,
                                        const SqlitePlanFacts& facts);

/// Reads what a statement calls its tables: `FROM orders AS o`.
/// @param tables In lower case. Adds to `aliases`; the first of a name counts. Thread-safe.
void readSqliteAliases(std::string_view sql, const std::vector<std::string>& tables,
                       std::map<std::string, std::string, std::less<>>& aliases);

/// @return The rows that the outermost LIMIT lets through, with those that OFFSET skips; a
/// parameter counts as a page of twenty. Empty without LIMIT. Thread-safe.
[[nodiscard]] std::optional<double> readSqliteLimit(std::string_view sql);

}  // namespace sonde
