// `sonde doctor` on copies of Chinook and of PROJ's database: nothing to say of healthy ones, and
// each fault named.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <vector>

#include "../support/command.hpp"
#include "../support/sqlite_file.hpp"
#include "../support/temporary_folder.hpp"
#include "real_databases.hpp"

namespace sonde::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::MatchesRegex;

/// A copy of one's own of one of the two.
class DoctorOnRealDatabases : public testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (isChinook()) {
      const auto made = chinookDatabase(folder_);
      if (!made) GTEST_SKIP() << "the script of Chinook is nowhere";
      path_ = *made;
    } else {
      const auto installed = projDatabase();
      if (!installed) GTEST_SKIP() << "proj-data is not installed";
      path_ = folder_.file("proj.db");
      std::filesystem::copy_file(*installed, path_);
      std::filesystem::permissions(path_, std::filesystem::perms::owner_write,
                                   std::filesystem::perm_options::add);
    }
  }
  [[nodiscard]] static bool isChinook() { return std::string(GetParam()) == "Chinook"; }
  /// What fits the one or the other.
  [[nodiscard]] static std::string either(const std::string& chinook, const std::string& proj) {
    return isChinook() ? chinook : proj;
  }
  CommandResult doctor(std::vector<std::string> words = {}) {
    words.insert(words.begin(), {"doctor", path_});
    return sondeCommand(words);
  }

  TemporaryFolder folder_;
  std::string path_;
};

TEST_P(DoctorOnRealDatabases, HasNothingToSayOfAHealthyOne) {
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{}, std::vector<std::string>{"--deep"}}) {
    const CommandResult result = doctor(words);
    EXPECT_EQ(result.code, 0) << result.out;
    EXPECT_THAT(result.out, MatchesRegex(".*: healthy, [0-9]+ checks passed\n"));
  }
}

TEST_P(DoctorOnRealDatabases, NamesAnIndexThatAForeignKeyOfALargeTableLost) {
  runSql(path_, either("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 100)"
                       " INSERT INTO InvoiceLine(InvoiceId, TrackId, UnitPrice, Quantity)"
                       " SELECT InvoiceId, TrackId, UnitPrice, Quantity FROM InvoiceLine, n",
                       "DROP TRIGGER usage_insert_trigger;"
                       "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 5)"
                       " INSERT INTO usage SELECT auth_name, code || '.' || i, object_table_name,"
                       " object_auth_name, object_code, extent_auth_name, extent_code,"
                       " scope_auth_name, scope_code FROM usage, n"));
  runSql(path_, either("ANALYZE",
                       "CREATE INDEX by_extent ON usage(extent_auth_name, extent_code);"
                       "CREATE INDEX by_scope ON usage(scope_auth_name, scope_code);"
                       "ANALYZE"));
  EXPECT_EQ(doctor().code, 0) << doctor().out;
  runSql(path_, either("DROP INDEX IFK_InvoiceLineTrackId", "DROP INDEX by_extent"));
  const CommandResult result = doctor();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("1 problem found"), HasSubstr("(indexes)"),
                                HasSubstr(either("deleting from Track reads all of InvoiceLine",
                                                 "deleting from extent reads all of usage")),
                                HasSubstr("run    CREATE INDEX")));
}

TEST_P(DoctorOnRealDatabases, NamesStatisticsThatTheTableHasOutgrown) {
  runSql(path_, either("ANALYZE; DELETE FROM sqlite_stat1 WHERE tbl = 'Track';"
                       "INSERT INTO sqlite_stat1 VALUES ('Track', 'IFK_TrackAlbumId', '20 2')",
                       "UPDATE sqlite_stat1 SET stat = '100 2 1 1' WHERE tbl = 'usage'"));
  const CommandResult result = doctor();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("sqlite_stat1 (settings)"), HasSubstr("ANALYZE")));
}

TEST_P(DoctorOnRealDatabases, NamesRowsWithoutTheRowTheyReferTo) {
  runSql(path_, either("PRAGMA foreign_keys = OFF; DELETE FROM Artist WHERE ArtistId = 1",
                       "PRAGMA foreign_keys = OFF; DELETE FROM extent WHERE code = '1262'"));
  const CommandResult result = doctor({"--deep"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, AllOf(HasSubstr("[fail] foreign-keys (health)"),
                                HasSubstr(either("Album has rows without their row in Artist",
                                                 "usage has rows without their row in extent"))));
}

TEST_P(DoctorOnRealDatabases, NamesAWalThatAReaderKeepsFromBeingEmptied) {
  runSql(path_, "PRAGMA journal_mode = WAL");
  const RawDatabase reader(path_);
  reader.run("BEGIN; SELECT count(*) FROM sqlite_schema");
  const RawDatabase writer(path_);
  writer.run("CREATE TABLE much(data BLOB)");
  for (int i = 0; i < 70; ++i) writer.run("INSERT INTO much VALUES (randomblob(1048576))");
  const CommandResult result = doctor();
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("[warn] wal-backlog (health)"));
}

TEST_P(DoctorOnRealDatabases, NamesAPageThatWasOverwritten) {
  const auto pages = std::filesystem::file_size(path_) / 4096;
  {
    std::fstream file(path_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(static_cast<std::streamoff>(pages / 2 * 4096));
    file << std::string(4096, '\x5a');
  }
  const CommandResult result = doctor({"--deep"});
  EXPECT_EQ(result.code, 1);
  EXPECT_THAT(result.out, HasSubstr("[fail]"));
  EXPECT_THAT(result.out,
              AllOf(HasSubstr("[fail] integrity-check (health)"), HasSubstr("wrong: ")));
}

INSTANTIATE_TEST_SUITE_P(Of, DoctorOnRealDatabases, testing::Values("Chinook", "Proj"),
                         [](const testing::TestParamInfo<const char*>& tested) {
                           return std::string(tested.param);
                         });

}  // namespace
}  // namespace sonde::test
