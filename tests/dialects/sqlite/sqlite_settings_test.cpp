#include <gmock/gmock.h>

#include <map>
#include <thread>

#include <sonde/dialects/sqlite/sqlite_open.hpp>

#include "driver_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

std::map<std::string, SettingReport> reportsOf(Connection& connection) {
  std::map<std::string, SettingReport> reports;
  for (const SettingReport& report : connection.settings()) reports[report.name] = report;
  return reports;
}

TEST(SqliteSettings, ForeignKeysAreOnUnlessTurnedOff) {
  EXPECT_EQ(query(*openMemory(), "PRAGMA foreign_keys").front()[0].as<int>(), 1);
  EXPECT_EQ(reportsOf(*openMemory()).at("foreign_keys").effective, "on");
  DriverOptions options = optionsFor(":memory:");
  options.settings = {{"foreign_keys", "false"}};
  EXPECT_EQ(query(*open(options), "PRAGMA foreign_keys").front()[0].as<int>(), 0);
}

TEST(SqliteSettings, AreAppliedToEveryConnectionAndReadBack) {
  const TemporaryFolder folder;
  DriverOptions options = optionsFor(folder.file("a.db"), AccessMode::CreateIfMissing);
  options.settings = {{"journal_mode", "WAL"},  {"synchronous", "1"},       {"cache_size", "-4096"},
                      {"tempStore", "memory"},  {"secure_delete", "fast"},  {"page_size", "8192"},
                      {"encoding", "UTF-16le"}, {"trusted_schema", "off"},  {"cache_spill", "off"},
                      {"mmap_size", "1048576"}, {"locking_mode", "normal"}, {"busy_timeout", "77"}};
  const auto writer = open(options);
  run(*writer, "CREATE TABLE t (a)");
  const auto reader = open(options, TransactionMode::Read);
  for (Connection* connection : {writer.get(), reader.get()}) {
    for (const auto& [name, report] : reportsOf(*connection)) {
      EXPECT_TRUE(report.honoured())
          << name << ": " << report.requested << ", but " << report.effective;
    }
    const auto reports = reportsOf(*connection);
    EXPECT_EQ(reports.size(), 13U);
    EXPECT_EQ(reports.at("synchronous").effective, "normal");
    EXPECT_EQ(reports.at("busy_timeout").effective, "77");
    EXPECT_EQ(reports.at("temp_store").effective, "memory");
  }
}

TEST(SqliteSettings, SayWhatDidNotTakeEffect) {
  const TemporaryFolder folder;
  std::vector<std::string> lines;
  LogConfig log;
  log.level = LogLevel::Warn;
  log.callback = [&](const LogEvent& event) {
    lines.emplace_back(event.message);
    for (const auto& [name, value] : event.fields) lines.back() += " " + std::string(value);
  };
  DriverOptions options = optionsFor(":memory:");
  options.logger = Logger(log);
  options.settings = {{"journal_mode", "wal"}, {"mmap_size", "0"}};
  const auto reports = reportsOf(*open(options));
  EXPECT_EQ(reports.at("journal_mode").effective, "memory");
  EXPECT_FALSE(reports.at("journal_mode").honoured());
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines[0], HasSubstr("journal_mode wal memory"));
}

TEST(SqliteSettings, LeaveTheJournalModeAloneUnlessAsked) {
  const TemporaryFolder folder;
  runSql(folder.file("wal.db"), "PRAGMA journal_mode = wal; CREATE TABLE t (a)");
  runSql(folder.file("old.db"), "CREATE TABLE t (a)");
  const auto modeOf = [&](const char* name, const std::string& path) {
    DriverOptions options = optionsFor(path);
    if (name != nullptr) options.settings = {{"journal_mode", name}};
    return query(*open(options), "PRAGMA journal_mode").front()[0].text() ==
           std::string_view("wal");
  };
  EXPECT_TRUE(modeOf(nullptr, folder.file("wal.db")));
  EXPECT_FALSE(modeOf(nullptr, folder.file("old.db")));
  EXPECT_TRUE(modeOf("wal", folder.file("old.db")));
}

TEST(SqliteSettings, ReadersDoNotTryToChangeTheFile) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a)");
  DriverOptions options = optionsFor(folder.file("a.db"), AccessMode::ReadOnly);
  options.settings = {{"journal_mode", "wal"}};
  const auto reports = reportsOf(*open(options));
  EXPECT_EQ(reports.at("journal_mode").effective, "delete");
}

