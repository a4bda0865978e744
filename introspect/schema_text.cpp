#include "schema_text.hpp"

#include <algorithm>
#include <map>
#include <string_view>

#include "../core/text.hpp"
#include "selection.hpp"
#include "text_grid.hpp"

namespace sonde {
namespace {

constexpr std::size_t kLeastWidth = 40;

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (const std::string& name : names) out.append(out.empty() ? "" : ", ").append(name);
  return out;
}

std::string inParentheses(const std::vector<std::string>& names) {
  return '(' + joined(names) + ')';
}

std::string counted(std::size_t count, const std::string& one) {
  return std::to_string(count) + ' ' + one + (count == 1 ? "" : "s");
}

std::string rowsOf(const Table& table) {
  return table.rowEstimate ? '~' + std::to_string(*table.rowEstimate) : std::string();
}

std::string keyOf(const Table& table) {
  if (table.primaryKey) return joined(table.primaryKey->columns);
  return table.implicitKey ? '(' + *table.implicitKey + ')' : std::string();
}

std::string relationsOf(const Table& table) {
  std::vector<std::string> names;
  for (const Relation& relation : table.relations) names.push_back(relation.name);
  return joined(names);
}

std::vector<std::string> linesOf(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    lines.emplace_back(line);
    text.remove_prefix(std::min(line.size() + 1, text.size()));
  }
  return lines;
}

/// The text with each line break, and the spaces around it, as one space.
std::string onOneLine(std::string_view text) {
  std::string out;
  for (const std::string& line : linesOf(text)) {
    out.append(out.empty() ? "" : " ").append(text::trim(line));
  }
  return out;
}

/// Writes one table in full.
class TableText {
 public:
  TableText(std::string& out, const Schema& schema, const Table& table, std::size_t width)
      : out_(out), schema_(schema), table_(table), width_(width) {}

  void write() {
    head();
    columns();
    keys();
    indexes();
    rules();
    relations();
    if (table_.definition && !table_.isStored()) definition();
  }

 private:
  void line(const std::string& text, std::size_t indent = 0) {
    appendWrapped(out_, printable(text), indent, width_);
  }

  void heading(const char* title) {
    out_ += '\n';
    line(title, 2);
  }

  void section(const char* title, const std::vector<std::string>& items) {
    if (items.empty()) return;
    heading(title);
    for (const std::string& item : items) line(item, 4);
  }

  void definition() {
    heading("Definition");
    for (const std::string& one : linesOf(*table_.definition)) line(one, 4);
  }

  void head() {
    std::string about = std::string(tableKindName(table_.kind));
    if (table_.rowEstimate) about += ", " + rowsOf(table_) + " rows";
    if (table_.strict) about += ", strict";
    if (table_.withoutRowid) about += ", without rowid";
    if (table_.partitionOf) about += ", partition of " + *table_.partitionOf;
    if (!table_.inherits.empty()) about += ", inherits from " + joined(table_.inherits);
    if (table_.updatable) about += *table_.updatable ? ", updatable" : ", not updatable";
    line(schema_.displayName(table_) + " (" + about + ')');
    if (table_.comment) line(*table_.comment, 2);
    if (table_.error) line("error: " + *table_.error, 2);
  }

  void columns() {
    if (table_.columns.empty()) return;
    out_ += '\n';
    TextGrid grid({"Column", "Type", "Null", "Default", "Notes"}, 2);
    for (const Column& column : table_.columns) {
      grid.add({column.name, column.declaredType, column.nullable ? "yes" : "no",
                column.defaultValue ? column.defaultValue->text : "", notesOf(column)});
    }
    grid.appendTo(out_, width_);
  }

  [[nodiscard]] std::string notesOf(const Column& column) const {
    std::vector<std::string> notes;
    const auto& key = table_.keyColumns();
    if (std::find(key.begin(), key.end(), column.name) != key.end()) notes.emplace_back("key");
    if (column.autoIncrement) notes.emplace_back("auto-increment");
    if (column.identity == Identity::Always) notes.emplace_back("identity always");
    if (column.identity == Identity::ByDefault) notes.emplace_back("identity by default");
    if (column.generated != Generated::No) {
      const bool stored = column.generated == Generated::Stored;
      notes.push_back((stored ? "stored as " : "virtual as ") +
                      onOneLine(column.generatedExpression));
    }
    if (column.onUpdate) notes.emplace_back("on update " + onOneLine(*column.onUpdate));
    if (column.collation) notes.emplace_back("collate " + *column.collation);
    if (column.domain) notes.emplace_back("domain " + *column.domain);
    if (!column.enumValues.empty()) notes.emplace_back("one of " + joined(column.enumValues));
    if (column.comment) notes.push_back(*column.comment);
    return joined(notes);
  }

  static std::string named(const std::optional<std::string>& name, const std::string& rest) {
    return name ? *name + ": " + rest : rest;
  }

  void keys() {
    if (table_.primaryKey) {
      section("Primary key",
              {named(table_.primaryKey->name, inParentheses(table_.primaryKey->columns))});
    } else if (table_.implicitKey) {
      section("Implicit key", {inParentheses({*table_.implicitKey})});
    }
    std::vector<std::string> items;
    for (const ForeignKey& key : table_.foreignKeys) items.push_back(foreignKey(key));
    section("Foreign keys", items);
    items.clear();
    for (const UniqueConstraint& unique : table_.uniqueConstraints) {
      const char* nulls = unique.nullsNotDistinct ? " nulls not distinct" : "";
      items.push_back(named(unique.name, inParentheses(unique.columns) + nulls));
    }
    section("Unique constraints", items);
  }

