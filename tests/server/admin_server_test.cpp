// The admin server over bare sockets: what clients ask, and what they should not.
#include <sonde/core/error.hpp>
#include <sonde/server/admin_server.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "raw_client.hpp"

namespace sonde {
namespace {

using test::RawClient;
using test::RawResponse;
using testing::HasSubstr;
using namespace std::chrono_literals;

Database memoryDatabase(std::vector<std::string>* lines = nullptr) {
  Config config;
  config.uri = "sqlite::memory:";
  if (lines != nullptr) {
    config.logging.level = LogLevel::Debug;
    config.logging.callback = [lines](const LogEvent& event) {
      std::string line(event.message);
      for (const auto& [name, value] : event.fields) {
        line += " " + std::string(name) + "=" + std::string(value);
      }
      lines->push_back(line);
    };
  }
  return Database::open(config);
}

class AdminServerTest : public testing::Test {
 protected:
  void begin(AdminOptions options = {}) {
    options.port = 0;
    server_ = std::make_unique<AdminServer>(db_, std::move(options));
    // Two routes that let a test see and steer what is under way.
    server_->router().add("/wait", [this](const HttpRequest& request, const HttpTarget&) {
      ++waiting_;
      while (!released_ && !request.context.stopToken().stop_requested()) {
        std::this_thread::sleep_for(1ms);
      }
      return httpResponse(200, "text/plain", released_ ? "released" : "stopped");
    });
    server_->start();
  }
  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  void awaitWaiting(int many) const {
    while (waiting_ < many) std::this_thread::sleep_for(1ms);
  }

