#include <gmock/gmock.h>

#include <random>

#include "driver_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr const char* kTwoRows =
    "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT);"
    "INSERT INTO t (name) VALUES ('a'), ('b');";

TEST(SqliteOpen, ReadsADatabase) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTwoRows);
  const auto connection = open(optionsFor(folder.file("a.db")));
  EXPECT_EQ(query(*connection, "SELECT * FROM t").size(), 2U);
  EXPECT_FALSE(connection->readOnly());
  EXPECT_FALSE(connection->broken());
}

TEST(SqliteOpen, DoesNotCreateAMissingFile) {
  const TemporaryFolder folder;
  for (const AccessMode access : {AccessMode::ReadOnly, AccessMode::ReadWrite}) {
    const auto error =
        caught<ConnectionError>([&] { open(optionsFor(folder.file("no.db"), access)); });
    EXPECT_THAT(error.what(), AllOf(HasSubstr("no.db"), HasSubstr("does not exist")));
    EXPECT_THAT(error.hint(), HasSubstr("mode=rwc"));
  }
  EXPECT_EQ(folder.entries(), 0U);
}

TEST(SqliteOpen, CreatesAFileWhenAsked) {
  const TemporaryFolder folder;
  {
    const auto connection = open(optionsFor(folder.file("new.db"), AccessMode::CreateIfMissing));
    run(*connection, "CREATE TABLE t (a)");
  }
  EXPECT_TRUE(readFile(folder.file("new.db")).starts_with("SQLite format 3"));
}

TEST(SqliteOpen, NamesTheFolderThatIsMissing) {
  const TemporaryFolder folder;
  EXPECT_THAT(errorOf([&] {
                open(optionsFor(folder.file("no/such/new.db"), AccessMode::CreateIfMissing));
              }),
              AllOf(StartsWith("connection: "), HasSubstr("nor does its folder")));
}

TEST(SqliteOpen, RefusesAFolder) {
  const TemporaryFolder folder;
  EXPECT_THAT(errorOf([&] { open(optionsFor(folder.path().string())); }),
              AllOf(StartsWith("connection: "), HasSubstr("is a folder")));
}

TEST(SqliteOpen, RefusesADeviceWithoutReadingIt) {
  EXPECT_THAT(errorOf([] { open(optionsFor("/dev/zero")); }),
              AllOf(StartsWith("connection: "), HasSubstr("no regular file")));
}

TEST(SqliteOpen, RefusesTextAsSoonAsItOpens) {
  const TemporaryFolder folder;
  for (const std::size_t size : {1U, 15U, 100U, 5000U}) {
    writeFile(folder.file("a.txt"), std::string(size, 'x'));
    const auto error = caught<ConnectionError>([&] { open(optionsFor(folder.file("a.txt"))); });
    EXPECT_THAT(error.what(), HasSubstr("is not a SQLite database")) << size;
    EXPECT_EQ(readFile(folder.file("a.txt")), std::string(size, 'x'));
  }
}

TEST(SqliteOpen, SaysThatAFileLooksEncrypted) {
  const TemporaryFolder folder;
  std::mt19937 random(7);
  std::string bytes(8192, '\0');
  for (char& c : bytes) c = static_cast<char>(random());
  writeFile(folder.file("secret.db"), bytes);
  EXPECT_THAT(errorOf([&] { open(optionsFor(folder.file("secret.db"))); }),
              AllOf(StartsWith("connection: "), HasSubstr("or it is encrypted")));
}

TEST(SqliteOpen, NamesOtherKindsOfFiles) {
  const TemporaryFolder folder;
  writeFile(folder.file("a.gz"), std::string("\x1F\x8B\x08", 3) + std::string(600, 'z'));
  EXPECT_THAT(errorOf([&] { open(optionsFor(folder.file("a.gz"))); }), HasSubstr("gzip archive"));
}

TEST(SqliteOpen, TakesAnEmptyFileAsAnEmptyDatabase) {
  const TemporaryFolder folder;
  writeFile(folder.file("empty.db"), "");
  for (const AccessMode access : {AccessMode::ReadOnly, AccessMode::ReadWrite}) {
    const auto connection = open(optionsFor(folder.file("empty.db"), access));
    EXPECT_TRUE(query(*connection, "SELECT name FROM sqlite_schema").empty());
  }
  EXPECT_EQ(std::filesystem::file_size(folder.file("empty.db")), 0U);
}

