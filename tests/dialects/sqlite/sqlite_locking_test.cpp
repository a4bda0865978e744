#include <gmock/gmock.h>

#include <atomic>
#include <chrono>
#include <thread>

#include "driver_fixture.hpp"

namespace sonde::test {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using Clock = std::chrono::steady_clock;

// Counts for ever: whatever ends it, it is not the end of the query.
constexpr const char* kEndless =
    "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c";

// A deadline that is not over before the statement starts, even on a loaded machine.
constexpr auto kSoon = 300ms;

constexpr auto kLong = 20s;  // Far more than anything here takes, even under sanitizers.

/// Another process that holds the whole database until this object goes.
class LockingProcess {
 public:
  LockingProcess(const std::string& path, const char* sql) {
    int ready[2];
    int done[2];
    if (pipe(ready) != 0 || pipe(done) != 0) throw std::runtime_error("pipe failed");
    child_ = fork();
    if (child_ == 0) {
      close(done[1]);
      const RawDatabase db(path);
      const char ok =
          sqlite3_exec(db.get(), sql, nullptr, nullptr, nullptr) == SQLITE_OK ? '1' : '0';
      char ignored = 0;
      const bool told = write(ready[1], &ok, 1) == 1;
      const auto got = read(done[0], &ignored, 1);  // Ends when the parent closes its end.
      _exit(told && got == 0 ? 0 : 1);
    }
    close(done[0]);
    close(ready[1]);
    done_ = done[1];
    char ok = '0';
    held_ = read(ready[0], &ok, 1) == 1 && ok == '1';
    close(ready[0]);
  }
  LockingProcess(const LockingProcess&) = delete;
  LockingProcess& operator=(const LockingProcess&) = delete;
  ~LockingProcess() {
    close(done_);
    waitpid(child_, nullptr, 0);
  }
  [[nodiscard]] bool held() const { return held_; }

 private:
  pid_t child_ = 0;
  int done_ = -1;
  bool held_ = false;
};

class SqliteLocking : public ::testing::Test {
 protected:
  SqliteLocking() { runSql(path_, "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)"); }
  TemporaryFolder folder_;
  std::string path_ = folder_.file("a.db");
};

TEST_F(SqliteLocking, OpeningALockedDatabaseEndsInATimeout) {
  const LockingProcess other(path_, "BEGIN EXCLUSIVE");
  ASSERT_TRUE(other.held());
  const auto start = Clock::now();
  const auto error = caught<Timeout>([&] { open(optionsFor(path_)); });
  EXPECT_GE(Clock::now() - start, 100ms);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("locked"), HasSubstr("100 ms")));
  EXPECT_EQ(error.sqlState(), "55P03");
}

TEST_F(SqliteLocking, WritingALockedDatabaseEndsInATimeout) {
  const auto db = open(optionsFor(path_));
  const auto statement = db->prepare("INSERT INTO t VALUES (2)", true);
  {
    const LockingProcess other(path_, "BEGIN IMMEDIATE");
    ASSERT_TRUE(other.held());
    EXPECT_THROW((void)statement->run(), Timeout);
    EXPECT_THROW(db->begin(TransactionMode::Write), Timeout);
    EXPECT_FALSE(db->inTransaction());
  }
  EXPECT_EQ(statement->run(), 1U);  // The same statement, once the lock is gone.
  EXPECT_FALSE(db->broken());
}

TEST_F(SqliteLocking, WaitsForALockThatIsReleasedInTime) {
  DriverOptions options = optionsFor(path_);
  options.busyTimeout = kLong;
  const auto db = open(options);
  auto other = std::make_unique<LockingProcess>(path_, "BEGIN IMMEDIATE");
  ASSERT_TRUE(other->held());
  std::thread release([&] {
    std::this_thread::sleep_for(50ms);
    other.reset();
  });
  EXPECT_EQ(run(*db, "INSERT INTO t VALUES (2)"), 1U);
  release.join();
}

TEST_F(SqliteLocking, DeadlineAndStopTokenEndTheWaitForALock) {
  DriverOptions options = optionsFor(path_);
  options.busyTimeout = kLong;
  const auto db = open(options);
  const LockingProcess other(path_, "BEGIN IMMEDIATE");
  ASSERT_TRUE(other.held());
  const auto start = Clock::now();
  const Context deadline = Context().timeout(kSoon);
  db->arm(deadline);
  EXPECT_THAT(errorOf([&] { run(*db, "INSERT INTO t VALUES (2)"); }),
              HasSubstr("timeout: the deadline passed"));
  db->disarm();
  std::stop_source source;
  const Context stop = Context().stopToken(source.get_token());
  std::thread stopper([&] {
    std::this_thread::sleep_for(50ms);
    source.request_stop();
  });
  db->arm(stop);
  EXPECT_THROW(run(*db, "INSERT INTO t VALUES (2)"), Cancelled);
  db->disarm();
  stopper.join();
  EXPECT_LT(Clock::now() - start, kLong);
}

