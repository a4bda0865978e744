#include "index.hpp"

#include <algorithm>

namespace sonde {

bool Index::enforcesUniqueColumns() const noexcept {
  if (!unique || !valid || where || parts.empty()) return false;
  // A part under another collation than its column's may call rows different that the column calls
  // equal. A prefix is no such trap: rows that differ in a prefix differ.
  return std::all_of(parts.begin(), parts.end(),
                     [](const IndexPart& part) { return !part.column.empty() && !part.collation; });
}

}  // namespace sonde
