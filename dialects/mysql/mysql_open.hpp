// Opening connections to MySQL and MariaDB: hosts in order, TLS, and the session that every
// connection begins with.
//
// Invariant: nothing here waits longer than the options allow, whatever the server does. Used by
// the driver; and by connections, which stop a statement from a second one.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>

#include "mysql_handle.hpp"
#include "mysql_options.hpp"

namespace sonde {

/// Connects to the first host that answers and sets the session up. The SQL: one SET SESSION of
/// sql_mode, time_zone and the lock timeouts, then one for each setting that was asked for.
/// @throws ConnectionError naming each host and what was wrong with it; one that answers and
/// refuses ends the search. ConfigError for a setting that the server does not have.
[[nodiscard]] std::shared_ptr<MysqlHandle> openMysql(
    const std::shared_ptr<const MysqlOptions>& options);

/// Sets a session up, again after it was reset. @throws as openMysql().
void setUpMysqlSession(MysqlHandle& handle);

/// Runs KILL QUERY on a connection of its own. @return Whether the server took it in time.
bool killMysqlQuery(const MysqlOptions& options, std::size_t host, unsigned long threadId,
                    std::chrono::milliseconds timeout) noexcept;

}  // namespace sonde
