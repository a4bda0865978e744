// What engines share of writing a schema as SQL. Each hook says what the base renders.
#include <algorithm>
#include <array>
#include <functional>
#include <set>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../core/text.hpp"
#include "compiler.hpp"
#include "lexer.hpp"

namespace sonde {

namespace {

/// Whether a text is a whole statement that makes something, as the engine keeps it.
bool isCreateStatement(std::string_view sql, const query::LexerRules& rules) {
  query::Lexer lexer(sql, rules);
  query::Token token;
  return lexer.nextSignificant(token) && text::equalsIgnoreCase(token.text, "CREATE");
}

/// Appends a statement with a semicolon and a newline, whether or not it has a semicolon already.
void appendStatement(std::string& out, std::string_view sql) {
  std::string_view bare = text::trim(sql);
  while (!bare.empty() && bare.back() == ';') bare = text::trim(bare.substr(0, bare.size() - 1));
  out += bare;
  out += ";\n";
}

bool hasColumnsOf(TableKind kind) noexcept {
  return kind == TableKind::Table || kind == TableKind::Partitioned ||
         kind == TableKind::Partition || kind == TableKind::Foreign;
}

/// Keywords that stand as a default without parentheses.
bool isTimeKeyword(std::string_view expression) noexcept {
  static constexpr std::array<std::string_view, 3> kTimes = {"CURRENT_TIME", "CURRENT_DATE",
                                                             "CURRENT_TIMESTAMP"};
  return std::any_of(kTimes.begin(), kTimes.end(), [&](std::string_view time) {
    return text::equalsIgnoreCase(expression, time);
  });
}

bool isView(const Table& table) noexcept {
  return table.kind == TableKind::View || table.kind == TableKind::MaterializedView;
}

std::string constraintName(const SqlCompiler& compiler, const std::optional<std::string>& name) {
  return name ? "CONSTRAINT " + compiler.quote(*name) + " " : std::string();
}

/// The tables that have to be there before this one: those its keys refer to, and those that it is
/// a part of or inherits from. Null for one that is not there.
std::vector<const Table*> parentsOf(const Table& table, const Schema& schema) {
  std::vector<const Table*> parents;
  for (const ForeignKey& key : table.foreignKeys) {
    parents.push_back(schema.findTable(key.references.schema, key.references.table));
  }
  const auto add = [&](const std::string& qualified) {
    const auto& all = schema.tables();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Table& other) {
      return other.schema + "." + other.name == qualified;
    });
    if (found != all.end()) parents.push_back(&*found);
  };
  if (table.partitionOf) add(*table.partitionOf);
  std::for_each(table.inherits.begin(), table.inherits.end(), add);
  return parents;
}

/// Tables in the order parents first; where keys form a circle, the order they came in.
std::vector<const Table*> parentsFirst(const Schema& schema) {
  std::vector<const Table*> ordered;
  std::set<const Table*> seen;
  // An explicit stack: chains of foreign keys may be thousands of tables long.
  struct Visit {
    const Table* table;
    std::vector<const Table*> parents;
    std::size_t next = 0;
  };
  std::vector<Visit> stack;
  for (const Table& root : schema.tables()) {
    if (seen.insert(&root).second) stack.push_back({&root, parentsOf(root, schema)});
    while (!stack.empty()) {
      Visit& top = stack.back();
      if (top.next == top.parents.size()) {
        ordered.push_back(top.table);
        stack.pop_back();
        continue;
      }
      const Table* parent = top.parents[top.next++];
      if (parent != nullptr && seen.insert(parent).second) {
        stack.push_back({parent, parentsOf(*parent, schema)});
      }
    }
  }
  return ordered;
}

}  // namespace

std::string SqlCompiler::createTable(const Table& table) const {
  std::string out;
  renderCreate(out, table);
  renderIndexes(out, table);
  renderComments(out, table);
  for (const Trigger& trigger : table.triggers) appendStatement(out, trigger.definition);
  return out;
}

std::string SqlCompiler::createSchema(const Schema& schema) const {
  std::string out;
  renderTypes(out, schema);
  std::string late;  // keys that close a circle
  std::set<const Table*> made;
  for (const Table* table : parentsFirst(schema)) {
    if (isView(*table)) continue;
    made.insert(table);
    renderTableOf(out, late, *table, [&](const ForeignKey& key) {
      const Table* const parent = schema.findTable(key.references.schema, key.references.table);
      return parent != nullptr && made.count(parent) == 0;
    });
    renderIndexes(out, *table);
    renderComments(out, *table);
  }
  out += late;
  // In their own order: a view may read another, declared before it.
  for (const Table& table : schema.tables()) {
    if (!isView(table)) continue;
    renderCreate(out, table);
    renderComments(out, table);
  }
  // Triggers last: their bodies may name any table or view.
  for (const Table& table : schema.tables()) {
    for (const Trigger& trigger : table.triggers) appendStatement(out, trigger.definition);
  }
  return out;
}