TEST(SqliteSettings, RefuseUnknownNamesWithTheNearest) {
  DriverOptions options = optionsFor(":memory:");
  options.settings = {{"syncronous", "off"}};
  EXPECT_THAT(
      errorOf([&] { open(options); }),
      AllOf(StartsWith("config: "), HasSubstr("\"syncronous\""), HasSubstr("\"synchronous\"")));
  options.settings.clear();
  options.uri.options = {{"imutable", "1"}};
  EXPECT_THAT(errorOf([&] { open(options); }), HasSubstr("\"immutable\""));
  options.uri.options = {{"foreign_keys; DROP TABLE t", "1"}};
  EXPECT_THAT(errorOf([&] { open(options); }), StartsWith("config: "));
}

TEST(SqliteSettings, RefuseValuesThatSqliteWouldTurnIntoOthers) {
  const std::vector<std::pair<std::string, std::string>> wrong{
      {"synchronous", "bogus"},
      {"synchronous", "4"},
      {"foreign_keys", "maybe"},
      {"cache_size", "2 MB"},
      {"cache_size", ""},
      {"journal_mode", "0"},
      {"temp_store", "-1"},
      {"busy_timeout", "-1"},
      {"busy_timeout", "5s"},
      {"encoding", "latin1"},
      {"page_size", "99999999999999999999"},
      {"page_size", "5000"},
      {"cache_size", "9999999999"},
      {"mmap_size", "-1"},
      {"wal_autocheckpoint", "-1"},
      {"defensive", "maybe"},
      {"journal_mode", "wal'; DROP TABLE t; --"}};
  for (const auto& [name, value] : wrong) {
    DriverOptions options = optionsFor(":memory:");
    options.settings = {{name, value}};
    EXPECT_THAT(errorOf([&] { open(options); }),
                AllOf(StartsWith("config: "), HasSubstr("\"" + name + "\" takes ")))
        << name << " = " << value;
  }
}

TEST(SqliteSettings, UriOptionsWin) {
  DriverOptions options = optionsFor(":memory:");
  options.settings = {{"cache_size", "100"}};
  options.uri.options = {{"cacheSize", "200"}, {"busy_timeout", "9"}};
  const auto reports = reportsOf(*open(options));
  EXPECT_EQ(reports.at("cache_size").effective, "200");
  EXPECT_EQ(reports.at("busy_timeout").effective, "9");
}

// --- why a setting holds otherwise ---

/// What a setting is reported as by a connection that was opened with it alone.
SettingReport reportOf(const DriverOptions& base, const std::string& name, const std::string& value,
                       TransactionMode mode = TransactionMode::Write) {
  DriverOptions options = base;
  options.settings = {{name, value}};
  return reportsOf(*open(options, mode)).at(name);
}

TEST(SqliteSettingReasons, SayThatADatabaseInMemoryHasNoLog) {
  const SettingReport mode = reportOf(optionsFor(":memory:"), "journal_mode", "wal");
  EXPECT_EQ(mode.effective, "memory");
  EXPECT_EQ(mode.scope, SettingScope::File);
  EXPECT_THAT(mode.reason, HasSubstr("in memory"));
  EXPECT_THAT(reportOf(optionsFor(":memory:"), "mmap_size", "65536").reason,
              HasSubstr("in memory"));
}

TEST(SqliteSettingReasons, NameTheLimitThatTheLibraryWasCompiledWith) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a)");
  const SettingReport map = reportOf(optionsFor(folder.file("a.db")), "mmap_size", "1099511627776");
  EXPECT_FALSE(map.honoured());
  EXPECT_EQ(map.scope, SettingScope::Connection);
  EXPECT_THAT(map.reason, AllOf(HasSubstr("MAX_MMAP_SIZE"), HasSubstr(map.effective)));
  const SettingReport threads = reportOf(optionsFor(folder.file("a.db")), "threads", "1000");
  EXPECT_THAT(threads.reason, AllOf(HasSubstr("MAX_WORKER_THREADS"), HasSubstr(threads.effective)));
}

TEST(SqliteSettingReasons, SayThatWhatShapesAFileComesTooLate) {
  const TemporaryFolder folder;
  runSql(folder.file("old.db"), "CREATE TABLE t (a)");
  runSql(folder.file("wal.db"), "PRAGMA journal_mode = wal; CREATE TABLE t (a)");
  const DriverOptions old = optionsFor(folder.file("old.db"));
  EXPECT_THAT(reportOf(old, "auto_vacuum", "full").reason, HasSubstr("next VACUUM"));
  EXPECT_THAT(reportOf(old, "page_size", "8192").reason, HasSubstr("next VACUUM"));
  EXPECT_THAT(reportOf(old, "encoding", "utf-16le").reason, HasSubstr("stays"));
  EXPECT_THAT(reportOf(old, "max_page_count", "1").reason, HasSubstr("more pages"));
  EXPECT_THAT(reportOf(optionsFor(folder.file("wal.db")), "page_size", "8192").reason,
              HasSubstr("in WAL mode not even VACUUM"));
}

