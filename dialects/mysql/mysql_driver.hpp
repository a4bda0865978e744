// The driver for MySQL and MariaDB servers.
//
// Invariant: thread-safe; what it remembers is which of the two products it has met, which decides
// the dialect. Only the registry and the tests name it; everything else reaches a server through
// Driver and Connection.
#pragma once

#include <memory>

#include "../driver.hpp"

namespace sonde {

/// @return A new driver for the scheme "mysql"; never null. Until it has connected, its dialect is
/// MySQL's, which is the smaller one; then that of the server it found. Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> makeMysqlDriver();

/// @return The same for the scheme "mariadb", beginning with MariaDB's dialect. Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> makeMariaDbDriver();

}  // namespace sonde
