// Reads the whole catalog of a PostgreSQL database.
//
// Invariant: a fixed number of statements, whatever the number of tables. Used by the connection.
#pragma once

#include "../../introspect/schema.hpp"

namespace sonde {

class PostgresHandle;

/// @return What the catalog of the connection's database holds. @throws QueryError or
/// ConnectionError when it cannot be read at all; what concerns one object stands on that object.
[[nodiscard]] Catalog readPostgresCatalog(PostgresHandle& handle);

}  // namespace sonde
