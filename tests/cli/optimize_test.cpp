// `sonde optimize`: what it prints, what it changes, and that it changes nothing else.
#include <gmock/gmock.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "../real/real_databases.hpp"
#include "command_fixture.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kUnanalyzed =
    "CREATE TABLE t (a, b); CREATE INDEX i ON t (a);"
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
    " INSERT INTO t SELECT i % 100, i FROM n;";

/// Every file of a folder with its bytes and the time it was changed.
struct FileState {
  std::string bytes;
  std::filesystem::file_time_type changed;
  bool operator==(const FileState&) const = default;
};
std::map<std::string, FileState> stateOf(const std::string& folder) {
  std::map<std::string, FileState> files;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().filename().string()] = {{std::istreambuf_iterator<char>(in), {}},
                                               entry.last_write_time()};
  }
  return files;
}

class Optimize : public CommandTest {};

TEST_F(Optimize, PrintsReasonPriceStatementAndUndo) {
  const std::string path = database(kUnanalyzed);
  const auto result = sondeCommand({"optimize", path});
  EXPECT_EQ(result.code, 0);
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("sqlite.statistics.missing"), HasSubstr("ANALYZE main.\"t\""),
                    HasSubstr("DROP TABLE sqlite_stat1"), HasSubstr("why"), HasSubstr("costs"),
                    HasSubstr("1 recommendation to carry out with --apply")));
  EXPECT_EQ(result.err, "");
}

TEST_F(Optimize, AppliesWhatIsSafeAndHasNothingToDoTheSecondTime) {
  const std::string path = database(kUnanalyzed);
  const auto first = sondeCommand({"optimize", path, "--apply"});
  EXPECT_EQ(first.code, 0) << first.err;
  EXPECT_THAT(first.out, AllOf(HasSubstr("done: sqlite_stat1"), HasSubstr("undo")));
  const auto before = stateOf(folder_.file(""));
  const auto second = sondeCommand({"optimize", path, "--apply"});
  EXPECT_EQ(second.code, 0);
  EXPECT_THAT(second.out, AllOf(HasSubstr("Nothing to do."), Not(HasSubstr("done"))));
  EXPECT_EQ(stateOf(folder_.file("")), before);
}

TEST_F(Optimize, ChangesNotOneByteInADryRun) {
  database(std::string("PRAGMA journal_mode = wal;") + kUnanalyzed, "wal.db");
  database(kUnanalyzed, "old.db");
  const auto before = stateOf(folder_.file(""));
  ASSERT_EQ(before.size(), 2U);
  for (const char* name : {"wal.db", "old.db"}) {
    for (const std::vector<std::string>& more :
         {std::vector<std::string>{"--dry-run"}, {"--apply", "--dry-run"}, {}}) {
      std::vector<std::string> words{"optimize", folder_.file(name), "--profile", "production"};
      words.insert(words.end(), more.begin(), more.end());
      const auto result = sondeCommand(words);
      EXPECT_EQ(result.code, 0) << result.err;
      EXPECT_THAT(result.out, HasSubstr("sqlite.statistics.missing"));
      EXPECT_TRUE(stateOf(folder_.file("")) == before) << name << " or a file beside it changed";
    }
  }
}

TEST_F(Optimize, BringsTheFileToAProfile) {
  const std::string path = database("CREATE TABLE t (a)");
  const auto result = sondeCommand({"optimize", path, "--profile", "production", "--apply"});
  EXPECT_EQ(result.code, 0) << result.err;
  EXPECT_THAT(result.out, AllOf(HasSubstr("done: journal_mode: wal"),
                                HasSubstr("PRAGMA journal_mode = delete")));
  const auto again = sondeCommand({"optimize", path, "--profile", "production", "--apply"});
  EXPECT_THAT(again.out, HasSubstr("Nothing to do."));
}

TEST_F(Optimize, PrintsThePlanAsJson) {
  const std::string path = database(kUnanalyzed);
  const auto plan = nlohmann::json::parse(sondeCommand({"optimize", path, "--format", "json"}).out);
  EXPECT_EQ(plan["engine"], "sqlite");
  EXPECT_EQ(plan["applied"], nlohmann::json::array());
  const auto applied = nlohmann::json::parse(
      sondeCommand({"optimize", path, "--format", "json", "--apply"}).out)["applied"];
  ASSERT_EQ(applied.size(), 1U);
  EXPECT_EQ(applied[0]["id"], "sqlite.statistics.missing");
  EXPECT_EQ(applied[0]["verified"], true);
}

TEST_F(Optimize, FailsWhereARecommendationCouldNotBeCarriedOut) {
  const std::string path = database(kUnanalyzed);
  const RawDatabase other(path);
  other.run("BEGIN IMMEDIATE");
  const auto result = sondeCommand({"optimize", "sqlite:" + path + "?busy_timeout=20", "--apply"});
  EXPECT_EQ(result.code, cli::kFailure);
  EXPECT_THAT(result.out, HasSubstr("failed: sqlite_stat1"));
  EXPECT_THAT(result.err, HasSubstr("1 of 1 recommendations did not take effect"));
}

TEST_F(Optimize, NamesTheNearestProfile) {
  const std::string path = database("CREATE TABLE t (a)");
  const auto result = sondeCommand({"optimize", path, "--profile", "prodution"});
  EXPECT_EQ(result.code, cli::kFailure);
  EXPECT_THAT(result.err, HasSubstr("did you mean \"production\"?"));
}

TEST_F(Optimize, SaysWhatDoesNotHoldAsAsked) {
  const std::string path = database("CREATE TABLE t (a)");
  const auto result = sondeCommand({"optimize", "sqlite:" + path + "?journal_mode=wal"});
  EXPECT_THAT(result.out, AllOf(HasSubstr("journal_mode is delete, not wal as asked"),
                                HasSubstr("reading only")));
}

TEST_F(Optimize, MendsChinook) {
  const TemporaryFolder folder;
  const auto path = chinookDatabase(folder);
  if (!path) GTEST_SKIP() << "Chinook is not here";
  const auto before = stateOf(folder.file(""));
  EXPECT_EQ(sondeCommand({"optimize", *path, "--dry-run"}).code, 0);
  EXPECT_TRUE(stateOf(folder.file("")) == before);
  EXPECT_EQ(sondeCommand({"optimize", *path, "--apply"}).code, 0);
  EXPECT_THAT(sondeCommand({"optimize", *path, "--apply"}).out, HasSubstr("Nothing to do"));
}

TEST_F(Optimize, MendsProj) {
  const auto original = projDatabase();
  if (!original) GTEST_SKIP() << "proj.db is not here";
  const std::string path = folder_.file("proj.db");
  std::filesystem::copy_file(*original, path);
  EXPECT_EQ(sondeCommand({"optimize", path, "--apply"}).code, 0);
  EXPECT_THAT(sondeCommand({"optimize", path, "--apply"}).out, HasSubstr("Nothing to do"));
}

}  // namespace
}  // namespace sonde::test
