#include "admin_routes.hpp"

#include <algorithm>
#include <charconv>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../core/error.hpp"
#include "../core/text.hpp"
#include "../introspect/schema_json.hpp"
#include "../monitor/health/health_response.hpp"
#include "../monitor/statistics/statistics_snapshot.hpp"

namespace sonde {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kText = "text/plain; charset=utf-8";

// Whether one of the tags of an If-None-Match header is ours (weak comparison, RFC 9110).
bool matches(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    const std::size_t comma = std::min(header.find(','), header.size());
    std::string_view one = text::trim(header.substr(0, comma));
    header.remove_prefix(std::min(comma + 1, header.size()));
    if (one == "*") return true;
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one.size() == tag.size() + 2 && one.substr(1, tag.size()) == tag) return true;
  }
  return false;
}

HttpResponse schemaResponse(const Database& db, const HttpRequest& request,
                            const HttpTarget& target) {
  const std::shared_ptr<const Schema> schema = db.schema();
  std::vector<std::string> tables;
  for (const auto& [name, value] : target.query) {
    if (name == "table") tables.push_back(value);
  }
  const std::string& tag = schema->fingerprint();
  const std::string* const known = request.header("If-None-Match");
  HttpResponse response;
  if (known != nullptr && matches(*known, tag)) {
    response.status = 304;
  } else {
    response = httpResponse(200, kJson, {});
    try {
      response.body = schemaJsonText(*schema, tables, -1) + "\n";
    } catch (const SchemaError& error) {
      return httpProblem(404, errorCodeName(error.code()), error.what());
    }
  }
  // Weak: estimates of rows and comments are not in the fingerprint.
  std::erase_if(response.headers, [](const HttpHeader& h) { return h.name == "Cache-Control"; });
  response.headers.push_back({"ETag", "W/\"" + tag + "\""});
  response.headers.push_back({"Cache-Control", "private, no-cache"});
  return response;
}

}  // namespace

HttpHandler livezHandler() {
  return [](const HttpRequest&, const HttpTarget&) { return httpResponse(200, kText, "ok\n"); };
}

HttpHandler schemaHandler(const Database& db) {
  return [db](const HttpRequest& request, const HttpTarget& target) {
    return schemaResponse(db, request, target);
  };
}

HttpHandler healthHandler(const Database& db) {
  return [health = db.health()](const HttpRequest& request, const HttpTarget& target) {
    const std::size_t question = std::min(request.target.find('?'), request.target.size());
    const std::string_view query = std::string_view(request.target).substr(question);
    const HealthResponse answer =
        respond(*health, target.path, query.substr(std::min<std::size_t>(1, query.size())));
    if (answer.status == 400) return httpProblem(400, "badRequest", text::trim(answer.body));
    return httpResponse(answer.status, answer.contentType, answer.body);
  };
}

HttpHandler queriesHandler(const Database& db) {
  return [db](const HttpRequest&, const HttpTarget& target) {
    StatisticsSnapshot snapshot = db.statistics();
    if (const std::string* const limit = target.value("limit"); limit != nullptr) {
      std::size_t most = 0;
      const char* const end = limit->data() + limit->size();
      const auto [at, failure] = std::from_chars(limit->data(), end, most);
      if (failure != std::errc() || at != end || limit->empty()) {
        return httpProblem(400, "badRequest", "limit is a whole number");
      }
      if (most < snapshot.statements.size()) snapshot.statements.resize(most);
    }
    // SQL need not be UTF-8.
    constexpr auto kReplace = nlohmann::json::error_handler_t::replace;
    return httpResponse(200, kJson, toJson(snapshot).dump(-1, ' ', false, kReplace) + "\n");
  };
}

Router adminRouter(const Database& db, HttpAccess access) {
  Router router(std::move(access), db.logger());
  router.add("/livez", livezHandler(), RouteKind::Open);
  const HttpHandler health = healthHandler(db);
  for (const char* const path : {"/health", "/readyz", "/metrics"}) router.add(path, health);
  router.add("/queries", queriesHandler(db));
  router.add("/schema", schemaHandler(db));
  return router;
}

}  // namespace sonde