// The table, with the keys that have to wait written to `late`, where the engine can add them.
void SqlCompiler::renderTableOf(std::string& out, std::string& late, const Table& table,
                                const std::function<bool(const ForeignKey&)>& waits) const {
  const auto& keys = table.foreignKeys;
  const bool ownKeys = table.kind != TableKind::Partition;  // else they are the parent's
  if (!capabilities().addConstraint || !ownKeys || std::none_of(keys.begin(), keys.end(), waits)) {
    return renderCreate(out, table);
  }
  Table first = table;
  std::erase_if(first.foreignKeys, waits);
  renderCreate(out, first);
  for (const ForeignKey& key : keys) {
    if (!waits(key)) continue;
    std::string constraint;
    renderForeignKey(constraint, table, key);
    constraint.erase(0, constraint.find_first_not_of(", \n"));
    late += "ALTER TABLE " + tableName(table) + " ADD " + constraint + ";\n";
  }
}

// Those that no constraint makes, and no other table's index.
void SqlCompiler::renderIndexes(std::string& out, const Table& table) const {
  if (!hasColumnsOf(table.kind)) return;
  for (const Index& index : table.indexes) {
    if (index.origin.empty() && !index.ofParent && !standsInTable(table, index)) {
      renderIndex(out, table, index);
    }
  }
}

// No: an index is a statement of its own.
bool SqlCompiler::standsInTable(const Table&, const Index&) const { return false; }

// Nothing: engines that keep comments elsewhere have them in the definitions.
void SqlCompiler::renderComments(std::string&, const Table&) const {}

std::string SqlCompiler::createIndex(const Table& table, const Index& index, IndexBuild) const {
  std::string out;
  renderIndex(out, table, index);
  out.resize(out.rfind(';'));
  return out;
}

std::string SqlCompiler::switchIndex(const Table&, const Index& index, bool) const {
  throw Unsupported("the index \"" + index.name + "\" cannot be kept without being used");
}

// DROP INDEX "schema"."i": an index stands in the schema of its table
std::string SqlCompiler::dropIndex(const Table& table, const Index& index, IndexBuild) const {
  const std::string schema = table.schema.empty() ? "" : quote(table.schema) + ".";
  return "DROP INDEX " + schema + quote(index.name);
}

// Nothing: most engines have no types of their own for users to make.
void SqlCompiler::renderTypes(std::string&, const Schema&) const {}

// CREATE TABLE "t" (columns, constraints) options; views and virtual tables by their definition;
// nothing for shadow and system tables, which make themselves; a comment for what could not be
// read.
void SqlCompiler::renderCreate(std::string& out, const Table& table) const {
  if (table.kind == TableKind::Shadow || table.kind == TableKind::System) return;
  if (!hasColumnsOf(table.kind) || table.columns.empty()) {
    if (table.definition && isCreateStatement(*table.definition, lexerRules())) {
      appendStatement(out, *table.definition);
    } else if (table.definition && table.kind == TableKind::View) {
      appendStatement(out, "CREATE VIEW " + tableName(table) + " AS " +
                               std::string(text::trim(*table.definition)));
    } else if (table.definition && table.kind == TableKind::MaterializedView) {
      appendStatement(out, "CREATE MATERIALIZED VIEW " + tableName(table) + " AS " +
                               std::string(text::trim(*table.definition)));
    } else {
      out += "-- " + quoteForMessage(table.name) + " cannot be written: " +
             (table.error ? "it could not be read" : "its definition is not known") + "\n";
    }
    return;
  }
  out += "CREATE TABLE " + tableName(table) + " (\n";
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    out += i == 0 ? "  " : ",\n  ";
    renderColumnDefinition(out, table, table.columns[i]);
  }
  renderTableConstraints(out, table);
  out += "\n)";
  renderTableOptions(out, table);
  out += ";\n";
}

