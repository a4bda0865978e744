// What can be asked about the state of a PostgreSQL server. Used by the PostgreSQL driver.
#pragma once

#include <memory>
#include <vector>

#include "../driver.hpp"

namespace sonde {

/// @return The probes of a database opened with these options, connectivity first. What the user
/// may not see is Unknown, with the role that would show it.
[[nodiscard]] std::vector<std::shared_ptr<const Probe>> postgresProbes(
    const DriverOptions& options);

}  // namespace sonde
