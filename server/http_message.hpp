// A request and a response of HTTP as plain structs, so that the handlers of this folder can be
// mounted in any HTTP server.
//
// Invariant: a response says its content type wherever it has a body; lengths, dates and what
// belongs to the connection are added by the server that sends it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "../core/context.hpp"

namespace sonde {

/// One line of a header.
struct HttpHeader {
  std::string name;
  std::string value;
};

/// What a client asks.
struct HttpRequest {
  std::string method = "GET";
  std::string target = "/";  ///< As it was sent: "/readyz?verbose".
  std::vector<HttpHeader> headers{};
  /// Deadline and stop token that the handler obeys, in the database too.
  Context context{};

  /// @return The value of the first header of this name, whatever its case; nullptr for none.
  [[nodiscard]] const std::string* header(std::string_view name) const noexcept;
};

/// What it is answered. To HEAD, everything but the body is sent.
struct HttpResponse {
  int status = 200;
  std::vector<HttpHeader> headers{};
  std::string body{};

  /// @return The value of the first header of this name, whatever its case; nullptr for none.
  [[nodiscard]] const std::string* header(std::string_view name) const noexcept;
};

/// @return A response with a body that is never stored by caches, such as
/// `httpResponse(200, "text/plain; charset=utf-8", "ok\n")`.
[[nodiscard]] HttpResponse httpResponse(int status, std::string_view contentType, std::string body);

/// @return An error as a problem object (RFC 7807): `{"status": 404, "title": "Not Found",
/// "code": "notFound", "detail": …}`. `code` is a name of errorCodeName() or one of HTTP's own.
[[nodiscard]] HttpResponse httpProblem(int status, std::string_view code, std::string_view detail);

/// @return "Not Found" for 404; "Unknown" where there is no such status here. Thread-safe.
[[nodiscard]] std::string_view httpReason(int status) noexcept;

/// @return "Wed, 25 Nov 2026 22:45:00 GMT" (RFC 9110). Thread-safe.
[[nodiscard]] std::string httpDate(std::chrono::system_clock::time_point time);

}  // namespace sonde
