// Asks an engine's planner what it would do with indexes that are not there, or without some that
// are.
//
// Invariant: the user's database is only read: no object, row or statistic of it changes. What is
// assumed is seen by plan() alone, and is gone with the object. Used by one thread at a time, while
// nobody else uses the connection it was made on, which must outlive it. Made by Driver::whatIf;
// used by the index advisor, which recommends nothing as proved that plan() does not use.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../introspect/index.hpp"

namespace sonde {

/// An index that a table might have. Its name is that which QueryPlan::indexes tells it by: one
/// that no other index has.
struct HypotheticalIndex {
  std::string schema;  ///< As in the Table it is for; "main" in SQLite.
  std::string table;
  Index index;
};

/// What the planner would do.
struct QueryPlan {
  /// In a unit of the engine's own: compare only plans of one WhatIf, asked for one statement.
  double cost = 0;
  std::optional<double> rows;          ///< Rows that the statement gives, as the planner guesses.
  std::vector<std::string> lines;      ///< As the engine explains it, a step a line, indented.
  std::vector<std::string> indexes;    ///< Used, each once, assumed ones by their names.
  std::vector<std::string> fullScans;  ///< Tables that are read from end to end, each once.
  bool sorts = false;                  ///< Rows are sorted, or grouped by a temporary table.
  bool automaticIndex = false;         ///< An index is made for this one run (SQLite).

  /// @return Whether an index of this name is used.
  [[nodiscard]] bool uses(std::string_view index) const noexcept;
};

/// How much may be read of the user's rows, where the engine's statistics do not tell enough.
struct WhatIfOptions {
  std::chrono::milliseconds measureTime{1000};  ///< For each table or index measured, at most.
  std::size_t sampleRows = 20'000;              ///< Rows read for it, at most.
};

/// See the file comment. Every function may throw ConnectionError when the connection is gone.
class WhatIf {
 public:
  virtual ~WhatIf() = default;

  /// Replaces what was assumed before; an empty list assumes nothing. Where the engine keeps no
  /// statistics of such an index, a bounded part of the table is read, once for each index.
  /// @throws SchemaError for a table or column that is not there; QueryError for an index that the
  /// engine refuses; Unsupported for one that it cannot assume. Nothing is assumed then.
  virtual void assume(std::span<const HypotheticalIndex> indexes) = 0;

  /// Plans as though the indexes of these names, which are there, were not; replaces what was
  /// hidden before. @throws SchemaError naming the nearest index; Unsupported where canHide() is
  /// false and names are given.
  virtual void hide(std::span<const std::string> names) = 0;
  [[nodiscard]] virtual bool canHide() const noexcept = 0;

  /// Plans one statement, without running it: EXPLAIN, never EXPLAIN ANALYZE. It may hold literals,
  /// placeholders of the engine (`$1`, `:name`) or sonde's `?`, which are planned as values that
  /// are not known.
  /// @throws QueryError when the engine refuses it; Unsupported for a statement without a plan
  /// (CREATE, PRAGMA) or one that touches what could not be copied; ValidationError when it is none
  /// or more than one.
  [[nodiscard]] virtual QueryPlan plan(std::string_view sql) = 0;

  /// @return The rows of a table, counted or estimated; empty where nothing tells.
  [[nodiscard]] virtual std::optional<double> rows(std::string_view schema,
                                                   std::string_view table) = 0;
  /// @return The share of a table's rows, 0 to 1, that a condition on its columns holds for, as a
  /// bounded part of the rows tells; empty where it is not measured. For what planners do not know:
  /// how much a literal or a partial index leaves.
  /// @param condition SQL without placeholders. @throws QueryError when the engine refuses it;
  /// ValidationError when it does not end where it seems to.
  [[nodiscard]] virtual std::optional<double> fraction(std::string_view schema,
                                                       std::string_view table,
                                                       std::string_view condition) = 0;
  /// @return How many bytes the index would take; empty where that cannot be estimated.
  [[nodiscard]] virtual std::optional<std::uint64_t> size(const HypotheticalIndex& index) = 0;

  /// @return How the proof is made, for people: "SQLite's planner on a copy of the schema".
  [[nodiscard]] virtual std::string_view method() const noexcept = 0;
  /// @return What weakens the proof, for people: what could not be copied, statistics that came
  /// from a sample. Empty at best.
  [[nodiscard]] virtual std::vector<std::string> notes() const = 0;
};

/// What Driver::whatIf gives: the means, or why there is none.
struct WhatIfOffer {
  std::unique_ptr<WhatIf> whatIf;  ///< Null where the planner cannot be asked.
  std::string reason;  ///< Why not, for people: "the extension hypopg is not installed".
};

}  // namespace sonde
