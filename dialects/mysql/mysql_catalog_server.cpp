#include "mysql_catalog_server.hpp"

#include <algorithm>
#include <utility>

#include "../../core/text.hpp"
#include "../../query/lexer.hpp"

namespace sonde::mysql {
namespace {

using Kind = ColumnDefault::Kind;

/// @return The condition that a column of information_schema names a database to be read. A plain
/// comparison lets MariaDB look into one folder only, and MySQL into one part of its dictionary.
std::string wanted(std::string_view column, const CatalogServer& server) {
  std::string sql(column);
  if (server.database) return sql += " = DATABASE()";
  return sql += " NOT IN ('information_schema', 'mysql', 'performance_schema', 'sys')";
}

std::string select(std::string_view fields, std::string_view table, std::string_view schemaColumn,
                   const CatalogServer& server) {
  std::string sql = "SELECT ";
  sql.append(fields).append(" FROM information_schema.").append(table).append(" WHERE ");
  return sql += wanted(schemaColumn, server);
}

/// Whether the text is a number, perhaps with a sign before it.
bool isNumber(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  query::Lexer lexer(text, mysqlLexerRules());
  query::Token token;
  return lexer.next(token) && token.kind == query::TokenKind::Number &&
         token.text.size() == text.size();
}

/// Whether the text is one string: 'text', or b'101', x'00ff' and _utf8mb4'text'.
bool isString(std::string_view text) {
  const std::size_t quote = text.find('\'');
  if (quote == std::string_view::npos || text.find_first_of(" (`") < quote) return false;
  text.remove_prefix(quote);
  query::Lexer lexer(text, mysqlLexerRules());
  query::Token token;
  return lexer.next(token) && token.kind == query::TokenKind::String &&
         token.text.size() == text.size();
}

std::optional<ColumnDefault> readMariaDbDefault(std::string_view text) {
  if (text == "NULL") return std::nullopt;
  if (isNumber(text) || isString(text)) return ColumnDefault{Kind::Literal, std::string(text)};
  return ColumnDefault{Kind::Expression, std::string(withoutParentheses(text))};
}

std::string literalOf(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') out += c;
    out += c;
  }
  return out += '\'';
}

std::optional<ColumnDefault> readMysqlDefault(const CatalogServer& server, const Column& column,
                                              std::string_view text, std::string_view extra) {
  if (extra.find("DEFAULT_GENERATED") != std::string_view::npos) {
    return ColumnDefault{Kind::Expression, readExpression(server, text)};
  }
  // Bits and bytes come as b'101' and 0x00FF.
  const bool bits = column.declaredType.starts_with("bit") && text.starts_with("b'");
  const bool bytes = column.type == Type::Blob && text.starts_with("0x");
  const bool number = column.type == Type::Integer || column.type == Type::Boolean ||
                      column.type == Type::Real || column.type == Type::Decimal;
  if (bits || bytes || (number && isNumber(text))) {
    return ColumnDefault{Kind::Literal, std::string(text)};
  }
  return ColumnDefault{Kind::Literal, literalOf(text)};
}

/// A part of the hash: the sum of the checksums of rows. It does not depend on their order, two
/// equal rows do not cancel each other, and a change of one row is missed once in 2^32. Fields that
/// may be NULL are quoted, or CONCAT_WS would leave them out; names hold no byte 0.
std::string hashPart(std::string_view fields, std::string_view table, std::string_view schemaColumn,
                     const CatalogServer& server) {
  std::string row = "SUM(CRC32(CONCAT_WS(0x00, ";
  row.append(fields).append(")))");
  return select(row, table, schemaColumn, server);
}

}  // namespace

std::string catalogSql(CatalogQuery query, const CatalogServer& server) {
  const bool mariaDb = server.isMariaDb();
  switch (query) {
    case CatalogQuery::Schemas:
      return select("SCHEMA_NAME, NULL, DEFAULT_COLLATION_NAME", "SCHEMATA", "SCHEMA_NAME", server);
    case CatalogQuery::Tables:
      return select("TABLE_SCHEMA, TABLE_NAME, TABLE_TYPE, ENGINE, TABLE_ROWS, TABLE_COMMENT",
                    "TABLES", "TABLE_SCHEMA", server);
    case CatalogQuery::Columns:
      return select(
          "TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, COLUMN_DEFAULT, IS_NULLABLE, "
          "COLLATION_NAME, COLUMN_TYPE, EXTRA, GENERATION_EXPRESSION, COLUMN_COMMENT",
          "COLUMNS", "TABLE_SCHEMA", server);
    case CatalogQuery::Indexes:
      return select(std::string("TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, "
                                "COLUMN_NAME, COLLATION, SUB_PART, INDEX_TYPE, ") +
                        (mariaDb ? "IGNORED = 'NO' AND COMMENT <> 'disabled', NULL"
                                 : "IS_VISIBLE = 'YES' AND COMMENT <> 'disabled', EXPRESSION"),
                    "STATISTICS", "TABLE_SCHEMA", server);
    case CatalogQuery::ForeignKeyColumns:
      return select(
                 "TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, "
                 "REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME",
                 "KEY_COLUMN_USAGE", "TABLE_SCHEMA", server) +
             " AND REFERENCED_TABLE_NAME IS NOT NULL";
    case CatalogQuery::ForeignKeyRules:
      return select("CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE",
                    "REFERENTIAL_CONSTRAINTS", "CONSTRAINT_SCHEMA", server);
    case CatalogQuery::CheckClauses:
      return select(mariaDb ? "CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, LEVEL, CHECK_CLAUSE"
                            : "CONSTRAINT_SCHEMA, NULL, CONSTRAINT_NAME, NULL, CHECK_CLAUSE",
                    "CHECK_CONSTRAINTS", "CONSTRAINT_SCHEMA", server);
    case CatalogQuery::CheckTables:
      if (mariaDb) return {};
      return select("TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME", "TABLE_CONSTRAINTS",
                    "TABLE_SCHEMA", server) +
             " AND CONSTRAINT_TYPE = 'CHECK' AND ENFORCED = 'YES'";
    case CatalogQuery::Views:
      return select(
          "TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION, IS_UPDATABLE, CHECK_OPTION, SECURITY_TYPE",
          "VIEWS", "TABLE_SCHEMA", server);
    case CatalogQuery::Triggers:
      return select(
          "EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME, EVENT_MANIPULATION, "
          "ACTION_TIMING, ACTION_ORDER, ACTION_STATEMENT",
          "TRIGGERS", "TRIGGER_SCHEMA", server);
  }
  return {};
}

