#include <gmock/gmock.h>

#include <map>

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
