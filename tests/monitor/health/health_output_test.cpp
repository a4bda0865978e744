// The forms of a health report.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/text.hpp>
#include <sonde/monitor/health/health_metrics.hpp>
#include <sonde/monitor/health/health_output.hpp>
#include <sonde/monitor/health/health_response.hpp>

#include <nlohmann/json.hpp>
#include <sstream>
#include <string>

#include "../../support/process.hpp"
#include "probed_database.hpp"

namespace sonde {
namespace {

using test::Dial;
using test::ProbedDatabase;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using Json = nlohmann::ordered_json;

/// A monitor over a disk that a test fills.
struct Watched {
  ProbedDatabase database;
  Dial connectivity;
  Dial disk;
  HealthMonitor monitor;

  Watched() : monitor(database.open(probes()), options()) {}

  [[nodiscard]] test::Probes probes() const {
    return {connectivity.probe({.name = "connectivity",
                                .component = "sqlite",
                                .measurement = "connectivity",
                                .criticality = Criticality::Critical,
                                .whenSilent = HealthStatus::Fail}),
            disk.probe({.name = "free-disk",
                        .component = "disk",
                        .measurement = "free",
                        .unit = "bytes",
                        .limits = {.warn = 1000, .fail = 10, .low = true},
                        .advice = "make room",
                        .remedy = "rm old.log"})};
  }
  [[nodiscard]] HealthOptions options() {
    *disk.value = 5000;
    HealthOptions options = database.options();
    options.serviceId = "shop";
    options.releaseId = "7";
    return options;
  }
  [[nodiscard]] HealthResponse get(std::string_view path, std::string_view query = {}) {
    return respond(monitor, path, query);
  }
};

TEST(HealthJson, HasTheFieldNamesOfTheDraft) {
  Watched watched;
  *watched.disk.value = 500;
  const HealthResponse response = watched.get("/health");
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.contentType, "application/health+json");
  const Json json = Json::parse(response.body);
  EXPECT_EQ(json["status"], "warn");
  EXPECT_EQ(json["serviceId"], "shop");
  EXPECT_EQ(json["releaseId"], "7");
  EXPECT_FALSE(json.contains("version"));
  const Json& disk = json["checks"]["disk:free"][0];
  EXPECT_EQ(disk["componentId"], "free-disk");
  EXPECT_EQ(disk["componentType"], "system");
  EXPECT_EQ(disk["observedValue"], 500);
  EXPECT_EQ(disk["observedUnit"], "bytes");
  EXPECT_EQ(disk["status"], "warn");
  EXPECT_EQ(disk["output"], "as the test set it");
  EXPECT_EQ(disk["limits"]["warn"], 1000);
  EXPECT_EQ(disk["advice"], "make room");
  EXPECT_EQ(disk["remedy"], "rm old.log");
  EXPECT_THAT(disk["time"].get<std::string>(),
              ::testing::MatchesRegex("20..-..-..T..:..:..[.]...Z"));
  EXPECT_FALSE(json["checks"]["sqlite:connectivity"][0].contains("output"));  // it passes
}

TEST(HealthResponse, IsUnavailableOnlyWhenACriticalCheckFails) {
  Watched watched;
  EXPECT_EQ(watched.get("/health").status, 200);
  EXPECT_EQ(watched.get("/readyz").body, "ok");
  *watched.disk.value = 1;  // fails, and is not critical
  EXPECT_EQ(watched.get("/health").status, 200);
  EXPECT_EQ(watched.get("/readyz").status, 200);
  *watched.database.away = true;
  watched.database.script->breakConnections();
  EXPECT_EQ(watched.get("/health").status, 503);
  const HealthResponse ready = watched.get("/readyz");
  EXPECT_EQ(ready.status, 503);
  EXPECT_THAT(ready.body, HasSubstr("[-]connectivity failed: nobody listens there"));
  EXPECT_EQ(watched.get("/livez").status, 200);
  EXPECT_EQ(watched.get("/metrics").status, 200);
}

TEST(HealthResponse, ListsTheCriticalChecksAsKubernetesDoes) {
  Watched watched;
  EXPECT_EQ(watched.get("/readyz", "verbose").body, "[+]connectivity ok\nreadyz check passed\n");
  EXPECT_EQ(watched.get("/readyz", "a=b&verbose=1").body,
            "[+]connectivity ok\nreadyz check passed\n");
}

TEST(HealthResponse, OfLivenessAsksTheDatabaseNothing) {
  Watched watched;
  watched.database.script->clearCalls();
  EXPECT_EQ(watched.get("/livez").body, "ok");
  EXPECT_TRUE(watched.database.script->statements().empty());
  EXPECT_EQ(*watched.connectivity.asked, 0);
}

TEST(HealthResponse, KnowsItsPathsAndFormats) {
  Watched watched;
  EXPECT_EQ(watched.get("/healthy").status, 404);
  EXPECT_EQ(watched.get("/health", "format=xml").status, 400);
  EXPECT_THAT(watched.get("/health", "format=text").body,
              AllOf(HasSubstr("health: pass"), HasSubstr("free-disk"), HasSubstr("4.88 KiB")));
  const Json simple = Json::parse(watched.get("/health", "format=simple").body);
  EXPECT_EQ(simple["healthy"], true);
  EXPECT_TRUE(simple["responseTime"].is_number());
  EXPECT_EQ(simple["connectionPool"]["limit"], 1);
  EXPECT_EQ(simple["connectionPool"]["waiting"], 0);
}

TEST(HealthResponse, SurvivesFindingsThatAreNoUtf8) {
  Watched watched;
  watched.monitor.addCheck({.name = "odd"}, [](const Context&) {
    return Reading::judged(HealthStatus::Warn, "the file \xff\"\n");
  });
  EXPECT_EQ(Json::parse(watched.get("/health").body)["status"], "warn");
  EXPECT_THAT(watched.get("/health", "format=text").body, HasSubstr("the file \\xff\"\\n"));
}

TEST(HealthText, SaysWhatToDoAndHow) {
  Watched watched;
  *watched.disk.value = 5;
  const std::string page = healthText(watched.monitor.report(), 100);
  EXPECT_THAT(page, AllOf(HasSubstr("health: warn"), HasSubstr("free-disk: make room"),
                          HasSubstr("    rm old.log")));
  std::istringstream lines(page);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_LE(text::displayWidth(line), 100U) << line;
  }
}

