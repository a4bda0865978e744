// Bad input gets a clear error and loses nothing.
#include <gmock/gmock.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "../support/process.hpp"
#include "command_fixture.hpp"

namespace sonde::test {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

class BadInput : public CommandTest {
 protected:
  static std::string bytesOf(const std::string& path) {
    std::ostringstream out;
    out << std::ifstream(path, std::ios::binary).rdbuf();
    return out.str();
  }
  void write(const std::string& path, const std::string& bytes) const {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  [[nodiscard]] std::size_t filesInFolder() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(folder_.path()), fs::directory_iterator()));
  }
  // Both reading commands refuse the file, say why, and leave it as it was.
  void expectRefused(const std::string& path, const std::string& because) {
    for (const auto& words : {std::vector<std::string>{"schema", path},
                              std::vector<std::string>{"query", path, "SELECT 1", "--write"}}) {
      const auto result = sondeCommand(words);
      EXPECT_EQ(result.code, cli::kFailure) << words.front();
      EXPECT_THAT(result.err, HasSubstr(because)) << words.front();
      EXPECT_TRUE(result.out.empty()) << result.out;
    }
  }
};

TEST_F(BadInput, AFileThatIsNotADatabaseIsRefusedAndKept) {
  const std::string path = folder_.file("notes.txt");
  const std::string text(5000, 'n');
  write(path, text);
  expectRefused(path, "not a");
  EXPECT_EQ(bytesOf(path), text);
}

TEST_F(BadInput, APasswordInTheUriIsNeverShown) {
  const std::string uri = "postgresql://ada:s3cr@et@nowhere.invalid/shop?sslpassword=s3cr&a=b";
  for (const auto& words :
       {std::vector<std::string>{uri}, std::vector<std::string>{"schema", "a.db", uri},
        std::vector<std::string>{"schema", uri + "&pool.sise=3"},
        std::vector<std::string>{"schema", uri + "&mysql://b:s3cr@h"}}) {
    const auto result = sondeCommand(words);
    EXPECT_NE(result.code, 0);
    EXPECT_EQ(result.err.find("s3cr"), std::string::npos) << result.err;
    EXPECT_FALSE(result.err.empty());
  }
}

TEST_F(BadInput, ADirectoryIsRefused) { expectRefused(folder_.path().string(), "folder"); }

TEST_F(BadInput, AMissingFileIsNotMade) {
  const std::string path = folder_.file("missing.db");
  expectRefused(path, "missing.db");
  EXPECT_FALSE(fs::exists(path));
  expectRefused(folder_.file("no/such/folder.db"), "folder.db");
}

TEST_F(BadInput, AMissingFileIsMadeWhenAskedFor) {
  const std::string path = folder_.file("new.db");
  const auto made =
      sondeCommand({"query", "sqlite:" + path + "?mode=rwc", "CREATE TABLE t (a)", "--write"});
  EXPECT_EQ(made.code, 0) << made.err;
  EXPECT_THAT(sondeCommand({"schema", path}).out, HasSubstr("t"));
}

