// Tells of settings that were asked for and did not take effect. Used by drivers as they connect.
#pragma once

#include "../core/log.hpp"
#include "connection.hpp"

namespace sonde {

/// Logs, at level warn, each setting of a new connection that holds otherwise than it was asked
/// for. Reads them back (Connection::settings) only where that level is logged.
void warnOfUnhonoured(Connection& connection, const Logger& logger);

}  // namespace sonde
