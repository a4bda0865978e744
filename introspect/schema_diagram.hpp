// The schema as an entity-relationship diagram, for Mermaid and for Graphviz.
//
// Invariant: names of any content give a diagram that the tool can read; Mermaid, whose labels
// allow less, shows a stand-in for a character that it does not.
#pragma once

#include <string>
#include <vector>

#include "schema.hpp"

namespace sonde {

struct DiagramOptions {
  std::vector<std::string> tables = {};  ///< Draw these only; empty for all but internal ones.
  bool columns = true;                   ///< List the columns of each table.
};

/// @return A Mermaid `erDiagram`, with a line for each belongsTo relation between the tables drawn.
/// Thread-safe. @throws SchemaError for a table that does not exist.
[[nodiscard]] std::string mermaidDiagram(const Schema& schema, const DiagramOptions& options = {});

/// @return A Graphviz `digraph`, with an edge for each belongsTo relation between the tables drawn.
/// Thread-safe.
/// @throws SchemaError for a table that does not exist.
[[nodiscard]] std::string graphvizDiagram(const Schema& schema, const DiagramOptions& options = {});

}  // namespace sonde
