// The driver for SQLite files, in-memory and temporary databases.
//
// Invariant: stateless and thread-safe; nothing global in SQLite is changed. Only the registry and
// the tests name it; everything else reaches SQLite through Driver and Connection.
#pragma once

#include <memory>

#include "../driver.hpp"

namespace sonde {

/// @return A new driver for the scheme "sqlite"; never null. Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> makeSqliteDriver();

}  // namespace sonde
