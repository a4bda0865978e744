// What the indexes of an engine can be, as far as advice on them needs to know. Plain data; a
// dialect gives one that never changes.
#pragma once

#include <cstddef>
#include <string_view>

namespace sonde {

struct IndexRules {
  bool partial = false;      ///< WHERE
  bool expressions = false;  ///< An expression can be a key.
  bool include = false;      ///< INCLUDE (columns)
  bool carriesKey = false;   ///< Every index holds the table's key too (SQLite, InnoDB).
  /// The engine makes an index for every foreign key by itself (InnoDB).
  bool indexesForeignKeys = false;
  /// An index can be kept without being used (MySQL's INVISIBLE, MariaDB's IGNORED).
  bool switchable = false;
  /// The collation that a key needs for LIKE 'text%' to use it; empty for the column's own.
  std::string_view likeCollation{};
  /// The operator class that it may need; empty for none.
  std::string_view likeOpclass{};
  std::size_t maxNameBytes = 63;
};

}  // namespace sonde
