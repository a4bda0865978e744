// What statements of the MySQL driver give and take, on a real MariaDB.
#include <limits>

#include "mysql_fixture.hpp"

namespace sonde {
namespace {

using MysqlStatements = test::MysqlTest;

TEST_F(MysqlStatements, GiveIntegersOfEveryWidthExactly) {
  db().run(
      "CREATE TABLE t (a tinyint, b tinyint unsigned, c smallint, d mediumint, e int unsigned, "
      "f bigint, g bigint unsigned, h year);"
      "INSERT INTO t VALUES (-128, 255, -32768, -8388608, 4294967295, -9223372036854775808, "
      "18446744073709551615, 2155), (NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)");
  EXPECT_EQ(json("SELECT * FROM t"),
            R"([{"a":-128,"b":255,"c":-32768,"d":-8388608,"e":4294967295,)"
            R"("f":-9223372036854775808,"g":18446744073709551615,"h":2155},)"
            R"({"a":null,"b":null,"c":null,"d":null,"e":null,"f":null,"g":null,"h":null}])");
}

TEST_F(MysqlStatements, ReadBooleansAndBits) {
  db().run(
      "CREATE TABLE t (a tinyint(1), b tinyint(1) unsigned, c bit(1), d bit(10));"
      "INSERT INTO t VALUES (1, 1, 1, 1023), (0, 0, 0, 0), (7, 7, 1, 5)");
  EXPECT_EQ(json("SELECT * FROM t"),
            R"([{"a":true,"b":1,"c":true,"d":1023},{"a":false,"b":0,"c":false,"d":0},)"
            R"({"a":7,"b":7,"c":true,"d":5}])");
}

TEST_F(MysqlStatements, KeepDecimalsAndShortFloatsLossless) {
  db().run(
      "CREATE TABLE t (a decimal(30,10), b decimal(5,2) unsigned, c float, d double);"
      "INSERT INTO t VALUES (-12345678901234567890.0123456789, 1.5, 0.1, 0.1)");
  EXPECT_EQ(json("SELECT * FROM t"),
            R"([{"a":"-12345678901234567890.0123456789","b":"1.50","c":0.1,"d":0.1}])");
}

TEST_F(MysqlStatements, GiveTimesAsIsoTextWithTheDigitsThatCount) {
  db().run(
      "SET sql_mode = '';"
      "CREATE TABLE t (a date, b datetime(6), c time(3));"
      "INSERT INTO t VALUES ('2024-02-29', '2024-01-02 03:04:05.000001', '-838:59:59.5'), "
      "('0000-00-00', '2024-00-00 00:00:00', '100:00:00')");
  EXPECT_EQ(json("SELECT * FROM t"),
            R"([{"a":"2024-02-29","b":"2024-01-02T03:04:05.000001","c":"-838:59:59.5"},)"
            R"({"a":"0000-00-00","b":"2024-00-00 00:00:00","c":"100:00:00"}])");
}

TEST_F(MysqlStatements, TellTimestampsAsInstantsWhateverTheServersZone) {
  db().run("CREATE TABLE t (a timestamp(3) NULL)");
  // What was written in one zone is the same instant in every other.
  db().run("SET time_zone = '+05:30'; INSERT INTO t VALUES ('2024-01-02 05:30:00.250')");
  EXPECT_EQ(json("SELECT a FROM t"), R"([{"a":"2024-01-02T00:00:00.25Z"}])");
  // A value that was read can be written again.
  const ResultSet rows = query("SELECT a FROM t");
  EXPECT_EQ(run("UPDATE t SET a = ?", {Arg(rows[0].view()["a"])}), 1U);
  EXPECT_EQ(json("SELECT a FROM t"), R"([{"a":"2024-01-02T00:00:00.25Z"}])");
}

TEST_F(MysqlStatements, TellTextFromBytesAndKnowJsonAndUuid) {
  db().run(
      "CREATE TABLE t (a char(5), b varchar(10), c text, d binary(2), e varbinary(5), f blob, "
      "g enum('x','y'), h set('x','y'), i json, j uuid);"
      "INSERT INTO t VALUES ('ab', 'é😀', '', x'00ff', '', x'00', 'y', 'x,y', '{\"k\":[1]}', "
      "'123e4567-e89b-12d3-a456-426655440000')");
  EXPECT_EQ(json("SELECT * FROM t"),
            R"([{"a":"ab","b":"é😀","c":"","d":"AP8=","e":"","f":"AA==","g":"y","h":"x,y",)"
            R"("i":{"k":[1]},"j":"123e4567-e89b-12d3-a456-426655440000"}])");
}

TEST_F(MysqlStatements, TakeEveryKindOfParameter) {
  const std::string text("a\0b\\'\"😀", 11);
  const Blob blob(std::string_view("\0\xff", 2));
  const Value document = Value::object({{"k", Value(1)}});
  const ResultSet rows =
      query("SELECT ?, ?, ?, ?, ?, ?, ?, ?",
            {nullptr, true, std::numeric_limits<std::int64_t>::min(),
             std::numeric_limits<std::uint64_t>::max(), 0.1, text, blob, document});
  const Row first = rows[0];
  const RowView row = first.view();
  EXPECT_TRUE(row[0].isNull());
  EXPECT_EQ(row[1].as<int>(), 1);
  EXPECT_EQ(row[2].as<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row[3].as<std::uint64_t>(), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(row[4].as<double>(), 0.1);
  EXPECT_EQ(row[5].text(), text);
  EXPECT_EQ(row[6].cell().view(), std::string_view("\0\xff", 2));
  EXPECT_EQ(row[7].text(), R"({"k":1})");
}

TEST_F(MysqlStatements, RefuseWhatTheServerCannotHold) {
  EXPECT_THROW(query("SELECT ?", {std::numeric_limits<double>::quiet_NaN()}), ValidationError);
  EXPECT_THROW(query("SELECT ?", {}), ValidationError);
  EXPECT_THROW((void)connection().prepare("SELECT 1; SELECT 2", false), ValidationError);
  EXPECT_THROW((void)connection().prepare(" -- nothing", false), ValidationError);
}

TEST_F(MysqlStatements, GiveTextsOfAnyLengthWhole) {
  const std::string large(3'000'000, 'x');
  const ResultSet rows = query("SELECT ? AS a, 'b' AS b, ? AS c", {large, large});
  const Row first = rows[0];
  const RowView row = first.view();
  EXPECT_TRUE(row["a"].text() == large);
  EXPECT_EQ(row["b"].text(), "b");
  EXPECT_EQ(row["c"].text().size(), large.size());
}

TEST_F(MysqlStatements, StopAtTheLimitAndTheConnectionGoesOn) {
  const auto statement = connection().prepare("SELECT seq FROM seq_1_to_100000", true);
  statement->bind({});
  EXPECT_THROW((void)statement->fetch(0, 10'000), ResultTooLarge);
  statement->bind({});
  EXPECT_EQ(statement->fetch(3, 0)->rowCount(), 3U);
  statement->reset();
  EXPECT_EQ(json("SELECT 1 AS a"), R"([{"a":1}])");
}

TEST_F(MysqlStatements, RunWhileAnotherOneStreams) {
  db().run("CREATE TABLE t (id int PRIMARY KEY, name varchar(10))");
  db().run("INSERT INTO t SELECT seq, concat('n', seq) FROM seq_1_to_1000");
  const auto outer = connection().prepare("SELECT id, name FROM t ORDER BY id", true);
  outer->bind({});
  std::int64_t expected = 1;
  while (const Cell* cells = outer->step()) {
    EXPECT_EQ(cells[0].integer, expected);
    if (expected % 100 == 0) {
      // The row stays whole while others run on its connection.
      const std::string_view name = cells[1].view();
      EXPECT_EQ(run("UPDATE t SET name = 'z' WHERE id = ?", {expected}), 1U);
      EXPECT_EQ(name, "n" + std::to_string(expected));
    }
    ++expected;
  }
  EXPECT_EQ(expected, 1001);
  EXPECT_EQ(json("SELECT count(*) AS n FROM t WHERE name = 'z'"), R"([{"n":10}])");
}

TEST_F(MysqlStatements, NoticeThatTheirTablesChanged) {
  db().run("CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 2)");
  const auto all = connection().prepare("SELECT * FROM t", true);
  const auto one = connection().prepare("SELECT a FROM t", true);
  const auto read = [](Statement& statement) {
    statement.bind({});
    const ResultSet rows(statement.fetch(0, 0));
    statement.reset();
    return rows[0].view().toJson().dump();
  };
  EXPECT_EQ(read(*all), R"({"a":1,"b":2})");
  EXPECT_EQ(read(*one), R"({"a":1})");
  EXPECT_FALSE(all->takeSchemaChanged());
  db().run("ALTER TABLE t MODIFY a varchar(5), ADD c int");
  EXPECT_EQ(read(*all), R"({"a":"1","b":2,"c":null})");
  EXPECT_TRUE(all->takeSchemaChanged());
  EXPECT_EQ(read(*one), R"({"a":"1"})");
  db().run("ALTER TABLE t DROP a");
  try {
    (void)read(*one);
    FAIL() << "the column is gone";
  } catch (const QueryError& error) {
    EXPECT_EQ(error.sqlState(), "42S22");
  }
}

TEST_F(MysqlStatements, CountTheRowsThatAnUpdateFinds) {
  db().run("CREATE TABLE t (a int); INSERT INTO t VALUES (1), (1)");
  EXPECT_EQ(run("UPDATE t SET a = 1"), 2U);
  EXPECT_EQ(run("SELECT a FROM t"), 0U);
  EXPECT_EQ(run("INSERT INTO t VALUES (2), (3) RETURNING a"), 2U);
}

}  // namespace
}  // namespace sonde
