#include "mysql_compiler.hpp"

#include <algorithm>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../query/lexer.hpp"
#include "../../query/pattern.hpp"
#include "../../query/renderer.hpp"
#include "mysql_instant.hpp"

namespace sonde {
namespace {

using query::Renderer;

// Beyond this a text is no key, and VARCHAR makes no shorter rows.
constexpr int kLongestVarchar = 1024;

constexpr Capabilities capabilitiesOf(MysqlProduct product) noexcept {
  const bool mariaDb = product == MysqlProduct::MariaDb;
  Capabilities c;
  c.returning = mariaDb;
  c.returningUpdate = false;
  c.returningTellsJson = false;
  c.savepoints = c.addConstraint = true;
  c.defaultKeyword = true;
  c.arrayParameters = true;
  c.lastInsertId = true;
  c.multiRowInsertIsFaster = true;
  c.bulkInsert = true;
  c.namedLocks = true;
  c.maxParameters = 65'535;
  return c;
}

/// How JSON_TABLE should read the values that are looked for in a column.
std::string listType(const Column* column) {
  switch (column == nullptr ? Type::Text : column->type) {
    case Type::Boolean:
    case Type::Integer:
      return column->isUnsigned ? "BIGINT UNSIGNED" : "BIGINT";
    case Type::Decimal:
      return "DECIMAL(65,30)";
    case Type::Real:
      return "DOUBLE";
    case Type::Date:
      return "DATE";
    case Type::Time:
      return "TIME(6)";
    case Type::Timestamp:
    case Type::TimestampTz:
      return "DATETIME(6)";
    default:
      break;
  }
  std::string type = "LONGTEXT";
  if (column == nullptr) return type;
  const int length = column->type == Type::Text ? column->length.value_or(0) : 255;
  if (length > 0 && length <= kLongestVarchar) type = "VARCHAR(" + std::to_string(length) + ")";
  // A column without a collation of its own has the database's, and so has the list. The name of a
  // collation begins with that of its character set.
  if (column->collation) {
    const std::string& collation = *column->collation;
    const std::string charset = collation.substr(0, collation.find('_'));
    type += " CHARACTER SET " + charset + " COLLATE " + collation;
  }
  return type;
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool sameColumns(std::vector<std::string> a, std::vector<std::string> b) {
  std::sort(a.begin(), a.end());
  std::sort(b.begin(), b.end());
  return a == b;
}

/// Whether a new row can meet another one in this key: not where a part of it is counted up anew,
/// or left NULL.
bool mayMeet(const query::Insert& insert, const std::vector<std::string>& key) {
  return std::none_of(key.begin(), key.end(), [&](const std::string& name) {
    if (contains(insert.columns, name)) return false;
    const Column* column = insert.table->findColumn(name);
    return column != nullptr && column->generated == Generated::No &&
           (column->autoIncrement || (column->nullable && !column->defaultValue));
  });
}

/// Whether a row may be found by another key than the one that is meant.
bool otherKeyMayMeet(const query::Insert& insert) {
  const Table& table = *insert.table;
  const std::vector<std::string>& target = insert.conflict->target;
  const auto other = [&](const std::vector<std::string>& key) {
    return !sameColumns(key, target) && mayMeet(insert, key);
  };
  if (table.primaryKey && other(table.primaryKey->columns)) return true;
  return std::any_of(table.indexes.begin(), table.indexes.end(), [&](const Index& index) {
    if (!index.unique || index.origin == "primaryKey") return false;
    std::vector<std::string> columns;
    for (const IndexPart& part : index.parts) {
      // Of an expression or a prefix it is not known when two rows meet in it.
      if (part.column.empty() || part.prefixLength) return true;
      columns.push_back(part.column);
    }
    return other(columns);
  });
}

/// `key` <=> VALUES(`key`) AND …
void renderSameKey(Renderer& out, const std::vector<std::string>& key) {
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (i != 0) out.sql(" AND ");
    out.identifier(key[i]).sql(" <=> VALUES(").identifier(key[i]).sql(")");
  }
}

}  // namespace

const query::LexerRules& mysqlLexerRules() noexcept {
  static constexpr query::LexerRules kRules = [] {
    query::LexerRules rules;
    rules.backtickIdentifiers = true;
    rules.doubleQuoteStrings = true;
    rules.backslashEscapes = true;
    rules.hashComments = true;
    return rules;
  }();
  return kRules;
}

std::string MysqlCompiler::quote(std::string_view identifier) const {
  std::string quoted;
  quoted.reserve(identifier.size() + 2);
  quoted += '`';
  for (const char c : identifier) {
    if (c == '`') quoted += '`';
    quoted += c;
  }
  quoted += '`';
  return quoted;
}

const Capabilities& MysqlCompiler::capabilities() const noexcept {
  static constexpr Capabilities kMysql = capabilitiesOf(MysqlProduct::Mysql);
  static constexpr Capabilities kMariaDb = capabilitiesOf(MysqlProduct::MariaDb);
  return product_ == MysqlProduct::MariaDb ? kMariaDb : kMysql;
}

std::string MysqlCompiler::bindPattern(query::BindTransform transform, bool,
                                       std::string_view text) const {
  const std::string standard = query::likePattern(transform, text);
  std::string pattern;
  pattern.reserve(standard.size() + 4);
  for (std::size_t i = 0; i < standard.size(); ++i) {
    const char c = standard[i];
    if (c == '\\' && i + 1 < standard.size()) {
      const char escaped = standard[++i];
      if (escaped != '\\') pattern += '|';  // a backslash is plain here
      pattern += escaped;
    } else {
      if (c == '|') pattern += '|';
      pattern += c;
    }
  }
  return pattern;
}

query::BindTransform MysqlCompiler::valueTransform(const Column& column) const noexcept {
  return column.type == Type::TimestampTz ? query::BindTransform::Instant
                                          : query::BindTransform::None;
}

std::string MysqlCompiler::bindInstant(std::string_view text) const {
  std::string instant = mysqlInstant(text);
  return instant.empty() ? std::string(text) : instant;
}

// CONVERT(subject USING utf8mb4) COLLATE utf8mb4_bin LIKE ? ESCAPE '|', both sides in lower case
// where case is ignored. A pattern that begins with text is looked for by the column's own
// collation first, which an index can answer and which never leaves out what is equal byte by byte.
void MysqlCompiler::renderMatch(Renderer& out, const query::Match& match) const {
  const query::BindTransform transform = query::transformOf(match.kind);
  if (match.ignoreCase) {
    out.sql("LOWER(CONVERT(").expr(match.subject);
    out.sql(" USING utf8mb4)) COLLATE utf8mb4_bin LIKE LOWER(");
    out.transformed(match.pattern, transform, true).sql(") ESCAPE '|'");
    return;
  }
  const Column* column = out.columnOf(match.subject);
  const bool ranged =
      match.kind == query::MatchKind::StartsWith && column != nullptr && column->type == Type::Text;
  if (ranged) {
    out.sql("(").operand(match.subject).sql(" LIKE ");
    out.transformed(match.pattern, transform).sql(" ESCAPE '|' AND ");
  }
  out.sql("CONVERT(").expr(match.subject).sql(" USING utf8mb4) COLLATE utf8mb4_bin LIKE ");
  out.transformed(match.pattern, transform).sql(" ESCAPE '|'");
  if (ranged) out.sql(")");
}

// subject IN (SELECT v FROM (SELECT DISTINCT v FROM JSON_TABLE(?, '$[*]' COLUMNS (v BIGINT PATH
// '$')) AS sonde_json WHERE v IS NOT NULL) AS sonde_list). DISTINCT has the list read once, into a
// table with a key; MariaDB would read it for each row of a DELETE or UPDATE otherwise.
void MysqlCompiler::renderInArray(Renderer& out, const query::InArray& in) const {
  out.operand(in.subject);
  out.sql(" IN (SELECT v FROM (SELECT DISTINCT v FROM JSON_TABLE(");
  out.transformed(in.list, query::BindTransform::List);
  out.sql(", '$[*]' COLUMNS (v ").sql(listType(out.columnOf(in.subject)));
  out.sql(" PATH '$')) AS sonde_json WHERE v IS NOT NULL) AS sonde_list)");
}

// `name` DESC: nulls come first ascending and last descending by themselves; else `name` IS NULL
// goes before it
void MysqlCompiler::renderOrderItem(Renderer& out, const query::OrderItem& item) const {
  const auto native = item.descending ? query::NullsOrder::Last : query::NullsOrder::First;
  if (item.nulls && *item.nulls != native) {
    out.operand(item.expr).sql(item.descending ? " IS NULL DESC, " : " IS NULL, ");
  }
  if (item.ignoreCase) {
    out.sql("LOWER(").expr(item.expr).sql(")");
  } else {
    out.expr(item.expr);
  }
  if (item.descending) out.sql(" DESC");
}

// LIMIT ? OFFSET ?; an offset needs a limit, and the largest number is none
void MysqlCompiler::renderLimit(Renderer& out, const query::Select& select) const {
  if (select.limit) {
    out.sql(" LIMIT ").expr(select.limit);
  } else {
    out.sql(" LIMIT 18446744073709551615");
  }
  if (select.offset) out.sql(" OFFSET ").expr(select.offset);
}

// ON DUPLICATE KEY UPDATE `name` = VALUES(`name`). MySQL cannot be told which key is meant: where
// another one may have matched, the first assignment makes an error of it, by a subquery of two
// rows that is only read then. Otherwise a row that nobody named would be updated.
void MysqlCompiler::renderConflict(Renderer& out, const query::Insert& insert) const {
  const query::Conflict& conflict = *insert.conflict;
  if (conflict.where) {
    throw Unsupported(
        "MySQL cannot update only some of the rows that an upsert meets, which the "
        "access rules of " +
        quoteForMessage(insert.table->name) + " ask for");
  }
  if (conflict.update && conflict.columns.empty()) {
    throw ValidationError("an upsert of " + quoteForMessage(insert.table->name) +
                          " needs at least one column to update");
  }
  const std::vector<std::string>& target =
      conflict.target.empty() ? insert.table->keyColumns() : conflict.target;
  if (target.empty()) {
    throw Unsupported("an upsert of " + quoteForMessage(insert.table->name) + " needs a key");
  }
  out.sql(" ON DUPLICATE KEY UPDATE ");
  const bool guarded = otherKeyMayMeet(insert);
  if (guarded) {
    out.identifier(target.front()).sql(" = IF(");
    renderSameKey(out, target);
    out.sql(", ").identifier(target.front()).sql(kMysqlOtherKey);
  }
  if (!conflict.update) {
    if (!guarded) out.identifier(target.front()).sql(" = ").identifier(target.front());
    return;
  }
  for (std::size_t i = 0; i < conflict.columns.size(); ++i) {
    if (i != 0 || guarded) out.sql(", ");
    out.identifier(conflict.columns[i]).sql(" = VALUES(").identifier(conflict.columns[i]).sql(")");
  }
}

//  () VALUES ()
void MysqlCompiler::renderDefaultValues(Renderer& out, const query::Insert&) const {
  out.sql(" () VALUES ()");
}

}  // namespace sonde
