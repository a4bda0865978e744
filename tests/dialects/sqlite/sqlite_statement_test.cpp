#include <gmock/gmock.h>

#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "driver_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

std::string_view asText(const Blob& blob) {
  return {reinterpret_cast<const char*>(blob.bytes.data()), blob.bytes.size()};
}

TEST(SqliteStatement, KeepsIntegersAtTheEdges) {
  const auto db = openMemory();
  const auto rows = query(*db, "SELECT ?, ?, ?, ?", {kMin, kMax, std::uint64_t{0}, -1});
  EXPECT_EQ(rows.front()[0].as<std::int64_t>(), kMin);
  EXPECT_EQ(rows.front()[1].as<std::int64_t>(), kMax);
  EXPECT_EQ(rows.front()[2].as<int>(), 0);
  EXPECT_EQ(rows.front()[3].as<int>(), -1);
}

TEST(SqliteStatement, RefusesUnsignedIntegersThatSqliteCannotHold) {
  const auto db = openMemory();
  const auto beyond = static_cast<std::uint64_t>(kMax) + 1;
  const auto error = caught<ValidationError>([&] { query(*db, "SELECT ?, ?", {1, beyond}); });
  ASSERT_EQ(error.problems().size(), 1U);
  EXPECT_EQ(error.problems()[0].field, "parameter 2");
  EXPECT_THAT(error.what(), HasSubstr("9223372036854775807"));
  EXPECT_EQ(std::string(error.what()).find(std::to_string(beyond)), std::string::npos);
}

TEST(SqliteStatement, KeepsInfinityAndRefusesNan) {
  const auto db = openMemory();
  const double infinity = std::numeric_limits<double>::infinity();
  db->executeScript("CREATE TABLE t (a REAL)");
  run(*db, "INSERT INTO t VALUES (?), (?)", {infinity, -infinity});
  const auto rows = query(*db, "SELECT a FROM t");
  EXPECT_EQ(rows[0]["a"].as<double>(), infinity);
  EXPECT_EQ(rows[1]["a"].as<double>(), -infinity);
  EXPECT_THAT(errorOf([&] { run(*db, "INSERT INTO t VALUES (?)", {std::nan("")}); }),
              AllOf(StartsWith("validation: "), HasSubstr("NaN")));
  EXPECT_EQ(query(*db, "SELECT * FROM t").size(), 2U);
}

TEST(SqliteStatement, KeepsNulBytesInTextAndBlobs) {
  const auto db = openMemory();
  const std::string bytes("a\0b\0", 4);
  const Blob blob{std::string_view(bytes)};
  const auto row =
      query(*db, "SELECT ? AS t, ? AS b, typeof(?1), typeof(?2)", {std::string_view(bytes), blob})
          .front();
  EXPECT_EQ(row["t"].text(), bytes);
  EXPECT_EQ(asText(row["b"].as<Blob>()), bytes);
  EXPECT_EQ(row[2].text(), "text");
  EXPECT_EQ(row[3].text(), "blob");
}

TEST(SqliteStatement, TellsEmptyFromNull) {
  const auto db = openMemory();
  const auto row = query(*db, "SELECT ?, ?, ?, typeof(?2), x'', zeroblob(0)",
                         {std::string_view(), Blob(), nullptr})
                       .front();
  EXPECT_EQ(row[0].storage(), Storage::Text);
  EXPECT_EQ(row[0].text(), "");
  EXPECT_EQ(row[1].storage(), Storage::Blob);
  EXPECT_TRUE(row[1].as<Blob>().bytes.empty());
  EXPECT_TRUE(row[2].isNull());
  EXPECT_EQ(row[3].text(), "blob");
  EXPECT_EQ(row[4].storage(), Storage::Blob);
  EXPECT_EQ(row[5].storage(), Storage::Blob);
}

TEST(SqliteStatement, BindsDocumentsAsJsonText) {
  const auto db = openMemory();
  const Value first = Value::object({{"a", Value::array({1, "x"})}});
  const Value second = Value::array({});
  const auto row = query(*db, "SELECT ?, ?, json_extract(?1, '$.a[1]')", {first, second}).front();
  EXPECT_EQ(row[0].text(), R"({"a":[1,"x"]})");
  EXPECT_EQ(row[1].text(), "[]");
  EXPECT_EQ(row[2].text(), "x");
}

