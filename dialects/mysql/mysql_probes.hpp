// What can be asked about the state of a MySQL or MariaDB server. Used by their driver.
#pragma once

#include <memory>
#include <vector>

#include "../driver.hpp"

namespace sonde {

/// @return The probes of a database opened with these options, connectivity first. What the user
/// may not see is Unknown, with what the server says of it.
[[nodiscard]] std::vector<std::shared_ptr<const Probe>> mysqlProbes(const DriverOptions& options);

}  // namespace sonde
