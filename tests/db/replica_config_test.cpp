// What the configuration says of replicas, without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/db/config.hpp>
#include <sonde/db/database.hpp>

#include <chrono>
#include <nlohmann/json.hpp>

namespace sonde {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

std::string errorOf(const Config& config) {
  try {
    static_cast<void>(Database::open(config));
  } catch (const Error& error) {
    return error.what();
  }
  return {};
}

TEST(ReplicaConfig, ComesAsAListOrAsTextWithSpaces) {
  const Config config = Config::fromJson(nlohmann::json::parse(
      R"({"uri": "postgresql://db1/shop",
          "replicas": {"uris": ["postgresql://db2", "postgresql://db3"], "maxLagMs": 70,
                       "checkIntervalMs": 7}})"));
  EXPECT_THAT(config.replicas.uris, ElementsAre("postgresql://db2", "postgresql://db3"));
  EXPECT_EQ(config.replicas.maxLag, milliseconds(70));
  EXPECT_EQ(config.replicas.checkInterval, milliseconds(7));
  Config set;
  set.set("replicas.uris", " postgresql://db2\tpostgresql://db3 ");
  EXPECT_EQ(set.replicas.uris, config.replicas.uris);
  EXPECT_FALSE(set.sameAs(config));
}

TEST(ReplicaConfig, RefusesWhatCannotBe) {
  Config config;
  EXPECT_THROW(config.set("replicas.checkIntervalMs", "0"), ConfigError);
  config.uri = "sqlite::memory:";
  config.replicas.uris = {"postgresql://user:secret@db2"};
  EXPECT_THAT(errorOf(config), HasSubstr("is no replica of a database of the scheme \"sqlite\""));
  EXPECT_THAT(errorOf(config), Not(HasSubstr("secret")));
  config.replicas.uris = {"sqlite:other.db"};
  EXPECT_THAT(errorOf(config), HasSubstr("does not tell how far one has replayed"));
}

}  // namespace
}  // namespace sonde
