// Reads what a shared library says of itself as a driver, from its file and without loading it.
//
// Invariant: nothing of the library runs, not even the constructors of its globals. Internal to the
// loader.
#pragma once

#include <string>

#include "plugin.hpp"

namespace sonde::detail {

/// @throws ConfigError when there is no such file, when it is no shared library or no driver, or
/// when a stamp in it is refused by checkDriverStamp().
void checkDriverFile(const std::string& path);

/// @throws ConfigError naming what was found and what is wanted, unless the stamp says the same as
/// this library's own.
void checkDriverStamp(const DriverStamp& stamp, const std::string& path);

}  // namespace sonde::detail
