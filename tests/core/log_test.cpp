#include <sonde/core/log.hpp>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sonde/core/error.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "../support/temporary_folder.hpp"

namespace sonde {
namespace {

namespace fs = std::filesystem;

/// A folder of its own for each test, removed at its end.
class LogFile : public ::testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder_.file("sonde.log"); }

  [[nodiscard]] static std::vector<std::string> lines(const std::string& path) {
    std::ifstream file(path);
    std::vector<std::string> result;
    for (std::string line; std::getline(file, line);) result.push_back(line);
    return result;
  }

  test::TemporaryFolder folder_;
};

struct Collected {
  LogLevel level;
  std::string message;
  std::vector<std::pair<std::string, std::string>> fields;
};

std::function<void(const LogEvent&)> collectInto(std::vector<Collected>& events) {
  return [&events](const LogEvent& event) {
    events.push_back({event.level, std::string(event.message), {}});
    for (const auto& [name, value] : event.fields) events.back().fields.emplace_back(name, value);
  };
}

TEST(Logger, IsSilentByDefault) {
  const Logger logger;
  EXPECT_FALSE(logger.enabled(LogLevel::Error));
  logger.log(LogLevel::Error, "nobody hears this");
  EXPECT_FALSE(Logger(LogConfig{.level = LogLevel::Trace}).enabled(LogLevel::Error));
  EXPECT_FALSE(Logger(LogConfig{.console = true}).enabled(LogLevel::Error));
}

TEST(Logger, CallsBackWithLevelMessageAndFields) {
  std::vector<Collected> events;
  const Logger logger({.level = LogLevel::Info, .callback = collectInto(events)});
  logger.log(LogLevel::Debug, "too fine");
  logger.log(LogLevel::Warn, "slow query", {{"table", "users"}, {"ms", "120"}});
  logger.log(LogLevel::Off, "no level of a message");
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].level, LogLevel::Warn);
  EXPECT_EQ(events[0].message, "slow query");
  ASSERT_EQ(events[0].fields.size(), 2U);
  EXPECT_EQ(events[0].fields[1].second, "120");
  EXPECT_TRUE(logger.enabled(LogLevel::Info));
  EXPECT_FALSE(logger.enabled(LogLevel::Debug));
}

TEST(Logger, SurvivesACallbackThatThrows) {
  const Logger logger({.level = LogLevel::Info,
                       .callback = [](const LogEvent&) { throw std::runtime_error("no"); }});
  logger.log(LogLevel::Info, "first");
  logger.log(LogLevel::Info, "second");  // would hang if the first had kept its lock
}

TEST(Logger, SurvivesACallbackThatLogs) {
  int calls = 0;
  Logger logger;
  logger = Logger({.level = LogLevel::Info, .callback = [&](const LogEvent&) {
                     ++calls;
                     logger.log(LogLevel::Info, "from inside");
                   }});
  logger.log(LogLevel::Info, "from outside");
  logger.log(LogLevel::Info, "from outside");
  EXPECT_EQ(calls, 2);
}