TEST(SqliteStatement, RefusesListsAndWrongCounts) {
  const auto db = openMemory();
  const std::vector<Value> list{1, 2};
  EXPECT_THAT(errorOf([&] { query(*db, "SELECT ?", {list}); }),
              AllOf(StartsWith("validation: "), HasSubstr("list")));
  EXPECT_THAT(errorOf([&] { query(*db, "SELECT ?, ?", {1}); }),
              AllOf(HasSubstr("2 placeholders"), HasSubstr("1 parameters")));
  EXPECT_THAT(errorOf([&] { query(*db, "SELECT 1", {1}); }), StartsWith("validation: "));
}

TEST(SqliteStatement, RefusesTextLongerThanSqliteStores) {
  const auto db = openMemory();
  const std::string_view tooLong("x", std::size_t{1} << 31U);  // Never read: the length is enough.
  EXPECT_THAT(errorOf([&] { query(*db, "SELECT ?", {tooLong}); }),
              AllOf(StartsWith("validation: "), HasSubstr("larger than SQLite can store")));
}

TEST(SqliteStatement, ForgetsParametersOfTheRunBefore) {
  const auto db = openMemory();
  const auto statement = db->prepare("SELECT ?", true);
  {
    const std::string gone(100, 'x');
    const Arg arg = gone;
    statement->bind(Args(&arg, 1));
    EXPECT_EQ(ResultSet(statement->fetch(0, 0)).front()[0].text(), gone);
    statement->reset();
  }
  EXPECT_TRUE(ResultSet(statement->fetch(0, 0)).front()[0].isNull());
  statement->reset();
  // A bind that fails half-way leaves nothing of itself either.
  const Arg bad = std::nan("");
  EXPECT_THROW(statement->bind(Args(&bad, 1)), ValidationError);
  EXPECT_TRUE(ResultSet(statement->fetch(0, 0)).front()[0].isNull());
}

TEST(SqliteStatement, GivesLogicalTypesOnlyWhereTheStorageAgrees) {
  const auto db = openMemory();
  db->executeScript(
      "CREATE TABLE t (flag BOOLEAN, price DECIMAL(10, 2), at DATETIME, day DATE, doc JSON);"
      "INSERT INTO t VALUES (1, 2.5, '2024-01-02 03:04:05', '2024-01-02', '[1]');"
      "INSERT INTO t VALUES (2, 'much', 1700000000, 2460000.5, x'00');");
  const auto rows = query(*db, "SELECT * FROM t");
  const auto typesOf = [&](std::size_t row) {
    std::vector<Type> types;
    for (std::size_t i = 0; i < rows.columns().size(); ++i)
      types.push_back(rows[row].view()[i].type());
    return types;
  };
  EXPECT_EQ(typesOf(0),
            (std::vector{Type::Boolean, Type::Decimal, Type::Timestamp, Type::Date, Type::Json}));
  EXPECT_EQ(typesOf(1),
            (std::vector{Type::Other, Type::Other, Type::Other, Type::Other, Type::Other}));
  EXPECT_EQ(rows.columns()[1].scale, 2);
  EXPECT_EQ(
      rows[0].toJson().dump(),
      R"({"flag":true,"price":"2.50","at":"2024-01-02T03:04:05","day":"2024-01-02","doc":[1]})");
}

TEST(SqliteStatement, DescribesItsColumns) {
  const auto db = openMemory();
  db->executeScript(
      "CREATE TABLE t (id INTEGER PRIMARY KEY); CREATE VIEW v AS SELECT id AS x FROM t");
  const auto statement = db->prepare("SELECT x AS renamed, x + 1 AS sum FROM v", false);
  EXPECT_EQ(statement->step(), nullptr);
  const Columns& columns = *statement->columns();
  ASSERT_EQ(columns.size(), 2U);
  EXPECT_EQ(columns[0].name, "renamed");
  EXPECT_EQ(columns[0].table, "t");
  EXPECT_EQ(columns[0].origin, "id");
  EXPECT_EQ(columns[0].declaredType, "INTEGER");
  EXPECT_EQ(columns[1].name, "sum");
  EXPECT_EQ(columns[1].table, "");
}

TEST(SqliteStatement, StepsThroughRowsAndStaysAtTheEnd) {
  const auto db = openMemory();
  const auto statement = db->prepare("SELECT 1 UNION ALL SELECT 2", true);
  for (int run = 0; run < 2; ++run) {
    EXPECT_EQ(statement->step()[0].integer, 1);
    EXPECT_EQ(statement->step()[0].integer, 2);
    EXPECT_EQ(statement->step(), nullptr);
    EXPECT_EQ(statement->step(), nullptr);
    statement->reset();
  }
}

