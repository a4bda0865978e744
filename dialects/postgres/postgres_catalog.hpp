// Reads the whole catalog of a PostgreSQL database.
//
// Invariant: two round trips and a fixed number of statements, whatever the number of tables, as
// long as PostgreSQL can write everything back as text. Where it cannot (the library of an
// extension is missing), the objects concerned are found by halving, carry their error and hide
// nothing else. Used by the connection; docs/introspection.md says what is read and how.
#pragma once

#include "../../introspect/schema.hpp"

namespace sonde {

class PostgresHandle;

/// Reads the catalog in one read-only snapshot, BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY, or
/// inside the transaction that is open, under a savepoint that is rolled back. For the time of
/// reading search_path and the settings that constants are written by are the same in every
/// session.
/// @return What the session may see or not: all schemas but the system's and other sessions'
/// temporary ones, tables, enums, domains and sequences by schema and name.
/// @throws What PostgresHandle::next does: Timeout, Cancelled, ConnectionError; QueryError or
/// TransactionError when the catalog cannot be read at all, as in a failed transaction; Unsupported
/// for a server older than PostgreSQL 12.
[[nodiscard]] Catalog readPostgresCatalog(PostgresHandle& handle);

}  // namespace sonde