TEST_F(BadInput, AReadOnlyFileCanBeReadAndIsNotWritten) {
  if (geteuid() == 0) GTEST_SKIP() << "root may write any file";
  const std::string path = database("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
  fs::permissions(path, fs::perms::owner_read);
  EXPECT_EQ(sondeCommand({"find", path, "t", "findAll"}).code, 0);
  EXPECT_EQ(sondeCommand({"query", path, "DELETE FROM t", "--write"}).code, cli::kFailure);
}

TEST_F(BadInput, ALockedDatabaseIsATypedErrorAndNotAHang) {
  const std::string path = database("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
  const RawDatabase other(path);
  other.run("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; INSERT INTO t VALUES (2);");
  const auto result = sondeCommand({"find", "sqlite:" + path + "?busyTimeout=50", "t", "findAll"});
  EXPECT_EQ(result.code, cli::kFailure);
  EXPECT_THAT(result.err, HasSubstr("lock"));
  other.run("COMMIT");
}

TEST_F(BadInput, ACorruptPageIsAnErrorForItsTableOnly) {
  const std::string path = database(
      "PRAGMA page_size = 512; CREATE TABLE good (a); CREATE TABLE bad (a);"
      "INSERT INTO good VALUES (1);"
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
      " INSERT INTO bad SELECT printf('%.100c', 'x') FROM n;");
  std::string bytes = bytesOf(path);
  for (std::size_t page = 4; page < bytes.size() / 512; ++page) {
    bytes.replace(page * 512, 256, 256, '\xff');
  }
  write(path, bytes);
  const auto bad = sondeCommand({"find", path, "bad", "findAll", "--format", "json"});
  EXPECT_EQ(bad.code, cli::kFailure);
  EXPECT_THAT(bad.err, testing::AnyOf(HasSubstr("malformed"), HasSubstr("corrupt")));
  EXPECT_EQ(sondeCommand({"find", path, "good", "findAll"}).code, 0);
  EXPECT_EQ(bytesOf(path), bytes);
}

TEST_F(BadInput, ATruncatedDatabaseIsRefused) {
  const std::string path = database("CREATE TABLE t (a);");
  write(path, bytesOf(path).substr(0, 60));
  const auto result = sondeCommand({"schema", path});
  EXPECT_EQ(result.code, cli::kFailure);
  EXPECT_FALSE(result.err.empty());
}

TEST_F(BadInput, AnEmptyFileIsAnEmptyDatabase) {
  const std::string path = folder_.file("empty.db");
  write(path, "");
  const auto schema = sondeCommand({"schema", path, "--format", "json"});
  EXPECT_EQ(schema.code, 0) << schema.err;
  EXPECT_TRUE(nlohmann::json::parse(schema.out)["tables"].empty());
  EXPECT_EQ(sondeCommand({"find", path, "t", "findAll"}).code, cli::kFailure);
  EXPECT_EQ(fs::file_size(path), 0U);
}

TEST_F(BadInput, TextThatIsNotUtf8IsAnErrorInJsonAndShownInTables) {
  const std::string path =
      database("CREATE TABLE t (a TEXT); INSERT INTO t VALUES (CAST(x'61ff62' AS TEXT));");
  const auto json = sondeCommand({"find", path, "t", "findAll", "--format", "json"});
  EXPECT_EQ(json.code, cli::kFailure);
  EXPECT_THAT(json.err, HasSubstr("UTF-8"));
  EXPECT_THAT(json.err, HasSubstr("\"a\""));
  EXPECT_THAT(sondeCommand({"find", path, "t", "findAll"}).out, HasSubstr("a\xEF\xBF\xBD"
                                                                          "b"));
}

TEST_F(BadInput, TwoThousandColumnsAreRead) {
  std::string create = "CREATE TABLE wide (c1";
  for (int i = 2; i <= 2000; ++i) create += ", c" + std::to_string(i);
  const std::string path = database(create + "); INSERT INTO wide (c1, c2000) VALUES (1, 'end');");
  const auto result =
      sondeCommand({"find", path, "wide", "findOneByC2000", "end", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto row = nlohmann::json::parse(result.out).at(0);
  EXPECT_EQ(row.size(), 2000U);
  EXPECT_EQ(row["c2000"], "end");
}

TEST_F(BadInput, HostileNamesAreNamesLikeAnyOther) {
  const std::vector<std::string> names = {"we\"ird",
                                          "it's",
                                          "a b",
                                          "select",
                                          "ünïcödé",
                                          "new\nline",
                                          "per%c",
                                          "semi;colon",
                                          "[brackets]",
                                          "`tick`",
                                          "--comment",
                                          "/*c*/",
                                          "'); DROP TABLE keep;--"};
  const auto quoted = [](const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
  };
  std::string script = "CREATE TABLE keep (a);";
  for (const std::string& name : names) {
    script += "CREATE TABLE " + quoted(name) + " (" + quoted(name) + " TEXT PRIMARY KEY, v);";
    script += "INSERT INTO " + quoted(name) + " VALUES ('k', 7);";
  }
  const std::string path = database(script);
  for (const std::string& name : names) {
    const auto rows = sondeCommand({"find", "--format", "json", "--", path, name, "findAll"});
    ASSERT_EQ(rows.code, 0) << name << ": " << rows.err;
    EXPECT_EQ(nlohmann::json::parse(rows.out).at(0).at(name), "k") << name;
    EXPECT_EQ(sondeCommand({"schema", path, "--table=" + name}).code, 0) << name;
  }
  EXPECT_EQ(sondeCommand({"find", path, "keep", "findAll"}).code, 0);
  for (const char* format : {"text", "json", "mermaid", "dot", "sql"}) {
    EXPECT_EQ(sondeCommand({"schema", path, "--format", format}).code, 0) << format;
  }
  const std::string copy =
      database(sondeCommand({"schema", path, "--format", "sql"}).out, "copy.db");
  EXPECT_EQ(sondeCommand({"find", copy, "we\"ird", "findAll"}).code, 0);
}

TEST_F(BadInput, BlobsWithNulsAndIntegersAtTheEdgesSurvive) {
  const std::string path = database(
      "CREATE TABLE t (i INTEGER, b BLOB, s TEXT);"
      "INSERT INTO t VALUES (9223372036854775807, x'00010002', 'a' || char(0) || 'b'),"
      " (-9223372036854775808, x'', '');");
  const auto result = sondeCommand({"find", path, "t", "findAll", "--format", "json"});
  ASSERT_EQ(result.code, 0) << result.err;
  const auto rows = nlohmann::json::parse(result.out);
  EXPECT_EQ(rows[0]["i"], 9223372036854775807LL);
  EXPECT_EQ(rows[1]["i"].get<std::int64_t>(), INT64_MIN);
  EXPECT_EQ(rows[0]["b"], "AAEAAg==");
  EXPECT_EQ(rows[0]["s"], std::string("a\0b", 3));
  EXPECT_EQ(rows[1]["b"], "");
}

TEST_F(BadInput, InfinityIsWrittenAsText) {
  const std::string path =
      database("CREATE TABLE t (r REAL); INSERT INTO t VALUES (9e999), (-9e999), (9e999 - 9e999);");
  const auto rows =
      nlohmann::json::parse(sondeCommand({"find", path, "t", "findAll", "--format", "json"}).out);
  EXPECT_EQ(rows[0]["r"], "Infinity");
  EXPECT_EQ(rows[1]["r"], "-Infinity");
  EXPECT_TRUE(rows[2]["r"].is_null());
}

TEST_F(BadInput, AFinderNameOfTenThousandCharactersIsRefusedShortly) {
  const std::string path = database("CREATE TABLE t (a);");
  const auto result = sondeCommand({"find", path, "t", "findManyBy" + std::string(10'000, 'A')});
  EXPECT_EQ(result.code, cli::kFailure);
  EXPECT_LT(result.err.size(), 1000U);
  std::string deep = "findManyByA";
  while (deep.size() < 10'000) deep += "OrA";
  EXPECT_EQ(sondeCommand({"find", path, "t", deep, "1"}).code, cli::kFailure);
}

TEST_F(BadInput, NothingIsLeftBesideAFileThatWasRead) {
  const std::string path = database("CREATE TABLE t (a); INSERT INTO t VALUES (1);");
  const std::string before = bytesOf(path);
  EXPECT_EQ(sondeCommand({"find", path, "t", "findAll"}).code, 0);
  EXPECT_EQ(sondeCommand({"schema", path}).code, 0);
  EXPECT_EQ(bytesOf(path), before);
  EXPECT_EQ(filesInFolder(), 1U);
}

TEST_F(BadInput, TheProgramItselfEndsWithACodeAndNoTrace) {
  const ProcessResult result = runProcess({SONDE_COMMAND, "schema", folder_.file("none.db")});
  EXPECT_EQ(result.exitCode, cli::kFailure);
  EXPECT_TRUE(result.out.empty());
  EXPECT_THAT(result.err, HasSubstr("sonde: "));
  EXPECT_EQ(runProcess({SONDE_COMMAND, "--version"}).exitCode, 0);
}

}  // namespace
}  // namespace sonde::test
