// What the index advisor has to say. Plain data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "../../introspect/index.hpp"

namespace sonde {

/// A statement that a recommended index helps.
struct HelpedStatement {
  std::string sql;  ///< Normalised: without values.
  double calls = 0;
  double costBefore = 0;            ///< In the planner's unit; 0 where no planner was asked.
  double costAfter = 0;             ///< With everything that is recommended.
  std::vector<std::string> before;  ///< The plan, a step a line.
  std::vector<std::string> after;
};

/// An index that should be made.
struct IndexRecommendation {
  std::string schema;
  std::string table;
  Index index;
  std::string createSql;  ///< Without a semicolon; locks no writer out where the engine can.
  std::string dropSql;    ///< What undoes it.
  std::vector<HelpedStatement> statements;
  double gain = 0;  ///< The share of what these statements cost that is saved, 0 to 1.
  std::optional<std::uint64_t> bytes;  ///< What it would take, estimated.
  double writes = 0;                   ///< Calls of the workload that would have to keep it.
  bool proved = false;                 ///< The planner was asked, and would use it.
  std::string proof;                   ///< How it was proved, or why it was not.
  std::string reason;                  ///< In plain words.
  /// Indexes that are there and would have nothing left to do.
  std::vector<std::string> replaces;
};

enum class IndexFindingKind : std::uint8_t {
  Duplicate,          ///< Another index is the same.
  Redundant,          ///< Another index begins with all its keys.
  Invalid,            ///< It is kept up to date, perhaps, but never used.
  Unused,             ///< Nobody has read it for long.
  MissingForeignKey,  ///< A foreign key of a large table has no index.
};

/// @return "duplicate", "redundant", "invalid", "unused" or "missingForeignKey". Thread-safe.
[[nodiscard]] const char* indexFindingName(IndexFindingKind kind) noexcept;

/// Something about the indexes that are there, or about one that the schema calls for.
struct IndexFinding {
  IndexFindingKind kind = IndexFindingKind::Redundant;
  std::string schema;
  std::string table;
  std::string index;                 ///< Its name; of one that is missing, the name it would get.
  std::vector<std::string> columns;  ///< Of a foreign key without an index.
  std::optional<double> rows;        ///< Of the table; empty where nobody knows.
  std::string keeper;                ///< The index that does its work; empty where none is meant.
  std::string reason;                ///< In plain words.
  std::string fixSql;                ///< Without a semicolon.
  std::string undoSql;
};

/// See the file comment.
struct IndexAdvice {
  std::vector<IndexRecommendation> recommendations;  ///< The most useful first.
  std::vector<IndexFinding> findings;                ///< In the order of the schema.
  std::vector<std::string> notes;  ///< What weakens the advice, or what it left out.
  std::size_t statements = 0;      ///< Different ones that were looked at.
  std::size_t skipped = 0;         ///< Of these, ones that the planner refused.
  std::string method;              ///< How recommendations were proved; empty for not at all.
};

}  // namespace sonde
