// Where the catalogs of MySQL and MariaDB differ: the SQL that reads them, and the form of defaults
// and expressions in the rows.
//
// Invariant: everything that depends on the product stands here and nowhere else in the reader, so
// that the half for which no server is at hand can be tested by its rows. docs/introspection.md
// says which half was run. Used by the catalog reader.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../../introspect/column.hpp"
#include "mysql_compiler.hpp"

namespace sonde::mysql {

/// What the reader knows of the server before it reads.
struct CatalogServer {
  MysqlProduct product = MysqlProduct::MariaDb;
  std::string version;
  std::optional<std::string> database;  ///< The connection's; empty when it has none.
  /// lower_case_table_names: 0 case counts, 1 names are stored in lower case, 2 as they were given
  /// but compared without case.
  int lowerCaseTableNames = 0;

  [[nodiscard]] bool isMariaDb() const noexcept { return product == MysqlProduct::MariaDb; }
};

/// The fields of a row as texts, empty for NULL; which there are stands at each CatalogQuery.
using Fields = std::span<const std::optional<std::string_view>>;

/// The statements that read a catalog, in the order they run, with the columns of their rows. The
/// first two are always schema and table, so that a row finds its table in one way.
enum class CatalogQuery : std::uint8_t {
  Schemas,  ///< schema, NULL, default collation
  Tables,   ///< schema, table, type, engine, rows, comment
  Columns,  ///< schema, table, name, position, default, IS_NULLABLE, collation, type, extra,
            ///< generation expression, comment
  Indexes,  ///< schema, table, name, sequence, NON_UNIQUE, column, order (A or D), prefix, method,
            ///< whether it is used (1 or 0), expression
  ForeignKeyColumns,  ///< schema, table, name, sequence, column, target's schema, table and column
  ForeignKeyRules,    ///< schema, table, name, on update, on delete
  CheckClauses,       ///< schema, table (NULL in MySQL, where names are unique in a schema), name,
                      ///< level, clause
  CheckTables,        ///< MySQL only: schema, table, name of a check that is enforced
  Views,              ///< schema, table, query, updatable, check option, SQL SECURITY
  Triggers,           ///< schema, table, name, event, timing, order, statement
};

inline constexpr std::array kCatalogQueries{CatalogQuery::Schemas,
                                            CatalogQuery::Tables,
                                            CatalogQuery::Columns,
                                            CatalogQuery::Indexes,
                                            CatalogQuery::ForeignKeyColumns,
                                            CatalogQuery::ForeignKeyRules,
                                            CatalogQuery::CheckClauses,
                                            CatalogQuery::CheckTables,
                                            CatalogQuery::Views,
                                            CatalogQuery::Triggers};

/// @return The statement: of the connection's database, or of all but the system's own where the
/// connection has none. Empty where this product needs none.
[[nodiscard]] std::string catalogSql(CatalogQuery query, const CatalogServer& server);

/// @return One statement that gives one text for everything in the catalog that is static: equal
/// for equal schemas, whatever order the server lists them in.
[[nodiscard]] std::string catalogHashSql(const CatalogServer& server);

/// @return A default as COLUMN_DEFAULT gives it; empty for none and for NULL. MariaDB writes SQL,
/// MySQL the bare text of a literal, and marks expressions in EXTRA. `column` has its type.
[[nodiscard]] std::optional<ColumnDefault> readDefault(const CatalogServer& server,
                                                       const Column& column, std::string_view text,
                                                       std::string_view extra);

/// @return An expression as the catalog gives it, without the parentheses around the whole, and
/// without the backslashes that MySQL puts into it.
[[nodiscard]] std::string readExpression(const CatalogServer& server, std::string_view text);

/// @return A text without one pair of parentheses around the whole of it, where it has one, and
/// without space at both ends.
[[nodiscard]] std::string_view withoutParentheses(std::string_view expression);

/// @return The text with the backslash escapes of MySQL's string literals undone.
[[nodiscard]] std::string withoutEscapes(std::string_view text);

}  // namespace sonde::mysql
