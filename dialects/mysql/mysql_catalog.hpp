// Reads the whole catalog of a MySQL or MariaDB connection.
//
// Invariant: a fixed number of statements whatever the number of tables. Used by the MySQL
// connection; docs/mysql.md says what is read and how.
#pragma once

#include "../../introspect/schema.hpp"

namespace sonde {

class MysqlHandle;

/// Reads the catalog of the connection's database.
/// @return What was found. @throws What throwMysqlError does.
[[nodiscard]] Catalog readMysqlCatalog(MysqlHandle& handle);

}  // namespace sonde