TEST(SqliteSettingReasons, SayThatTheFileIsOnlyRead) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a)");
  const DriverOptions options = optionsFor(folder.file("a.db"), AccessMode::ReadOnly);
  for (const char* name : {"journal_mode", "auto_vacuum"}) {
    const bool journal = std::string_view(name) == "journal_mode";
    const SettingReport report = reportOf(options, name, journal ? "wal" : "full");
    EXPECT_FALSE(report.honoured()) << name;
    EXPECT_THAT(report.reason, HasSubstr("reading only")) << name;
  }
}

TEST(SqliteSettingReasons, NameTheNetworkFileSystem) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a)");
  DriverOptions options = optionsFor(folder.file("a.db"));
  options.settings = {{"journal_mode", "wal"}};
  SqliteRequests requests = readSqliteRequests(options);
  // Locks by files, as where the system has no shared memory: WAL stays silently off.
  sqlite3* db = nullptr;
  ASSERT_EQ(
      sqlite3_open_v2(folder.file("a.db").c_str(), &db, SQLITE_OPEN_READWRITE, "unix-dotfile"),
      SQLITE_OK);
  SqliteHandle handle(db, options.busyTimeout);
  applySqliteSettings(handle, requests, true);
  const auto journal = [&] {
    for (const SettingReport& report : reportSqliteSettings(handle, requests)) {
      if (report.name == "journal_mode") return report;
    }
    return SettingReport{};
  };
  requests.mountType = [](const std::string&) { return std::string("nfs4"); };
  EXPECT_EQ(journal().effective, "delete");
  EXPECT_THAT(journal().reason, HasSubstr("network file system (nfs4)"));
  requests.mountType = [](const std::string&) { return std::string("ext4"); };
  EXPECT_EQ(journal().reason, "") << "none is guessed";
}

TEST(SqliteSettingReasons, KnowTheFileSystemOfAFile) {
  EXPECT_EQ(mountTypeOf("/proc/self/status"), "proc");
  EXPECT_FALSE(mountTypeOf(TemporaryFolder().file("not there")).empty());
  for (const char* type : {"nfs", "nfs4", "cifs", "smb3", "9p", "ceph", "fuse.sshfs"}) {
    EXPECT_TRUE(isNetworkMount(type)) << type;
  }
  for (const char* type : {"ext4", "xfs", "btrfs", "tmpfs", "overlay", "fuse.ntfs-3g", ""}) {
    EXPECT_FALSE(isNetworkMount(type)) << type;
  }
}

TEST(SqliteSettingReasons, SayThatATransactionIsInTheWay) {
  DriverOptions options = optionsFor(":memory:");
  options.settings = {{"foreign_keys", "off"}};
  const SqliteRequests off = readSqliteRequests(options);
  const auto handle = openSqlite(optionsFor(":memory:"), readSqliteRequests(optionsFor(":memory:")),
                                 TransactionMode::Write);
  sqlite3_exec(handle->db(), "BEGIN", nullptr, nullptr, nullptr);
  applySqliteSettings(*handle, off, true);
  const SettingReport report = reportSqliteSettings(*handle, off).back();
  EXPECT_EQ(report.effective, "on");
  EXPECT_THAT(report.reason, HasSubstr("transaction is open"));
  options.settings = {{"synchronous", "off"}};
  const SqliteRequests fast = readSqliteRequests(options);
  EXPECT_THROW(applySqliteSettings(*handle, fast, true), QueryError);
}

TEST(SqliteSettingReasons, AreLogged) {
  std::string line;
  LogConfig log;
  log.level = LogLevel::Warn;
  log.callback = [&](const LogEvent& event) {
    for (const auto& [name, value] : event.fields) {
      line += std::string(name) + "=" + std::string(value) + ";";
    }
  };
  DriverOptions options = optionsFor(":memory:");
  options.logger = Logger(log);
  (void)reportOf(options, "journal_mode", "wal");
  EXPECT_THAT(line, AllOf(HasSubstr("scope=file"), HasSubstr("reason=a database in memory")));
}

