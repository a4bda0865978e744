// Configuration as it reaches the driver and the pool of a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "fake_server.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class ServerConfigTest : public testing_db::FakeServerTest {};

TEST_F(ServerConfigTest, PoolKeysComeFromEverySource) {
  const Config config = Config::fromJson(nlohmann::json::parse(
      R"({"uri": "fake:shop?pool.size=3&pool.connectTimeoutMs=77",
          "pool": {"size": 5, "minIdle": 2, "idleTimeoutMs": 1, "maxLifetimeMs": 2,
                   "validateAfterMs": 4, "leakWarningMs": 5},
          "schema": {"watchIntervalMs": 6}})"));
  EXPECT_EQ(config.pool.size, 5U);
  EXPECT_EQ(config.pool.minIdle, 2U);
  EXPECT_EQ(config.pool.idleTimeout, 1ms);
  EXPECT_EQ(config.pool.maxLifetime, 2ms);
  EXPECT_EQ(config.pool.validateAfter, 4ms);
  EXPECT_EQ(config.pool.leakWarning, 5ms);
  EXPECT_EQ(config.schema.watchInterval, 6ms);

  Config opened = config;
  opened.pool.maxLifetime = 0ms;
  const Database db = open(opened);
  EXPECT_EQ(server_.poolSize, 3U) << "the URI wins";
  EXPECT_EQ(server_.connectTimeout, 77ms);
  EXPECT_FALSE(config.sameAs(opened));
}

TEST_F(ServerConfigTest, APoolOfNoneIsRefused) {
  Config config;
  EXPECT_THROW(config.set("pool.size", "0"), ConfigError);
}

TEST_F(ServerConfigTest, KeysOfDatabaseFilesAreRefusedByName) {
  for (const char* key :
       {"attachments", "optimization.cacheSize", "optimization.foreignKeys",
        "optimization.journalMode", "optimization.mmapSize", "optimization.synchronous",
        "optimization.tempStore", "optimization.defensive", "optimization.walAutocheckpoint"}) {
    Config config;
    config.uri = "fake:shop";
    const bool number =
        std::string_view(key).ends_with("Size") || std::string_view(key).ends_with("checkpoint");
    const bool flag =
        std::string_view(key).ends_with("Keys") || std::string_view(key).ends_with("defensive");
    const bool object = std::string_view(key) == "attachments";
    config.set(key, number ? "4" : flag ? "true" : object ? R"({"a": "b"})" : "normal");
    try {
      static_cast<void>(Database::open(config));
      FAIL() << key;
    } catch (const ConfigError& error) {
      EXPECT_THAT(error.what(), HasSubstr(key));
      EXPECT_THAT(error.what(), HasSubstr("fake"));
      EXPECT_THAT(error.hint(), HasSubstr("optimization.settings"));
    }
  }
}

TEST_F(ServerConfigTest, RawSqlThatTouchesTheSessionHasItCleaned) {
  const Database db = open();
  for (const char* harmless :
       {"SELECT 1", "INSERT INTO users (name) VALUES ('set_config')", "SELECT a @> b FROM users",
        "EXPLAIN SELECT 1", "CREATE TABLE x (a int)", "SELECT users.temporal FROM users"}) {
    db.sql(harmless);
    EXPECT_EQ(server_.resets, 0) << harmless;
  }
  int expected = 0;
  for (const char* touching :
       {"SET search_path = a", "SELECT set_config('a', 'b', false)", "SELECT pg_advisory_lock(1)",
        "SELECT @a := 1", "LISTEN x", "DO something", "CALL p()"}) {
    db.sql(touching);
    EXPECT_EQ(server_.resets, ++expected) << touching;
  }
  db.executeScript("SELECT 1; SELECT 2");
  EXPECT_EQ(server_.resets, ++expected);
  db.transaction([](Transaction& tx) { tx.sql("SET a = 1"); });
  EXPECT_EQ(server_.resets, ++expected);
  static_cast<void>(db.getRepository("users").findAll());
  EXPECT_EQ(server_.resets, expected) << "what sonde generates leaves nothing behind";
}

}  // namespace
}  // namespace sonde