std::string catalogHashSql(const CatalogServer& server) {
  const bool mariaDb = server.isMariaDb();
  // TABLES would add nothing: a table is known by its columns, and a view that broke by those that
  // it lost.
  const std::string parts[] = {
      hashPart("TABLE_SCHEMA, TABLE_NAME, COLUMN_NAME, ORDINAL_POSITION, QUOTE(COLUMN_DEFAULT), "
               "IS_NULLABLE, QUOTE(COLLATION_NAME), COLUMN_TYPE, EXTRA, "
               "QUOTE(GENERATION_EXPRESSION)",
               "COLUMNS", "TABLE_SCHEMA", server),
      hashPart(std::string("TABLE_SCHEMA, TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, NON_UNIQUE, "
                           "QUOTE(COLUMN_NAME), QUOTE(COLLATION), QUOTE(SUB_PART), INDEX_TYPE, ") +
                   (mariaDb ? "IGNORED" : "IS_VISIBLE, QUOTE(EXPRESSION)"),
               "STATISTICS", "TABLE_SCHEMA", server),
      hashPart("TABLE_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, ORDINAL_POSITION, COLUMN_NAME, "
               "REFERENCED_TABLE_SCHEMA, REFERENCED_TABLE_NAME, REFERENCED_COLUMN_NAME",
               "KEY_COLUMN_USAGE", "TABLE_SCHEMA", server) +
          " AND REFERENCED_TABLE_NAME IS NOT NULL",
      hashPart("CONSTRAINT_SCHEMA, TABLE_NAME, CONSTRAINT_NAME, DELETE_RULE, UPDATE_RULE",
               "REFERENTIAL_CONSTRAINTS", "CONSTRAINT_SCHEMA", server),
      hashPart(std::string("CONSTRAINT_SCHEMA, CONSTRAINT_NAME, CHECK_CLAUSE") +
                   (mariaDb ? ", TABLE_NAME" : ""),
               "CHECK_CONSTRAINTS", "CONSTRAINT_SCHEMA", server),
      hashPart("TABLE_SCHEMA, TABLE_NAME, VIEW_DEFINITION, IS_UPDATABLE, CHECK_OPTION, "
               "SECURITY_TYPE",
               "VIEWS", "TABLE_SCHEMA", server),
      hashPart("EVENT_OBJECT_SCHEMA, EVENT_OBJECT_TABLE, TRIGGER_NAME, EVENT_MANIPULATION, "
               "ACTION_TIMING, ACTION_ORDER, ACTION_STATEMENT",
               "TRIGGERS", "TRIGGER_SCHEMA", server)};
  std::string sql = "SELECT CONCAT_WS(' '";
  for (const std::string& part : parts) sql.append(", IFNULL((").append(part).append("), 0)");
  return sql += ")";
}

std::optional<ColumnDefault> readDefault(const CatalogServer& server, const Column& column,
                                         std::string_view text, std::string_view extra) {
  return server.isMariaDb() ? readMariaDbDefault(text)
                            : readMysqlDefault(server, column, text, extra);
}

std::string readExpression(const CatalogServer& server, std::string_view text) {
  if (server.isMariaDb()) return std::string(withoutParentheses(text));
  const std::string plain = withoutEscapes(text);
  return std::string(withoutParentheses(plain));
}

std::string_view withoutParentheses(std::string_view expression) {
  expression = text::trim(expression);
  if (expression.size() < 2 || expression.front() != '(' || expression.back() != ')') {
    return expression;
  }
  query::Lexer lexer(expression, mysqlLexerRules());
  query::Token token;
  int depth = 0;
  while (lexer.nextSignificant(token)) {
    if (token.kind == query::TokenKind::Open) ++depth;
    if (token.kind != query::TokenKind::Close || --depth != 0) continue;
    if (token.offset + 1 != expression.size()) return expression;  // (a) + (b)
    return text::trim(expression.substr(1, expression.size() - 2));
  }
  return expression;
}

std::string withoutEscapes(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    switch (const char c = text[++i]) {
      case '0':
        out += '\0';
        break;
      case 'b':
        out += '\b';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'Z':
        out += '\x1a';
        break;
      default:
        out += c;
    }
  }
  return out;
}

}  // namespace sonde::mysql
