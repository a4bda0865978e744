#include "unused.hpp"

#include <algorithm>

#include "redundant.hpp"

namespace sonde::advisor {

namespace {

/// Whether a foreign key would be without an index if this one went.
bool isOnlyOfAKey(const Table& table, const Index& index) {
  Table without = table;
  std::erase_if(without.indexes, [&](const Index& other) { return other.name == index.name; });
  return std::any_of(table.foreignKeys.begin(), table.foreignKeys.end(),
                     [&](const ForeignKey& key) {
                       return isSupported(table, key.columns) && !isSupported(without, key.columns);
                     });
}

bool isUnread(const IndexUsage& usage, const Table& table, const Index& index,
              const UnusedLimits& limits) {
  const auto found =
      std::find_if(usage.indexes.begin(), usage.indexes.end(), [&](const IndexReads& counted) {
        return counted.index == index.name && counted.table == table.name &&
               counted.schema == table.schema;
      });
  return found != usage.indexes.end() && found->reads == 0 &&
         found->bytes.value_or(limits.bytes) >= limits.bytes;
}

}  // namespace

std::vector<UnusedIndex> unusedIndexes(const Schema& schema, const IndexUsage& usage,
                                       const UnusedLimits& limits) {
  std::vector<UnusedIndex> found;
  if (usage.indexes.empty() || usage.counted < limits.counted) return found;
  for (const Table& table : schema.tables()) {
    if (!takesIndexes(table)) continue;
    for (const Index& index : table.indexes) {
      if (index.unique || !index.valid || !index.origin.empty()) continue;
      if (!isUnread(usage, table, index, limits) || isOnlyOfAKey(table, index)) continue;
      found.push_back({&table, &index});
    }
  }
  return found;
}

}  // namespace sonde::advisor