// "name" type COLLATE "c" NOT NULL DEFAULT … GENERATED ALWAYS AS (…) STORED
void SqlCompiler::renderColumnDefinition(std::string& out, const Table&,
                                         const Column& column) const {
  out += quote(column.name);
  if (!column.declaredType.empty()) out += " " + column.declaredType;
  if (column.collation) out += " COLLATE " + quote(*column.collation);
  if (!column.nullable) out += " NOT NULL";
  if (column.defaultValue) {
    const ColumnDefault& value = *column.defaultValue;
    const bool bare = value.kind == ColumnDefault::Kind::Literal || isTimeKeyword(value.text);
    out += bare ? " DEFAULT " + value.text : " DEFAULT (" + value.text + ")";
  }
  if (column.identity != Identity::No) {
    out += column.identity == Identity::Always ? " GENERATED ALWAYS AS IDENTITY"
                                               : " GENERATED BY DEFAULT AS IDENTITY";
  }
  if (column.generated != Generated::No) {
    out += " GENERATED ALWAYS AS (" + column.generatedExpression + ")";
    out += column.generated == Generated::Stored ? " STORED" : " VIRTUAL";
  }
}

// Primary key, unique constraints, checks, foreign keys: each on a line of its own.
void SqlCompiler::renderTableConstraints(std::string& out, const Table& table) const {
  if (table.primaryKey) renderPrimaryKey(out, table);
  for (const UniqueConstraint& unique : table.uniqueConstraints) {
    out += ",\n  " + constraintName(*this, unique.name) + "UNIQUE";
    if (unique.nullsNotDistinct) out += " NULLS NOT DISTINCT";
    out += " (" + quoteList(unique.columns) + ")";
  }
  for (const Check& check : table.checks) {
    out += ",\n  " + constraintName(*this, check.name) + "CHECK (" + check.expression + ")";
  }
  for (const Exclusion& exclusion : table.exclusions) {
    out += ",\n  " + constraintName(*this, exclusion.name) + exclusion.definition;
  }
  for (const ForeignKey& key : table.foreignKeys) renderForeignKey(out, table, key);
}

void SqlCompiler::renderPrimaryKey(std::string& out, const Table& table) const {
  out += ",\n  " + constraintName(*this, table.primaryKey->name) + "PRIMARY KEY (" +
         quoteList(table.primaryKey->columns) + ")";
}

void SqlCompiler::renderForeignKey(std::string& out, const Table& table,
                                   const ForeignKey& key) const {
  const ForeignKeyTarget& target = key.references;
  out += ",\n  " + constraintName(*this, key.name) + "FOREIGN KEY (" + quoteList(key.columns) +
         ") REFERENCES ";
  if (!target.schema.empty() && target.schema != table.schema) out += quote(target.schema) + ".";
  out += quote(target.table);
  if (!target.columns.empty()) out += " (" + quoteList(target.columns) + ")";
  if (key.match == "FULL" || key.match == "PARTIAL") out += " MATCH " + key.match;
  if (key.onUpdate != ReferentialAction::NoAction) {
    out += " ON UPDATE ";
    out += referentialActionName(key.onUpdate);
  }
  if (key.onDelete != ReferentialAction::NoAction) {
    out += " ON DELETE ";
    out += referentialActionName(key.onDelete);
    if (!key.setNullColumns.empty()) out += " (" + quoteList(key.setNullColumns) + ")";
  }
  if (key.deferrable) {
    out += key.initiallyDeferred ? " DEFERRABLE INITIALLY DEFERRED" : " DEFERRABLE";
  }
}

// Nothing.
void SqlCompiler::renderTableOptions(std::string&, const Table&) const {}

// CREATE UNIQUE INDEX "i" ON "t" ("a" COLLATE "c" DESC, (expression)) WHERE …
void SqlCompiler::renderIndex(std::string& out, const Table& table, const Index& index) const {
  out += index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  out += quote(index.name) + " ON " + tableName(table);
  if (!index.method.empty() && index.method != "btree") out += " USING " + index.method;
  renderIndexParts(out, index);
  if (!index.include.empty()) out += " INCLUDE (" + quoteList(index.include) + ")";
  if (index.nullsNotDistinct) out += " NULLS NOT DISTINCT";
  if (index.where) out += " WHERE " + *index.where;
  out += ";\n";
}

// In parentheses, which engines want around all but a call.
std::string SqlCompiler::indexExpression(const IndexPart& part) const {
  return "(" + part.expression + ")";
}

void SqlCompiler::renderIndexParts(std::string& out, const Index& index) const {
  for (std::size_t i = 0; i < index.parts.size(); ++i) {
    const IndexPart& part = index.parts[i];
    out += i == 0 ? " (" : ", ";
    out += part.column.empty() ? indexExpression(part) : quote(part.column);
    if (part.collation) out += " COLLATE " + quote(*part.collation);
    if (part.opclass) out += " " + *part.opclass;
    if (part.descending) out += " DESC";
    if (part.nullsFirst && capabilities().nullsOrder && *part.nullsFirst != part.descending) {
      out += *part.nullsFirst ? " NULLS FIRST" : " NULLS LAST";
    }
  }
  out += ")";
}

}  // namespace sonde
