// Loads drivers that stand in shared libraries of their own, at run time.
//
// Invariant: a library is judged by its file before any code of it runs, and one that was accepted
// stays loaded until the process ends: statements, errors, schemas and plans made by a driver point
// into its code and may outlive every database. A library is only ever taken from a path that the
// caller wrote out or from the folders of driverFolders(), never from the current folder or from
// where the dynamic linker looks. For systems with ELF libraries (Linux, the BSDs). Used by
// Database::open and the command.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "registry.hpp"

namespace sonde {

struct LoadDriverOptions {
  OnDuplicate onDuplicate = OnDuplicate::Refuse;  ///< For a scheme that has a driver already.
  Logger logger{};  ///< Is told of the library at level info, of a replaced driver at warn.
};

/// A driver library that was loaded.
struct LoadedDriver {
  std::string path;  ///< Absolute, without links.
  std::vector<std::string> schemes;
  std::string sondeVersion;  ///< What it was compiled with.
};

/// Loads a driver library and registers its driver for every scheme that it names. Loading it again
/// does nothing more. What has a slash is a path; anything else is a name, and `csv` is looked for
/// as sonde_driver_csv.so in driverFolders().
/// @throws ConfigError saying what was found and what is wanted: no such file, no shared library,
/// no driver, compiled for another interface, version of sonde, compiler or standard library,
/// symbols that nobody has, or a scheme that has a driver already. Thread-safe.
LoadedDriver loadDriver(std::string_view pathOrName, const LoadDriverOptions& options = {});

/// @return A new driver for the scheme, as makeDriver(); when nobody serves it, a library of its
/// name in driverFolders() is loaded first.
/// @throws ConfigError as makeDriver(), naming the folders that were looked into; as loadDriver().
/// Thread-safe.
[[nodiscard]] std::unique_ptr<Driver> obtainDriver(std::string_view scheme,
                                                   const Logger& logger = {});

/// @return The folders that hold drivers, in the order they are looked into: those of the variable
/// SONDE_DRIVER_PATH, with colons between (a program with more rights than its user does not obey
/// it), then sonde/drivers beside the library, or ../lib/sonde/drivers of a program that sonde is
/// linked into, then the one of the prefix that sonde was built for.
/// @throws ConfigError when the variable holds a relative folder. Thread-safe.
[[nodiscard]] std::vector<std::string> driverFolders();

}  // namespace sonde