TEST_F(SqliteLocking, RefusesAStaleSnapshotAtOnceAsRetryable) {
  RawDatabase(path_).run("PRAGMA journal_mode = wal");
  DriverOptions options = optionsFor(path_);
  options.busyTimeout = kLong;
  const auto db = open(options);
  db->begin(TransactionMode::Read);
  (void)query(*db, "SELECT * FROM t");
  ASSERT_NO_THROW(RawDatabase(path_).run("INSERT INTO t VALUES (5)"));
  const auto start = Clock::now();
  const auto error = caught<TransactionError>([&] { run(*db, "INSERT INTO t VALUES (2)"); });
  EXPECT_TRUE(error.retryable());
  EXPECT_EQ(error.sqlState(), "40001");
  EXPECT_LT(Clock::now() - start, kLong);
  db->rollback();
  EXPECT_EQ(run(*db, "INSERT INTO t VALUES (2)"), 1U);
}

TEST_F(SqliteLocking, TwoReadersThatWantToWriteDoNotWaitForEachOther) {
  DriverOptions options = optionsFor(path_);
  options.busyTimeout = kLong;
  const auto first = open(options);
  const auto second = open(options);
  first->begin(TransactionMode::Read);
  second->begin(TransactionMode::Read);
  (void)query(*first, "SELECT * FROM t");
  (void)query(*second, "SELECT * FROM t");
  run(*first, "INSERT INTO t VALUES (2)");
  const auto error = caught<TransactionError>([&] { run(*second, "INSERT INTO t VALUES (3)"); });
  EXPECT_TRUE(error.retryable());
  second->rollback();
  first->commit();
}

TEST_F(SqliteLocking, ACommitThatReadersHoldUpCanBeTriedAgain) {
  const auto db = open(optionsFor(path_));
  db->begin(TransactionMode::Write);
  run(*db, "INSERT INTO t VALUES (2)");
  {
    // In this process: a fork would inherit the write lock of the connection above.
    RawDatabase reader(path_);
    ASSERT_NO_THROW(reader.run("BEGIN; SELECT * FROM t"));
    EXPECT_THROW(db->commit(), Timeout);
    EXPECT_TRUE(db->inTransaction());
  }
  db->commit();
  EXPECT_EQ(query(*db, "SELECT * FROM t").size(), 2U);
}

TEST_F(SqliteLocking, RefusesToDropATableThatItStillReads) {
  const auto db = open(optionsFor(path_));
  run(*db, "INSERT INTO t VALUES (2)");
  const auto reading = db->prepare("SELECT * FROM t", true);
  ASSERT_NE(reading->step(), nullptr);
  const auto error = caught<TransactionError>([&] { run(*db, "DROP TABLE t"); });
  EXPECT_FALSE(error.retryable());
  EXPECT_THAT(error.hint(), HasSubstr("still read"));
  reading->reset();
  run(*db, "DROP TABLE t");
}

TEST_F(SqliteLocking, AFullDatabaseKeepsWhatItHad) {
  DriverOptions options = optionsFor(path_);
  options.settings = {{"max_page_count", "4"}};
  const auto db = open(options);
  const auto error =
      caught<QueryError>([&] { run(*db, "INSERT INTO t VALUES (zeroblob(90000))"); });
  EXPECT_EQ(error.sqlState(), "53100");
  EXPECT_THAT(error.hint(), HasSubstr("max_page_count"));
  EXPECT_EQ(query(*db, "SELECT * FROM t").size(), 1U);
}

TEST(SqliteDeadline, EndsALongQuery) {
  const auto db = openMemory();
  const auto statement = db->prepare(kEndless, true);
  const auto start = Clock::now();
  const Context context = Context().timeout(kSoon);
  db->arm(context);
  EXPECT_THROW((void)statement->fetch(0, 0), Timeout);
  db->disarm();
  EXPECT_LT(Clock::now() - start, kLong);
  EXPECT_EQ(query(*db, "SELECT 1").size(), 1U);
}

TEST(SqliteDeadline, CancelsALongQuery) {
  const auto db = openMemory();
  const auto statement = db->prepare(kEndless, true);
  std::stop_source source;
  const Context context = Context().stopToken(source.get_token()).timeout(kLong);
  std::thread stopper([&] {
    std::this_thread::sleep_for(30ms);
    source.request_stop();
  });
  db->arm(context);
  EXPECT_THROW((void)statement->step(), Cancelled);
  db->disarm();
  stopper.join();
}

TEST(SqliteDeadline, InterruptsFromAnotherThread) {
  const auto db = openMemory();
  const auto statement = db->prepare(kEndless, true);
  std::atomic<bool> ended{false};
  // Repeated, as an interrupt before the statement starts stops nothing.
  std::thread interrupter([&] {
    while (!ended) {
      std::this_thread::sleep_for(5ms);
      db->interrupt();
    }
  });
  const auto error = caught<Cancelled>([&] { (void)statement->run(); });
  ended = true;
  interrupter.join();
  EXPECT_EQ(error.sqlState(), "57014");
}

