// A hash over the parts of a PostgreSQL catalog that only DDL changes, made by the server.
//
// PostgreSQL keeps no counter of schema changes, so this takes a scan of the catalogs: tens of
// milliseconds for thousands of tables. Used by the connection, at the interval that the
// configuration sets; docs/introspection.md says what it notices.
#pragma once

#include <cstdint>

namespace sonde {

class PostgresHandle;

/// Hashes, in one statement, of every relation that is neither the system's nor temporary its name,
/// schema and kind, and the versions of the rows (oid and xmin) that describe its columns,
/// defaults, constraints, indexes, triggers, rules and parents; and those of enums, domains and
/// schemas.
/// @return A number that changes with every DDL that sonde's schema would show, and not with DML,
/// ANALYZE, VACUUM, TRUNCATE, REFRESH or temporary tables. DDL that the schema does not show, such
/// as SET STATISTICS, may change it.
/// @throws What PostgresHandle::next does.
[[nodiscard]] std::uint64_t postgresSchemaHash(PostgresHandle& handle);

}  // namespace sonde