TEST(SqliteStatement, StopsAfterTheRowsAskedForAndFinishesWrites) {
  const auto db = openMemory();
  db->executeScript("CREATE TABLE t (a INTEGER)");
  const auto insert = db->prepare("INSERT INTO t VALUES (1), (2), (3) RETURNING a", true);
  EXPECT_EQ(insert->fetch(1, 0)->rowCount(), 1U);
  insert->reset();
  EXPECT_FALSE(insert->readOnly());
  const auto select = db->prepare("SELECT a FROM t ORDER BY a", true);
  EXPECT_TRUE(select->readOnly());
  EXPECT_EQ(select->fetch(2, 0)->rowCount(), 2U);
  select->reset();
  EXPECT_EQ(select->fetch(0, 0)->rowCount(), 3U);
}

TEST(SqliteStatement, GivesUpAResultThatIsTooLargeAndHoldsNoLock) {
  const TemporaryFolder folder;
  runSql(folder.file("a.db"), "CREATE TABLE t (a); INSERT INTO t VALUES (1), (2), (3);");
  const auto db = open(optionsFor(folder.file("a.db")));
  const auto statement = db->prepare("SELECT a, zeroblob(1000) FROM t", true);
  const auto error = caught<ResultTooLarge>([&] { (void)statement->fetch(0, 2500); });
  EXPECT_THAT(error.what(), AllOf(HasSubstr("2500 bytes"), HasSubstr("row 3")));
  EXPECT_NO_THROW(RawDatabase(folder.file("a.db")).run("DELETE FROM t WHERE a = 1"));
  statement->reset();
  EXPECT_EQ(statement->fetch(0, 2500)->rowCount(), 2U);
}

TEST(SqliteStatement, CountsTheRowsThatItChangedItself) {
  const auto db = openMemory();
  EXPECT_EQ(run(*db, "CREATE TABLE t (a)"), 0U);
  EXPECT_EQ(run(*db, "INSERT INTO t VALUES (1), (2)"), 2U);
  EXPECT_EQ(run(*db, "SELECT * FROM t"), 0U);
  EXPECT_EQ(run(*db, "CREATE INDEX i ON t (a)"), 0U);
  db->executeScript(
      "CREATE TABLE log (a); CREATE TRIGGER d AFTER DELETE ON t BEGIN"
      "  INSERT INTO log VALUES (old.a); INSERT INTO log VALUES (old.a); END");
  EXPECT_EQ(run(*db, "DELETE FROM t"), 2U);
  EXPECT_EQ(run(*db, "DELETE FROM t"), 0U);
  EXPECT_EQ(query(*db, "SELECT * FROM log").size(), 4U);
}

TEST(SqliteStatement, ReadsUtf16Databases) {
  DriverOptions options = optionsFor(":memory:");
  options.settings = {{"encoding", "UTF-16be"}};
  const auto db = open(options);
  db->executeScript("CREATE TABLE t (\"naïve ☃\" TEXT)");
  const std::string text = "Grüße, 世界 🎉";
  run(*db, "INSERT INTO t VALUES (?)", {text});
  ASSERT_EQ(query(*db, "PRAGMA encoding").front()[0].text(), "UTF-16be");
  const auto row = query(*db, "SELECT * FROM t WHERE \"naïve ☃\" = ?", {text}).front();
  EXPECT_EQ(row["naïve ☃"].text(), text);
  const auto streamed = db->prepare("SELECT * FROM t", false);
  EXPECT_EQ(streamed->step()[0].view(), text);
}

TEST(SqliteStatement, KeepsTextThatIsNotUtf8) {
  const auto db = openMemory();
  const auto rows = query(*db, "SELECT CAST(x'61ff62' AS TEXT) AS t");
  EXPECT_EQ(rows.front()["t"].text(),
            "a\xFF"
            "b");
  EXPECT_THROW((void)rows.json(), EncodingError);
  EXPECT_EQ(rows.json({.replaceInvalidUtf8 = true}),
            "[{\"t\":\"a\xEF\xBF\xBD"
            "b\"}]");
}

