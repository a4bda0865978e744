// Faults of SQLite databases, each turning the right check to the right status, and nothing told of
// healthy ones.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <unistd.h>
#include <sonde/db/database.hpp>
#include <sonde/monitor/health/health_monitor.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <string>

#include "../../real/real_databases.hpp"
#include "../../support/sqlite_file.hpp"
#include "../../support/temporary_folder.hpp"

namespace sonde {
namespace {

using namespace std::chrono_literals;
using test::RawDatabase;
using test::TemporaryFolder;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr const char* kShop =
    "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);"
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id),"
    " body BLOB);"
    "CREATE INDEX posts_of_users ON posts (user_id);"
    "INSERT INTO users VALUES (1, 'Ada'), (2, 'Bob');";

class SqliteHealth : public testing::Test {
 protected:
  /// @return The path of a new shop in this journal mode.
  std::string shop(const std::string& mode = "wal") {
    const std::string path = folder_.file("shop.db");
    test::runSql(path, "PRAGMA journal_mode = " + mode + ";" + kShop);
    return path;
  }
  static Database open(const std::string& path, HealthOptions options = {}) {
    Config config;
    config.uri = "sqlite:" + path;
    options.cacheFor = 0ms;
    options.moderateInterval = 0ms;
    config.health = std::move(options);
    return Database::open(config);
  }
  static CheckResult resultOf(const HealthReport& report, std::string_view name) {
    const CheckResult* const found = report.find(name);
    EXPECT_NE(found, nullptr) << name;
    return found == nullptr ? CheckResult() : *found;
  }
  static void expectSilence(const HealthReport& report) {
    EXPECT_EQ(report.status, HealthStatus::Pass);
    EXPECT_TRUE(report.ready);
    for (const CheckResult& check : report.checks) {
      EXPECT_EQ(check.status, HealthStatus::Pass) << check.info.name << ": " << check.finding;
    }
  }

  TemporaryFolder folder_;
};

TEST_F(SqliteHealth, HasNothingToSayOfHealthyDatabases) {
  for (const char* mode : {"wal", "delete"}) {
    const Database db = open(shop(mode));
    // A temporary table is of one connection only, and no change of the schema.
    if (std::string(mode) == "delete") db.execute("CREATE TEMP TABLE scratch (a)");
    static_cast<void>(db.health()->report());
    expectSilence(db.health()->runDeep());
    db.close();
    EXPECT_FALSE(std::filesystem::exists(folder_.file("shop.db-wal")));
    std::filesystem::remove(folder_.file("shop.db"));
  }
  const Database memory = open(":memory:");
  memory.executeScript(kShop);
  memory.health()->acceptSchema();
  static_cast<void>(memory.health()->report());
  expectSilence(memory.health()->runDeep());
}

TEST_F(SqliteHealth, HasNothingToSayOfRealDatabases) {
  std::size_t seen = 0;
  if (const auto proj = test::projDatabase()) {
    const std::string copy = folder_.file("proj.db");
    std::filesystem::copy_file(*proj, copy);
    const Database db = open(copy);
    static_cast<void>(db.health()->report());
    expectSilence(db.health()->runDeep());
    ++seen;
  }
  if (const auto chinook = test::chinookDatabase(folder_)) {
    const Database db = open(*chinook);
    static_cast<void>(db.health()->report());
    expectSilence(db.health()->runDeep());
    ++seen;
  }
  if (seen == 0) GTEST_SKIP() << "neither proj.db nor Chinook's script is here";
}

/// Another process that reads the database as it is now, until the object ends.
class OtherReader {
 public:
  explicit OtherReader(const std::string& path) {
    std::array<int, 2> ready{};
    if (pipe(ready.data()) != 0 || pipe(end_.data()) != 0) throw std::runtime_error("no pipe");
    process_ = fork();
    if (process_ == 0) {
      close(end_[1]);
      const RawDatabase raw(path);
      raw.run("BEGIN; SELECT count(*) FROM users");
      char byte = 'r';
      static_cast<void>(!write(ready[1], &byte, 1));
      static_cast<void>(!read(end_[0], &byte, 1));  // until the other end closes
      _exit(0);
    }
    close(end_[0]);
    char byte = 0;
    static_cast<void>(!read(ready[0], &byte, 1));
    close(ready[0]);
    close(ready[1]);
  }
  ~OtherReader() {
    close(end_[1]);
    waitpid(process_, nullptr, 0);
  }
  OtherReader(const OtherReader&) = delete;
  OtherReader& operator=(const OtherReader&) = delete;

  [[nodiscard]] int process() const noexcept { return process_; }

