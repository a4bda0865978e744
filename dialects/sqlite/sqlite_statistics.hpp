// What the planner on a copy of the schema is told about rows: sqlite_stat1 as the user's database
// has it, and for what is missing there as ANALYZE would have found it.
//
// Invariant: written into the copy only. A table is measured when it is first asked for, and an
// index once, however often it is assumed. Used by the SQLite WhatIf, one thread at a time.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "../../introspect/schema.hpp"
#include "../what_if.hpp"
#include "sqlite_clone.hpp"
#include "sqlite_plan_cost.hpp"
#include "sqlite_sample.hpp"

namespace sonde {

/// See the file comment.
class SqliteStatistics {
 public:
  /// Reads the statistics that there are: `SELECT tbl, idx, stat FROM "main".sqlite_stat1` of each
  /// database. The references must outlive this.
  SqliteStatistics(SqliteHandle& source, SqliteClone& clone, const Schema& schema,
                   const WhatIfOptions& options);

  /// Makes sure that the copy knows of a table and its indexes.
  void learn(const Table& table);
  /// Tells the copy how an index is spread that was made on it.
  void tell(const Table& table, const Index& index);
  /// The copy dropped an index.
  void forget(const Table& table, const Index& index);
  /// Lets the planner read what it was told since: ANALYZE "main".sqlite_schema
  void load();

  [[nodiscard]] std::optional<double> rows(const Table& table);
  [[nodiscard]] std::optional<double> fraction(const Table& table, std::string_view condition);
  /// @return How an index is spread, measured once. @throws QueryError for an expression that is
  /// refused.
  [[nodiscard]] const SqliteSpread& spread(const Table& table, const Index& index);

  /// @return What the planner was told, for prices.
  [[nodiscard]] const SqlitePlanFacts& facts() const noexcept { return facts_; }
  /// @return What of it is uncertain, for people.
  [[nodiscard]] const std::vector<std::string>& notes() const noexcept { return notes_; }

 private:
  void write(const Table& table, const std::string& index, const std::string& stat);
  void record(const Table& table, const std::string& index, const std::string& stat);

  SqliteHandle& source_;
  SqliteClone& clone_;
  WhatIfOptions options_;
  /// "schema.table" and index, in lower case → the statistic as it stands in the database.
  std::map<std::pair<std::string, std::string>, std::string> stored_;
  std::map<const Table*, double> rows_;
  std::map<std::pair<const Table*, std::string>, SqliteSpread> spreads_;
  std::map<std::pair<const Table*, std::string>, double> fractions_;
  std::set<const Table*> learnt_;
  std::set<std::string> unloaded_;  // Schemas with statistics that the planner has not read.
  SqlitePlanFacts facts_;
  std::vector<std::string> notes_;
};

}  // namespace sonde
