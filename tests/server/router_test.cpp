// Targets, tokens, hosts and routes, without a listener.
#include <sonde/core/error.hpp>
#include <sonde/server/admin_routes.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <chrono>
#include <stdexcept>
#include <string>

namespace sonde {
namespace {

using testing::HasSubstr;

TEST(HttpTarget, TakesPathAndQueryApart) {
  const auto target = HttpTarget::parse("/a%20b?x=1&flag&y=a+b%26&x=2&&");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b");
  ASSERT_NE(target->value("x"), nullptr);
  EXPECT_EQ(*target->value("x"), "1");
  EXPECT_EQ(*target->value("y"), "a b&");
  EXPECT_TRUE(target->has("flag"));
  EXPECT_FALSE(target->has("z"));
  EXPECT_EQ(target->query.size(), 4U);
}

TEST(HttpTarget, TakesTheFormThatProxiesSend) {
  EXPECT_EQ(HttpTarget::parse("http://host:1/livez?a")->path, "/livez");
  EXPECT_EQ(HttpTarget::parse("HTTPS://host")->path, "/");
  EXPECT_EQ(HttpTarget::parse("http://host?a")->path, "/");
}

TEST(HttpTarget, RefusesWhatIsNone) {
  for (const char* const wrong : {"", "livez", "*", "host:443", "/%", "/%2", "/%zz", "/%00",
                                  "/a%0d%0aX", "/a?b=%", "/a\x7F", "/?%1f"}) {
    EXPECT_FALSE(HttpTarget::parse(wrong)) << wrong;
  }
}

TEST(HttpAccess, ReadsABearerToken) {
  EXPECT_EQ(bearerToken("Bearer abc"), "abc");
  EXPECT_EQ(bearerToken(" bearer   abc "), "abc");
  for (const char* const wrong :
       {"", "Bearer", "Bearer ", "Bearerabc", "Basic abc", "Bearer a b"}) {
    EXPECT_FALSE(bearerToken(wrong)) << wrong;
  }
}

TEST(HttpAccess, TellsSecretsApart) {
  EXPECT_TRUE(sameSecret("token", "token"));
  for (const char* const wrong : {"", "toke", "tokenx", "tokentoken", "Token"}) {
    EXPECT_FALSE(sameSecret(wrong, "token")) << wrong;
  }
  EXPECT_FALSE(sameSecret("", ""));
}

TEST(HttpAccess, TakesTheNameOutOfAHostHeader) {
  EXPECT_EQ(hostName("localhost:9090"), "localhost");
  EXPECT_EQ(hostName("[::1]:9090"), "::1");
  EXPECT_EQ(hostName("127.0.0.1"), "127.0.0.1");
}

HttpRequest asking(std::string target, std::vector<HttpHeader> headers = {}) {
  HttpRequest request;
  request.target = std::move(target);
  request.headers = std::move(headers);
  return request;
}

HttpResponse hello(const HttpRequest&, const HttpTarget&) {
  return httpResponse(200, "text/plain", "hello");
}

nlohmann::json problemOf(const HttpResponse& response) {
  EXPECT_EQ(*response.header("content-type"), "application/problem+json");
  return nlohmann::json::parse(response.body);
}

TEST(Router, NamesTheNearestPath) {
  Router router;
  router.add("/health", hello);
  const HttpResponse response = router.handle(asking("/helth"));
  EXPECT_EQ(response.status, 404);
  const nlohmann::json problem = problemOf(response);
  EXPECT_EQ(problem.at("code"), "notFound");
  EXPECT_EQ(problem.at("status"), 404);
  EXPECT_THAT(problem.at("detail"), HasSubstr("did you mean \"/health\"?"));
}

TEST(Router, FindsNothingByWalkingUpOrInBytesThatAreNoText) {
  Router router;
  router.add("/livez", hello);
  for (const char* const target :
       {"/../../etc/passwd", "/%2e%2e/livez", "//livez", "/livez/", "/\xff\xfe"}) {
    const HttpResponse response = router.handle(asking(target));
    EXPECT_EQ(response.status, 404) << target;
    problemOf(response);
  }
  EXPECT_EQ(router.handle(asking("/%")).status, 400);
}

TEST(Router, AllowsGetAndHeadOnly) {
  Router router;
  router.add("/x", hello);
  HttpRequest request = asking("/x");
  request.method = "DELETE";
  const HttpResponse response = router.handle(request);
  EXPECT_EQ(response.status, 405);
  EXPECT_EQ(*response.header("Allow"), "GET, HEAD");
  request.method = "HEAD";
  EXPECT_EQ(router.handle(request).status, 200);
}

TEST(Router, AsksForTheTokenEverywhereButOnOpenRoutes) {
  Router router({.token = "s3cret"});
  router.add("/x", hello);
  router.add("/livez", hello, RouteKind::Open);
  EXPECT_EQ(router.handle(asking("/livez")).status, 200);
  for (const char* const target : {"/x", "/unknown"}) {
    const HttpResponse missing = router.handle(asking(target));
    EXPECT_EQ(missing.status, 401);
    EXPECT_EQ(*missing.header("WWW-Authenticate"), "Bearer realm=\"sonde\"");
  }
  const HttpResponse wrong = router.handle(asking("/x", {{"Authorization", "Bearer s3creT"}}));
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(*wrong.header("WWW-Authenticate"), HasSubstr("invalid_token"));
  EXPECT_EQ(wrong.body.find("s3cre"), std::string::npos);
  EXPECT_EQ(router.handle(asking("/x", {{"authorization", "bearer s3cret"}})).status, 200);
}

TEST(Router, AnswersNoHostNameOfOthersWithoutAToken) {
  Router router({.hosts = {"db.example.org"}});
  router.add("/x", hello);
  const auto statusFor = [&](const char* host) {
    return router.handle(asking("/x", {{"Host", host}})).status;
  };
  EXPECT_EQ(statusFor("evil.example:9090"), 421);
  for (const char* const host : {"localhost:9090", "127.0.0.1", "[::1]:1", "DB.example.org"}) {
    EXPECT_EQ(statusFor(host), 200) << host;
  }
  Router guarded({.token = "t"});
  guarded.add("/x", hello);
  EXPECT_EQ(
      guarded.handle(asking("/x", {{"Host", "any.example"}, {"Authorization", "Bearer t"}})).status,
      200);
}

TEST(Router, TurnsErrorsIntoProblemsWithoutTheirDetails) {
  Router router;
  router.add("/down", [](const HttpRequest&, const HttpTarget&) -> HttpResponse {
    throw ConnectionError("the host db.internal is down");
  });
  router.add("/bug", [](const HttpRequest&, const HttpTarget&) -> HttpResponse {
    throw std::runtime_error("secret");
  });
  const HttpResponse down = router.handle(asking("/down"));
  EXPECT_EQ(down.status, 503);
  EXPECT_EQ(problemOf(down).at("code"), "connection");
  EXPECT_EQ(down.body.find("db.internal"), std::string::npos);
  const HttpResponse bug = router.handle(asking("/bug"));
  EXPECT_EQ(bug.status, 500);
  EXPECT_EQ(bug.body.find("secret"), std::string::npos);
}

TEST(HttpMessage, WritesDatesAsHttpDoes) {
  EXPECT_EQ(httpDate(std::chrono::system_clock::from_time_t(784111777)),
            "Sun, 06 Nov 1994 08:49:37 GMT");
}

TEST(AdminRoutes, GiveTheSchemaOnceForEachFingerprint) {
  Config config;
  config.uri = "sqlite::memory:";
  const Database db = Database::open(config);
  db.execute("CREATE TABLE users(id INTEGER PRIMARY KEY)");
  db.execute("CREATE TABLE posts(id INTEGER PRIMARY KEY)");
  const Router router = adminRouter(db);
  const HttpResponse whole = router.handle(asking("/schema"));
  EXPECT_EQ(whole.status, 200);
  EXPECT_EQ(nlohmann::json::parse(whole.body).at("tables").size(), 2U);
  const std::string tag = *whole.header("ETag");
  EXPECT_EQ(tag, "W/\"" + db.schema()->fingerprint() + "\"");

  const HttpResponse same = router.handle(asking("/schema", {{"If-None-Match", "\"x\", " + tag}}));
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(*same.header("ETag"), tag);
  db.execute("ALTER TABLE users ADD COLUMN name TEXT");
  db.refreshSchema();
  EXPECT_EQ(router.handle(asking("/schema", {{"If-None-Match", tag}})).status, 200);

  const HttpResponse one = router.handle(asking("/schema?table=users"));
  EXPECT_EQ(nlohmann::json::parse(one.body).at("tables").size(), 1U);
  const HttpResponse none = router.handle(asking("/schema?table=user"));
  EXPECT_EQ(none.status, 404);
  EXPECT_THAT(problemOf(none).at("detail"), HasSubstr("\"users\""));
}

TEST(AdminRoutes, TellWhatStatementsDid) {
  const Router silent = adminRouter(Database::open("sqlite::memory:"));
  EXPECT_EQ(nlohmann::json::parse(silent.handle(asking("/queries")).body).at("enabled"), false);

  const Database db = Database::open("sqlite::memory:?statistics.enabled=true");
  const Router router = adminRouter(db);
  db.execute("CREATE TABLE users(id INTEGER PRIMARY KEY)");
  for (int i = 0; i < 3; ++i) db.sql("SELECT id FROM users WHERE id = ?", {i});
  const auto told = nlohmann::json::parse(router.handle(asking("/queries")).body);
  EXPECT_EQ(told.at("enabled"), true);
  std::vector<int> calls;
  for (const auto& statement : told.at("statements")) calls.push_back(statement.at("calls"));
  EXPECT_THAT(calls, testing::Contains(3));
  const auto one = nlohmann::json::parse(router.handle(asking("/queries?limit=1")).body);
  EXPECT_EQ(one.at("statements").size(), 1U);
  EXPECT_EQ(router.handle(asking("/queries?limit=many")).status, 400);
}

TEST(AdminRoutes, TellOfTheHealthOfTheDatabase) {
  const Database db = Database::open("sqlite::memory:");
  const Router router = adminRouter(db);
  const HttpResponse health = router.handle(asking("/health"));
  EXPECT_EQ(health.status, 200) << health.body;
  EXPECT_EQ(*health.header("Content-Type"), "application/health+json");
  EXPECT_EQ(*health.header("Cache-Control"), "no-store");
  EXPECT_TRUE(nlohmann::json::parse(health.body).contains("status"));
  EXPECT_EQ(
      nlohmann::json::parse(router.handle(asking("/health?format=simple")).body).at("healthy"),
      true);
  const HttpResponse wrong = router.handle(asking("/health?format=xml"));
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(problemOf(wrong).at("detail"), HasSubstr("format is"));
  EXPECT_EQ(router.handle(asking("/readyz")).status, 200);
  EXPECT_THAT(router.handle(asking("/readyz?verbose")).body, HasSubstr("connectivity"));
  const HttpResponse metrics = router.handle(asking("/metrics"));
  EXPECT_EQ(metrics.status, 200);
  EXPECT_THAT(metrics.body, HasSubstr("# TYPE sonde_"));
}

TEST(AdminRoutes, SayThatNothingWorksOnceTheDatabaseIsClosed) {
  const Database db = Database::open("sqlite::memory:");
  const Router router = adminRouter(db);
  db.close();
  EXPECT_EQ(router.handle(asking("/livez")).status, 200);
  EXPECT_EQ(router.handle(asking("/health")).status, 503);
  EXPECT_EQ(router.handle(asking("/readyz")).status, 503);
}

}  // namespace
}  // namespace sonde
