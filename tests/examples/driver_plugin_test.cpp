// The example driver, a folder of CSV files, through everything a program does with a database.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/dialects/load_driver.hpp>
#include <sonde/sonde.hpp>

#include <filesystem>
#include <fstream>
#include <limits>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../support/temporary_folder.hpp"

namespace sonde {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

std::string messageOf(const std::function<void()>& call) {
  try {
    call();
  } catch (const Error& error) {
    return std::string(errorCodeName(error.code())) + ": " + error.what() +
           "; hint: " + error.hint();
  }
  return "nothing was thrown";
}

class CsvPlugin : public testing::Test {
 protected:
  void write(std::string_view name, std::string_view text) const {
    std::ofstream(folder_.file(name), std::ios::binary) << text;
  }
  [[nodiscard]] Database open(const std::string& options = {}) const {
    return openUri("csv:" + folder_.path().string() + options);
  }
  [[nodiscard]] static Database openUri(const std::string& uri) {
    Config config;
    config.uri = uri;
    config.drivers = {SONDE_CSV_DRIVER};
    config.schema.checkInterval = std::chrono::milliseconds(0);
    return Database::open(config);
  }
  /// @return The columns of a table as "name type" with what their rows are as JSON.
  [[nodiscard]] std::vector<std::string> typesOf(std::string_view csv) const {
    write("t.csv", csv);
    std::vector<std::string> types;
    const Database db = open();
    for (const Column& column : db.schema()->table("t").columns) {
      types.push_back(column.name + " " + std::string(typeName(column.type)));
    }
    return types;
  }
  [[nodiscard]] std::string rowsOf(std::string_view csv, const std::string& options = {}) const {
    write("t.csv", csv);
    return open(options).getRepository("t").findAll().json();
  }
  /// @return What is wrong with a file, as the schema tells it.
  [[nodiscard]] std::string errorOf(std::string_view csv) const {
    write("t.csv", csv);
    write("sound.csv", "a\n1\n");
    const Database db = open();
    EXPECT_EQ(db.getRepository("sound").count(), 1U) << "one broken file spoils no other";
    return db.schema()->table("t").error.value_or("none");
  }

  test::TemporaryFolder folder_;
};

TEST_F(CsvPlugin, ServesAFolderAsTables) {
  const Database db = openUri("csv:" SONDE_CSV_BOOKS);
  EXPECT_EQ(db.schema()->dialect(), "csv");
  ASSERT_EQ(db.schema()->tables().size(), 2U);
  const Table& books = db.schema()->table("books");
  EXPECT_EQ(books.rowEstimate, 6);
  EXPECT_EQ(books.comment, "books.csv");
  EXPECT_THAT(books.keyColumns(), ElementsAre("id"));

  const auto repository = db.getRepository("books");
  EXPECT_EQ(repository.findById(3)->toJson().dump(),
            R"({"id":3,"author_id":2,"title":"Solaris","year":1961,"price":9.99,"in_print":true,)"
            R"("added":"2024-03-01T10:00:00"})");
  EXPECT_EQ(repository.call("countByInPrintTrueAndYearBetween", 1960, 1980).count(), 4U);
  EXPECT_EQ(repository.getOneBy("id", 4)["title"].text(), "Fiasco\n(Harvest edition)");
  const auto authors = db.getRepository("authors");
  EXPECT_EQ(authors.getOneBy("name", "Lem, Stanisław")["id"].as<int>(), 2);
  EXPECT_EQ(authors.call("findManyByDiedIsNull").rows().size(), 1U);
  const auto joined = db.sql(
      "SELECT a.name, count(*) AS n FROM authors a JOIN books b ON b.author_id = a.id "
      "GROUP BY a.id HAVING n > ? ORDER BY n DESC, a.name",
      {1});
  EXPECT_EQ(joined.json(),
            R"([{"name":"Lem, Stanisław","n":2},{"name":"Ursula K. Le Guin","n":2}])");
}

TEST_F(CsvPlugin, FindsTheTypeThatEveryValueHas) {
  EXPECT_THAT(typesOf("i,r,b,d,t,z,x,e\n"
                      "1,1,true,2024-02-29,2024-02-29 10:00,2024-02-29T10:00Z,a,\n"
                      "-9223372036854775808,2.5,FALSE,1999-12-31,2024-02-29T10:00:01.5,"
                      "2024-02-29T10:00:00+02:00,1,\n"),
              ElementsAre("i integer", "r real", "b boolean", "d date", "t timestamp",
                          "z timestamptz", "x text", "e text"));
  EXPECT_THAT(typesOf("a,b,c,d,e\n1,,true,2024-01-01,2024-01-01T00:00\n,2.5,0,2024-01-32,"
                      "2024-01-01T00:00Z\n"),
              ElementsAre("a integer", "b real", "c text", "d text", "e text"));
}

TEST_F(CsvPlugin, ChangesNothingByReadingItAsANumber) {
  for (const char* value : {"007", "+1", "-0", "9223372036854775808", "0x10", "1_000", " 1", "nan",
                            "inf", "1e999", "0.1234567890123456", "1.", "."}) {
    const auto types = typesOf(std::string("a\n") + value + "\n");
    const bool shortEnough = std::string_view(value) == "1." || std::string_view(value) == "-0";
    EXPECT_THAT(types, ElementsAre(shortEnough ? "a real" : "a text")) << value;
  }
  EXPECT_THAT(typesOf("a\n9007199254740993\n0.5\n"), ElementsAre("a text"));
  EXPECT_EQ(rowsOf("a\n9223372036854775807\n-9223372036854775808\n0\n"),
            R"([{"a":9223372036854775807},{"a":-9223372036854775808},{"a":0}])");
  EXPECT_EQ(rowsOf("a\n0.123456789012345\n1e-300\n-2\n"),
            R"([{"a":0.123456789012345},{"a":1e-300},{"a":-2.0}])");
}

TEST_F(CsvPlugin, ReadsQuotesLineEndsAndTheByteOrderMark) {
  EXPECT_EQ(rowsOf("\xEF\xBB\xBF"
                   "a,b\r\n\"x,\"\"y\"\"\r\nz\",2\r\n"),
            R"([{"a":"x,\"y\"\r\nz","b":2}])");
  EXPECT_EQ(rowsOf("a,b\nx,1"), R"([{"a":"x","b":1}])") << "no line end at the end";
  EXPECT_EQ(rowsOf("a,b\n\n,1\n\n\n"), R"([{"a":null,"b":1}])") << "empty lines";
  EXPECT_EQ(rowsOf("a\n\n\"\"\nx\n"), R"([{"a":null},{"a":""},{"a":"x"}])")
      << "with one column an empty line is a row, and quotes make an empty text";
  EXPECT_EQ(rowsOf("a\n\"1\"\n\"\"\n"), R"([{"a":1},{"a":null}])") << "a number is none";
  EXPECT_EQ(rowsOf("a,b\n"), "[]");
  EXPECT_EQ(rowsOf("a"), "[]");
  EXPECT_EQ(rowsOf("a;b\n1,5;x\n", "?separator=;"), R"([{"a":"1,5","b":"x"}])");
  EXPECT_EQ(rowsOf("a\tb\n1\tx\n", "?separator=tab"), R"([{"a":1,"b":"x"}])");
  EXPECT_EQ(rowsOf("\"select\",\"na\"\"me\"\n1,2\n"), R"([{"select":1,"na\"me":2}])");
}

