// Which driver serves which URI scheme. The only place in sonde that names engines.
//
// Invariant: the engines built in are there from the start; a name registered later wins, and the
// log says so. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "driver.hpp"

namespace sonde {

/// Registers a driver for a URI scheme, such as "sqlite" or a name of your own. An existing driver
/// of that name is replaced, which `logger` is told at level warn; databases already open keep
/// theirs.
/// @throws ConfigError when the scheme is not a valid one or the factory is empty. Thread-safe.
void registerDriver(std::string_view scheme, DriverFactory factory, const Logger& logger = {});

/// Forgets a registered driver and brings back the built-in one of that name, if there is one.
/// @return Whether anything was registered under the name. Thread-safe.
bool unregisterDriver(std::string_view scheme);

/// @return A new driver for the scheme.
/// @throws ConfigError naming the schemes there are and the nearest one; says so when the engine
/// was left out of this build. Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> makeDriver(std::string_view scheme);

/// @return The schemes that have a driver, sorted. Thread-safe.
[[nodiscard]] std::vector<std::string> driverSchemes();

}  // namespace sonde
