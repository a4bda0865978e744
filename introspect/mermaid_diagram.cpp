// The schema as a Mermaid erDiagram.
#include <algorithm>
#include <array>
#include <string_view>
#include <unordered_set>

#include "../core/text.hpp"
#include "diagram_parts.hpp"
#include "schema_diagram.hpp"
#include "text_grid.hpp"

namespace sonde {
namespace {

// Words of the grammar that an entity cannot be called without quotes.
constexpr std::array<std::string_view, 26> kReserved = {
    "accdescr",  "acctitle", "bt",         "class", "classdef", "click", "default",
    "direction", "end",      "erdiagram",  "graph", "lr",       "many",  "md",
    "one",       "only",     "optionally", "or",    "rl",       "style", "subgraph",
    "tb",        "title",    "to",         "u",     "zero"};

bool isLetter(char c) noexcept { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Whether a name can stand for an entity or attribute as it is, in every version of Mermaid.
bool isPlain(std::string_view name) noexcept {
  return !name.empty() && isLetter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return isLetter(c) || isDigit(c) || c == '_'; });
}

bool isReserved(std::string_view name) {
  const std::string lowered = text::lower(name);
  return std::find(kReserved.begin(), kReserved.end(), lowered) != kReserved.end();
}

/// The text as it can stand between double quotes. Mermaid reads "direction" with a space behind it
/// as a statement even there.
std::string mermaidName(std::string_view name) {
  static constexpr std::string_view kStatement = "direction";
  std::string out = printable(name);
  for (std::size_t at = out.find(kStatement); at != std::string::npos;
       at = out.find(kStatement, at + 1)) {
    std::size_t space = at + kStatement.size();
    for (; space < out.size() && out[space] == ' '; ++space) out[space] = '_';
  }
  for (char& c : out) {
    if (c == '"') c = '\'';
    if (c == '%' || c == '\\' || c == '<' || c == '>' || c == '`') c = '_';
  }
  return '"' + (out.empty() ? "_" : out) + '"';
}

/// The nearest text that is one word of the grammar.
std::string word(std::string_view name) {
  std::string out(name);
  for (char& c : out) {
    if (!isLetter(c) && !isDigit(c)) c = '_';
  }
  const bool isKey = out == "PK" || out == "FK" || out == "UK";
  if (out.empty() || !isLetter(out.front()) || isKey) out.insert(0, "c_");
  return out;
}

class Mermaid {
 public:
  Mermaid(const Schema& schema, const DiagramOptions& options)
      : options_(options), parts_(detail::diagramParts(schema, options)) {
    nameEntities(schema);
  }

  [[nodiscard]] std::string text() {
    out_ = "erDiagram\n";
    for (std::size_t i = 0; i < parts_.tables.size(); ++i) entity(i);
    for (const detail::Edge& edge : parts_.edges) relationship(edge);
    return std::move(out_);
  }

 private:
  /// Entities of plain names are called so; the others get an identifier that no table has, and
  /// their name as its label.
  void nameEntities(const Schema& schema) {
    std::vector<std::string> names;
    std::unordered_set<std::string> plain;
    for (const Table* table : parts_.tables) {
      names.push_back(schema.displayName(*table));
      if (isPlain(names.back())) plain.insert(names.back());
    }
    std::size_t number = 0;
    for (const std::string& name : names) {
      if (isPlain(name) && !isReserved(name)) {
        entities_.push_back(name);
        labels_.emplace_back();
        continue;
      }
      std::string entity;
      do {
        entity = "table" + std::to_string(++number);
      } while (plain.count(entity) != 0);
      entities_.push_back(std::move(entity));
      labels_.push_back('[' + mermaidName(name) + ']');
    }
  }

  void entity(std::size_t position) {
    out_.append("  ").append(entities_[position]).append(labels_[position]);
    const Table& table = *parts_.tables[position];
    if (options_.columns && !table.columns.empty()) {
      out_ += " {\n";
      for (const Column& column : table.columns) attribute(table, column);
      out_ += "  }";
    }
    out_ += '\n';
  }

  void attribute(const Table& table, const Column& column) {
    const std::string name = isPlain(column.name) ? column.name : std::string();
    const std::string shown = word(column.name);
    out_.append("    ").append(word(detail::shortType(column))).append(1, ' ').append(shown);
    out_ += keysOf(table, column.name);
    if (shown != name) out_.append(1, ' ').append(mermaidName(column.name));
    out_ += '\n';
  }

  static std::string keysOf(const Table& table, const std::string& column) {
    const auto holds = [&](const std::vector<std::string>& columns) {
      return std::find(columns.begin(), columns.end(), column) != columns.end();
    };
    std::string keys;
    const auto add = [&](const char* key) { keys.append(keys.empty() ? " " : ", ").append(key); };
    if (holds(table.keyColumns())) add("PK");
    const bool isForeign = std::any_of(table.foreignKeys.begin(), table.foreignKeys.end(),
                                       [&](const ForeignKey& key) { return holds(key.columns); });
    if (isForeign) add("FK");
    if (keys.empty() && table.isUnique({column})) add("UK");
    return keys;
  }

  void relationship(const detail::Edge& edge) {
    out_.append("  ").append(entities_[edge.parent]);
    out_.append(edge.optional ? " |o--" : " ||--").append(edge.childUnique ? "o| " : "o{ ");
    out_.append(entities_[edge.child]).append(" : ");
    out_.append(mermaidName(edge.relation->name)).append(1, '\n');
  }

  const DiagramOptions& options_;
  detail::DiagramParts parts_;
  std::vector<std::string> entities_;
  std::vector<std::string> labels_;
  std::string out_;
};

}  // namespace

std::string mermaidDiagram(const Schema& schema, const DiagramOptions& options) {
  return Mermaid(schema, options).text();
}

}  // namespace sonde