TEST_F(CsvPlugin, NamesFileAndLineOfWhatIsNoCsv) {
  EXPECT_EQ(errorOf("a,b\n1,2\n1,2,3\n"), "t.csv:3: there are 3 fields, but 2 columns");
  EXPECT_EQ(errorOf("a,b\n\"x\ny\",2\n1\n"), "t.csv:4: there are 1 fields, but 2 columns");
  EXPECT_THAT(errorOf("a\nx\"y\n"), HasSubstr("t.csv:2: a quote stands inside a field"));
  EXPECT_THAT(errorOf("a\n\"x\"y\n"), HasSubstr("t.csv:2: text follows the quote"));
  EXPECT_THAT(errorOf("a\n1\n\"x\n\n\n"), HasSubstr("t.csv:3: a quote is not closed"));
  EXPECT_THAT(errorOf("a\nx\ry\n"), HasSubstr("t.csv:2: a carriage return"));
  EXPECT_THAT(errorOf("a\n1\n\xFF\n"), HasSubstr("t.csv:3: the text is not UTF-8"));
  EXPECT_THAT(errorOf(""), HasSubstr("t.csv:1: the file has no header"));
  EXPECT_THAT(errorOf("\n1\n"), HasSubstr("t.csv:1: the file has no header"));
  EXPECT_THAT(errorOf("a,,c\n"), HasSubstr("t.csv:1: column 2 has no name"));
  EXPECT_THAT(errorOf("a,A\n"), HasSubstr("t.csv:1: the column \"A\" is named twice"));
}

TEST_F(CsvPlugin, AskingABrokenFileSaysWhatIsWrongWithIt) {
  write("t.csv", "a,b\n1\n");
  write("sqlite_x.csv", "a\n1\n");
  const Database db = open();
  EXPECT_THAT(messageOf([&] { (void)db.sql("SELECT * FROM t"); }), HasSubstr("t.csv:2: there are"));
  EXPECT_THAT(db.schema()->table("sqlite_x").error.value_or(""), HasSubstr("reserved"));
}

TEST_F(CsvPlugin, TakesAsKeyAnIdThatNeverRepeats) {
  const auto keyOf = [&](std::string_view csv) {
    write("t.csv", csv);
    return open().schema()->table("t").keyColumns();
  };
  EXPECT_THAT(keyOf("ID,a\n2,x\n1,y\n"), ElementsAre("ID"));
  EXPECT_THAT(keyOf("id\n1\n1\n"), ElementsAre());
  EXPECT_THAT(keyOf("id\n1\n\n"), ElementsAre()) << "an empty field";
  EXPECT_THAT(keyOf("id\n1\nx\n"), ElementsAre());
  EXPECT_THAT(keyOf("id\n1.5\n"), ElementsAre());
}