 private:
  std::array<int, 2> end_{};
  int process_ = 0;
};

TEST_F(SqliteHealth, NamesTheReaderThatKeepsTheLogFromBeingEmptied) {
  constexpr double kKiB = 1024;
  const std::string path = shop();
  HealthOptions options;
  options.checks["wal-backlog"] = {.warn = 512 * kKiB, .fail = 64 * 1024 * kKiB};
  options.checks["wal-size"] = {.warn = 512 * kKiB};
  // Before this process opens the file: a child would inherit its descriptors.
  auto reader = std::make_unique<OtherReader>(path);
  const Database db = open(path, options);
  EXPECT_EQ(resultOf(db.health()->report(), "wal-backlog").status, HealthStatus::Pass);
  db.execute("INSERT INTO posts (user_id, body) VALUES (1, zeroblob(1048576))");
  const CheckResult held = resultOf(db.health()->report(), "wal-backlog");
  EXPECT_EQ(held.status, HealthStatus::Warn);
  EXPECT_GE(*held.value, 1024 * kKiB);
  EXPECT_THAT(held.finding, AllOf(HasSubstr(" frames moved"),
                                  HasSubstr("process " + std::to_string(reader->process()))));
  EXPECT_EQ(resultOf(db.health()->report(), "wal-size").status, HealthStatus::Warn);

  reader.reset();
  RawDatabase(path).run(held.remedy);
  EXPECT_EQ(resultOf(db.health()->report(), "wal-backlog").status, HealthStatus::Pass);
  EXPECT_EQ(resultOf(db.health()->report(), "wal-size").status, HealthStatus::Pass);
}

TEST_F(SqliteHealth, FindsADamagedPage) {
  const std::string path = shop("delete");
  test::runSql(path,
               "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000)"
               " INSERT INTO posts SELECT i, 1, hex(randomblob(50)) FROM n");
  constexpr std::streamoff kPage = 4096;
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(10 * kPage);
  file.write(std::string(kPage, '\x5a').data(), kPage);
  file.close();
  const Database db = open(path);
  EXPECT_TRUE(db.health()->report().ready);  // the schema can be read
  const HealthReport report = db.health()->runDeep();
  EXPECT_EQ(resultOf(report, "quick-check").status, HealthStatus::Fail);
  EXPECT_EQ(resultOf(report, "integrity-check").status, HealthStatus::Fail);
  EXPECT_FALSE(resultOf(report, "integrity-check").finding.empty());
  EXPECT_EQ(report.status, HealthStatus::Fail);
}

TEST_F(SqliteHealth, FindsRowsWithoutTheirParents) {
  const std::string path = shop();
  test::runSql(path, "INSERT INTO posts (user_id) VALUES (1), (7), (8)");
  const Database db = open(path);
  const CheckResult check = resultOf(db.health()->runDeep(), "foreign-keys");
  EXPECT_EQ(check.status, HealthStatus::Fail);
  EXPECT_EQ(check.value, 2);
  EXPECT_EQ(check.finding, "2 rows: posts has rows without their row in users");
  EXPECT_EQ(check.remedy, "PRAGMA main.foreign_key_check(\"posts\")");
  db.execute("DELETE FROM posts WHERE user_id > 2");
  EXPECT_EQ(resultOf(db.health()->runDeep(), "foreign-keys").status, HealthStatus::Pass);
}

TEST_F(SqliteHealth, FindsAFileThatWasMovedWhileItIsOpen) {
  const std::string path = shop("delete");
  const Database db = open(path);
  EXPECT_TRUE(db.health()->report().ready);
  std::filesystem::rename(path, path + ".old");
  const HealthReport report = db.health()->report();
  EXPECT_EQ(resultOf(report, "connectivity").status, HealthStatus::Fail);
  EXPECT_FALSE(report.ready);
  std::filesystem::rename(path + ".old", path);
  EXPECT_TRUE(db.health()->report().ready);
}

TEST_F(SqliteHealth, TellsALockedFileFromALostOne) {
  const std::string path = shop("delete");
  const Database db = open(path);
  const RawDatabase other(path);
  other.run("BEGIN EXCLUSIVE");
  const CheckResult check = resultOf(db.health()->report(), "connectivity");
  EXPECT_EQ(check.status, HealthStatus::Warn);
  EXPECT_THAT(check.finding, HasSubstr("locked"));
  other.run("COMMIT");
  EXPECT_EQ(resultOf(db.health()->report(), "connectivity").status, HealthStatus::Pass);
}

TEST_F(SqliteHealth, TellsAnOnlyConnectionInUseFromADatabaseThatIsGone) {
  HealthOptions options;
  options.checks["connectivity"] = {.timeout = 20ms};
  const Database db = open(":memory:", options);
  const HealthReport report = db.transaction([&](Transaction&) { return db.health()->report(); });
  EXPECT_EQ(resultOf(report, "connectivity").status, HealthStatus::Unknown);
  EXPECT_THAT(resultOf(report, "connectivity").finding, HasSubstr("in use"));
  EXPECT_TRUE(report.ready);
}

TEST_F(SqliteHealth, FindsAFileMostOfWhichHoldsNothing) {
  const std::string path = shop("delete");
  const Database db = open(path);
  db.execute(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20)"
      " INSERT INTO posts SELECT i, 1, zeroblob(1048576) FROM n");
  EXPECT_EQ(resultOf(db.health()->report(), "free-list").status, HealthStatus::Pass);
  db.execute("DELETE FROM posts");
  const CheckResult check = resultOf(db.health()->report(), "free-list");
  EXPECT_EQ(check.status, HealthStatus::Warn);
  EXPECT_THAT(check.finding, HasSubstr("20 MiB of 20 MiB hold nothing"));
  db.execute(check.remedy);
  EXPECT_EQ(resultOf(db.health()->report(), "free-list").status, HealthStatus::Pass);
}

