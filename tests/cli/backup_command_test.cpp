// `sonde backup`.
#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <filesystem>
#include <string>

#include "command_fixture.hpp"

namespace sonde::test {
namespace {

using testing::HasSubstr;

class BackupCommand : public CommandTest {
 protected:
  std::string source_ = database(
      "CREATE TABLE users(id INTEGER PRIMARY KEY, name TEXT);"
      "INSERT INTO users(name) VALUES ('Ada'), ('Grace');");
  std::string target_ = folder_.file("copy.backup");
};

TEST_F(BackupCommand, SaysWhatItMadeAndChecked) {
  const CommandResult result = sondeCommand({"backup", source_, target_});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr(target_));
  EXPECT_THAT(result.out, HasSubstr("1 table with 2 rows as in the source"));
  EXPECT_EQ(result.err, "");  // no bar where there is no terminal
  EXPECT_EQ(sondeCommand({"query", target_, "SELECT count(*) FROM users"}).code, 0);
}

TEST_F(BackupCommand, WritesItsReportAsJson) {
  const CommandResult result =
      sondeCommand({"backup", source_, target_, "--vacuum", "--full-check", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto report = nlohmann::json::parse(result.out);
  EXPECT_EQ(report.at("path"), target_);
  EXPECT_EQ(report.at("bytes"), std::filesystem::file_size(target_));
  EXPECT_EQ(report.at("check"), "full");
  EXPECT_EQ(report.at("vacuumed"), true);
  EXPECT_EQ(report.at("rows"), 2);
}

TEST_F(BackupCommand, ShowsABarOnATerminalAndTakesItAway) {
  const CommandResult result =
      sondeCommand({"backup", source_, target_}, {.colours = true, .width = 80});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.err, HasSubstr("copying ["));
  EXPECT_THAT(result.err, HasSubstr("] 100 %"));
  EXPECT_THAT(result.err, testing::EndsWith("\r\x1b[K"));
}

TEST_F(BackupCommand, ReplacesAFileOnlyByForce) {
  ASSERT_EQ(sondeCommand({"backup", source_, target_}).code, 0);
  const CommandResult refused = sondeCommand({"backup", source_, target_});
  EXPECT_EQ(refused.code, 1);
  EXPECT_THAT(refused.err, HasSubstr("there is a file already"));
  EXPECT_EQ(sondeCommand({"backup", source_, target_, "--force"}).code, 0);
  EXPECT_EQ(sondeCommand({"backup", source_, source_, "--force"}).code, 1);
  EXPECT_EQ(sondeCommand({"backup", source_}).code, 2);
}

}  // namespace
}  // namespace sonde::test
