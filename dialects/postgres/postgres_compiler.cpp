#include "postgres_compiler.hpp"

#include "../../core/text.hpp"
#include "../../query/lexer.hpp"
#include "../../query/pattern.hpp"
#include "../../query/renderer.hpp"
#include "postgres_array.hpp"

namespace sonde {
namespace {

using query::Renderer;

constexpr Capabilities kCapabilities{
    .returning = true,
    .returningSeesTriggers = false,
    .conflictTarget = true,
    .savepoints = true,
    .transactionalDdl = true,
    .addConstraint = true,
    .defaultKeyword = true,
    .nullsOrder = true,
    .arrayParameters = true,
    .lastInsertId = false,
    .multiRowInsertIsFaster = true,
    .sessionSettings = true,
    .bulkInsert = true,
    .pipeline = true,
    .namedLocks = true,
    .notifications = true,
    .errorSpoilsTransaction = true,
    .maxParameters = 65'535,
};

constexpr query::LexerRules kLexerRules{
    .dollarQuotes = true,
    .escapeStrings = true,
    .nestedComments = true,
    .dollarParameters = true,
    .questionOperator = true,
};

/// Appends an expression that is to be matched as text. LIKE and lower() take nothing but text.
void renderAsText(Renderer& out, const query::ExprPtr& expr) {
  out.operand(expr);
  const Column* const column = out.columnOf(expr);
  if (column != nullptr && column->type != Type::Text) out.sql("::text");
}

/// Whether a default takes its value from the sequence of a serial column.
bool isSerial(const Column& column) {
  return column.autoIncrement && column.identity == Identity::No && column.defaultValue &&
         text::lower(column.defaultValue->text).starts_with("nextval(");
}

/// A statement about an index, so that it locks out no writer where that is asked for.
std::string concurrently(std::string statement, IndexBuild build) {
  constexpr std::string_view kWord = "INDEX ";
  if (build == IndexBuild::Online) {
    statement.insert(statement.find(kWord) + kWord.size(), "CONCURRENTLY ");
  }
  return statement;
}

std::string_view serialType(const Column& column) noexcept {
  if (column.declaredType == "bigint") return "bigserial";
  if (column.declaredType == "smallint") return "smallserial";
  return "serial";
}

std::string quotedText(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') quoted += c;
    quoted += c;
  }
  return quoted + '\'';
}

}  // namespace

const Capabilities& PostgresCompiler::capabilities() const noexcept { return kCapabilities; }

const query::LexerRules& PostgresCompiler::lexerRules() const noexcept { return kLexerRules; }

std::string PostgresCompiler::bindList(std::span<const Value> items) const {
  return postgresArrayLiteral(items, true);
}

// $1
void PostgresCompiler::renderPlaceholder(Renderer& out, std::size_t ordinal) const {
  out.sql("$" + std::to_string(ordinal));
}

// subject LIKE $1, or ILIKE where case is ignored; `\` is the escape by itself
void PostgresCompiler::renderMatch(Renderer& out, const query::Match& match) const {
  renderAsText(out, match.subject);
  out.sql(match.ignoreCase ? " ILIKE " : " LIKE ");
  out.transformed(match.pattern, query::transformOf(match.kind), match.ignoreCase);
}

// subject = ANY($1)
void PostgresCompiler::renderInArray(Renderer& out, const query::InArray& in) const {
  out.operand(in.subject).sql(" = ANY(");
  out.transformed(in.list, query::BindTransform::List).sql(")");
}

// "name" DESC NULLS LAST; nothing of nulls where there are none, or an index in the engine's own
// order (nulls last ascending, first descending) could not be used
void PostgresCompiler::renderOrderItem(Renderer& out, const query::OrderItem& item) const {
  if (item.ignoreCase) {
    out.sql("lower(");
    renderAsText(out, item.expr);
    out.sql(")");
  } else {
    out.expr(item.expr);
  }
  if (item.descending) out.sql(" DESC");
  const auto native = item.descending ? query::NullsOrder::First : query::NullsOrder::Last;
  const auto usual = item.descending ? query::NullsOrder::Last : query::NullsOrder::First;
  const auto wanted = item.nulls.value_or(usual);
  if (wanted == native || out.neverNull(item.expr)) return;
  out.sql(wanted == query::NullsOrder::First ? " NULLS FIRST" : " NULLS LAST");
}