TEST(Logger, CallsBackOneAtATime) {
  int running = 0;
  int most = 0;
  int calls = 0;
  const Logger logger({.level = LogLevel::Info, .callback = [&](const LogEvent&) {
                         most = std::max(most, ++running);
                         ++calls;
                         --running;
                       }});
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([logger] {
      for (int i = 0; i < 500; ++i) logger.log(LogLevel::Info, "line");
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(calls, 2000);
  EXPECT_EQ(most, 1);
}

TEST_F(LogFile, WritesTextLinesThatStayOneLine) {
  {
    const Logger logger({.level = LogLevel::Trace, .file = path()});
    logger.log(LogLevel::Info, "opened",
               {{"file", "app.db"}, {"note", "two words"}, {"empty", ""}});
    logger.log(LogLevel::Error, "broken\nname \x1B[31m", {{"table", "a\nb"}});
  }
  const auto written = lines(path());
  ASSERT_EQ(written.size(), 2U);
  EXPECT_TRUE(written[0].ends_with(R"(info  opened file=app.db note="two words" empty="")"))
      << written[0];
  EXPECT_EQ(written[0].find('T'), 10U);
  EXPECT_EQ(written[0][23], 'Z');
  EXPECT_TRUE(written[1].ends_with(R"(error broken\nname  [31m table="a\nb")")) << written[1];
}

TEST_F(LogFile, WritesJsonLines) {
  {
    const Logger logger({.level = LogLevel::Debug, .file = path(), .jsonLines = true});
    logger.log(LogLevel::Debug, "a \"quoted\"\nmessage",
               {{"table",
                 "us\xFF"
                 "ers"},
                {"n", "1"}});
    logger.log(LogLevel::Info, "plain");
  }
  const auto written = lines(path());
  ASSERT_EQ(written.size(), 2U);
  const auto first = nlohmann::json::parse(written[0]);
  EXPECT_EQ(first["level"], "debug");
  EXPECT_EQ(first["message"], "a \"quoted\"\nmessage");
  EXPECT_EQ(first["fields"]["table"],
            "us\xEF\xBF\xBD"
            "ers");
  EXPECT_EQ(first["fields"]["n"], "1");
  const std::string time = first["time"];
  EXPECT_EQ(time.size(), 24U);
  EXPECT_TRUE(time.ends_with('Z'));
  EXPECT_FALSE(nlohmann::json::parse(written[1]).contains("fields"));
}

TEST_F(LogFile, RotatesAndKeepsAsManyFilesAsAsked) {
  {
    const Logger logger(
        {.level = LogLevel::Info, .file = path(), .maxFileBytes = 1000, .maxFiles = 2});
    for (int i = 0; i < 100; ++i) logger.log(LogLevel::Info, "line " + std::to_string(i));
  }
  std::size_t files = 0;
  for (const auto& entry : fs::directory_iterator(folder_.path())) {
    EXPECT_LE(entry.file_size(), 1000U);
    ++files;
  }
  EXPECT_EQ(files, 3U);  // the one being written and two rotated ones
  EXPECT_TRUE(lines(path()).back().ends_with("line 99"));
}

TEST_F(LogFile, TakesLinesFromManyThreads) {
  {
    const Logger logger({.level = LogLevel::Info, .file = path(), .jsonLines = true});
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([logger, name = std::to_string(t)] {
        for (int i = 0; i < 250; ++i) logger.log(LogLevel::Info, "line", {{"thread", name}});
      });
    }
    for (std::thread& thread : threads) thread.join();
  }
  const auto written = lines(path());
  ASSERT_EQ(written.size(), 1000U);
  for (const std::string& line : written) ASSERT_TRUE(nlohmann::json::accept(line)) << line;
}

TEST_F(LogFile, IsReadableAtOnceFromInfoUpwards) {
  const Logger logger({.level = LogLevel::Debug, .file = path()});
  logger.log(LogLevel::Info, "now");
  EXPECT_EQ(lines(path()).size(), 1U);
  logger.log(LogLevel::Debug, "later");
  logger.flush();
  EXPECT_EQ(lines(path()).size(), 2U);
}

TEST_F(LogFile, ThatCannotBeOpenedIsAConfigError) {
  try {
    const Logger logger({.level = LogLevel::Info, .file = folder_.path().string()});
    FAIL() << "expected a ConfigError";
  } catch (const ConfigError& error) {
    EXPECT_NE(std::string(error.what()).find(folder_.path().string()), std::string::npos);
  }
  EXPECT_THROW(Logger({.level = LogLevel::Info, .file = path(), .maxFileBytes = 0}), ConfigError);
}

TEST(LoggerOnFullDisk, LosesTheLineButNothingElse) {
  if (::access("/dev/full", W_OK) != 0) GTEST_SKIP() << "no /dev/full here";
  std::vector<Collected> events;
  const Logger logger(
      {.level = LogLevel::Info, .file = "/dev/full", .callback = collectInto(events)});
  for (int i = 0; i < 5; ++i) logger.log(LogLevel::Info, "line");
  EXPECT_EQ(events.size(), 5U);
}

TEST(LogLevel, ReadsItsNames) {
  for (const LogLevel level : {LogLevel::Trace, LogLevel::Debug, LogLevel::Info, LogLevel::Warn,
                               LogLevel::Error, LogLevel::Off}) {
    EXPECT_EQ(parseLogLevel(logLevelName(level)), level);
  }
  EXPECT_EQ(parseLogLevel("WARN"), LogLevel::Warn);
  try {
    static_cast<void>(parseLogLevel("debgu"));
    FAIL() << "expected a ConfigError";
  } catch (const ConfigError& error) {
    EXPECT_STREQ(error.what(), R"(there is no log level "debgu"; did you mean "debug"?)");
  }
}

}  // namespace
}  // namespace sonde
