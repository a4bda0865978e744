// Indexes that a database could do without, or lacks, by its schema alone.
//
// Invariant: exact rules, no guesses: an index is called redundant only where another one does
// everything it does. Pure functions of the schema, whose tables and indexes the results point at.
// Thread-safe. Used by the index advisor and by checks of a whole database.
#pragma once

#include <vector>

#include "../../introspect/schema.hpp"

namespace sonde::advisor {

/// An index whose work another one does.
struct RedundantIndex {
  const Table* table = nullptr;
  const Index* index = nullptr;
  const Index* keeper = nullptr;  ///< Null where the table's own key does it (SQLite's rowid).
  bool equal = false;             ///< Both are the same; else `keeper` has more keys.
};

/// Whether `index` could be dropped because `keeper` does all it does. Both stand on `table`.
///
/// Both have the same method and predicate. Every key of `index` is the key of `keeper` at the same
/// place: the same column or expression, collation, operator class and prefix length; all in the
/// same direction, or all in the opposite one, because an index is read from either end. `keeper`
/// is valid. What `index` carries beside its keys, `keeper` has too. Methods other than btree
/// cannot use a part of their keys, so there both must be equal. `index` was made by no constraint,
/// is no replica identity and no part of a partitioned table's index; if it is unique, `keeper` is
/// unique over the same keys, and no foreign key refers to it.
[[nodiscard]] bool isRedundant(const Schema& schema, const Table& table, const Index& index,
                               const Index& keeper);

/// @return Every index that could be dropped while the others stay, in the order of the schema: of
/// several equal ones all but one.
[[nodiscard]] std::vector<RedundantIndex> redundantIndexes(const Schema& schema);

/// Whether an index, the primary key or the rowid finds the rows of `table` that hold given values
/// in these columns, in any order of theirs, all rows with such values included.
[[nodiscard]] bool isSupported(const Table& table, const std::vector<std::string>& columns);

/// A foreign key whose rows are found by no index: deleting from, or changing the key of, the table
/// it refers to reads all of `table`.
struct UnsupportedForeignKey {
  const Table* table = nullptr;
  const ForeignKey* key = nullptr;
};

/// @return The foreign keys without an index, one for each list of columns, in the order of the
/// schema; whether the tables are large enough to matter is for others to judge.
[[nodiscard]] std::vector<UnsupportedForeignKey> unsupportedForeignKeys(const Schema& schema);

/// @return Whether the table is one that indexes can be made on and advice is wanted for.
[[nodiscard]] bool takesIndexes(const Table& table) noexcept;

}  // namespace sonde::advisor