// As the base, with serial for a column that takes its values from a sequence of its own
void PostgresCompiler::renderColumnDefinition(std::string& out, const Table& table,
                                              const Column& column) const {
  if (!isSerial(column)) return SqlCompiler::renderColumnDefinition(out, table, column);
  out += quote(column.name) + " ";
  out += serialType(column);
  if (!column.nullable) out += " NOT NULL";
}

// As the base, with the schema of the other table always written
void PostgresCompiler::renderForeignKey(std::string& out, const Table& table,
                                        const ForeignKey& key) const {
  if (key.references.schema != table.schema) return SqlCompiler::renderForeignKey(out, table, key);
  Table elsewhere;
  elsewhere.name = table.name;
  SqlCompiler::renderForeignKey(out, elsewhere, key);
}

// CREATE TYPE … AS ENUM (…), CREATE DOMAIN …
void PostgresCompiler::renderTypes(std::string& out, const Schema& schema) const {
  for (const EnumType& type : schema.enums()) {
    out += "CREATE TYPE " + quote(type.schema) + "." + quote(type.name) + " AS ENUM (";
    for (std::size_t i = 0; i < type.values.size(); ++i) {
      out += (i == 0 ? "" : ", ") + quotedText(type.values[i]);
    }
    out += ");\n";
  }
  for (const Domain& domain : schema.domains()) {
    out += "CREATE DOMAIN " + quote(domain.schema) + "." + quote(domain.name) + " AS " +
           domain.declaredType;
    if (domain.defaultValue) out += " DEFAULT " + domain.defaultValue->text;
    if (!domain.nullable) out += " NOT NULL";
    for (const Check& check : domain.checks) {
      if (check.name) out += " CONSTRAINT " + quote(*check.name);
      out += " CHECK (" + check.expression + ")";
    }
    out += ";\n";
  }
}

// The name of another table is kept as "schema.name"; a schema with a dot in its name is none that
// can be told apart.
std::string PostgresCompiler::quoteQualified(std::string_view name) const {
  const std::size_t dot = name.find('.');
  return quote(name.substr(0, dot)) + "." + quote(name.substr(dot + 1));
}

// As the base; CREATE TABLE "p" PARTITION OF "t" FOR VALUES …, which has the columns, constraints
// and indexes of the table it is a part of
void PostgresCompiler::renderCreate(std::string& out, const Table& table) const {
  if (table.kind != TableKind::Partition || !table.partitionOf || !table.partitionBound) {
    return SqlCompiler::renderCreate(out, table);
  }
  out += "CREATE TABLE " + tableName(table) + " PARTITION OF " +
         quoteQualified(*table.partitionOf) + " " + *table.partitionBound;
  renderTableOptions(out, table);
  out += ";\n";
}

//  INHERITS ("s"."t") PARTITION BY RANGE (a)
void PostgresCompiler::renderTableOptions(std::string& out, const Table& table) const {
  for (std::size_t i = 0; i < table.inherits.size(); ++i) {
    out += (i == 0 ? " INHERITS (" : ", ") + quoteQualified(table.inherits[i]);
  }
  if (!table.inherits.empty()) out += ")";
  if (table.partitionKey) out += " PARTITION BY " + *table.partitionKey;
}

// COMMENT ON TABLE "t" IS '…'; COMMENT ON COLUMN "t"."a" IS '…'
void PostgresCompiler::renderComments(std::string& out, const Table& table) const {
  if (table.comment) {
    const char* const kind = table.kind == TableKind::View               ? "VIEW "
                             : table.kind == TableKind::MaterializedView ? "MATERIALIZED VIEW "
                             : table.kind == TableKind::Foreign          ? "FOREIGN TABLE "
                                                                         : "TABLE ";
    out += "COMMENT ON " + (kind + tableName(table)) + " IS " + quotedText(*table.comment) + ";\n";
  }
  for (const Column& column : table.columns) {
    if (!column.comment) continue;
    out += "COMMENT ON COLUMN " + tableName(table) + "." + quote(column.name) + " IS " +
           quotedText(*column.comment) + ";\n";
  }
}

std::string PostgresCompiler::createIndex(const Table& table, const Index& index,
                                          IndexBuild build) const {
  return concurrently(SqlCompiler::createIndex(table, index, build), build);
}

std::string PostgresCompiler::dropIndex(const Table& table, const Index& index,
                                        IndexBuild build) const {
  return concurrently(SqlCompiler::dropIndex(table, index, build), build);
}

}  // namespace sonde
