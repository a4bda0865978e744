// Reads the whole catalog of a MySQL or MariaDB connection, as far as its user may see it.
//
// Invariant: a fixed number of statements whatever the number of tables, none of which joins; a
// broken view or table carries its error and hides nothing else. Used by the MySQL connection;
// docs/introspection.md says what is read and how.
#pragma once

#include <cstdint>

#include "../../introspect/schema.hpp"

namespace sonde {

class MysqlHandle;

/// Reads the connection's database, or all but the system's own where the connection has none.
/// The SQL: one SELECT of settings, then one of each of SCHEMATA, TABLES, COLUMNS, STATISTICS,
/// KEY_COLUMN_USAGE, REFERENTIAL_CONSTRAINTS, CHECK_CONSTRAINTS, VIEWS and TRIGGERS of
/// information_schema, in MySQL also of TABLE_CONSTRAINTS. A change of schema that happens between
/// them may show in part: no transaction covers information_schema.
/// @return What was found, by schema and name. @throws Unsupported for a server older than MariaDB
/// 10.6 or MySQL 8.0.16; what throwMysqlError does. Not thread-safe.
[[nodiscard]] Catalog readMysqlCatalog(MysqlHandle& handle);

/// Asks the server for a hash over the static columns of the same tables, in one SELECT (and one of
/// settings): names, types, defaults, keys, rules, views, triggers; not comments or row estimates.
/// Meant for looking now and then whether readMysqlCatalog() is worth it; docs/performance.md has
/// its cost.
/// @return A number that is equal for equal schemas of one server. @throws as readMysqlCatalog().
[[nodiscard]] std::uint64_t mysqlSchemaHash(MysqlHandle& handle);

}  // namespace sonde
