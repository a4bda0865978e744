#include "foreign_keys.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>

namespace sonde::detail {
namespace {

/// Gives each name the spelling of the table's column. @return False when the table lacks one.
bool adoptSpelling(const Table& table, std::vector<std::string>& names) {
  for (std::string& name : names) {
    const Column* column = table.findColumn(name);
    if (column == nullptr) return false;
    name = column->name;
  }
  return true;
}

/// @return False when the target, its columns or the own columns do not exist or do not pair up.
bool resolve(const Table& child, ForeignKey& key, const Table& target) {
  ForeignKeyTarget& references = key.references;
  references.schema = target.schema;
  references.table = target.name;
  const bool leftOut = std::all_of(references.columns.begin(), references.columns.end(),
                                   [](const std::string& column) { return column.empty(); });
  if (leftOut) references.columns = target.keyColumns();
  const bool own = adoptSpelling(child, key.columns);
  const bool theirs = adoptSpelling(target, references.columns);
  adoptSpelling(child, key.setNullColumns);
  return own && theirs && !key.columns.empty() && key.columns.size() == references.columns.size();
}

}  // namespace

void resolveForeignKeys(std::vector<Table>& tables, const TableLookup& lookup) {
  for (Table& table : tables) {
    for (ForeignKey& key : table.foreignKeys) {
      if (key.references.schema.empty()) key.references.schema = table.schema;
      const auto position = lookup.find(key.references.schema, key.references.table);
      const Table* target = position ? &tables[*position] : nullptr;
      key.dangling = target == nullptr || !resolve(table, key, *target);
      key.targetUnique = !key.dangling && target->hasKeyWithin(key.references.columns);
    }
  }
}

}  // namespace sonde::detail
