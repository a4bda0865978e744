// What a server has counted by itself: statements that ran, and how often indexes were read.
//
// Invariant: only reads, and never a value of a statement. Used by the index advisor, as evidence.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "connection.hpp"

namespace sonde {

/// What a server counted of the statements that differ in their values only.
struct ObservedStatement {
  std::string sql;  ///< With placeholders of the engine (`$1`, `?`) for the values.
  double calls = 0;
  double rows = 0;
  double milliseconds = 0;  ///< Of all calls together.
};

/// What a server counted, the statements that took longest first.
struct ObservedStatements {
  std::vector<ObservedStatement> statements;
  std::vector<std::string> notes;  ///< What is missing, for people.
};

/// How often an index was read.
struct IndexReads {
  std::string schema;  ///< As in the Table it is of.
  std::string table;
  std::string index;
  double reads = 0;
  std::optional<std::uint64_t> bytes{};  ///< Its size, where the server tells.
};

/// What a server counted of its indexes. One that is not listed was not counted.
struct IndexUsage {
  std::vector<IndexReads> indexes;
  std::chrono::seconds counted{0};  ///< Since when, back from now.
  std::string source;               ///< Who counted: "pg_stat_user_indexes".
  std::vector<std::string> notes;   ///< What is not counted, for people.
};

/// See the file comment. Stateless and thread-safe.
class UsageReader {
 public:
  virtual ~UsageReader() = default;

  /// @param most How many statements at most.
  /// @return Those of the database that the connection is to. PostgreSQL: SELECT … FROM
  /// pg_stat_statements.
  /// @throws Unsupported where nothing counts them, with what has to be done in the hint;
  /// ConnectionError, Timeout, Cancelled.
  [[nodiscard]] virtual ObservedStatements statements(Connection& connection,
                                                      std::size_t most) const = 0;
  /// @return The indexes of the database that the connection is to; none where nothing counts them,
  /// which a note then says. PostgreSQL: SELECT … FROM pg_stat_user_indexes; MariaDB:
  /// performance_schema.table_io_waits_summary_by_index_usage, or
  /// information_schema.index_statistics.
  /// @throws ConnectionError, Timeout, Cancelled.
  [[nodiscard]] virtual IndexUsage indexes(Connection& connection) const = 0;
};

}  // namespace sonde