TEST_F(CsvPlugin, RefusesEveryWrite) {
  write("t.csv", "id,a\n1,x\n");
  const Database db = open();
  const auto table = db.getRepository("t");
  EXPECT_THAT(messageOf([&] { table.create({{"a", "y"}}); }), HasSubstr("only read"));
  EXPECT_THAT(messageOf([&] { table.update(1, {{"a", "y"}}); }), HasSubstr("only read"));
  EXPECT_THAT(messageOf([&] { table.deleteById(1); }), HasSubstr("only read"));
  for (const char* sql :
       {"DELETE FROM t", "CREATE TABLE u(a)", "DROP TABLE t", "PRAGMA query_only = off",
        "ATTACH DATABASE ':memory:' AS x", "WITH x AS (SELECT 1) DELETE FROM t", "VACUUM",
        "/* SELECT */ REPLACE INTO t VALUES (1, 2)"}) {
    EXPECT_THAT(messageOf([&] { (void)db.execute(sql); }), HasSubstr("only read")) << sql;
  }
  EXPECT_THAT(messageOf([&] { db.executeScript("DELETE FROM t"); }), HasSubstr("only read"));
  EXPECT_EQ(table.findAll().json(), R"([{"id":1,"a":"x"}])");
  try {
    (void)db.execute("DELETE FROM t");
  } catch (const QueryError& error) {
    EXPECT_EQ(error.sqlState(), "25006");
  }
}

TEST_F(CsvPlugin, ReadsFilesAgainThatChanged) {
  write("t.csv", "a\n1\n");
  const Database db = open();
  int told = 0;
  const Subscription listening = db.onSchemaChange([&](const SchemaChange&) { ++told; });
  write("t.csv", "a\n1\n2\n");
  EXPECT_FALSE(db.refreshSchema()) << "other rows are no other schema";
  EXPECT_EQ(db.getRepository("t").count(), 2U);
  write("t.csv", "a,b\n1,x\n");
  write("u.csv", "c\n1\n");
  EXPECT_TRUE(db.refreshSchema());
  EXPECT_EQ(told, 1);
  EXPECT_EQ(db.getRepository("t").findAll().json(), R"([{"a":1,"b":"x"}])");
  EXPECT_EQ(db.getRepository("u").count(), 1U);
  fs::remove(folder_.file("u.csv"));
  EXPECT_TRUE(db.refreshSchema());
  EXPECT_THROW((void)db.getRepository("u"), SchemaError);
  write("t.csv", "a,b\n1\n");
  db.refreshSchema();
  EXPECT_THAT(db.schema()->table("t").error.value_or(""), HasSubstr("t.csv:2"));
  write("t.csv", "a,b\n1,mended\n");
  db.refreshSchema();
  EXPECT_EQ(db.getRepository("t").findAll().json(), R"([{"a":1,"b":"mended"}])");
}

TEST_F(CsvPlugin, ATransactionSeesTheSameRowsAllTheTime) {
  write("t.csv", "a\n1\n");
  const Database db = open();
  db.transaction([&](Transaction& tx) {
    EXPECT_EQ(tx.getRepository("t").count(), 1U);
    write("t.csv", "a\n1\n2\n");
    EXPECT_EQ(tx.getRepository("t").count(), 1U);
    EXPECT_THAT(messageOf([&] {
                  tx.getRepository("t").insert({{"a", 3}});
                }),
                HasSubstr("only read"));
  });
  db.refreshSchema();
  EXPECT_EQ(db.getRepository("t").count(), 2U);
}

TEST_F(CsvPlugin, SaysWhatIsWrongWithAFolderOrAnOption) {
  EXPECT_THAT(messageOf([] { (void)openUri("csv:/no/such/folder"); }),
              testing::AllOf(HasSubstr("connection: "), HasSubstr("\"/no/such/folder\"")));
  write("t.csv", "a\n");
  EXPECT_THAT(messageOf([&] { (void)openUri("csv:" + folder_.file("t.csv")); }),
              HasSubstr("cannot be read"));
  EXPECT_THAT(messageOf([&] { (void)open("?seperator=;"); }),
              HasSubstr("did you mean \"separator\""));
  EXPECT_THAT(messageOf([&] { (void)open("?separator=%22"); }), HasSubstr("one character"));
  Config config;
  config.uri = "csv:" + folder_.path().string();
  config.drivers = {SONDE_CSV_DRIVER};
  config.attachments = {{"x", "y"}};
  EXPECT_THAT(messageOf([&] { (void)Database::open(config); }), HasSubstr("attached"));
}

TEST_F(CsvPlugin, TakesAHundredThousandRows) {
  std::string csv = "id,name,value\n";
  for (int i = 1; i <= 100'000; ++i) {
    csv +=
        std::to_string(i) + ",name " + std::to_string(i % 100) + "," + std::to_string(i) + ".5\n";
  }
  write("big.csv", csv);
  const Database db = open();
  EXPECT_EQ(db.getRepository("big").count(), 100'000U);
  EXPECT_EQ((*db.getRepository("big").findById(99'999))["value"].as<double>(), 99'999.5);
}

}  // namespace
}  // namespace sonde
