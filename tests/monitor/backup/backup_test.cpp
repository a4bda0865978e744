// Backups of databases of every kind, while others use them.
#include <sonde/core/error.hpp>
#include <sonde/dialects/backup.hpp>
#include <sonde/dialects/registry.hpp>

#include <gmock/gmock.h>
#include <nlohmann/json.hpp>

#include <sys/stat.h>
#include <atomic>
#include <thread>

#include "backup_fixture.hpp"

namespace sonde::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class BackupOf : public BackupTest, public testing::WithParamInterface<Home> {};

std::string homeName(const testing::TestParamInfo<Home>& kind) {
  if (kind.param == Home::Wal) return "Wal";
  return kind.param == Home::Memory ? "Memory" : "RollbackJournal";
}

INSTANTIATE_TEST_SUITE_P(EveryHome, BackupOf,
                         testing::Values(Home::Wal, Home::RollbackJournal, Home::Memory), homeName);

TEST_P(BackupOf, GivesWhatTheSourceHeld) {
  const Database db = make(GetParam());
  const BackupReport report = db.backup(target_);
  EXPECT_THAT(left(), ElementsAre("copy.backup"));
  EXPECT_EQ(report.path, target_);
  EXPECT_EQ(report.bytes, std::filesystem::file_size(target_));
  EXPECT_GT(report.pages, 100U);
  EXPECT_EQ(report.fingerprint, db.schema()->fingerprint());

  const Database copy = Database::open("sqlite:" + target_);
  for (const char* const table : {"users", "tags", "names"}) {
    const std::string all = "SELECT * FROM " + std::string(table) + " ORDER BY 1";
    EXPECT_EQ(copy.sql(all).toJson(), db.sql(all).toJson()) << table;
  }
  EXPECT_EQ(copy.schema()->fingerprint(), db.schema()->fingerprint());
  EXPECT_EQ(read(target_, "SELECT seq FROM sqlite_sequence"), "2000\n");
  EXPECT_EQ(read(target_, "PRAGMA integrity_check"), "ok\n");
  // The source serves on.
  db.execute("INSERT INTO tags VALUES ('c', 1)");
}

TEST_P(BackupOf, CountsTheRowsOfEachTable) {
  const Database db = make(GetParam());
  const nlohmann::json report = db.backup(target_, {.fullCheck = true}).toJson();
  EXPECT_EQ(report.at("check"), "full");
  std::uint64_t users = 0;
  for (const auto& table : report.at("tables")) {
    EXPECT_NE(table.at("table"), "names");  // a view
    if (table.at("table") == "users") users = table.at("rows");
  }
  EXPECT_EQ(users, 2000U);
  EXPECT_THAT(report.at("finished").get<std::string>(), testing::EndsWith("Z"));
  EXPECT_TRUE(db.backup(folder_.file("uncounted"), {.countRows = false}).tables.empty());
}

