// The optimization group of the configuration, as it reaches SQLite.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/dialects/tuner.hpp>
#include <sonde/monitor/tuning/tuning.hpp>

#include "../../support/temporary_folder.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

std::map<std::string, std::string> effectiveIn(const Database& db) {
  std::map<std::string, std::string> values;
  for (const SettingReport& report : db.settings()) {
    EXPECT_TRUE(report.honoured()) << report.name << ": " << report.reason;
    values[report.name] = report.effective;
  }
  return values;
}

TEST(OptimizationConfig, AProfileIsSpelledOutByTheEngine) {
  const TemporaryFolder folder;
  const std::string uri = "sqlite:" + folder.file("a.db") + "?mode=rwc";
  const Database db = Database::open(uri + "&optimization.profile=production");
  EXPECT_EQ(db.topology().shape, PoolShape::WriterAndReaders);
  const auto values = effectiveIn(db);
  EXPECT_EQ(values.at("journal_mode"), "wal");
  EXPECT_EQ(values.at("synchronous"), "normal");
  EXPECT_EQ(values.at("defensive"), "on");
}

TEST(OptimizationConfig, SingleSettingsWinOverTheProfile) {
  const TemporaryFolder folder;
  Config config;
  config.uri = "sqlite:" + folder.file("a.db") + "?mode=rwc&journal_size_limit=4096";
  config.optimization.profile = "readMostly";
  config.optimization.synchronous = "full";
  config.optimization.settings["mmap_size"] = "0";
  const auto values = effectiveIn(Database::open(config));
  EXPECT_EQ(values.at("journal_mode"), "wal");
  EXPECT_EQ(values.at("synchronous"), "full") << "a key of its own";
  EXPECT_EQ(values.at("mmap_size"), "0") << "optimization.settings";
  EXPECT_EQ(values.at("journal_size_limit"), "4096") << "the URI";
}

TEST(OptimizationConfig, EveryNamedKeyReachesTheEngine) {
  const TemporaryFolder folder;
  Config config = Config::fromJson(nlohmann::json::parse(R"({"optimization": {
      "journalMode": "wal", "synchronous": "normal", "cacheSize": -4000, "mmapSize": 65536,
      "tempStore": "memory", "foreignKeys": false, "journalSizeLimit": 1048576,
      "walAutocheckpoint": 500, "analysisLimit": 400, "trustedSchema": false,
      "cellSizeCheck": true, "defensive": true, "busyTimeoutMs": 70}})"));
  config.uri = "sqlite:" + folder.file("a.db") + "?mode=rwc";
  const std::map<std::string, std::string> expected{{"journal_mode", "wal"},
                                                    {"synchronous", "normal"},
                                                    {"cache_size", "-4000"},
                                                    {"mmap_size", "65536"},
                                                    {"temp_store", "memory"},
                                                    {"foreign_keys", "off"},
                                                    {"journal_size_limit", "1048576"},
                                                    {"wal_autocheckpoint", "500"},
                                                    {"analysis_limit", "400"},
                                                    {"trusted_schema", "off"},
                                                    {"cell_size_check", "on"},
                                                    {"defensive", "on"},
                                                    {"busy_timeout", "70"}};
  EXPECT_EQ(effectiveIn(Database::open(config)), expected);
  Config other = config;
  other.optimization.defensive = false;
  EXPECT_FALSE(config.sameAs(other));
  other = config;
  other.optimization.profile = "safest";
  EXPECT_FALSE(config.sameAs(other));
}

TEST(OptimizationConfig, AnUnknownProfileIsRefusedWithTheNearestName) {
  Config config;
  config.uri = "sqlite::memory:";
  config.optimization.profile = "readMostley";
  try {
    static_cast<void>(Database::open(config));
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("\"readMostley\""), HasSubstr("\"readMostly\"")));
  }
}

TEST(OptimizationConfig, AProfileMeansNothingToADriverThatDoesNotKnowIt) {
  const MockDriver mock;
  EXPECT_THROW((void)mock.Driver::profile("prodution"), ConfigError);
  try {
    (void)mock.Driver::profile("production");
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("means nothing on mock"));
    EXPECT_THAT(error.hint(), HasSubstr("optimization.settings"));
  }
  EXPECT_EQ(mock.tuner(), nullptr);
  EXPECT_THROW((void)Database::open("mock:untuned").tuning().plan(), Unsupported);
}

}  // namespace
}  // namespace sonde::test
