// Accepts connections and answers requests through a Router, within HttpLimits.
//
// Invariant: one thread reads and writes, and never waits for anything but the network; handlers
// that may wait run on threads of their own, so that one that hangs keeps no open route from being
// answered. Internal to server/: the one place that knows Boost.Beast.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "../core/log.hpp"
#include "http_limits.hpp"
#include "router.hpp"

namespace sonde::detail {

/// Where to listen.
struct HttpEndpoint {
  std::string address;     ///< Of IPv4 or IPv6, or a name that means one.
  std::uint16_t port = 0;  ///< 0: any that is free.
};

/// See the file comment.
class HttpListener {
 public:
  /// The same as stop().
  virtual ~HttpListener() = default;

  /// Takes no more connections, lets requests in flight end within HttpLimits::stopTimeout, then
  /// requests stop of their contexts and waits for the handlers. Stopping twice does nothing.
  virtual void stop() noexcept = 0;

  /// @return Where it listens, the port told.
  [[nodiscard]] virtual const HttpEndpoint& endpoint() const noexcept = 0;
};

/// Begins to listen. `router` must outlive the listener.
/// @throws ConnectionError saying why it cannot listen there; Unsupported where sonde was built
/// without its HTTP listener.
[[nodiscard]] std::unique_ptr<HttpListener> listenHttp(const HttpEndpoint& endpoint,
                                                       const HttpLimits& limits,
                                                       const Router& router, const Logger& logger);

}  // namespace sonde::detail
