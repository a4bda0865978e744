#include "router.hpp"

#include <exception>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"

namespace sonde {
namespace {

bool reads(const HttpRequest& request) noexcept {
  return request.method == "GET" || request.method == "HEAD";
}

HttpResponse wrongMethod() {
  HttpResponse response = httpProblem(405, "methodNotAllowed", "only GET and HEAD are answered");
  response.headers.push_back({"Allow", "GET, HEAD"});
  return response;
}

// An operator reads this, but through the network: what kind of error, not of which table.
HttpResponse failure(const Error& error) {
  switch (error.code()) {
    case ErrorCode::Connection:
    case ErrorCode::PoolTimeout:
    case ErrorCode::Timeout:
    case ErrorCode::Cancelled:
      return httpProblem(503, errorCodeName(error.code()), error.publicMessage());
    default:
      return httpProblem(500, errorCodeName(error.code()), error.publicMessage());
  }
}

}  // namespace

void Router::add(std::string path, HttpHandler handler, RouteKind kind) {
  routes_.insert_or_assign(std::move(path), Route{std::move(handler), kind});
}

HttpResponse Router::answer(const HttpRequest& request) const {
  const auto target = HttpTarget::parse(request.target);
  if (!target) {
    return httpProblem(400, "badRequest", "the target of the request is not a path and query");
  }
  const auto route = routes_.find(target->path);
  const bool open = route != routes_.end() && route->second.kind == RouteKind::Open;
  if (!open) {
    if (auto refusal = refuseAccess(request, access_)) return *std::move(refusal);
  }
  if (route == routes_.end()) {
    return httpProblem(404, "notFound",
                       "there is no " + quoteForMessage(target->path) +
                           didYouMean(nearest(target->path, paths())));
  }
  if (!reads(request)) return wrongMethod();
  return route->second.handler(request, *target);
}

HttpResponse Router::handle(const HttpRequest& request) const noexcept {
  try {
    return answer(request);
  } catch (const Error& error) {
    logger_.log(LogLevel::Warn, "a request failed",
                {{"target", request.target}, {"error", error.what()}});
    return failure(error);
  } catch (const std::exception& error) {
    logger_.log(LogLevel::Error, "a request failed",
                {{"target", request.target}, {"error", error.what()}});
    return httpProblem(500, errorCodeName(ErrorCode::Generic), "Something went wrong.");
  } catch (...) {
    logger_.log(LogLevel::Error, "a request failed", {{"target", request.target}});
    return httpProblem(500, errorCodeName(ErrorCode::Generic), "Something went wrong.");
  }
}

bool Router::mayWait(const HttpRequest& request) const {
  const auto target = HttpTarget::parse(request.target);
  if (!target) return false;
  const auto route = routes_.find(target->path);
  return route != routes_.end() && route->second.kind == RouteKind::Guarded;
}

std::vector<std::string> Router::paths() const {
  std::vector<std::string> paths;
  paths.reserve(routes_.size());
  for (const auto& [path, route] : routes_) paths.push_back(path);
  return paths;
}

}  // namespace sonde
