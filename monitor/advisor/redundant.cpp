#include "redundant.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <string>

#include "../../core/text.hpp"

namespace sonde::advisor {

namespace {

bool sameColumn(const Table& table, const std::string& a, const std::string& b) {
  return table.ignoreCase ? text::equalsIgnoreCase(a, b) : a == b;
}

/// Whether two keys hold the same values in the same order, apart from the direction.
bool sameKey(const Table& table, const IndexPart& a, const IndexPart& b) {
  return sameColumn(table, a.column, b.column) && a.expression == b.expression &&
         a.collation == b.collation && a.opclass == b.opclass && a.prefixLength == b.prefixLength;
}

/// Where nulls stand in a key; empty for the engine's own place, which turns with the direction.
std::optional<bool> nullsAgainstDefault(const IndexPart& part, bool turned) {
  if (!part.nullsFirst) return std::nullopt;
  return *part.nullsFirst != turned;
}

/// Whether the keys of `a` lead those of `b`, read from one end or the other.
bool leads(const Table& table, const Index& a, const Index& b) {
  if (a.parts.empty() || a.parts.size() > b.parts.size()) return false;
  const bool turned = a.parts.front().descending != b.parts.front().descending;
  for (std::size_t i = 0; i < a.parts.size(); ++i) {
    const IndexPart& own = a.parts[i];
    const IndexPart& other = b.parts[i];
    if (!sameKey(table, own, other)) return false;
    if ((own.descending != other.descending) != turned) return false;
    if (nullsAgainstDefault(own, turned) != nullsAgainstDefault(other, false)) return false;
  }
  return true;
}

bool hasColumn(const Table& table, const Index& index, const std::string& column) {
  const auto same = [&](const std::string& name) { return sameColumn(table, name, column); };
  const bool isKey =
      std::any_of(index.parts.begin(), index.parts.end(),
                  [&](const IndexPart& part) { return !part.prefixLength && same(part.column); });
  return isKey || std::any_of(index.include.begin(), index.include.end(), same);
}

std::vector<std::string> columnsOf(const Index& index) {
  std::vector<std::string> columns;
  for (const IndexPart& part : index.parts) columns.push_back(part.column);
  return columns;
}

/// Whether two lists hold the same columns, in any order.
bool sameSet(const Table& table, std::vector<std::string> a, const std::vector<std::string>& b) {
  if (a.size() != b.size()) return false;
  for (const std::string& name : b) {
    const auto found = std::find_if(a.begin(), a.end(), [&](const std::string& other) {
      return sameColumn(table, name, other);
    });
    if (found == a.end()) return false;
    a.erase(found);
  }
  return true;
}

/// Whether a foreign key of any table needs the columns of this unique index to be unique.
bool isReferred(const Schema& schema, const Table& table, const Index& index) {
  const std::vector<std::string> columns = columnsOf(index);
  const auto refers = [&](const ForeignKey& key) {
    return key.references.table == table.name && key.references.schema == table.schema &&
           sameSet(table, columns, key.references.columns);
  };
  return std::any_of(schema.tables().begin(), schema.tables().end(), [&](const Table& other) {
    return std::any_of(other.foreignKeys.begin(), other.foreignKeys.end(), refers);
  });
}

/// Whether the index has the rowid itself for its only key.
bool isRowid(const Table& table, const Index& index) {
  if (index.parts.size() != 1 || index.where || !index.origin.empty()) return false;
  const Column* column = table.findColumn(index.parts.front().column);
  return column != nullptr && column->rowidAlias;
}

/// Whether, of two equal indexes, the first is the one to keep.
bool isKept(const Index& index, const Index& other) {
  const auto rank = [](const Index& i) { return (i.origin.empty() ? 0 : 2) + (i.unique ? 1 : 0); };
  if (rank(index) != rank(other)) return rank(index) > rank(other);
  return &index < &other;  // the one made first
}

bool isSubsetPrefix(const Table& table, const std::vector<std::string>& keys,
                    const std::vector<std::string>& columns) {
  if (keys.size() < columns.size()) return false;
  const auto size = static_cast<std::ptrdiff_t>(columns.size());
  return sameSet(table, {keys.begin(), keys.begin() + size}, columns);
}

/// Whether the index holds every row that has a value in these columns.
bool holdsAllOf(const Index& index, const std::vector<std::string>& columns) {
  if (!index.where) return true;
  if (columns.size() != 1) return false;
  const std::string condition = text::lower(*index.where);
  std::string bare;
  for (const char c : condition) {
    if (std::string_view("()\"`[]").find(c) == std::string_view::npos) bare += c;
  }
  return bare == text::lower(columns.front()) + " is not null";
}

}  // namespace

bool takesIndexes(const Table& table) noexcept {
  return (table.kind == TableKind::Table || table.kind == TableKind::Partitioned ||
          table.kind == TableKind::MaterializedView) &&
         !table.error;
}

bool isRedundant(const Schema& schema, const Table& table, const Index& index,
                 const Index& keeper) {
  if (&index == &keeper || !keeper.valid || !index.valid || !index.origin.empty() ||
      index.replicaIdentity || index.ofParent) {
    return false;
  }
  if (index.method != keeper.method || index.where != keeper.where) return false;
  if (!leads(table, index, keeper)) return false;
  const bool equal = index.parts.size() == keeper.parts.size();
  if (index.method != "btree" && !equal) return false;
  if (!std::all_of(index.include.begin(), index.include.end(),
                   [&](const std::string& column) { return hasColumn(table, keeper, column); })) {
    return false;
  }
  if (!index.unique) return true;
  return equal && keeper.unique && index.nullsNotDistinct == keeper.nullsNotDistinct &&
         !isReferred(schema, table, index);
}

std::vector<RedundantIndex> redundantIndexes(const Schema& schema) {
  std::vector<RedundantIndex> found;
  for (const Table& table : schema.tables()) {
    if (!takesIndexes(table)) continue;
    for (const Index& index : table.indexes) {
      if (isRowid(table, index)) {
        found.push_back({&table, &index, nullptr, true});
        continue;
      }
      const Index* keeper = nullptr;
      for (const Index& other : table.indexes) {
        if (isRowid(table, other) || !isRedundant(schema, table, index, other)) continue;
        // Where each could stand for the other, one of them stays.
        if (isRedundant(schema, table, other, index) && isKept(index, other)) continue;
        keeper = &other;
        break;
      }
      if (keeper == nullptr) continue;
      const bool equal = index.parts.size() == keeper->parts.size();
      found.push_back({&table, &index, keeper, equal});
    }
  }
  return found;
}

bool isSupported(const Table& table, const std::vector<std::string>& columns) {
  if (isSubsetPrefix(table, table.keyColumns(), columns)) return true;
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    return index.valid && index.method == "btree" && holdsAllOf(index, columns) &&
           isSubsetPrefix(table, columnsOf(index), columns);
  });
}

std::vector<UnsupportedForeignKey> unsupportedForeignKeys(const Schema& schema) {
  std::vector<UnsupportedForeignKey> found;
  for (const Table& table : schema.tables()) {
    if (!takesIndexes(table)) continue;
    std::set<std::vector<std::string>> seen;
    for (const ForeignKey& key : table.foreignKeys) {
      if (key.dangling || key.columns.empty() || isSupported(table, key.columns)) continue;
      if (seen.insert(key.columns).second) found.push_back({&table, &key});
    }
  }
  return found;
}

}  // namespace sonde::advisor
