// The listener of a build without Boost.Beast (SONDE_BUILD_SERVER=OFF).
#include "../core/error.hpp"
#include "http_listener.hpp"

namespace sonde::detail {

std::unique_ptr<HttpListener> listenHttp(const HttpEndpoint&, const HttpLimits&, const Router&,
                                         const Logger&) {
  ErrorDetails details;
  details.hint = "build it with SONDE_BUILD_SERVER=ON, or mount the routes in another server";
  throw Unsupported("this build of sonde has no HTTP listener", std::move(details));
}

}  // namespace sonde::detail
