// Answers the health paths of an HTTP server, any server: what to send back for a path and a query.
//
// Invariant: never throws for what the database does, and does no more than one measurement in
// HealthOptions::cacheFor, however often it is asked; "/livez" asks nobody anything. Used by
// server/, and by whoever mounts it elsewhere.
#pragma once

#include <string>
#include <string_view>

#include "health_monitor.hpp"

namespace sonde {

/// Plain data. Each is to be sent with `Cache-Control: no-store`.
struct HealthResponse {
  int status = 200;
  std::string contentType = "text/plain; charset=utf-8";
  std::string body{};
};

/// | path | answer |
/// |---|---|
/// | `/health` | health+json; `?format=simple` the small object, `?format=text` the table; 503 on
/// fail | | `/livez` | `ok`, always: the process answers, and that is all it says | | `/readyz` |
/// `ok` or 503 with what is not; `?verbose` lists the critical checks | | `/metrics` | Prometheus'
/// text format; 200 whatever it says |
///
/// @return The answer; 404 for any other path. `query` is what follows the `?`, as it was sent.
/// Thread-safe.
[[nodiscard]] HealthResponse respond(HealthMonitor& monitor, std::string_view path,
                                     std::string_view query);

}  // namespace sonde
