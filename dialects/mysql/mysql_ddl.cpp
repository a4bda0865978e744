// How MySQL and MariaDB say what a table is made of; queries are in mysql_compiler.cpp.
#include <algorithm>

#include "../../core/text.hpp"
#include "mysql_compiler.hpp"

namespace sonde {
namespace {

/// Defaults that stand without parentheses: the time functions, as both products write them.
bool isTimeFunction(std::string_view expression) noexcept {
  constexpr std::string_view kName = "current_timestamp";
  return expression.size() >= kName.size() &&
         text::equalsIgnoreCase(expression.substr(0, kName.size()), kName) &&
         expression.find_first_of("+-*/,") == std::string_view::npos;
}

/// A text as a literal, in the sql_mode that sonde sets.
std::string literal(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += c;
    quoted += c;
  }
  return quoted + "'";
}

/// Whether a column is JSON by a check alone, other than the column that MariaDB makes of JSON.
bool isCheckedJson(const Column& column) noexcept {
  return column.type == Type::Json && column.declaredType != "json" &&
         (column.declaredType != "longtext" || column.collation != "utf8mb4_bin");
}

}  // namespace

// `name` type COLLATE `c` GENERATED ALWAYS AS (…) STORED NOT NULL DEFAULT … ON UPDATE …
// AUTO_INCREMENT COMMENT '…' CHECK (json_valid(`name`))
void MysqlCompiler::renderColumnDefinition(std::string& out, const Table&,
                                           const Column& column) const {
  const bool json = column.type == Type::Json && !isCheckedJson(column);
  out += quote(column.name) + " ";
  out += json ? "json" : column.declaredType;
  if (column.collation && !json) out += " COLLATE " + *column.collation;
  if (column.generated != Generated::No) {
    out += " GENERATED ALWAYS AS (" + column.generatedExpression + ")";
    out += column.generated == Generated::Stored ? " STORED" : " VIRTUAL";
    // MariaDB has no NOT NULL for them.
    if (!column.nullable && product_ == MysqlProduct::Mysql) out += " NOT NULL";
  } else {
    // A TIMESTAMP is NOT NULL unless it says otherwise, on servers with the older default.
    out += column.nullable ? " NULL" : " NOT NULL";
  }
  if (column.defaultValue) {
    const ColumnDefault& value = *column.defaultValue;
    const bool bare = value.kind == ColumnDefault::Kind::Literal || isTimeFunction(value.text);
    out += bare ? " DEFAULT " + value.text : " DEFAULT (" + value.text + ")";
  }
  if (column.onUpdate) out += " ON UPDATE " + *column.onUpdate;
  if (column.autoIncrement) out += " AUTO_INCREMENT";
  if (column.comment) out += " COMMENT " + literal(*column.comment);
  if (isCheckedJson(column)) out += " CHECK (json_valid(" + quote(column.name) + "))";
}

//  COMMENT = '…'
void MysqlCompiler::renderTableOptions(std::string& out, const Table& table) const {
  if (table.comment && !table.comment->empty()) out += " COMMENT = " + literal(*table.comment);
}

// CREATE UNIQUE INDEX `i` ON `t` (`a`(10) DESC, (expression)) USING HASH, or CREATE FULLTEXT INDEX
void MysqlCompiler::renderIndex(std::string& out, const Table& table, const Index& index) const {
  const bool fulltext = index.method == "fulltext";
  const bool spatial = index.method == "spatial" || index.method == "rtree";
  out += fulltext       ? "CREATE FULLTEXT INDEX "
         : spatial      ? "CREATE SPATIAL INDEX "
         : index.unique ? "CREATE UNIQUE INDEX "
                        : "CREATE INDEX ";
  out += quote(index.name) + " ON " + tableName(table);
  renderKeys(out, index);
  out += ";\n";
}

//  (`a`(10) DESC, (expression)) USING HASH IGNORED
void MysqlCompiler::renderKeys(std::string& out, const Index& index) const {
  const bool spatial = index.method == "spatial" || index.method == "rtree";
  for (std::size_t i = 0; i < index.parts.size(); ++i) {
    const IndexPart& part = index.parts[i];
    out += i == 0 ? " (" : ", ";
    out += part.column.empty() ? indexExpression(part) : quote(part.column);
    if (part.prefixLength && !spatial) out += "(" + std::to_string(*part.prefixLength) + ")";
    if (part.descending) out += " DESC";
  }
  out += index.method == "hash" ? ") USING HASH" : ")";
  if (!index.valid) out += product_ == MysqlProduct::MariaDb ? " IGNORED" : " INVISIBLE";
}

// An AUTO_INCREMENT column has to be the first of a key of the statement that makes it.
bool MysqlCompiler::standsInTable(const Table& table, const Index& index) const {
  const auto counted = std::find_if(table.columns.begin(), table.columns.end(),
                                    [](const Column& column) { return column.autoIncrement; });
  if (counted == table.columns.end()) return false;
  const auto begins = [&](const std::vector<std::string>& columns) {
    return !columns.empty() && columns.front() == counted->name;
  };
  if (table.primaryKey && begins(table.primaryKey->columns)) return false;
  for (const UniqueConstraint& unique : table.uniqueConstraints) {
    if (begins(unique.columns)) return false;
  }
  const auto first =
      std::find_if(table.indexes.begin(), table.indexes.end(), [&](const Index& other) {
        return other.origin.empty() && !other.parts.empty() &&
               other.parts.front().column == counted->name;
      });
  return first != table.indexes.end() && first->name == index.name;
}

// As the base, with the key that an AUTO_INCREMENT column needs
void MysqlCompiler::renderTableConstraints(std::string& out, const Table& table) const {
  SqlCompiler::renderTableConstraints(out, table);
  for (const Index& index : table.indexes) {
    if (!standsInTable(table, index)) continue;
    out += (index.unique ? ",\n  UNIQUE KEY " : ",\n  KEY ") + quote(index.name);
    renderKeys(out, index);
  }
}

std::string MysqlCompiler::switchIndex(const Table& table, const Index& index, bool used) const {
  const bool mariaDb = product_ == MysqlProduct::MariaDb;
  const char* const state = mariaDb ? (used ? "NOT IGNORED" : "IGNORED")
                            : used  ? "VISIBLE"
                                    : "INVISIBLE";
  return "ALTER TABLE " + tableName(table) + " ALTER INDEX " + quote(index.name) + " " + state;
}

std::string MysqlCompiler::dropIndex(const Table& table, const Index& index, IndexBuild) const {
  return "DROP INDEX " + quote(index.name) + " ON " + tableName(table);
}

}  // namespace sonde
