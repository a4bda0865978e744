// Who may ask: a bearer token, and the host names that a server without one answers to.
//
// Invariant: a token is compared in a time that does not depend on its content, and appears in no
// message. Used by Router.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http_message.hpp"

namespace sonde {

/// See the file comment. Plain data.
struct HttpAccess {
  std::string token{};  ///< Asked of every route that is not open; empty for none.
  /// Names that the Host header may hold, besides localhost and addresses, where there is no
  /// token. Without this check a web page could read from a listener on the loopback interface
  /// through the reader's own browser, by letting its own name mean 127.0.0.1 (DNS rebinding).
  std::vector<std::string> hosts{};
};

/// @return The token of an Authorization header, "Bearer TOKEN"; empty for another scheme, or
/// where there is not exactly one token. Thread-safe.
[[nodiscard]] std::optional<std::string_view> bearerToken(std::string_view authorization) noexcept;

/// @return Whether both are the same, in a time that depends on the length of `given` alone.
[[nodiscard]] bool sameSecret(std::string_view given, std::string_view secret) noexcept;

/// @return The name in a Host header, without the port and the brackets of an IPv6 address.
[[nodiscard]] std::string_view hostName(std::string_view host) noexcept;

/// @return 401 or 421 for a request that may not be answered; empty for one that may. Thread-safe.
[[nodiscard]] std::optional<HttpResponse> refuseAccess(const HttpRequest& request,
                                                       const HttpAccess& access);

}  // namespace sonde