TEST(SqliteOpen, SaysHowMuchOfACutFileIsThere) {
  const TemporaryFolder folder;
  runSql(folder.file("cut.db"),
         "CREATE TABLE t (a); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c"
         " LIMIT 5000) INSERT INTO t SELECT x FROM c;");
  const auto whole = std::filesystem::file_size(folder.file("cut.db"));
  std::filesystem::resize_file(folder.file("cut.db"), 8192);
  const auto error = caught<ConnectionError>([&] { open(optionsFor(folder.file("cut.db"))); });
  EXPECT_THAT(error.what(), HasSubstr("cut short: 8192 of " + std::to_string(whole) + " bytes"));
}

TEST(SqliteOpen, SaysThatAHeaderIsDamaged) {
  const TemporaryFolder folder;
  runSql(folder.file("bad.db"), kTwoRows);
  std::string bytes = readFile(folder.file("bad.db"));
  bytes[16] = '\x03';  // A page size that is no power of two.
  writeFile(folder.file("bad.db"), bytes);
  EXPECT_THAT(errorOf([&] { open(optionsFor(folder.file("bad.db"))); }),
              AllOf(StartsWith("connection: "), HasSubstr("header is damaged")));
}

TEST(SqliteOpen, ReportsADamagedSchema) {
  const TemporaryFolder folder;
  runSql(folder.file("bad.db"),
         "CREATE TABLE t (a); PRAGMA writable_schema = ON;"
         "UPDATE sqlite_schema SET sql = 'CREATE TABLE t (';");
  EXPECT_THAT(errorOf([&] { open(optionsFor(folder.file("bad.db"))); }),
              AllOf(StartsWith("connection: "), HasSubstr("is damaged")));
}

TEST(SqliteOpen, ReadsSoundTablesBesideADamagedPage) {
  const TemporaryFolder folder;
  runSql(folder.file("bad.db"),
         "CREATE TABLE sound (a); INSERT INTO sound VALUES (1);"
         "CREATE TABLE broken (a); INSERT INTO broken VALUES (1);");
  std::string bytes = readFile(folder.file("bad.db"));
  bytes.replace(2 * 4096, 4096, std::string(4096, '\xFF'));
  writeFile(folder.file("bad.db"), bytes);
  const auto connection = open(optionsFor(folder.file("bad.db")));
  EXPECT_EQ(query(*connection, "SELECT * FROM sound").size(), 1U);
  const auto error = caught<QueryError>([&] { query(*connection, "SELECT * FROM broken"); });
  EXPECT_EQ(error.sqlState(), "XX001");
  EXPECT_THAT(error.hint(), HasSubstr("integrity_check"));
  EXPECT_EQ(query(*connection, "SELECT * FROM sound").size(), 1U);
}

TEST(SqliteOpen, SaysThatAFileMayNotBeRead) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTwoRows);
  std::filesystem::permissions(folder.file("a.db"), std::filesystem::perms(0));
  EXPECT_THAT(errorWithoutRoot([&] { open(optionsFor(folder.file("a.db"))); }),
              AllOf(StartsWith("connection: "), HasSubstr("may not be read by this user")));
}

TEST(SqliteOpen, SaysThatAFileMayNotBeWritten) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTwoRows);
  std::filesystem::permissions(folder.file("a.db"), std::filesystem::perms(0444));
  EXPECT_THAT(
      errorWithoutRoot([&] { open(optionsFor(folder.file("a.db"))); }),
      AllOf(StartsWith("connection: "), HasSubstr("may not be written"), HasSubstr("mode=ro")));
  EXPECT_EQ(errorWithoutRoot([&] { open(optionsFor(folder.file("a.db"), AccessMode::ReadOnly)); }),
            "no error");
}

TEST(SqliteOpen, SaysThatAFolderMayNotBeWritten) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTwoRows);
  std::filesystem::permissions(folder.file("a.db"), std::filesystem::perms(0666));
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  EXPECT_THAT(errorWithoutRoot([&] { open(optionsFor(folder.file("a.db"))); }),
              AllOf(StartsWith("connection: "), HasSubstr("folder that may not be written")));
  EXPECT_THAT(errorWithoutRoot(
                  [&] { open(optionsFor(folder.file("new.db"), AccessMode::CreateIfMissing)); }),
              AllOf(StartsWith("connection: "), HasSubstr("cannot be created")));
}