TEST(SqliteDeadline, RefusesToStartWhenItHasPassed) {
  const auto db = openMemory();
  const Context context = Context().deadline(Context::Clock::now() - 1ms);
  EXPECT_THROW(db->arm(context), Timeout);
  EXPECT_EQ(query(*db, "SELECT 1").size(), 1U);
}

TEST(SqliteDeadline, AWriteThatIsStoppedTakesItsTransactionAlong) {
  const auto db = openMemory();
  db->executeScript("CREATE TABLE t (a)");
  db->begin(TransactionMode::Write);
  run(*db, "INSERT INTO t VALUES (1)");
  const Context context = Context().timeout(kSoon);
  db->arm(context);
  EXPECT_THROW(run(*db,
                   "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)"
                   " INSERT INTO t SELECT max(x) FROM c"),
               Timeout);
  db->disarm();
  EXPECT_FALSE(db->inTransaction());
  db->rollback();
  EXPECT_TRUE(query(*db, "SELECT * FROM t").empty());
}

TEST(SqliteDeadline, IsForgottenAfterDisarm) {
  const auto db = openMemory();
  {
    const Context context = Context().timeout(kSoon);
    db->arm(context);
    db->disarm();
  }
  std::this_thread::sleep_for(kSoon + 10ms);
  const auto rows = query(*db,
                          "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
                          " LIMIT 20000) SELECT count(*) FROM c");
  EXPECT_EQ(rows.front()[0].as<int>(), 20000);
}

TEST(SqliteTransactions, CommitAndRollBack) {
  const auto db = openMemory();
  db->executeScript("CREATE TABLE t (a)");
  db->begin(TransactionMode::Write);
  EXPECT_TRUE(db->inTransaction());
  run(*db, "INSERT INTO t VALUES (1)");
  db->commit();
  db->begin(TransactionMode::Write);
  run(*db, "INSERT INTO t VALUES (2)");
  db->rollback();
  db->rollback();  // Nothing left to roll back: no error.
  EXPECT_FALSE(db->inTransaction());
  EXPECT_EQ(query(*db, "SELECT * FROM t").size(), 1U);
}

TEST(SqliteTransactions, NestBySavepoints) {
  const auto db = openMemory();
  db->executeScript("CREATE TABLE t (a)");
  db->begin(TransactionMode::Write);
  for (int again = 0; again < 2; ++again) {
    db->savepoint(1);
    run(*db, "INSERT INTO t VALUES (1)");
    db->savepoint(2);
    run(*db, "INSERT INTO t VALUES (2)");
    db->rollbackToSavepoint(2);
    db->releaseSavepoint(2);
    db->releaseSavepoint(1);
  }
  db->commit();
  EXPECT_EQ(query(*db, "SELECT a FROM t").json(), R"([{"a":1},{"a":1}])");
}

TEST(SqliteTransactions, RefuseWhatHasNoTransaction) {
  const auto db = openMemory();
  EXPECT_THROW(db->commit(), TransactionError);
  EXPECT_THROW(db->savepoint(1), TransactionError);
  EXPECT_THROW(db->releaseSavepoint(1), TransactionError);
  db->rollbackToSavepoint(1);
  EXPECT_FALSE(db->inTransaction());
  db->begin(TransactionMode::Write);
  const auto error = caught<TransactionError>([&] { db->begin(TransactionMode::Read); });
  EXPECT_EQ(error.sqlState(), "25001");
  EXPECT_TRUE(db->inTransaction());
}

TEST(SqliteTransactions, NoticeThatTheEngineRolledBack) {
  const auto db = openMemory();
  db->executeScript("CREATE TABLE t (a UNIQUE ON CONFLICT ROLLBACK); INSERT INTO t VALUES (1)");
  db->begin(TransactionMode::Write);
  db->savepoint(1);
  EXPECT_THROW(run(*db, "INSERT INTO t VALUES (1)"), ConstraintError);
  EXPECT_FALSE(db->inTransaction());
  // A savepoint now would begin a transaction of its own, and its release commit it.
  EXPECT_THROW(db->savepoint(2), TransactionError);
  EXPECT_THROW(db->commit(), TransactionError);
  db->rollback();
}

TEST(SqliteTransactions, KeepTheKeyOfTheLastInsert) {
  const auto db = openMemory();
  EXPECT_EQ(db->lastInsertId(), 0);
  db->executeScript("CREATE TABLE t (id INTEGER PRIMARY KEY); INSERT INTO t VALUES (41)");
  run(*db, "INSERT INTO t DEFAULT VALUES");
  EXPECT_EQ(db->lastInsertId(), 42);
}

}  // namespace
}  // namespace sonde::test
