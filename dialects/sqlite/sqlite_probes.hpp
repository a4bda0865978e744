// What can be asked about the state of a SQLite database. Used by the SQLite driver.
#pragma once

#include <memory>
#include <vector>

#include "../driver.hpp"

namespace sonde {

/// @return The probes of a database opened with these options: connectivity first; those of files
/// only for a file; the deep ones last.
[[nodiscard]] std::vector<std::shared_ptr<const Probe>> sqliteProbes(const DriverOptions& options);

/// @return The deep ones: quick_check, integrity_check, foreign_key_check, and how full the pages
/// are.
[[nodiscard]] std::vector<std::shared_ptr<const Probe>> sqliteDeepProbes();

}  // namespace sonde