TEST(SqliteOpen, ExplainsWalInAFolderThatMayNotBeWritten) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "PRAGMA journal_mode = wal; CREATE TABLE t (a);");
  ASSERT_EQ(folder.entries(), 1U);
  std::filesystem::permissions(folder.path(), std::filesystem::perms(0555));
  DriverOptions options = optionsFor(folder.file("a.db"), AccessMode::ReadOnly);
  EXPECT_THAT(errorWithoutRoot([&] { open(options); }),
              AllOf(StartsWith("connection: "), HasSubstr("WAL"), HasSubstr("immutable=1")));
  options.uri.options = {{"immutable", "1"}};
  EXPECT_EQ(errorWithoutRoot([&] { query(*open(options), "SELECT * FROM t"); }), "no error");
}

TEST(SqliteOpen, LeavesAFileOpenedReadOnlyAsItWas) {
  for (const std::string mode : {"delete", "wal"}) {
    const TemporaryFolder folder;
    const std::string path = folder.file("a.db");
    runSql(path, "PRAGMA journal_mode = " + mode + ";" + kTwoRows);
    runSql(folder.file("b.db"), "PRAGMA journal_mode = " + mode + ";" + kTwoRows);
    const std::string before = readFile(path);
    const auto written = std::filesystem::last_write_time(path);
    {
      DriverOptions options = optionsFor(path, AccessMode::ReadOnly);
      options.attachments = {{"other", folder.file("b.db")}};
      const auto first = open(options);
      const auto second = open(options, TransactionMode::Read);
      EXPECT_EQ(query(*first, "SELECT * FROM t").size(), 2U);
      EXPECT_EQ(query(*second, "SELECT * FROM other.t").size(), 2U);
      EXPECT_TRUE(first->readOnly());
    }
    EXPECT_EQ(readFile(path), before) << mode;
    EXPECT_EQ(std::filesystem::last_write_time(path), written) << mode;
    EXPECT_EQ(folder.entries(), 2U) << mode;
  }
}

TEST(SqliteOpen, ReadOnlyCannotBeUndoneBySql) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTwoRows);
  const auto connection = open(optionsFor(folder.file("a.db"), AccessMode::ReadOnly));
  connection->executeScript("PRAGMA query_only = off");
  const auto error = caught<QueryError>([&] { run(*connection, "DELETE FROM t"); });
  EXPECT_EQ(error.sqlState(), "25006");
}

TEST(SqliteOpen, TakesUnusualFileNamesLiterally) {
  const TemporaryFolder folder;
  for (const std::string name : {"a b?mode=memory#x%20.db", "file:a.db", "ä\n'\".db"}) {
    runSql(folder.file("plain.db"), kTwoRows);
    std::filesystem::rename(folder.file("plain.db"), folder.file(name));
    DriverOptions options = optionsFor(folder.file(name));
    EXPECT_EQ(query(*open(options), "SELECT * FROM t").size(), 2U) << name;
    options.uri.options = {{"immutable", "on"}};
    EXPECT_EQ(query(*open(options), "SELECT * FROM t").size(), 2U) << name;
  }
  EXPECT_EQ(folder.entries(), 3U);
}

TEST(SqliteOpen, UriModeChoosesTheAccessButNeverWidensReadOnly) {
  const TemporaryFolder folder;
  DriverOptions options = optionsFor(folder.file("a.db"));
  options.uri.options = {{"mode", "rwc"}};
  run(*open(options), "CREATE TABLE t (a)");
  options.uri.options = {{"mode", "ro"}};
  EXPECT_TRUE(open(options)->readOnly());
  options.uri.options = {{"mode", "rw"}};
  EXPECT_FALSE(open(options)->readOnly());
  options.access = AccessMode::ReadOnly;
  EXPECT_TRUE(open(options)->readOnly());
  options.uri.options = {{"mode", "memory"}};
  EXPECT_THAT(errorOf([&] { open(options); }), AllOf(StartsWith("config: "), HasSubstr("rwc")));
}

