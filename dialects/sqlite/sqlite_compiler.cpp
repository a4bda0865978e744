#include "sqlite_compiler.hpp"

#include "../../core/error.hpp"
#include "../../core/text.hpp"
#include "../../query/lexer.hpp"
#include "../../query/pattern.hpp"
#include "../../query/renderer.hpp"

namespace sonde {

namespace {

using query::Renderer;

constexpr std::string_view kMainSchema = "main";

/// Whether the key of a table is one column declared exactly INTEGER that is nonetheless not the
/// rowid. Only INTEGER PRIMARY KEY DESC, written on the column, gives such a key.
bool hasDescendingIntegerKey(const Table& table) {
  if (table.withoutRowid || !table.primaryKey || table.primaryKey->columns.size() != 1)
    return false;
  const Column* key = table.findColumn(table.primaryKey->columns.front());
  return key != nullptr && !key->rowidAlias && text::equalsIgnoreCase(key->declaredType, "INTEGER");
}

bool isOnlyKey(const Table& table, const Column& column) {
  return table.primaryKey && table.primaryKey->columns.size() == 1 &&
         table.findColumn(table.primaryKey->columns.front()) == &column;
}

/// Whether the key has to be written on its column, because that is what gives it its meaning.
bool keyOnColumn(const Table& table, const Column& column) {
  return isOnlyKey(table, column) && (column.autoIncrement || hasDescendingIntegerKey(table));
}

}  // namespace

const Capabilities& SqliteCompiler::capabilities() const noexcept {
  static constexpr Capabilities kCapabilities = [] {
    Capabilities c;
    c.fileSettings = true;
    c.returning = true;
    c.conflictTarget = true;
    c.savepoints = true;
    c.transactionalDdl = true;
    c.nullsOrder = true;
    c.arrayParameters = true;
    c.lastInsertId = true;
    c.maxParameters = 32766;
    return c;
  }();
  return kCapabilities;
}

const query::LexerRules& SqliteCompiler::lexerRules() const noexcept {
  static constexpr query::LexerRules kRules = [] {
    query::LexerRules rules;
    rules.backtickIdentifiers = true;
    rules.bracketIdentifiers = true;
    rules.namedParameters = true;
    rules.numberedParameters = true;
    return rules;
  }();
  return kRules;
}

std::string SqliteCompiler::bindPattern(query::BindTransform transform, bool ignoreCase,
                                        std::string_view text) const {
  if (text.find('\0') != std::string_view::npos) {
    throw ValidationError("SQLite cannot match a pattern that holds a NUL byte");
  }
  return ignoreCase ? query::likePattern(transform, text) : query::globPattern(transform, text);
}

// subject GLOB ?, or subject LIKE ? ESCAPE '\' where case is ignored
void SqliteCompiler::renderMatch(Renderer& out, const query::Match& match) const {
  out.operand(match.subject).sql(match.ignoreCase ? " LIKE " : " GLOB ");
  out.transformed(match.pattern, query::transformOf(match.kind), match.ignoreCase);
  if (match.ignoreCase) out.sql(" ESCAPE '\\'");
}

// subject IN (SELECT value FROM json_each(?))
void SqliteCompiler::renderInArray(Renderer& out, const query::InArray& in) const {
  out.operand(in.subject).sql(" IN (SELECT value FROM json_each(");
  out.transformed(in.list, query::BindTransform::List).sql("))");
}

// "name" DESC: nulls come first ascending and last descending by themselves
void SqliteCompiler::renderOrderItem(Renderer& out, const query::OrderItem& item) const {
  if (item.ignoreCase) {
    out.sql("lower(").expr(item.expr).sql(")");
  } else {
    out.expr(item.expr);
  }
  if (item.descending) out.sql(" DESC");
  const auto native = item.descending ? query::NullsOrder::Last : query::NullsOrder::First;
  if (!item.nulls || *item.nulls == native) return;
  out.sql(*item.nulls == query::NullsOrder::First ? " NULLS FIRST" : " NULLS LAST");
}

// LIMIT ? OFFSET ?; an offset needs a limit, and -1 is none
void SqliteCompiler::renderLimit(Renderer& out, const query::Select& select) const {
  if (select.limit) {
    out.sql(" LIMIT ").expr(select.limit);
  } else {
    out.sql(" LIMIT -1");
  }
  if (select.offset) out.sql(" OFFSET ").expr(select.offset);
}

std::string SqliteCompiler::tableName(const Table& table) const {
  if (table.schema.empty() || (table.schema == kMainSchema && !table.shadowed)) {
    return quote(table.name);
  }
  return quote(table.schema) + "." + quote(table.name);
}

// As the base, with the key on the column where it makes the rowid or must not
void SqliteCompiler::renderColumnDefinition(std::string& out, const Table& table,
                                            const Column& column) const {
  Column plain = column;
  // The rowid is never null; a catalog may say so where the DDL did not.
  if (column.rowidAlias) plain.nullable = true;
  SqlCompiler::renderColumnDefinition(out, table, plain);
  if (!keyOnColumn(table, column)) return;
  out += column.autoIncrement ? " PRIMARY KEY AUTOINCREMENT" : " PRIMARY KEY DESC";
}

void SqliteCompiler::renderPrimaryKey(std::string& out, const Table& table) const {
  for (const Column& column : table.columns) {
    if (keyOnColumn(table, column)) return;
  }
  SqlCompiler::renderPrimaryKey(out, table);
}

// As the base, but a foreign key never leaves its schema, and naming it is an error
void SqliteCompiler::renderForeignKey(std::string& out, const Table& table,
                                      const ForeignKey& key) const {
  ForeignKey local = key;
  local.references.schema = table.schema;
  SqlCompiler::renderForeignKey(out, table, local);
}

// STRICT, WITHOUT ROWID
void SqliteCompiler::renderTableOptions(std::string& out, const Table& table) const {
  if (table.strict) out += " STRICT";
  if (table.withoutRowid) out += table.strict ? ", WITHOUT ROWID" : " WITHOUT ROWID";
}

// CREATE INDEX "schema"."i" ON "t" (…): the schema stands before the index, not the table
void SqliteCompiler::renderIndex(std::string& out, const Table& table, const Index& index) const {
  out += index.unique ? "CREATE UNIQUE INDEX " : "CREATE INDEX ";
  if (!table.schema.empty() && (table.schema != kMainSchema || table.shadowed)) {
    out += quote(table.schema) + ".";
  }
  out += quote(index.name) + " ON " + quote(table.name);
  renderIndexParts(out, index);
  if (index.where) out += " WHERE " + *index.where;
  out += ";\n";
}

// As it was written: the catalog's text has the parentheses it needs
std::string SqliteCompiler::indexExpression(const IndexPart& part) const { return part.expression; }

}  // namespace sonde