TEST_F(SqliteHealth, NoticesThatAnotherProgramChangedTheSchema) {
  const std::string path = shop();
  const Database db = open(path);
  EXPECT_EQ(resultOf(db.health()->report(), "schema").status, HealthStatus::Pass);
  test::runSql(path, "CREATE TABLE added (id INTEGER PRIMARY KEY)");
  EXPECT_EQ(resultOf(db.health()->report(), "schema").status, HealthStatus::Warn);
  test::runSql(path, "DROP TABLE added");
  EXPECT_EQ(resultOf(db.health()->report(), "schema").status, HealthStatus::Pass);
}

TEST_F(SqliteHealth, EndsTheDeepChecksWhenItIsTold) {
  const Database db = open(shop());
  std::stop_source stop;
  const HealthReport report =
      db.health()->runDeep(Context().stopToken(stop.get_token()),
                           [&](std::string_view, double) { stop.request_stop(); });
  EXPECT_EQ(resultOf(report, "quick-check").status, HealthStatus::Unknown);
  EXPECT_FALSE(resultOf(report, "integrity-check").measured);
}

TEST_F(SqliteHealth, JudgesFreeDiskByItsLimits) {
  HealthOptions options;
  options.checks["free-disk"] = {.warn = 1e18, .fail = 1};
  const Database db = open(shop(), options);
  const CheckResult check = resultOf(db.health()->report(), "free-disk");
  EXPECT_EQ(check.status, HealthStatus::Warn);
  EXPECT_THAT(check.finding, HasSubstr(folder_.path().string()));
}

/// A small file system in memory, where the system lets this user mount one.
class SmallDisk {
 public:
  explicit SmallDisk(const std::filesystem::path& where) : where_(where) {
    std::filesystem::create_directory(where);
    mounted_ = mount("tmpfs", where.c_str(), "tmpfs", 0, "size=64m") == 0;
  }
  ~SmallDisk() {
    if (mounted_) umount2(where_.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  [[nodiscard]] bool mounted() const noexcept { return mounted_; }

 private:
  std::filesystem::path where_;
  bool mounted_ = false;
};

TEST_F(SqliteHealth, FindsADiskThatIsFull) {
  const SmallDisk disk(folder_.path() / "disk");
  if (!disk.mounted()) GTEST_SKIP() << "this user may not mount a file system";
  test::runSql(folder_.file("disk/shop.db"), kShop);
  const Database db = open(folder_.file("disk/shop.db"));
  EXPECT_EQ(resultOf(db.health()->report(), "free-disk").status, HealthStatus::Warn);
  std::ofstream(folder_.file("disk/filler")) << std::string(60 << 20, 'x');
  EXPECT_EQ(resultOf(db.health()->report(), "free-disk").status, HealthStatus::Fail);
}

TEST_F(SqliteHealth, FindsAFolderThatTakesNoJournal) {
  using std::filesystem::perms;
  std::filesystem::permissions(folder_.path(), perms(0777));
  constexpr uid_t kNobody = 65534;
  const auto look = [&] {
    if (geteuid() == 0 && setuid(kNobody) != 0) return 2;  // root may write anywhere
    const std::filesystem::path own = folder_.path() / "own";
    std::filesystem::create_directory(own);
    test::runSql(own / "shop.db", kShop);
    const Database db = open(own / "shop.db");
    std::filesystem::permissions(own, perms(0555));
    const HealthStatus status = resultOf(db.health()->report(), "writable").status;
    std::filesystem::permissions(own, perms(0777));
    return status == HealthStatus::Fail ? 0 : 1;
  };
  EXPECT_EXIT(_exit(look()), testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace sonde
