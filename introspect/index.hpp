// An index of a table. Plain data, immutable inside a Schema.
#pragma once

#include <optional>
#include <string>
#include <vector>

namespace sonde {

/// One key of an index: either a column or an expression.
struct IndexPart {
  std::string column;      ///< Empty for an expression.
  std::string expression;  ///< Empty for a column.
  bool descending = false;
  std::optional<bool> nullsFirst;
  std::optional<std::string> collation;  ///< Where it differs from the column's.
  std::optional<std::string> opclass;
  std::optional<int> prefixLength;
};

struct Index {
  std::string name;
  bool unique = false;
  std::vector<IndexPart> parts;
  std::vector<std::string> include;
  std::optional<std::string> where;  ///< Predicate of a partial index.
  std::string method = "btree";
  bool valid = true;
  /// The constraint that made it: "primaryKey", "unique" or "exclusion"; empty for CREATE INDEX.
  std::string origin;
  bool nullsNotDistinct = false;
  bool ofParent = false;  ///< It comes with the index of the table that this one is a partition of.
  /// Logical replication tells rows apart by it (PostgreSQL's REPLICA IDENTITY USING INDEX).
  bool replicaIdentity = false;

  /// @return Whether it makes rows unique over plain columns: unique, whole, no expression.
  [[nodiscard]] bool enforcesUniqueColumns() const noexcept;
};

}  // namespace sonde