  Database db_ = memoryDatabase();
  std::atomic<int> waiting_{0};
  std::atomic<bool> released_{false};
  std::unique_ptr<AdminServer> server_;
};

TEST_F(AdminServerTest, AnswersOnAFreePortAndTellsIt) {
  begin();
  EXPECT_TRUE(server_->running());
  EXPECT_EQ(server_->url(), "http://127.0.0.1:" + std::to_string(port()));
  const RawResponse live = RawClient(port()).get("/livez");
  EXPECT_EQ(live.status, 200);
  EXPECT_EQ(live.body(), "ok\n");
  EXPECT_EQ(live.header("Content-Length"), "3");
  EXPECT_EQ(live.header("Cache-Control"), "no-store");
  EXPECT_THAT(live.header("Date"), HasSubstr(" GMT"));
  const RawResponse schema = RawClient(port()).get("/schema");
  EXPECT_EQ(nlohmann::json::parse(schema.body()).at("dialect"), "sqlite");
}

TEST_F(AdminServerTest, KeepsAConnectionForManyRequestsAlsoWhenTheyCameTogether) {
  begin({.limits = {.maxRequestsPerConnection = 4}});
  RawClient client(port());
  EXPECT_EQ(client.get("/livez").status, 200);
  client.send(
      "GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /schema HTTP/1.1\r\nHost: localhost\r\n\r\n"
      "GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_EQ(client.receive().body(), "ok\n");
  EXPECT_EQ(client.receive().status, 200);
  const RawResponse last = client.receive();
  EXPECT_EQ(last.status, 404);
  EXPECT_EQ(last.header("Connection"), "close");  // it was the fourth
  EXPECT_TRUE(client.closes());
}

TEST_F(AdminServerTest, SendsNoBodyToHead) {
  begin();
  RawClient client(port());
  const RawResponse head = client.ask("HEAD /livez HTTP/1.1\r\nHost: localhost\r\n\r\n", false);
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.header("Content-Length"), "3");
  // What follows is the next response, not a body.
  EXPECT_EQ(client.get("/livez").body(), "ok\n");
}

TEST_F(AdminServerTest, ClosesWhereTheClientSpeaksHttp10) {
  begin();
  RawClient client(port());
  EXPECT_EQ(client.ask("GET /livez HTTP/1.0\r\n\r\n").status, 200);
  EXPECT_TRUE(client.closes());
}

TEST_F(AdminServerTest, RefusesMethodsThatChangeThings) {
  begin();
  for (const char* const method : {"POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"}) {
    const RawResponse response = RawClient(port()).ask(
        std::string(method) + " /livez HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n{}");
    EXPECT_EQ(response.status, 405) << method;
    EXPECT_EQ(response.header("Allow"), "GET, HEAD");
    EXPECT_EQ(nlohmann::json::parse(response.body()).at("code"), "methodNotAllowed");
  }
}

TEST_F(AdminServerTest, AnswersGarbageAndCloses) {
  begin({.limits = {.requestTimeout = 300ms}});
  for (const std::string& bytes :
       {std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11) + "\r\n\r\n",
        std::string("GET\r\n\r\n"), std::string("GET / HTTP/1.1\r\nbroken header\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n"),
        std::string("GET / HTTP/9.9\r\n\r\n"), std::string("\0\0\0\0\r\n\r\n", 8)}) {
    RawClient client(port());
    const RawResponse response = client.ask(bytes);
    EXPECT_TRUE(response.status == 400 || response.status == 505) << bytes << response.text;
    EXPECT_TRUE(client.closes());
  }
  EXPECT_EQ(RawClient(port()).get("/livez").status, 200);
}

TEST_F(AdminServerTest, BoundsHeadersAndBodies) {
  begin({.limits = {.maxHeaderBytes = 1024, .maxBodyBytes = 100}});
  RawClient header(port());
  const RawResponse tooLong = header.get("/livez", "X: " + std::string(5000, 'x') + "\r\n");
  EXPECT_EQ(tooLong.status, 431);
  EXPECT_EQ(nlohmann::json::parse(tooLong.body()).at("code"), "headerTooLarge");
  EXPECT_TRUE(header.closes());

  RawClient target(port());
  EXPECT_EQ(target.get("/" + std::string(5000, 'x')).status, 431);

  RawClient body(port());
  EXPECT_EQ(body.get("/livez", "Content-Length: 101\r\n").status, 413);
  RawClient chunks(port());
  EXPECT_EQ(chunks
                .ask("GET /livez HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                     "ff\r\n" +
                     std::string(255, 'x') + "\r\n0\r\n\r\n")
                .status,
            413);
}

TEST_F(AdminServerTest, WaitsForNoClientThatSendsItsRequestByteByByte) {
  begin({.limits = {.requestTimeout = 200ms}});
  RawClient slow(port());
  const std::string request =
      "GET /livez HTTP/1.1\r\nHost: localhost\r\n" + std::string(100'000, 'x');
  // Each byte comes in time; all of them together never do.
  std::size_t sent = 0;
  while (sent < request.size() && slow.send(request.substr(sent, 1))) {
    ++sent;
    std::this_thread::sleep_for(5ms);
    EXPECT_EQ(RawClient(port()).get("/livez").status, 200);
  }
  EXPECT_LT(sent, request.size());
  RawClient silent(port());
  EXPECT_TRUE(silent.closes());
}

TEST_F(AdminServerTest, ClosesAConnectionThatRests) {
  begin({.limits = {.idleTimeout = 100ms}});
  RawClient client(port());
  EXPECT_EQ(client.get("/livez").status, 200);
  EXPECT_TRUE(client.closes());
}

TEST_F(AdminServerTest, AnswersLivezWhileEveryHandlerHangs) {
  begin({.limits = {.handlerThreads = 1, .maxWaiting = 2}});
  RawClient first(port());
  first.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  awaitWaiting(1);
  EXPECT_EQ(RawClient(port()).get("/livez").status, 200);
  // The thread is taken, and of two more one may wait.
  const auto ask = [this] { return RawClient(port()).get("/wait"); };
  auto second = std::async(std::launch::async, ask);
  auto third = std::async(std::launch::async, ask);
  while (second.wait_for(1ms) != std::future_status::ready &&
         third.wait_for(1ms) != std::future_status::ready) {
  }
  EXPECT_EQ(RawClient(port()).get("/livez").status, 200);
  released_ = true;
  const RawResponse answers[] = {second.get(), third.get()};
  const bool firstRefused = answers[0].status == 503;
  EXPECT_EQ(answers[firstRefused ? 0 : 1].status, 503);
  EXPECT_EQ(answers[firstRefused ? 0 : 1].header("Retry-After"), "1");
  EXPECT_EQ(answers[firstRefused ? 1 : 0].body(), "released");
  EXPECT_EQ(first.receive().body(), "released");
}

TEST_F(AdminServerTest, GivesUpOnAHandlerThatTakesTooLong) {
  begin({.limits = {.handlerTimeout = 100ms}});
  RawClient client(port());
  const RawResponse response = client.get("/wait");
  EXPECT_EQ(response.status, 503);
  EXPECT_EQ(nlohmann::json::parse(response.body()).at("code"), "timeout");
  // The late answer goes nowhere; the connection serves on.
  released_ = true;
  EXPECT_EQ(client.get("/livez").body(), "ok\n");
}

TEST_F(AdminServerTest, ServesManyConnectionsAndMakesRoomForMore) {
  constexpr std::size_t kMost = 16;
  begin({.limits = {.maxConnections = kMost}});
  std::vector<std::unique_ptr<RawClient>> resting;
  for (std::size_t i = 0; i < kMost; ++i) {
    resting.push_back(std::make_unique<RawClient>(port()));
    ASSERT_EQ(resting.back()->get("/livez").status, 200);
  }
  EXPECT_EQ(RawClient(port()).get("/livez").status, 200);  // the one that rested longest goes
  EXPECT_TRUE(resting.front()->closes());

  std::vector<std::future<int>> answers;
  for (int i = 0; i < 64; ++i) {
    answers.push_back(std::async(std::launch::async, [this] {
      int good = 0;
      for (int round = 0; round < 10; ++round) {
        const int status = RawClient(port()).get("/livez").status;
        good += status == 200 || status == 503 || status == 0 ? 1 : 0;
      }
      return good;
    }));
  }
  for (auto& answer : answers) EXPECT_EQ(answer.get(), 10);
  EXPECT_EQ(RawClient(port()).get("/livez").status, 200);
}

TEST_F(AdminServerTest, SaysThatThereAreTooManyConnections) {
  begin({.limits = {.maxConnections = 1}});
  RawClient busy(port());
  busy.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  awaitWaiting(1);
  RawClient second(port());
  EXPECT_EQ(second.receive().status, 503);
  EXPECT_TRUE(second.closes());
  released_ = true;
  EXPECT_EQ(busy.receive().body(), "released");
}

TEST_F(AdminServerTest, AsksForItsTokenAndLogsNoTrace) {
  std::vector<std::string> lines;
  db_ = memoryDatabase(&lines);
  begin({.token = "hush-hush"});
  EXPECT_EQ(RawClient(port()).get("/livez").status, 200);
  const RawResponse missing = RawClient(port()).get("/schema");
  EXPECT_EQ(missing.status, 401);
  EXPECT_EQ(missing.header("WWW-Authenticate"), "Bearer realm=\"sonde\"");
  EXPECT_EQ(RawClient(port()).get("/schema", "Authorization: Bearer hush\r\n").status, 401);
  EXPECT_EQ(RawClient(port()).get("/schema", "Authorization: Bearer hush-hush\r\n").status, 200);
  server_->stop();
  EXPECT_THAT(lines, testing::Contains(HasSubstr("answered a request")));
  EXPECT_THAT(lines, testing::Not(testing::Contains(HasSubstr("hush"))));
}

TEST_F(AdminServerTest, EndsTheRequestsInFlightWhenItStops) {
  begin();
  RawClient busy(port());
  RawClient resting(port());
  EXPECT_EQ(resting.get("/livez").status, 200);
  busy.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  awaitWaiting(1);
  const std::uint16_t old = port();
  std::thread stopper([this] { server_->stop(); });
  EXPECT_TRUE(resting.closes());  // it was told to stop
  released_ = true;
  const RawResponse response = busy.receive();
  EXPECT_EQ(response.body(), "released");
  EXPECT_EQ(response.header("Connection"), "close");
  stopper.join();
  EXPECT_FALSE(server_->running());
  EXPECT_THROW(RawClient{old}, std::runtime_error);
  server_->stop();
  server_->start();
  EXPECT_EQ(RawClient(port()).get("/livez").status, 200);
}

TEST_F(AdminServerTest, StopsHandlersThatDoNotEndInTime) {
  begin({.limits = {.stopTimeout = 50ms}});
  RawClient busy(port());
  busy.send("GET /wait HTTP/1.1\r\nHost: localhost\r\n\r\n");
  awaitWaiting(1);
  server_->stop();  // returns although nobody released the handler
  EXPECT_EQ(busy.receive().status, 0);
}

TEST_F(AdminServerTest, SaysWhyItCannotListen) {
  begin();
  AdminServer other(db_, {.port = port()});
  try {
    other.start();
    FAIL() << "two servers on one port";
  } catch (const ConnectionError& error) {
    EXPECT_THAT(error.what(), HasSubstr("the port is in use"));
    EXPECT_THAT(error.what(), HasSubstr(std::to_string(port())));
  }
  EXPECT_THROW(AdminServer(db_, {.address = "no.such.host.invalid", .port = 0}).start(),
               ConnectionError);
  EXPECT_FALSE(other.running());
}

TEST_F(AdminServerTest, WarnsOfAnAddressThatOthersReachWithoutAToken) {
  std::vector<std::string> lines;
  db_ = memoryDatabase(&lines);
  AdminServer(db_, {.address = "0.0.0.0", .port = 0, .token = "t"}).start();
  AdminServer(db_, {.port = 0}).start();
  EXPECT_THAT(lines, testing::Not(testing::Contains(HasSubstr("asks for no token"))));
  AdminServer(db_, {.address = "0.0.0.0", .port = 0}).start();
  EXPECT_THAT(lines, testing::Contains(HasSubstr("asks for no token")));
}

TEST(AdminServer, TakesItsOptionsFromTheConfiguration) {
  Config config = Config::fromJson(
      {{"uri", "sqlite::memory:"},
       {"admin", {{"address", "::1"}, {"port", 0}, {"token", "t"}, {"hosts", {"a", "b"}}}}});
  const AdminOptions options = AdminOptions::from(config.admin);
  EXPECT_EQ(options.address, "::1");
  EXPECT_EQ(options.port, 0);
  EXPECT_EQ(options.token, "t");
  EXPECT_THAT(options.hosts, testing::ElementsAre("a", "b"));
  EXPECT_THROW(config.set("admin.port", "65536"), ConfigError);
  config.set("admin.address", "127.0.0.1");
  AdminServer server(Database::open(config));
  server.start();
  EXPECT_EQ(RawClient(server.port()).get("/schema").status, 401);
}

}  // namespace
}  // namespace sonde
