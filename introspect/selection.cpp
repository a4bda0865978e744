#include "selection.hpp"

#include <algorithm>

namespace sonde::detail {

std::vector<const Table*> selectTables(const Schema& schema, const std::vector<std::string>& names,
                                       bool all) {
  std::vector<const Table*> tables;
  tables.reserve(names.size());
  for (const std::string& name : names) tables.push_back(&schema.table(name));
  if (names.empty()) {
    for (const Table& table : schema.tables()) {
      if (all || table.isListed()) tables.push_back(&table);
    }
  }
  std::sort(tables.begin(), tables.end());  // they stand in one array, in the order of the schema
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  return tables;
}

}  // namespace sonde::detail
