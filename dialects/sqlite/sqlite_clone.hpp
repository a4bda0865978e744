// A copy of a database's schema, without rows, in memory.
//
// Invariant: made from the text in sqlite_schema alone, so the source is only read. What cannot be
// made here (a virtual table of a module that is not loaded, a view of what is missing) is left out
// and told; the rest stands. Tables of attached databases stand under the same names; temporary
// ones are left out. Used by the SQLite WhatIf, one thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sqlite_handle.hpp"

namespace sonde {

/// One row of EXPLAIN QUERY PLAN.
struct SqlitePlanStep {
  int id = 0;
  int parent = 0;  ///< 0 for the root.
  std::string detail;
};

/// How a statement would run, and what it would touch.
struct SqliteExplained {
  std::vector<SqlitePlanStep> steps;
  /// Those of triggers and of the actions of foreign keys, which run for each row changed.
  std::vector<SqlitePlanStep> triggered;
  bool readOnly = true;
};

/// See the file comment.
class SqliteClone {
 public:
  /// Copies the schema. The SQL: `SELECT … FROM "main".sqlite_schema` and the same of each database
  /// attached. @throws what SqliteHandle::fail does when the source cannot be read.
  explicit SqliteClone(SqliteHandle& source);

  /// Runs one statement without parameters. @throws QueryError when SQLite refuses it.
  void run(const std::string& sql);
  /// Binds texts (empty ones as NULL) and runs. @throws QueryError
  void run(std::string_view sql, const std::vector<std::string>& values);
  /// @return The first column of a statement's rows, as text. @throws QueryError
  [[nodiscard]] std::vector<std::string> column(std::string_view sql);

  /// @return The statement as it would run. @throws QueryError when it is refused; ValidationError
  /// when it is none or more than one.
  [[nodiscard]] SqliteExplained explain(std::string_view sql);
  /// @return The tables that a statement names, views looked through, as "schema.table" in lower
  /// case. @throws as explain().
  [[nodiscard]] std::vector<std::string> tablesOf(std::string_view sql);

  /// @return What could not be copied, for people.
  [[nodiscard]] const std::vector<std::string>& leftOut() const noexcept { return leftOut_; }

 private:
  void copy(SqliteHandle& source, const std::string& schema);
  [[nodiscard]] std::vector<SqlitePlanStep> explainOnly(std::string_view sql);

  std::shared_ptr<SqliteHandle> handle_;
  std::vector<std::string> leftOut_;
};

}  // namespace sonde
