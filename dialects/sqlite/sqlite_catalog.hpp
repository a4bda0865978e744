// Reads the whole catalog of a SQLite connection: main, temp and every attached database.
//
// Invariant: the number of statements depends on the number of attached databases, never on the
// number of tables, as long as every view and virtual table can be read. One that cannot be carries
// its error and hides nothing else. Used by the SQLite connection; docs/sqlite.md says what is read
// and how.
#pragma once

#include "../../introspect/schema.hpp"

struct sqlite3;

namespace sonde {

class SqliteHandle;

/// Reads the catalog, inside one read transaction unless one is open already, so that it is of one
/// moment. The SQL: PRAGMA database_list and table_list once; then for each database that holds
/// anything `SELECT … FROM sqlite_schema`, joined to pragma_table_xinfo (tables, views and virtual
/// tables apart), pragma_foreign_key_list, pragma_index_list and pragma_index_xinfo, and
/// sqlite_stat1. Counts no rows.
/// @return What was found: main, temp and the attached databases, each in the order it was made in.
/// @throws what throwSqliteError does when SQLite cannot read its own schema: a corrupt or foreign
/// file, an interrupted or locked connection.
/// Not thread-safe: the connection must not be used by another thread meanwhile.
[[nodiscard]] Catalog readSqliteCatalog(sqlite3* db);

/// The same for a connection that may be armed: it throws Timeout or Cancelled when it was stopped.
[[nodiscard]] Catalog readSqliteCatalog(SqliteHandle& handle);

}  // namespace sonde
