// Which handler answers which path, and who may ask.
//
// Invariant: filled first, then used by any number of threads; handle() always gives a response and
// never throws. Any HTTP server can call it: docs/admin-server.md shows how.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../core/log.hpp"
#include "http_access.hpp"
#include "http_message.hpp"
#include "http_target.hpp"

namespace sonde {

/// Answers a GET or HEAD of one path. Called on any thread, several at a time. What it throws
/// becomes 503 where the database was not had in time, else 500, told without its details.
using HttpHandler = std::function<HttpResponse(const HttpRequest& request, const HttpTarget&)>;

/// How a route is served.
enum class RouteKind : std::uint8_t {
  Guarded,  ///< Needs the token where there is one; may take its time.
  Open,     ///< Needs no token and answers at once, without a database.
};

/// See the file comment.
class Router {
 public:
  /// `logger` is told what handlers throw.
  explicit Router(HttpAccess access = {}, Logger logger = {})
      : access_(std::move(access)), logger_(std::move(logger)) {}

  /// Adds a route, or replaces the one of this path. `path` is decoded and begins with a slash.
  void add(std::string path, HttpHandler handler, RouteKind kind = RouteKind::Guarded);

  /// @return The answer: the handler's; 400 for a broken target, 401 and 421 as refuseAccess(), 404
  /// naming the nearest path, 405 with Allow. Thread-safe.
  [[nodiscard]] HttpResponse handle(const HttpRequest& request) const noexcept;

  /// @return Whether handle() may have to wait for something, so that it must not be called on a
  /// thread that serves others. Thread-safe.
  [[nodiscard]] bool mayWait(const HttpRequest& request) const;

  /// @return Every path there is, in order.
  [[nodiscard]] std::vector<std::string> paths() const;

 private:
  struct Route {
    HttpHandler handler;
    RouteKind kind;
  };
  [[nodiscard]] HttpResponse answer(const HttpRequest& request) const;

  HttpAccess access_;
  Logger logger_;
  std::map<std::string, Route, std::less<>> routes_;
};

}  // namespace sonde
