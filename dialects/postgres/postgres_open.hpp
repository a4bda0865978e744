// Opening a connection to a PostgreSQL server, and saying what is wrong when it cannot be had.
//
// Invariant: what is returned is authenticated and set up. Hosts are tried in the order given, each
// for as long as the connect timeout allows; passwords never stand in a message. Used by the
// driver.
#pragma once

#include <memory>

#include "../driver.hpp"
#include "postgres_handle.hpp"
#include "postgres_settings.hpp"

namespace sonde {

/// Connects to the first host that answers and has the `target_session_attrs` asked for.
/// @throws ConnectionError with the SQLSTATE where the server gave one, saying what to do;
/// ConfigError for a parameter that libpq refuses or a setting that the server does not have, with
/// the nearest one.
[[nodiscard]] std::shared_ptr<PostgresHandle> openPostgres(const DriverOptions& options,
                                                           const PostgresRequests& requests);

}  // namespace sonde
