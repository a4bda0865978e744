// Named locks of PostgreSQL: advisory locks of the session, by a hash of the name.
//
// Used by PostgresConnection.
#pragma once

#include <chrono>
#include <string_view>

#include "postgres_session.hpp"

namespace sonde {

/// Waits on the server, for at most `timeout`; inside a transaction by asking again, because a
/// timeout on the server would spoil it.
/// SELECT pg_try_advisory_lock(hashtextextended($1, 0))
/// @return False when another session held it all the time.
[[nodiscard]] bool postgresLock(PostgresSession& session, std::string_view name,
                                std::chrono::milliseconds timeout);

/// SELECT pg_advisory_unlock(hashtextextended($1, 0))
void postgresUnlock(PostgresSession& session, std::string_view name);

}  // namespace sonde
