// Backups that must not be made, or not be left half made.
#include <sonde/core/error.hpp>
#include <sonde/dialects/backup.hpp>

#include <gmock/gmock.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>
#include <functional>

#include "backup_fixture.hpp"

namespace sonde::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class BackupFault : public BackupTest {
 protected:
  /// @return What the refusal of a backup says, with its hint.
  static std::string refusal(const Database& db, const std::string& target,
                             const BackupOptions& options = {}) {
    try {
      db.backup(target, options);
    } catch (const BackupError& error) {
      return std::string(error.what()) + "; " + error.hint();
    }
    return "no refusal";
  }

  /// Runs `work` in a process of its own. @return How waitpid() says it ended.
  static int inProcess(const std::function<void()>& work) {
    const pid_t child = fork();
    if (child == 0) {
      try {
        work();
      } catch (const std::exception&) {
        _exit(1);
      }
      _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return status;
  }
};

TEST_F(BackupFault, NeverTakesTheDatabaseItselfForItsTarget) {
  const Database db = make(Home::RollbackJournal);
  const std::string before = read(source_, "SELECT count(*) FROM users");
  std::filesystem::create_symlink(source_, folder_.file("link"));
  std::filesystem::create_hard_link(source_, folder_.file("hard"));
  const std::string detour =
      (folder_.path() / ".." / folder_.path().filename() / "app.db").string();
  for (const std::string& target : {source_, detour, folder_.file("link"), folder_.file("hard")}) {
    EXPECT_THAT(refusal(db, target, {.overwrite = true}), HasSubstr("the database itself"));
  }
  EXPECT_EQ(read(source_, "SELECT count(*) FROM users"), before);
}

TEST_F(BackupFault, ReplacesAFileOnlyWhenAskedAndOnlyByAWholeOne) {
  const Database db = make(Home::Wal);
  std::ofstream(target_) << "precious";
  EXPECT_THAT(refusal(db, target_), HasSubstr("there is a file already"));
  BackupOptions options{.overwrite = true, .pagesPerStep = 10};
  options.progress = [](const BackupProgress& progress) {
    if (progress.stage == BackupStage::Comparing) throw std::runtime_error("no more");
  };
  EXPECT_THROW(db.backup(target_, options), std::runtime_error);
  std::string kept;
  std::ifstream(target_) >> kept;
  EXPECT_EQ(kept, "precious");
  EXPECT_THAT(left(), ElementsAre("copy.backup"));
  db.backup(target_, {.overwrite = true});
  EXPECT_EQ(read(target_, "SELECT count(*) FROM users"), "2000\n");
}

TEST_F(BackupFault, MindsAFileThatWasMadeMeanwhile) {
  const Database db = make(Home::Wal);
  BackupOptions options;
  options.progress = [this](const BackupProgress& progress) {
    if (progress.stage == BackupStage::Comparing) std::ofstream(target_) << "precious";
  };
  EXPECT_THAT(refusal(db, target_, options), HasSubstr("made meanwhile"));
  EXPECT_THAT(left(), ElementsAre("copy.backup"));
}

TEST_F(BackupFault, LeavesALogOfAnotherDatabaseAlone) {
  const Database db = make(Home::Wal);
  std::ofstream(target_ + "-wal") << "log";
  EXPECT_THAT(refusal(db, target_, {.overwrite = true}), HasSubstr("copy.backup-wal"));
}

TEST_F(BackupFault, SaysWhatIsWrongWithTheTarget) {
  const Database db = make(Home::Wal);
  EXPECT_THAT(refusal(db, ""), HasSubstr("no path"));
  EXPECT_THAT(refusal(db, folder_.path().string()), HasSubstr("it is a folder"));
  EXPECT_THAT(refusal(db, folder_.file("none/copy")), HasSubstr("mkdir -p"));
  // Neither root nor anybody else may make files there.
  EXPECT_THAT(refusal(db, "/sys/sonde.backup"), HasSubstr("may not be written by this user"));
}

TEST_F(BackupFault, LetsOneProcessWriteToATarget) {
  const Database db = make(Home::Wal);
  std::string second;
  BackupOptions options;
  options.progress = [&](const BackupProgress&) {
    if (second.empty()) second = refusal(db, target_);
  };
  db.backup(target_, options);
  EXPECT_THAT(second, HasSubstr("another backup is being written there"));
}

TEST_F(BackupFault, FindsADamagedPage) {
  for (const Home home : {Home::Wal, Home::RollbackJournal}) {
    const TemporaryFolder folder;
    source_ = folder.file("app.db");
    target_ = folder.file("copy.backup");
    make(home).close();
    {
      std::fstream file(source_, std::ios::in | std::ios::out | std::ios::binary);
      file.seekp(4096 * 20);
      file << std::string(4096, '\xA5');
    }
    const Database db = Database::open("sqlite:" + source_);
    for (const bool vacuum : {false, true}) {
      EXPECT_THAT(refusal(db, target_, {.vacuum = vacuum}), HasSubstr("did not pass its check"));
    }
    EXPECT_FALSE(std::filesystem::exists(target_));
    EXPECT_FALSE(std::filesystem::exists(target_ + ".partial"));
    EXPECT_FALSE(std::filesystem::exists(target_ + ".partial-copy"));
  }
}

TEST_F(BackupFault, FindsAnIndexThatDiffersFromItsTableWhenItChecksInFull) {
  {
    const Database db = make(Home::RollbackJournal);
    db.close();
  }
  // An entry of the index is taken away behind the engine's back.
  runSql(source_,
         "PRAGMA writable_schema = on;"
         "UPDATE sqlite_schema SET sql = 'CREATE INDEX users_name ON users(name) WHERE id < 5' "
         "WHERE name = 'users_name'");
  runSql(source_,
         "REINDEX users_name;"
         "PRAGMA writable_schema = on;"
         "UPDATE sqlite_schema SET sql = 'CREATE INDEX users_name ON users(name)' "
         "WHERE name = 'users_name'");
  const Database db = Database::open("sqlite:" + source_);
  EXPECT_THAT(refusal(db, target_, {.fullCheck = true}), HasSubstr("users_name"));
  EXPECT_THAT(left(), ElementsAre());
}

TEST_F(BackupFault, SaysThatTheDiskIsFullAndLeavesNothing) {
  make(Home::Wal).close();
  for (const bool vacuum : {false, true}) {
    const int status = inProcess([&] {
      std::signal(SIGXFSZ, SIG_IGN);  // or the limit would kill it
      const Database db = Database::open("sqlite:" + source_);
      const rlimit limit{400'000, 400'000};
      setrlimit(RLIMIT_FSIZE, &limit);
      const std::string why = refusal(db, target_, {.vacuum = vacuum});
      if (why.find("cannot be written") == std::string::npos) throw std::runtime_error(why);
    });
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << vacuum;
    EXPECT_THAT(left(), ElementsAre());
  }
}

TEST_F(BackupFault, LeavesNoFileUnderItsNameWhenItIsKilled) {
  make(Home::Wal).close();
  for (const BackupStage stage : {BackupStage::Copying, BackupStage::Rewriting,
                                  BackupStage::Checking, BackupStage::Comparing}) {
    const int status = inProcess([&] {
      const Database db = Database::open("sqlite:" + source_);
      BackupOptions options{.vacuum = true, .pagesPerStep = 10};
      options.progress = [stage](const BackupProgress& progress) {
        if (progress.stage == stage && progress.done * 2 >= progress.total) std::raise(SIGKILL);
      };
      db.backup(target_, options);
    });
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_FALSE(std::filesystem::exists(target_)) << backupStageName(stage);
  }
  EXPECT_THAT(left(), testing::Contains("copy.backup.partial"));
  // The next one takes over what the dead left.
  Database::open("sqlite:" + source_).backup(target_, {.vacuum = true});
  EXPECT_EQ(read(target_, "SELECT count(*) FROM users"), "2000\n");
  EXPECT_THAT(left(), ElementsAre("copy.backup"));
}

}  // namespace
}  // namespace sonde::test
