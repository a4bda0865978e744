// The routes of the admin server, without a server: any HTTP server can mount them.
//
// Invariant: they read and never change the database; each holds a handle on it. Thread-safe.
#pragma once

#include "../db/database.hpp"
#include "router.hpp"

namespace sonde {

/// @return `/livez`: "ok" as long as the process answers. It touches no database, because a
/// process is not restarted for the fault of its database.
[[nodiscard]] HttpHandler livezHandler();

/// @return `/schema`: what `sonde schema --format json` prints, tagged by the fingerprint: 304
/// where the client has it already. `?table=NAME`, any number of times, selects tables.
[[nodiscard]] HttpHandler schemaHandler(const Database& db);

/// @return `/health`, `/readyz` and `/metrics` of the database's health monitor (docs/health.md):
/// it measures within deadlines of its own, at most once in a while however often it is asked, and
/// keeps no connection of the pool.
[[nodiscard]] HttpHandler healthHandler(const Database& db);

/// @return `/queries`: what the statements of this database did, by fingerprint, the dearest first
/// (docs/statistics.md); not enabled and empty unless the configuration has statistics.enabled.
/// `?limit=N` gives the first N.
[[nodiscard]] HttpHandler queriesHandler(const Database& db);

/// @return A router with every route of the admin server.
[[nodiscard]] Router adminRouter(const Database& db, HttpAccess access = {});

}  // namespace sonde