TEST(SqliteStatement, ReadsTwoThousandColumns) {
  const auto db = openMemory();
  std::string sql = "CREATE TABLE t (c0";
  for (int i = 1; i < 2000; ++i) sql += ", c" + std::to_string(i);
  db->executeScript(sql + ")");
  run(*db, "INSERT INTO t (c0, c1999) VALUES (1, 2)");
  const auto rows = query(*db, "SELECT * FROM t");
  ASSERT_EQ(rows.columns().size(), 2000U);
  EXPECT_EQ(rows.front()["c1999"].as<int>(), 2);
  EXPECT_TRUE(rows.front()["c1000"].isNull());
}

TEST(SqliteStatement, KeepsManyRowsOfManySizes) {
  const auto db = openMemory();
  const auto statement = db->prepare(
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT ?)"
      " SELECT x, substr(hex(zeroblob(350)), 1, x % 700) AS s FROM c",
      true);
  for (const int count : {1, 5000, 3, 700}) {  // Growing and shrinking reserves.
    const Arg arg = count;
    statement->bind(Args(&arg, 1));
    const ResultSet rows(statement->fetch(0, 0));
    statement->reset();
    ASSERT_EQ(rows.size(), static_cast<std::size_t>(count));
    int x = 0;
    for (const auto row : rows) {
      ++x;
      ASSERT_EQ(row["x"].as<int>(), x);
      ASSERT_EQ(row["s"].text().size(), static_cast<std::size_t>(x % 700));
    }
  }
}

TEST(SqliteStatement, PreparesExactlyOneStatement) {
  const auto db = openMemory();
  for (const char* none : {"", "  ", "-- comment", "/* a */ ;;", ";"}) {
    EXPECT_THAT(errorOf([&] { (void)db->prepare(none, false); }),
                AllOf(StartsWith("validation: "), HasSubstr("no statement")))
        << none;
  }
  for (const char* more : {"SELECT 1; SELECT 2", "SELECT 1; -- a\n ; SELECT 2;"}) {
    EXPECT_THAT(errorOf([&] { (void)db->prepare(more, false); }),
                HasSubstr("more than one statement"));
  }
  for (const char* one : {"SELECT 1;", " ; -- a\nSELECT 1 /* b */ ; -- c", "SELECT 1 -- \n"}) {
    EXPECT_EQ(query(*db, one).size(), 1U) << one;
  }
  EXPECT_THAT(errorOf([&] { (void)db->prepare(std::string_view("SELECT 1\0; DROP", 15), false); }),
              HasSubstr("NUL"));
}

TEST(SqliteStatement, RunsScriptsWithoutParameters) {
  const auto db = openMemory();
  db->executeScript(
      "CREATE TABLE t (a); -- no; not here\n"
      "CREATE TRIGGER r AFTER INSERT ON t BEGIN SELECT 1; SELECT 2; END;"
      "INSERT INTO t VALUES (';'), ('--');\n/* end */ ");
  EXPECT_EQ(query(*db, "SELECT * FROM t").size(), 2U);
  EXPECT_THAT(errorOf([&] { db->executeScript("SELECT 1; INSERT INTO t VALUES (?)"); }),
              AllOf(StartsWith("validation: "), HasSubstr("placeholders")));
  EXPECT_EQ(query(*db, "SELECT * FROM t").size(), 2U);
}

TEST(SqliteStatement, ExplainsItsPlanAsATree) {
  const auto db = openMemory();
  db->executeScript("CREATE TABLE t (id INTEGER PRIMARY KEY, a)");
  EXPECT_EQ(db->explain("SELECT * FROM t WHERE id = ?"),
            std::vector<std::string>{"SEARCH t USING INTEGER PRIMARY KEY (rowid=?)"});
  const auto lines = db->explain("SELECT id FROM t UNION SELECT a FROM t");
  ASSERT_GT(lines.size(), 2U);
  EXPECT_EQ(lines[0], "COMPOUND QUERY");
  EXPECT_THAT(lines[1], StartsWith("  "));
  EXPECT_THAT(lines[2], StartsWith("    "));
}

TEST(SqliteStatement, MayOutliveItsConnection) {
  auto db = openMemory();
  db->executeScript("CREATE TABLE t (a); INSERT INTO t VALUES (1)");
  const auto statement = db->prepare("SELECT * FROM t", true);
  db.reset();
  EXPECT_EQ(statement->fetch(0, 0)->rowCount(), 1U);
}

}  // namespace
}  // namespace sonde::test