TEST_P(BackupOf, LeavesFreePagesOutWhenItVacuums) {
  const Database db = make(GetParam());
  const BackupReport exact = db.backup(target_);
  const BackupReport small = db.backup(folder_.file("small.backup"), {.vacuum = true});
  EXPECT_TRUE(small.vacuumed);
  EXPECT_LT(small.bytes + 150'000, exact.bytes);
  EXPECT_EQ(small.rows(), exact.rows());
  EXPECT_THAT(left(), ElementsAre("copy.backup", "small.backup"));
  EXPECT_EQ(read(folder_.file("small.backup"), "PRAGMA freelist_count"), "0\n");
}

TEST_P(BackupOf, TellsHowFarItIs) {
  const Database db = make(GetParam());
  std::vector<BackupProgress> told;
  db.backup(target_, {.pagesPerStep = 50, .progress = [&](const BackupProgress& progress) {
                        told.push_back(progress);
                      }});
  std::size_t copying = 0;
  for (const BackupProgress& progress : told) {
    EXPECT_LE(progress.done, progress.total);
    copying += progress.stage == BackupStage::Copying ? 1 : 0;
  }
  EXPECT_GT(copying, 3U);
  EXPECT_EQ(told.front().stage, BackupStage::Copying);
  EXPECT_EQ(told.back().stage, BackupStage::Comparing);
}

TEST_P(BackupOf, EndsWhenItsContextSaysSo) {
  const Database db = make(GetParam());
  std::stop_source stop;
  BackupOptions options{.pagesPerStep = 10};
  options.progress = [&stop](const BackupProgress& progress) {
    if (progress.done > 20) stop.request_stop();
  };
  EXPECT_THROW(db.with(Context().stopToken(stop.get_token())).backup(target_, options), Cancelled);
  EXPECT_THROW(db.with(Context().timeout(std::chrono::milliseconds(0))).backup(target_), Timeout);
  EXPECT_THAT(left(), ElementsAre());
  EXPECT_EQ(db.sql("SELECT count(*) AS n FROM users")[0]["n"].as<int>(), 2000);
}

TEST_F(BackupTest, LetsWritersGoOnInWalAndKeepsItsSnapshot) {
  const Database db = make(Home::Wal);
  const RawDatabase writer(source_);
  int written = 0;
  BackupOptions options{.pagesPerStep = 10};
  options.progress = [&](const BackupProgress&) {
    writer.run("INSERT INTO users(name) VALUES ('late'); INSERT INTO tags VALUES ('late" +
               std::to_string(written++) + "', 1)");
  };
  const BackupReport report = db.backup(target_, options);
  EXPECT_GT(written, 10);
  EXPECT_EQ(read(target_, "SELECT count(*) FROM users"), "2000\n");
  EXPECT_EQ(read(target_, "SELECT count(*) FROM tags"), "2\n");
  EXPECT_EQ(report.rows(), 2000U + 2U + 1U);  // and sqlite_sequence
  EXPECT_EQ(read(source_, "SELECT count(*) FROM users"), std::to_string(2000 + written) + "\n");
}

TEST_F(BackupTest, BeginsAnewWhereSomebodyWroteWithARollbackJournal) {
  const Database db = make(Home::RollbackJournal);
  const RawDatabase writer(source_);
  int written = 0;
  BackupOptions options{.pagesPerStep = 10};
  options.progress = [&](const BackupProgress& progress) {
    if (progress.stage != BackupStage::Copying || progress.done < 50 || written == 3) return;
    writer.run("INSERT INTO users(name) VALUES ('late')");
    ++written;
  };
  db.backup(target_, options);
  EXPECT_EQ(written, 3);
  EXPECT_EQ(read(target_, "SELECT count(*) FROM users"), "2003\n");
}

TEST_F(BackupTest, IsConsistentWhileAnotherThreadWrites) {
  for (const Home home : {Home::Wal, Home::RollbackJournal}) {
    const TemporaryFolder folder;
    source_ = folder.file("app.db");
    const Database db = make(home);
    std::atomic<bool> done{false};
    std::thread writer([&] {
      for (int i = 0; !done; ++i) {
        db.transaction([&](Transaction& tx) {
          tx.execute("INSERT INTO users(name) VALUES (?)", {i});
          tx.execute("INSERT INTO tags VALUES (?, 1)", {i});
        });
      }
    });
    for (int round = 0; round < 3; ++round) {
      const std::string target = folder.file("copy" + std::to_string(round));
      db.backup(target, {.pagesPerStep = 20});
      // Each transaction wrote a row to both.
      EXPECT_EQ(read(target, "SELECT (SELECT count(*) FROM users) - (SELECT count(*) FROM tags)"),
                "1998\n");
    }
    done = true;
    writer.join();
  }
}

TEST_F(BackupTest, TakesTheMainDatabaseOnly) {
  make(Home::Wal).close();
  runSql(folder_.file("other.db"), "CREATE TABLE other(x)");
  Config config;
  config.uri = "sqlite:" + source_;
  config.attachments = {{"other", folder_.file("other.db")}};
  const Database db = Database::open(config);
  db.backup(target_);
  EXPECT_EQ(read(target_, "SELECT count(*) FROM sqlite_schema WHERE name = 'other'"), "0\n");
}

TEST_F(BackupTest, CopiesAnEmptyDatabase) {
  RawDatabase{source_}.run("PRAGMA user_version");
  const BackupReport report = Database::open("sqlite:" + source_ + "?mode=rwc").backup(target_);
  EXPECT_EQ(report.rows(), 0U);
  EXPECT_TRUE(Database::open("sqlite:" + target_).schema()->tables().empty());
}

TEST_F(BackupTest, ChangesNothingOfASourceOpenedForReading) {
  make(Home::RollbackJournal).close();
  const auto before = std::filesystem::last_write_time(source_);
  Config config;
  config.uri = "sqlite:" + source_;
  config.access = AccessMode::ReadOnly;
  Database::open(config).backup(target_);
  EXPECT_EQ(std::filesystem::last_write_time(source_), before);
  struct stat found {};
  ASSERT_EQ(stat(target_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777U, 0600U);  // rows are nobody else's business
}

TEST(BackupOfServers, NamesTheToolOfTheEngine) {
  const auto hintOf = [](const char* scheme) {
    try {
      static_cast<void>(makeDriver(scheme)->backup());
    } catch (const Unsupported& error) {
      return error.hint();
    }
    return std::string();
  };
  EXPECT_THAT(hintOf("postgresql"), HasSubstr("pg_dump"));
  EXPECT_THAT(hintOf("mysql"), HasSubstr("mariadb-dump"));
  EXPECT_THAT(hintOf("mock"), HasSubstr("tool"));
}

}  // namespace
}  // namespace sonde::test
