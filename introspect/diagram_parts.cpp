#include "diagram_parts.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "selection.hpp"

namespace sonde::detail {

DiagramParts diagramParts(const Schema& schema, const DiagramOptions& options) {
  DiagramParts parts;
  parts.tables = selectTables(schema, options.tables, false);
  std::unordered_map<const Table*, std::size_t> positions;
  for (std::size_t i = 0; i < parts.tables.size(); ++i) positions.emplace(parts.tables[i], i);
  for (std::size_t child = 0; child < parts.tables.size(); ++child) {
    const Table& table = *parts.tables[child];
    for (const Relation& relation : table.relations) {
      if (relation.kind != RelationKind::BelongsTo) continue;
      const auto parent = positions.find(schema.findTable(relation.schema, relation.table));
      if (parent == positions.end()) continue;
      const bool optional =
          std::any_of(relation.columns.begin(), relation.columns.end(),
                      [&](const std::string& column) { return table.column(column).nullable; });
      parts.edges.push_back(
          {child, parent->second, &relation, optional, table.hasKeyWithin(relation.columns)});
    }
  }
  return parts;
}

std::string shortType(const Column& column) {
  if (column.type != Type::Other) return std::string(typeName(column.type));
  return column.declaredType.empty() ? "any" : column.declaredType;
}

}  // namespace sonde::detail