  [[nodiscard]] std::string foreignKey(const ForeignKey& key) const {
    const Table* target = schema_.findTable(key.references.schema, key.references.table);
    std::string text = inParentheses(key.columns) + " -> " +
                       (target ? schema_.displayName(*target) : key.references.table) + ' ' +
                       inParentheses(key.references.columns);
    if (key.onDelete != ReferentialAction::NoAction) {
      text += " on delete " + text::lower(referentialActionName(key.onDelete));
      if (!key.setNullColumns.empty()) text += ' ' + inParentheses(key.setNullColumns);
    }
    if (key.onUpdate != ReferentialAction::NoAction) {
      text += " on update " + text::lower(referentialActionName(key.onUpdate));
    }
    if (key.deferrable) text += key.initiallyDeferred ? " initially deferred" : " deferrable";
    if (!key.validated) text += " (not validated)";
    if (key.dangling) text += " (dangling)";
    return named(key.name, text);
  }

  void indexes() {
    std::vector<std::string> items;
    for (const Index& index : table_.indexes) {
      std::vector<std::string> parts;
      for (const IndexPart& part : index.parts) parts.push_back(partOf(part));
      std::string text = index.name + ": " + (index.unique ? "unique " : "") + inParentheses(parts);
      if (!index.include.empty()) text += " include " + inParentheses(index.include);
      if (index.method != "btree") text += " using " + index.method;
      if (index.where) text += " where " + onOneLine(*index.where);
      if (!index.valid) text += " (invalid)";
      items.push_back(std::move(text));
    }
    section("Indexes", items);
  }

  static std::string partOf(const IndexPart& part) {
    std::string text = part.column.empty() ? onOneLine(part.expression) : part.column;
    if (part.prefixLength) text += '(' + std::to_string(*part.prefixLength) + ')';
    if (part.collation) text += " collate " + *part.collation;
    if (part.opclass) text += ' ' + *part.opclass;
    if (part.descending) text += " desc";
    if (part.nullsFirst) text += *part.nullsFirst ? " nulls first" : " nulls last";
    return text;
  }

  void rules() {
    std::vector<std::string> items;
    for (const Check& check : table_.checks) {
      const char* validated = check.validated ? "" : " (not validated)";
      items.push_back(named(check.name, onOneLine(check.expression) + validated));
    }
    section("Checks", items);
    items.clear();
    for (const Exclusion& exclusion : table_.exclusions) {
      items.push_back(named(exclusion.name, onOneLine(exclusion.definition)));
    }
    section("Exclusions", items);
    items.clear();
    for (const Trigger& trigger : table_.triggers) {
      const std::string of =
          trigger.columns.empty() ? std::string() : " of " + inParentheses(trigger.columns);
      items.push_back(trigger.name + ": " + trigger.timing + ' ' + joined(trigger.events) + of);
    }
    section("Triggers", items);
  }

  void relations() {
    std::vector<std::string> items;
    for (const Relation& relation : table_.relations) {
      const Table* other = schema_.findTable(relation.schema, relation.table);
      std::string text = relation.name + ": ";
      text.append(relationKindName(relation.kind)).append(1, ' ');
      text += other ? schema_.displayName(*other) : relation.table;
      if (relation.through) text += " through " + relation.through->table;
      text +=
          ' ' + inParentheses(relation.columns) + " -> " + inParentheses(relation.foreignColumns);
      items.push_back(std::move(text));
    }
    section("Relations", items);
  }

  std::string& out_;
  const Schema& schema_;
  const Table& table_;
  std::size_t width_;
};

/// "11 tables, 2 views": how many tables there are of each kind.
std::string census(const std::vector<const Table*>& tables) {
  std::map<TableKind, std::size_t> counts;
  for (const Table* table : tables) ++counts[table->kind];
  std::vector<std::string> parts;
  for (const auto& [kind, count] : counts) {
    const bool plain = kind == TableKind::Table || kind == TableKind::View;
    const std::string name(tableKindName(kind));
    parts.push_back(counted(count, plain ? name : name + " table"));
  }
  return parts.empty() ? "no tables" : joined(parts);
}

void appendOverview(std::string& out, const Schema& schema, const SchemaTextOptions& options,
                    std::size_t width) {
  const auto tables = detail::selectTables(schema, {}, options.internal);
  appendWrapped(out, printable(schema.dialect() + ' ' + schema.serverVersion()), 0, width);
  appendWrapped(out, census(tables) + ", fingerprint " + schema.fingerprint(), 0, width);
  if (!tables.empty()) {
    out += '\n';
    TextGrid grid({"Table", "Kind", "Columns", "Rows", "Key", "Relations"});
    grid.alignRight(2);
    grid.alignRight(3);
    for (const Table* table : tables) {
      grid.add({schema.displayName(*table), std::string(tableKindName(table->kind)),
                std::to_string(table->columns.size()), rowsOf(*table), keyOf(*table),
                table->error ? "error: " + *table->error : relationsOf(*table)});
    }
    grid.appendTo(out, width);
  }
  if (!schema.enums().empty()) out += '\n';
  for (const EnumType& type : schema.enums()) {
    const std::string text = "enum " + type.name + ": " + joined(type.values);
    appendWrapped(out, printable(text), 0, width);
  }
}

}  // namespace

std::string schemaText(const Schema& schema, const SchemaTextOptions& options) {
  const std::size_t width = std::max(options.width, kLeastWidth);
  std::string out;
  if (options.tables.empty()) {
    appendOverview(out, schema, options, width);
    return out;
  }
  for (const Table* table : detail::selectTables(schema, options.tables, true)) {
    if (!out.empty()) out += '\n';
    TableText(out, schema, *table, width).write();
  }
  return out;
}

}  // namespace sonde
