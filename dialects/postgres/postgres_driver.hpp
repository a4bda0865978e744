// The driver for PostgreSQL servers.
//
// Invariant: thread-safe; what it keeps is a cache of the catalog's names. Only the registry and
// the tests name it; everything else reaches PostgreSQL through Driver and Connection.
#pragma once

#include <memory>

#include "../driver.hpp"

namespace sonde {

/// @return A new driver for the schemes "postgresql" and "postgres"; never null. Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> makePostgresDriver();

}  // namespace sonde