// --- switches and profiles ---

TEST(SqliteSettings, SwitchesHoldOnEveryConnection) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"),
         "PRAGMA journal_mode = wal; CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t;"
         "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 2; END");
  DriverOptions options = optionsFor(folder.file("a.db"));
  options.settings = {{"defensive", "on"}, {"enable_view", "off"}, {"enable_trigger", "off"}};
  const auto writer = open(options);
  const auto reader = open(options, TransactionMode::Read);
  for (Connection* connection : {writer.get(), reader.get()}) {
    for (const char* name : {"defensive", "enable_view", "enable_trigger"}) {
      EXPECT_TRUE(reportsOf(*connection).at(name).honoured()) << name;
    }
    EXPECT_THROW(query(*connection, "SELECT * FROM v"), QueryError);
  }
  run(*writer, "INSERT INTO t VALUES (1)");
  EXPECT_EQ(query(*reader, "SELECT a FROM t").json(), R"([{"a":1}])") << "no trigger ran";
  writer->executeScript("PRAGMA writable_schema = on");
  EXPECT_THROW(run(*writer, "UPDATE sqlite_schema SET sql = sql"), QueryError);
}

TEST(SqliteProfiles, HoldOnTheWriterAndOnReaders) {
  for (const std::string& name : profileNames()) {
    const TemporaryFolder folder;
    runSql(folder.file("a.db"), "CREATE TABLE t (a)");
    DriverOptions options = optionsFor(folder.file("a.db"));
    options.settings = makeSqliteDriver()->profile(name);
    const auto writer = open(options);
    const auto reader = open(options, TransactionMode::Read);
    for (Connection* connection : {writer.get(), reader.get()}) {
      const auto reports = reportsOf(*connection);
      EXPECT_EQ(reports.size(), options.settings.size() + 1) << name;
      for (const auto& [setting, report] : reports) {
        EXPECT_TRUE(report.honoured()) << name << ": " << setting << " is " << report.effective;
      }
      EXPECT_EQ(reports.at("defensive").effective, "on") << name;
    }
  }
}

TEST(SqliteProfiles, AskForNothingThatMayDamageAFile) {
  for (const std::string& name : profileNames()) {
    for (const auto& [setting, value] : makeSqliteDriver()->profile(name)) {
      EXPECT_FALSE(setting == "synchronous" && value == "off") << name;
      EXPECT_FALSE(setting == "journal_mode" && value != "wal") << name;
      EXPECT_FALSE(setting == "locking_mode" || setting == "page_size") << name;
      EXPECT_FALSE(setting == "foreign_keys" && value != "on") << name;
    }
  }
}

TEST(SqliteProfiles, LeaveTheJournalOfAFileAloneWhereNoneIsAskedFor) {
  const TemporaryFolder folder;
  for (const char* name : {"safest", "untrustedFile"}) {
    runSql(folder.file("a.db"), "CREATE TABLE IF NOT EXISTS t (a)");
    DriverOptions options = optionsFor(folder.file("a.db"));
    options.settings = makeSqliteDriver()->profile(name);
    EXPECT_EQ(query(*open(options), "PRAGMA journal_mode").front()[0].text(), "delete") << name;
  }
}

TEST(SqliteProfiles, AreRefusedWithTheNearestName) {
  const auto driver = makeSqliteDriver();
  EXPECT_THAT(errorOf([&] { (void)driver->profile("prodution"); }),
              AllOf(StartsWith("config: "), HasSubstr("\"prodution\""),
                    HasSubstr("did you mean \"production\"?")));
  EXPECT_EQ(driver->profile("READMOSTLY"), driver->profile("readMostly"));
}