TEST(HealthText, ShowsValuesAsPeopleReadThem) {
  EXPECT_EQ(valueWithUnit(0, "bytes"), "0 bytes");
  EXPECT_EQ(valueWithUnit(1536, "bytes"), "1.5 KiB");
  EXPECT_EQ(valueWithUnit(91.0 * 1024 * 1024, "bytes"), "91 MiB");
  EXPECT_EQ(valueWithUnit(0.25, "s"), "0.25 s");
  EXPECT_EQ(valueWithUnit(75, "s"), "1 min 15 s");
  EXPECT_EQ(valueWithUnit(3600, "s"), "1 h");
  EXPECT_EQ(valueWithUnit(100000, "s"), "1 d 3 h");
  EXPECT_EQ(valueWithUnit(12.345, "ms"), "12.3 ms");
  EXPECT_EQ(valueWithUnit(40, "%"), "40 %");
  EXPECT_EQ(valueWithUnit(3, ""), "3");
}

TEST(HealthMetrics, EscapeLabelsAndGiveBaseUnits) {
  Watched watched;
  watched.monitor.addCheck({.name = "a\"b\\c\nd", .unit = "ms"},
                           [](const Context&) { return Reading::of(250); });
  const std::string text = watched.get("/metrics").body;
  EXPECT_THAT(text, HasSubstr(R"(sonde_check_value{check="a\"b\\c\nd",unit="seconds"} 0.25)"));
  EXPECT_THAT(text, HasSubstr(R"(sonde_check_value{check="free-disk",unit="bytes"} 5000)"));
  EXPECT_THAT(text, HasSubstr("sonde_up 1\n"));
  EXPECT_THAT(text, HasSubstr("sonde_pool_connections_limit 1\n"));
}

TEST(HealthMetrics, CountWaitsInBucketsThatAddUp) {
  HealthReport report;
  report.pool.waits = {1, 2, 0, 0, 0, 0, 0, 4};
  report.pool.waitedUs = 1'500'000;
  std::string text;
  appendHealthMetrics(text, report);
  EXPECT_THAT(text, AllOf(HasSubstr("sonde_pool_wait_seconds_bucket{le=\"0.0001\"} 1\n"),
                          HasSubstr("sonde_pool_wait_seconds_bucket{le=\"0.001\"} 3\n"),
                          HasSubstr("sonde_pool_wait_seconds_bucket{le=\"60\"} 3\n"),
                          HasSubstr("sonde_pool_wait_seconds_bucket{le=\"+Inf\"} 7\n"),
                          HasSubstr("sonde_pool_wait_seconds_sum 1.5\n"),
                          HasSubstr("sonde_pool_wait_seconds_count 7\n")));
}

TEST(HealthMetrics, PassPrometheusOwnCheck) {
  Watched watched;
  watched.monitor.addCheck({.name = "odd \"\\\n \xc3\xa9"},
                           [](const Context&) { return Reading::of(1e300); });
  const std::string text = watched.get("/metrics").body;
  test::ProcessResult result;
  try {
    result = test::runProcess({"promtool", "check", "metrics"}, text);
  } catch (const std::runtime_error&) {
    GTEST_SKIP() << "promtool (Debian's package prometheus) is not installed";
  }
  EXPECT_EQ(result.exitCode, 0) << result.out << result.err << text;
  EXPECT_EQ(result.out + result.err, "");
}

}  // namespace
}  // namespace sonde
