// What both kinds of diagrams draw: the tables chosen and the foreign keys between them.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "schema_diagram.hpp"

namespace sonde::detail {

/// A belongsTo relation between two tables that are drawn.
struct Edge {
  std::size_t child = 0;   ///< Position in DiagramParts::tables.
  std::size_t parent = 0;  ///< Position in DiagramParts::tables.
  const Relation* relation = nullptr;
  bool optional = false;     ///< A child row may have no parent.
  bool childUnique = false;  ///< A parent row has at most one child.
};

struct DiagramParts {
  std::vector<const Table*> tables;
  std::vector<Edge> edges;
};

/// @return What to draw. @throws SchemaError for a table that does not exist.
[[nodiscard]] DiagramParts diagramParts(const Schema& schema, const DiagramOptions& options);

/// @return A short word for the type of a column: the normalised type, else what was declared.
[[nodiscard]] std::string shortType(const Column& column);

}  // namespace sonde::detail