TEST(SqliteOpen, ReadersCannotWrite) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), std::string("PRAGMA journal_mode = wal;") + kTwoRows);
  const DriverOptions options = optionsFor(folder.file("a.db"));
  const auto writer = open(options);
  const auto reader = open(options, TransactionMode::Read);
  EXPECT_TRUE(reader->readOnly());
  EXPECT_THAT(errorOf([&] { run(*reader, "DELETE FROM t"); }), HasSubstr("readonly"));
  run(*writer, "DELETE FROM t WHERE id = 1");
  EXPECT_EQ(query(*reader, "SELECT * FROM t").size(), 1U);
}

TEST(SqliteOpen, AttachesDatabasesToEveryConnection) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), std::string("PRAGMA journal_mode = wal;") + kTwoRows);
  runSql(folder.file("b.db"), "PRAGMA journal_mode = wal; CREATE TABLE u (a);");
  DriverOptions options = optionsFor(folder.file("a.db"));
  options.attachments = {{"o\"ther one", folder.file("b.db")}};
  const auto writer = open(options);
  run(*writer, R"(INSERT INTO "o""ther one".u VALUES (1))");
  const auto reader = open(options, TransactionMode::Read);
  EXPECT_EQ(query(*reader, R"(SELECT * FROM "o""ther one".u)").size(), 1U);
  EXPECT_EQ(errorOf([&] { run(*reader, R"(DELETE FROM "o""ther one".u)"); }),
            "query: attempt to write a readonly database");
}

TEST(SqliteOpen, RefusesAttachmentsThatCannotBe) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), kTwoRows);
  writeFile(folder.file("text"), "no database at all");
  DriverOptions options = optionsFor(folder.file("a.db"));
  for (const std::string name : {"", "main", "TEMP"}) {
    options.attachments = {{name, folder.file("a.db")}};
    EXPECT_THAT(errorOf([&] { open(options); }), StartsWith("config: ")) << name;
  }
  options.attachments = {{"x", ":memory:"}, {"X", ":memory:"}};
  EXPECT_THAT(errorOf([&] { open(options); }), StartsWith("config: "));
  options.attachments = {{"x", folder.file("missing.db")}};
  EXPECT_THAT(errorOf([&] { open(options); }),
              AllOf(StartsWith("connection: "), HasSubstr("missing.db")));
  options.attachments = {{"x", folder.file("text")}};
  EXPECT_THAT(errorOf([&] { open(options); }),
              AllOf(StartsWith("connection: "), HasSubstr("is not a SQLite database")));
  EXPECT_FALSE(std::filesystem::exists(folder.file("missing.db")));
}

TEST(SqliteOpen, SaysHowConnectionsMayBeShared) {
  const TemporaryFolder folder;
  runSql(folder.file("wal.db"), "PRAGMA journal_mode = wal; CREATE TABLE t (a);");
  runSql(folder.file("old.db"), "CREATE TABLE t (a);");
  const auto driver = makeSqliteDriver();
  const auto shapeOf = [&](const DriverOptions& options) {
    const auto connection = driver->connect(options, TransactionMode::Write);
    return driver->topology(*connection, options);
  };
  DriverOptions wal = optionsFor(folder.file("wal.db"));
  wal.maxReaders = 3;
  EXPECT_EQ(shapeOf(wal).shape, PoolShape::WriterAndReaders);
  EXPECT_EQ(shapeOf(wal).readers, 3U);
  EXPECT_EQ(shapeOf(optionsFor(folder.file("old.db"))).shape, PoolShape::Single);
  EXPECT_EQ(shapeOf(optionsFor(folder.file("old.db"))).reason, "rollback journal (delete)");
  EXPECT_EQ(shapeOf(optionsFor(":memory:")).reason, "in-memory database");
  EXPECT_EQ(shapeOf(optionsFor("")).reason, "temporary database");
  wal.attachments = {{"m", ":memory:"}};
  EXPECT_EQ(shapeOf(wal).shape, PoolShape::Single);
  wal.attachments = {{"o", folder.file("old.db")}};
  EXPECT_THAT(shapeOf(wal).reason, HasSubstr("\"o\" has a rollback journal"));
}

TEST(SqliteOpen, ReadOnlyMemoryIsReadOnly) {
  const auto connection = open(optionsFor(":memory:", AccessMode::ReadOnly));
  EXPECT_TRUE(connection->readOnly());
  EXPECT_THAT(errorOf([&] { run(*connection, "CREATE TABLE t (a)"); }), HasSubstr("readonly"));
}

}  // namespace
}  // namespace sonde::test