TEST(SqliteProfiles, WaitForEachOtherAsTheySwitchToWal) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a)");
  DriverOptions options = optionsFor(folder.file("a.db"));
  options.busyTimeout = std::chrono::seconds(60);
  options.settings = makeSqliteDriver()->profile("production");
  std::vector<std::string> modes(6);
  std::vector<std::thread> threads;
  for (std::string& mode : modes) {
    threads.emplace_back([&] {
      const std::string said =
          errorOf([&] { mode = reportsOf(*open(options)).at("journal_mode").effective; });
      if (said != "no error") mode = said;
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(modes, ::testing::Each("wal"));
}

// --- noticing schema changes ---

TEST(SqliteSchemaChanges, MoveTheCounterFromAnyConnection) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "PRAGMA journal_mode = wal; CREATE TABLE t (a)");
  runSql(folder.file("b.db"), "PRAGMA journal_mode = wal; CREATE TABLE u (a)");
  DriverOptions options = optionsFor(folder.file("a.db"));
  options.attachments = {{"other", folder.file("b.db")}};
  const auto writer = open(options);
  const auto reader = open(options, TransactionMode::Read);
  const auto before = writer->schemaCounter();
  ASSERT_TRUE(before.has_value());
  EXPECT_EQ(reader->schemaCounter(), before);
  run(*writer, "INSERT INTO t VALUES (1)");
  EXPECT_EQ(writer->schemaCounter(), before);
  RawDatabase(folder.file("b.db")).run("CREATE TABLE more (a)");
  const auto after = writer->schemaCounter();
  EXPECT_NE(after, before);
  EXPECT_EQ(reader->schemaCounter(), after);
  // It left no transaction open: the file can be changed by others.
  EXPECT_NO_THROW(RawDatabase(folder.file("a.db")).run("CREATE TABLE more (a)"));
}

TEST(SqliteSchemaChanges, CountTempTablesWhereThereIsOneConnection) {
  const auto db = openMemory();
  const auto before = db->schemaCounter();
  EXPECT_EQ(db->schemaCounter(), before);
  run(*db, "CREATE TEMP TABLE t (a)");
  EXPECT_NE(db->schemaCounter(), before);
}

TEST(SqliteSchemaChanges, GiveAStatementANewHeader) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a INTEGER); INSERT INTO t VALUES (1)");
  const auto db = open(optionsFor(folder.file("a.db")));
  const auto statement = db->prepare("SELECT * FROM t", true);
  const ResultSet before(statement->fetch(0, 0));
  statement->reset();
  EXPECT_FALSE(statement->takeSchemaChanged());
  runSql(folder.file("a.db"), "ALTER TABLE t ADD COLUMN b BOOLEAN DEFAULT 1");
  const ResultSet after(statement->fetch(0, 0));
  statement->reset();
  EXPECT_EQ(before.json(), R"([{"a":1}])");
  EXPECT_EQ(after.json(), R"([{"a":1,"b":true}])");
  EXPECT_TRUE(statement->takeSchemaChanged());
  EXPECT_FALSE(statement->takeSchemaChanged());
  const ResultSet again(statement->fetch(0, 0));
  EXPECT_EQ(&again.columns(), &after.columns());  // One header as long as nothing changes.
}

TEST(SqliteSchemaChanges, AreNotConfusedWithPlansThatDependOnParameters) {
  const auto db = openMemory();
  db->executeScript(
      "CREATE TABLE t (a TEXT COLLATE NOCASE); CREATE INDEX i ON t (a);"
      "INSERT INTO t VALUES ('abc'), ('xyz')");
  (void)db->schemaCounter();  // The tables above are known.
  const auto statement = db->prepare("SELECT a FROM t WHERE a LIKE ?", true);
  std::shared_ptr<const Columns> header;
  // A pattern that can use the index and one that cannot: SQLite prepares again for each.
  for (const char* pattern : {"ab%", "%z", "x%"}) {
    const Arg arg = pattern;
    statement->bind(Args(&arg, 1));
    EXPECT_EQ(statement->fetch(0, 0)->rowCount(), 1U) << pattern;
    if (header == nullptr) header = statement->columns();
    EXPECT_EQ(statement->columns(), header);
    statement->reset();
    EXPECT_FALSE(statement->takeSchemaChanged()) << pattern;
  }
  run(*db, "CREATE TABLE u (a)");
  const Arg arg = "ab%";
  statement->bind(Args(&arg, 1));
  EXPECT_EQ(statement->fetch(0, 0)->rowCount(), 1U);
  EXPECT_TRUE(statement->takeSchemaChanged());
}

TEST(SqliteSchemaChanges, GiveAStateThatNamesTheStaleName) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a, b); CREATE TABLE u (a)");
  const auto db = open(optionsFor(folder.file("a.db")));
  const auto column = db->prepare("SELECT b FROM t", true);
  const auto table = db->prepare("SELECT a FROM u", true);
  RawDatabase(folder.file("a.db")).run("ALTER TABLE t DROP COLUMN b; DROP TABLE u");
  EXPECT_EQ(caught<QueryError>([&] { (void)column->step(); }).sqlState(), "42703");
  EXPECT_EQ(caught<QueryError>([&] { (void)table->step(); }).sqlState(), "42P01");
}

}  // namespace
}  // namespace sonde::test
