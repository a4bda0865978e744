// Backups that are made by themselves, and which of them are kept.
#include <sonde/core/error.hpp>
#include <sonde/monitor/backup/backup_age.hpp>
#include <sonde/monitor/backup/backup_schedule.hpp>
#include <sonde/monitor/health/health_monitor.hpp>

#include <gmock/gmock.h>

#include <chrono>
#include <fstream>
#include <thread>

#include "backup_fixture.hpp"

namespace sonde::test {
namespace {

using std::chrono::system_clock;
using testing::ElementsAre;
using testing::HasSubstr;
using namespace std::chrono_literals;

system_clock::time_point at(std::time_t seconds) { return system_clock::from_time_t(seconds); }

TEST(BackupStore, NamesBackupsByDatabaseAndTimeInUtc) {
  const BackupStore store("/backups", "shop");
  EXPECT_EQ(store.pathAt(at(1'795'646'700)), "/backups/shop-20261125T224500Z.backup");
  EXPECT_EQ(isoUtc(at(1'795'646'700)), "2026-11-25T22:45:00Z");
}

TEST(BackupStore, SeesOnlyItsOwn) {
  const TemporaryFolder folder;
  const BackupStore store(folder.path().string(), "shop");
  const std::string newest = store.pathAt(at(2'000));
  for (const std::string& name :
       {store.pathAt(at(1'000)), newest, folder.file("shop-20261125T224500Z.backup.partial"),
        folder.file("other-20261125T224500Z.backup"), folder.file("shop-2-20261125T224500Z.backup"),
        folder.file("shop-20261332T224500Z.backup"), folder.file("shop-2026112 T224500Z.backup"),
        folder.file("shop.backup")}) {
    std::ofstream(name) << "1234";
  }
  std::filesystem::create_directory(folder.file("shop-20200101T000000Z.backup"));
  std::filesystem::create_symlink(newest, folder.file("shop-20200102T000000Z.backup"));
  const auto found = store.list();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].path, newest);
  EXPECT_EQ(found[0].time, at(2'000));
  EXPECT_EQ(found[0].bytes, 4U);
  EXPECT_EQ(store.prune(1, newest).size(), 1U);
  EXPECT_EQ(folder.entries(), 9U);
  EXPECT_TRUE(BackupStore("/no/such/folder", "shop").list().empty());
}

TEST(BackupStore, NeverRemovesTheNewestNorTheOneJustMade) {
  const TemporaryFolder folder;
  const BackupStore store(folder.path().string(), "shop");
  for (const std::time_t time : {1'000, 2'000, 3'000, 4'000}) std::ofstream(store.pathAt(at(time)));
  // The clock was set back: what was just made is the oldest by its name.
  EXPECT_THAT(store.prune(2, store.pathAt(at(1'000))), ElementsAre(store.pathAt(at(2'000))));
  EXPECT_EQ(store.prune(0, {}).size(), 2U);
  EXPECT_EQ(store.newest()->time, at(4'000));
}

class ScheduledBackup : public BackupTest {
 protected:
  void SetUp() override {
    make(Home::Wal).close();
    std::filesystem::create_directory(backups_);
  }
  [[nodiscard]] Database open(const std::string& every, std::size_t keep = 7) const {
    Config config;
    config.uri = "sqlite:" + source_;
    config.set("backup.directory", backups_);
    config.set("backup.everyMs", every);
    config.backup.keep = keep;
    return Database::open(config);
  }
  [[nodiscard]] std::size_t count() const { return BackupStore(backups_, "app").list().size(); }

  std::string backups_ = folder_.file("backups");
};

TEST_F(ScheduledBackup, IsMadeAtOnceAndNotAgainBeforeItIsDue) {
  {
    const Database db = open("3600000");
    while (!db.backupState()->newest) std::this_thread::sleep_for(1ms);
    EXPECT_EQ(db.backupState()->failure, "");
    EXPECT_EQ(db.backupState()->every, 1h);
    EXPECT_EQ(read(db.backupState()->newest->path, "SELECT count(*) FROM users"), "2000\n");
  }
  // What is there counts for the next process too.
  const Database again = open("3600000");
  EXPECT_TRUE(again.backupState()->newest);
  again.close();
  EXPECT_EQ(count(), 1U);
}

TEST_F(ScheduledBackup, KeepsAsManyAsAsked) {
  const BackupStore store(backups_, "app");
  for (const std::time_t time : {1'000, 2'000, 3'000}) std::ofstream(store.pathAt(at(time)));
  const Database db = open("3600000", 2);
  while (count() != 2) std::this_thread::sleep_for(1ms);
  EXPECT_GT(db.backupState()->newest->bytes, 100'000U);
  EXPECT_EQ(store.list().back().time, at(3'000));
}

TEST_F(ScheduledBackup, TellsWhyItFailedAndKeepsWhatThereIs) {
  const BackupStore store(backups_, "app");
  std::ofstream(store.pathAt(at(1'000)));
  {
    std::fstream file(source_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096 * 20);
    file << std::string(4096, '\xA5');
  }
  const Database db = open("3600000", 1);
  while (db.backupState()->failure.empty()) std::this_thread::sleep_for(1ms);
  EXPECT_THAT(db.backupState()->failure, HasSubstr("did not pass its check"));
  EXPECT_EQ(count(), 1U);
}

TEST_F(ScheduledBackup, NeedsAFolderAndAnEngineThatItCanCopy) {
  Config config;
  config.uri = "sqlite:" + source_;
  config.backup.directory = folder_.file("none");
  EXPECT_THROW(static_cast<void>(Database::open(config)), ConfigError);
  config.uri = "mock:";
  config.backup.directory = backups_;
  EXPECT_THROW(static_cast<void>(Database::open(config)), Unsupported);
  EXPECT_THROW(config.set("backup.keep", "0"), ConfigError);
  config.backup.directory.clear();
  config.uri = "sqlite:" + source_;
  EXPECT_FALSE(Database::open(config).backupState());
}

TEST_F(ScheduledBackup, HasItsAgeAmongTheHealthChecks) {
  const Database db = open("3600000");
  while (!db.backupState()->newest) std::this_thread::sleep_for(1ms);
  const HealthReport report = db.health()->report();
  const CheckResult* const check = report.find("backup-age");
  ASSERT_NE(check, nullptr);
  EXPECT_EQ(check->status, HealthStatus::Pass) << check->finding;
  EXPECT_EQ(check->info.limits.warn, 5400.0);
}

TEST(BackupAge, IsJudgedByHowOftenBackupsAreMade) {
  const ProbeInfo info = backupAgeCheck(1h);
  BackupState state;
  state.every = 1h;
  EXPECT_EQ(backupAge(state, at(0)).status, HealthStatus::Warn);  // there is none yet
  state.newest = StoredBackup{"/backups/shop-19700101T000000Z.backup", at(0), 1};
  const auto judged = [&](std::time_t now) {
    const Reading reading = backupAge(state, at(now));
    return reading.status.value_or(info.limits.judge(*reading.value));
  };
  EXPECT_EQ(judged(3'600), HealthStatus::Pass);
  EXPECT_EQ(judged(5'400), HealthStatus::Warn);
  EXPECT_EQ(judged(10'800), HealthStatus::Fail);
  state.failure = "no space is left";
  EXPECT_EQ(judged(60), HealthStatus::Warn);
  EXPECT_EQ(judged(10'800), HealthStatus::Fail);
  EXPECT_THAT(backupAge(state, at(60)).finding, HasSubstr("no space is left"));
}

}  // namespace
}  // namespace sonde::test
