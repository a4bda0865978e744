// The schema as a Graphviz digraph.
#include <algorithm>
#include <string_view>

#include "diagram_parts.hpp"
#include "schema_diagram.hpp"
#include "text_grid.hpp"

namespace sonde {
namespace {

/// The text as it can stand in an HTML-like label, which is read as XML.
std::string escaped(std::string_view name) {
  std::string out;
  for (const char c : printable(name)) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

/// The text as a quoted string of the language, where a backslash starts an escape.
std::string graphvizName(std::string_view name) {
  std::string out = "\"";
  for (const char c : printable(name)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + '"';
}

void appendColumn(std::string& out, const Table& table, std::size_t position) {
  const Column& column = table.columns[position];
  const auto& key = table.keyColumns();
  const bool isKey = std::find(key.begin(), key.end(), column.name) != key.end();
  const std::string name = escaped(column.name);
  out.append("<TR><TD ALIGN=\"LEFT\" PORT=\"c").append(std::to_string(position)).append("\">");
  // An empty element is an error to Graphviz, so an empty name is not underlined.
  out.append(isKey && !name.empty() ? "<U>" + name + "</U>" : name);
  out.append("</TD><TD ALIGN=\"LEFT\">").append(escaped(detail::shortType(column)));
  out.append(column.nullable ? "" : " *").append("</TD></TR>");
}

void appendNode(std::string& out, const Schema& schema, const Table& table, std::size_t number,
                bool columns) {
  out.append("  t").append(std::to_string(number));
  out.append(" [label=<<TABLE BORDER=\"0\" CELLBORDER=\"1\" CELLSPACING=\"0\" CELLPADDING=\"4\">");
  out.append("<TR><TD COLSPAN=\"2\" BGCOLOR=\"#e8eef4\" PORT=\"t\">");
  out.append(escaped(schema.displayName(table))).append("</TD></TR>");
  for (std::size_t i = 0; columns && i < table.columns.size(); ++i) appendColumn(out, table, i);
  out.append("</TABLE>>];\n");
}

/// "t3:c1", or the head of the table where columns are not drawn.
std::string endOf(const Table& table, std::size_t number, const std::string& column, bool columns) {
  const std::string port =
      columns ? 'c' + std::to_string(table.columnIndex(column)) : std::string("t");
  return 't' + std::to_string(number) + ':' + port;
}

}  // namespace

std::string graphvizDiagram(const Schema& schema, const DiagramOptions& options) {
  const detail::DiagramParts parts = detail::diagramParts(schema, options);
  std::string out = "digraph schema {\n  graph [rankdir=LR];\n  node [shape=plain];\n";
  for (std::size_t i = 0; i < parts.tables.size(); ++i) {
    appendNode(out, schema, *parts.tables[i], i, options.columns);
  }
  for (const detail::Edge& edge : parts.edges) {
    const Relation& relation = *edge.relation;
    out += "  " +
           endOf(*parts.tables[edge.child], edge.child, relation.columns.front(), options.columns);
    out += " -> " + endOf(*parts.tables[edge.parent], edge.parent, relation.foreignColumns.front(),
                          options.columns);
    out.append(" [dir=both, arrowtail=").append(edge.childUnique ? "teeodot" : "crowodot");
    out.append(", arrowhead=").append(edge.optional ? "teeodot" : "tee");
    out.append(", label=").append(graphvizName(relation.name)).append("];\n");
  }
  return out + "}\n";
}

}  // namespace sonde
