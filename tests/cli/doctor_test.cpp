// `sonde doctor`: one line for a healthy database, one page for another.
#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

#include "command_fixture.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;

constexpr const char* kShop =
    "CREATE TABLE users (id INTEGER PRIMARY KEY);"
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id));"
    "INSERT INTO users VALUES (1);";
constexpr const char* kOrphans = "INSERT INTO posts VALUES (1, 1), (2, 7);";

class Doctor : public CommandTest {};

TEST_F(Doctor, NeedsOneLineForAHealthyDatabase) {
  const std::string path = database(kShop);
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"doctor", path}, {"doctor", path, "--deep"}}) {
    const auto result = sondeCommand(words);
    EXPECT_EQ(result.code, 0) << result.out;
    EXPECT_THAT(result.out, MatchesRegex(".*test[.]db: healthy, [0-9]+ checks passed\n"));
    EXPECT_EQ(result.err, "");
  }
  EXPECT_EQ(folder_.entries(), 1U);  // nothing was left beside it
}

TEST_F(Doctor, SaysWhatIsWrongWhyAndWhatToDo) {
  const std::string path = database(std::string(kShop) + kOrphans);
  EXPECT_EQ(sondeCommand({"doctor", path}).code, 0);  // it takes reading everything
  const auto result = sondeCommand({"doctor", path, "--deep"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("1 problem found"), HasSubstr("[fail] foreign-keys (health)"),
                    HasSubstr("posts has rows without their row in users"),
                    HasSubstr("run    PRAGMA main.foreign_key_check(\"posts\")")));
  EXPECT_EQ(result.err, "");
}

TEST_F(Doctor, AdvisesOnSettingsThatAreWorthChangingOnly) {
  const std::string path =
      database(std::string(kShop) +
               "CREATE INDEX by_user ON posts (user_id); ANALYZE;"
               "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000)"
               " INSERT INTO posts SELECT i, 1 FROM n;");
  // An empty table was not analyzed at all, so the statistics are told to be missing, not stale.
  const auto result = sondeCommand({"doctor", path});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("1 problem found"), HasSubstr("[warn] sqlite_stat1 (settings)"),
                    HasSubstr("ANALYZE main.\"posts\""), HasSubstr("undo")));
}

TEST_F(Doctor, NamesAnIndexThatIsThereTwice) {
  const std::string path = database(std::string(kShop) +
                                    "CREATE INDEX narrow ON posts (user_id);"
                                    "CREATE INDEX wide ON posts (user_id, id DESC);");
  EXPECT_EQ(sondeCommand({"doctor", path}).code, 0);  // the narrow one may be the faster one
  runSql(path, "CREATE INDEX twin ON posts (user_id)");
  EXPECT_EQ(sondeCommand({"doctor", path}).code, 0);  // nobody feels it
  runSql(path,
         "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 10000)"
         " INSERT INTO posts SELECT i, 1 FROM n; ANALYZE");
  const auto result = sondeCommand({"doctor", path});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("1 problem found"), HasSubstr(" (indexes)"),
                                HasSubstr("DROP INDEX"), HasSubstr("CREATE INDEX")));
}

TEST_F(Doctor, GivesTheSameAsJson) {
  const std::string path = database(std::string(kShop) + kOrphans);
  const auto result = sondeCommand({"doctor", path, "--deep", "--format", "json"});
  EXPECT_EQ(result.code, 1);
  const auto json = nlohmann::json::parse(result.out);
  EXPECT_EQ(json["healthy"], false);
  EXPECT_EQ(json["sections"][0]["name"], "health");
  const auto& finding = json["sections"][0]["findings"][0];
  EXPECT_EQ(finding["name"], "foreign-keys");
  EXPECT_EQ(finding["severity"], "fail");
}

TEST_F(Doctor, IsCalledToDatabasesThatCannotBeOpened) {
  const std::string path = database(kShop);
  std::filesystem::resize_file(path, 0);
  std::filesystem::resize_file(path, 8192);
  const auto result = sondeCommand({"doctor", path});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("[fail] connectivity (health)"));
  EXPECT_EQ(sondeCommand({"doctor", folder_.file("absent.db")}).code, 1);
  EXPECT_EQ(sondeCommand({"doctor", path, "--format", "xml"}).code, cli::kUsage);
}

TEST_F(Doctor, ShowsHowFarItIsOnATerminalOnly) {
  const std::string path = database(kShop);
  EXPECT_EQ(sondeCommand({"doctor", path, "--deep"}).err, "");
  cli::Terminal terminal;
  terminal.width = 80;
  const auto result = sondeCommand({"doctor", path, "--deep"}, terminal);
  EXPECT_THAT(result.err, AllOf(HasSubstr("integrity-check ["), HasSubstr("100 %")));
  EXPECT_TRUE(result.err.ends_with("\r\x1b[K"));  // it rubs itself out
  EXPECT_THAT(result.out, Not(HasSubstr("###")));
}

}  // namespace
}  // namespace sonde::test
