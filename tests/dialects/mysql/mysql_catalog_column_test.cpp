// What the reader says of columns: types, defaults, labels, JSON, expressions, collations.
#include <gmock/gmock.h>

#include "mysql_catalog_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class MysqlCatalogColumns : public MysqlCatalog {};

std::string defaultOf(const Table& table, const std::string& column) {
  const auto& found = table.column(column).defaultValue;
  if (!found) return "none";
  return (found->kind == ColumnDefault::Kind::Literal ? "literal " : "expression ") + found->text;
}

TEST_F(MysqlCatalogColumns, SayWhatTheyHold) {
  const auto schema = schemaOf(
      "CREATE TABLE t(id BIGINT UNSIGNED AUTO_INCREMENT PRIMARY KEY, i1 TINYINT, i2 SMALLINT,"
      " i3 MEDIUMINT, i4 INT(5) ZEROFILL, i8 BIGINT, y YEAR, b1 BIT, b8 BIT(8), n DECIMAL(10,2),"
      " nu DECIMAL(30) UNSIGNED, f FLOAT, f73 FLOAT(7,3), d DOUBLE, c CHAR(5), v VARCHAR(255),"
      " tt TINYTEXT, tx TEXT, mt MEDIUMTEXT, lt LONGTEXT, bi BINARY(16), vb VARBINARY(20),"
      " bl BLOB, lb LONGBLOB, da DATE, ti TIME, t2 TIME(2), dt DATETIME, d6 DATETIME(6),"
      " ts TIMESTAMP NULL, t3 TIMESTAMP(3) NULL, e ENUM('x'), s SET('x','y'), j JSON, u UUID,"
      " ip INET6, g GEOMETRY, p POINT)");
  const Table& table = schema->table("t");
  const auto type = [&](const char* name) { return table.column(name).type; };
  for (const char* name : {"id", "i1", "i2", "i3", "i4", "i8", "y", "b8"}) {
    EXPECT_EQ(type(name), Type::Integer) << name;
  }
  for (const char* name : {"c", "v", "tt", "tx", "mt", "lt", "s"}) {
    EXPECT_EQ(type(name), Type::Text) << name;
  }
  for (const char* name : {"bi", "vb", "bl", "lb"}) EXPECT_EQ(type(name), Type::Blob) << name;
  for (const char* name : {"f", "f73", "d"}) EXPECT_EQ(type(name), Type::Real) << name;
  for (const char* name : {"ip", "g", "p"}) EXPECT_EQ(type(name), Type::Other) << name;
  EXPECT_EQ(type("b1"), Type::Boolean);
  EXPECT_EQ(type("n"), Type::Decimal);
  EXPECT_EQ(type("da"), Type::Date);
  EXPECT_EQ(type("ti"), Type::Time);
  EXPECT_EQ(type("dt"), Type::Timestamp);
  EXPECT_EQ(type("ts"), Type::TimestampTz);
  EXPECT_EQ(type("e"), Type::Enum);
  EXPECT_EQ(type("j"), Type::Json);
  EXPECT_EQ(type("u"), Type::Uuid);

  EXPECT_TRUE(table.column("id").isUnsigned);
  EXPECT_TRUE(table.column("id").autoIncrement);
  EXPECT_FALSE(table.column("id").nullable);
  EXPECT_EQ(table.column("id").declaredType, "bigint(20) unsigned");
  EXPECT_EQ(table.column("id").length, std::nullopt);
  EXPECT_EQ(table.column("id").precision, std::nullopt);
  EXPECT_TRUE(table.column("i4").isUnsigned) << "ZEROFILL makes it so";
  EXPECT_FALSE(table.column("i8").isUnsigned);
  EXPECT_FALSE(table.column("i8").autoIncrement);
  EXPECT_TRUE(table.column("i8").nullable);
  EXPECT_EQ(table.column("b8").precision, 8);
  EXPECT_EQ(table.column("n").precision, 10);
  EXPECT_EQ(table.column("n").scale, 2);
  EXPECT_EQ(table.column("nu").precision, 30);
  EXPECT_EQ(table.column("nu").scale, 0);
  EXPECT_TRUE(table.column("nu").isUnsigned);
  EXPECT_EQ(table.column("f").precision, std::nullopt);
  EXPECT_EQ(table.column("f73").precision, 7);
  EXPECT_EQ(table.column("f73").scale, 3);
  EXPECT_EQ(table.column("c").length, 5);
  EXPECT_EQ(table.column("v").length, 255);
  EXPECT_EQ(table.column("lt").length, std::nullopt);
  EXPECT_EQ(table.column("bi").length, 16);
  EXPECT_EQ(table.column("bl").length, std::nullopt);
  EXPECT_EQ(table.column("ti").precision, 0);
  EXPECT_EQ(table.column("t2").precision, 2);
  EXPECT_EQ(table.column("dt").precision, 0);
  EXPECT_EQ(table.column("d6").precision, 6);
  EXPECT_EQ(table.column("t3").precision, 3);
  EXPECT_EQ(table.column("s").declaredType, "set('x','y')");
  EXPECT_THAT(table.column("s").enumValues, IsEmpty());
}

TEST_F(MysqlCatalogColumns, OfOneDigitAreBooleanWhereNothingSpeaksAgainstIt) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a TINYINT(1), b BOOLEAN NOT NULL DEFAULT TRUE, c BOOL DEFAULT FALSE,"
      " two TINYINT(1) DEFAULT 2, minus TINYINT(1) DEFAULT -1, u TINYINT(1) UNSIGNED,"
      " z TINYINT(1) ZEROFILL, wide TINYINT(2), computed BOOL AS (a > b),"
      " e TINYINT(1) DEFAULT (a IS NULL), id TINYINT(1) AUTO_INCREMENT UNIQUE)");
  const Table& table = schema->table("t");
  for (const char* name : {"a", "b", "c", "computed", "e"}) {
    EXPECT_EQ(table.column(name).type, Type::Boolean) << name;
    EXPECT_EQ(table.column(name).declaredType, "tinyint(1)") << name;
  }
  for (const char* name : {"two", "minus", "u", "z", "wide", "id"}) {
    EXPECT_EQ(table.column(name).type, Type::Integer) << name;
  }
}

TEST_F(MysqlCatalogColumns, HaveDefaultsThatAreToldApart) {
  const auto schema = schemaOf(
      "CREATE TABLE t(none INT, nil INT DEFAULT NULL, req INT NOT NULL, word VARCHAR(9) DEFAULT"
      " 'NULL', empty VARCHAR(9) DEFAULT '', quote VARCHAR(9) DEFAULT 'it''s', dq VARCHAR(9) "
      "DEFAULT \"dq\", slash VARCHAR(9) DEFAULT 'a\\\\b', line VARCHAR(9) DEFAULT 'a\\nb',"
      " five INT DEFAULT 5, minus INT DEFAULT -1, half FLOAT DEFAULT -0.5, dec1 DECIMAL(5,2) "
      "DEFAULT 3, big DOUBLE DEFAULT 1e30, sum INT DEFAULT (1+1), two INT DEFAULT ((1)+(2)),"
      " bits BIT(3) DEFAULT b'101', day DATE DEFAULT '2020-01-02', now DATETIME DEFAULT NOW(),"
      " ms TIMESTAMP(3) DEFAULT CURRENT_TIMESTAMP(3), id UUID DEFAULT UUID(), other INT DEFAULT "
      "(five + 1), call1 VARCHAR(50) DEFAULT CONCAT('a(', 'b)'), comma VARCHAR(9) DEFAULT 'a,b',"
      " list VARCHAR(50) DEFAULT (CONCAT_WS(',', 'a', 'b')), paren VARCHAR(9) DEFAULT '(1)',"
      " blob1 TEXT DEFAULT 'abc', like1 VARCHAR(30) DEFAULT 'CURRENT_TIMESTAMP')");
  const Table& table = schema->table("t");
  for (const char* name : {"none", "nil", "req"}) EXPECT_EQ(defaultOf(table, name), "none") << name;
  EXPECT_EQ(defaultOf(table, "word"), "literal 'NULL'");
  EXPECT_EQ(defaultOf(table, "empty"), "literal ''");
  EXPECT_EQ(defaultOf(table, "quote"), "literal 'it''s'");
  EXPECT_EQ(defaultOf(table, "dq"), "literal 'dq'");
  EXPECT_EQ(defaultOf(table, "slash"), "literal 'a\\\\b'");
  EXPECT_EQ(defaultOf(table, "line"), "literal 'a\\nb'");
  EXPECT_EQ(defaultOf(table, "five"), "literal 5");
  EXPECT_EQ(defaultOf(table, "minus"), "literal -1");
  EXPECT_EQ(defaultOf(table, "half"), "literal -0.5");
  EXPECT_EQ(defaultOf(table, "dec1"), "literal 3.00");
  EXPECT_EQ(defaultOf(table, "big"), "literal 1e30");
  EXPECT_EQ(defaultOf(table, "sum"), "expression 1 + 1");
  EXPECT_EQ(defaultOf(table, "two"), "expression 1 + 2");
  EXPECT_EQ(defaultOf(table, "bits"), "literal b'101'");
  EXPECT_EQ(defaultOf(table, "day"), "literal '2020-01-02'");
  EXPECT_EQ(defaultOf(table, "now"), "expression current_timestamp()");
  EXPECT_EQ(defaultOf(table, "ms"), "expression current_timestamp(3)");
  EXPECT_EQ(defaultOf(table, "id"), "expression uuid()");
  EXPECT_EQ(defaultOf(table, "other"), "expression `five` + 1");
  EXPECT_EQ(defaultOf(table, "call1"), "expression concat('a(','b)')");
  EXPECT_EQ(defaultOf(table, "comma"), "literal 'a,b'");
  EXPECT_EQ(defaultOf(table, "list"), "expression concat_ws(',','a','b')");
  EXPECT_EQ(defaultOf(table, "paren"), "literal '(1)'");
  EXPECT_EQ(defaultOf(table, "blob1"), "literal 'abc'");
  EXPECT_EQ(defaultOf(table, "like1"), "literal 'CURRENT_TIMESTAMP'");
}

TEST_F(MysqlCatalogColumns, KeepTheGreatestUnsignedDefault) {
  const auto schema = schemaOf(
      "CREATE TABLE t(u BIGINT UNSIGNED DEFAULT 18446744073709551615,"
      " i BIGINT DEFAULT -9223372036854775808)");
  EXPECT_EQ(defaultOf(schema->table("t"), "u"), "literal 18446744073709551615");
  EXPECT_EQ(defaultOf(schema->table("t"), "i"), "literal -9223372036854775808");
}

TEST_F(MysqlCatalogColumns, HaveTheLabelsOfTheirEnumeration) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a ENUM('a','b,c','d''e',''), b ENUM('\"q\"','{x}','(',')','`','enum(''x'')'),"
      " c ENUM('x\\\\y','n\\nl','t\\tt','\u00fc','\u8868','\\\\''') DEFAULT 'n\\nl')");
  const Table& table = schema->table("t");
  EXPECT_THAT(table.column("a").enumValues, ElementsAre("a", "b,c", "d'e", ""));
  EXPECT_THAT(table.column("b").enumValues,
              ElementsAre("\"q\"", "{x}", "(", ")", "`", "enum('x')"));
  EXPECT_THAT(table.column("c").enumValues,
              ElementsAre("x\\y", "n\nl", "t\tt", "\u00fc", "\u8868", "\\'"));
}

TEST_F(MysqlCatalogColumns, HaveNoLabelsWhereTheServerLostTheirCharacters) {
  const auto schema = schemaOf("CREATE TABLE t(a ENUM('\U0001f9ed','x'), b ENUM('why','because'))");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("a").type, Type::Enum);
  EXPECT_THAT(table.column("a").enumValues, IsEmpty());
  EXPECT_THAT(table.column("b").enumValues, ElementsAre("why", "because"));
}

TEST_F(MysqlCatalogColumns, AreJsonWhereTheirOwnCheckSaysSo) {
  const auto schema = schemaOf(
      "CREATE TABLE t(j JSON, `j``k` JSON NOT NULL DEFAULT '{}', own VARCHAR(99) CHECK "
      "(JSON_VALID(own)), other LONGTEXT CHECK (JSON_VALID(j)), more LONGTEXT CHECK "
      "(JSON_VALID(more) AND LENGTH(more) < 9), tab LONGTEXT, plain LONGTEXT,"
      " CONSTRAINT tab CHECK (JSON_VALID(tab)))");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("j").type, Type::Json);
  EXPECT_EQ(table.column("j").declaredType, "longtext");
  EXPECT_EQ(table.column("j").collation, "utf8mb4_bin");
  EXPECT_EQ(table.column("j`k").type, Type::Json);
  EXPECT_EQ(defaultOf(table, "j`k"), "literal '{}'");
  EXPECT_EQ(table.column("own").type, Type::Json);
  EXPECT_EQ(table.column("other").type, Type::Text);
  EXPECT_EQ(table.column("more").type, Type::Text);
  EXPECT_EQ(table.column("tab").type, Type::Text) << "a check of the table, not of the column";
  EXPECT_EQ(table.column("plain").type, Type::Text);
  Names checks;
  for (const Check& check : table.checks) checks.push_back(*check.name + ": " + check.expression);
  EXPECT_THAT(checks, ElementsAre("other: json_valid(`j`)",
                                  "more: json_valid(`more`) and octet_length(`more`) < 9",
                                  "tab: json_valid(`tab`)"));
}

TEST_F(MysqlCatalogColumns, ThatAreGeneratedAreMarkedReadOnly) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT, b INT AS (a + 1) VIRTUAL, c INT GENERATED ALWAYS AS (a * 2) STORED\n"
      " COMMENT 'x) VIRTUAL', d VARCHAR(90) AS (CONCAT(a, ',', 'AS (1) STORED')) PERSISTENT UNIQUE,"
      " e INT AS (c) VIRTUAL INVISIBLE, f INT)");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("a").generated, Generated::No);
  EXPECT_EQ(table.column("b").generated, Generated::Virtual);
  EXPECT_EQ(table.column("b").generatedExpression, "`a` + 1");
  EXPECT_EQ(table.column("c").generated, Generated::Stored);
  EXPECT_EQ(table.column("c").generatedExpression, "`a` * 2");
  EXPECT_EQ(table.column("c").comment, "x) VIRTUAL");
  EXPECT_EQ(table.column("d").generated, Generated::Stored);
  EXPECT_EQ(table.column("d").generatedExpression, "concat(`a`,',','AS (1) STORED')");
  EXPECT_EQ(table.column("e").generated, Generated::Virtual);
  for (const char* name : {"b", "c", "d", "e"}) {
    EXPECT_TRUE(table.column(name).readOnly()) << name;
    EXPECT_EQ(defaultOf(table, name), "none") << name;
  }
  EXPECT_FALSE(table.column("f").readOnly());
}

TEST_F(MysqlCatalogColumns, SayWhatEveryUpdateMakesOfThem) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a TIMESTAMP(3) NULL DEFAULT CURRENT_TIMESTAMP(3) ON UPDATE "
      "CURRENT_TIMESTAMP(3), b DATETIME INVISIBLE ON UPDATE NOW(), c DATETIME)");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("a").onUpdate, "current_timestamp(3)");
  EXPECT_EQ(table.column("b").onUpdate, "current_timestamp()");
  EXPECT_EQ(table.column("c").onUpdate, std::nullopt);
}

TEST_F(MysqlCatalogColumns, HaveACollationWhereItIsNotTheDatabases) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a VARCHAR(9), b VARCHAR(9) COLLATE utf8mb4_bin, c CHAR(5) CHARACTER SET "
      "latin1, d ENUM('x') COLLATE utf8mb4_bin, e VARBINARY(9), f INT);"
      "CREATE TABLE u(a VARCHAR(9), b VARCHAR(9) COLLATE utf8mb4_general_ci) COLLATE utf8mb4_bin");
  const Table& t = schema->table("t");
  EXPECT_EQ(t.column("a").collation, std::nullopt);
  EXPECT_EQ(t.column("b").collation, "utf8mb4_bin");
  EXPECT_EQ(t.column("c").collation, "latin1_swedish_ci");
  EXPECT_EQ(t.column("d").collation, "utf8mb4_bin");
  EXPECT_EQ(t.column("e").collation, std::nullopt);
  EXPECT_EQ(t.column("f").collation, std::nullopt);
  EXPECT_EQ(schema->table("u").column("a").collation, "utf8mb4_bin");
  EXPECT_EQ(schema->table("u").column("b").collation, std::nullopt);
}

TEST_F(MysqlCatalogColumns, ThatAreInvisibleAreListed) {
  const auto schema = schemaOf("CREATE TABLE t(a INT, b INT INVISIBLE DEFAULT 3)");
  EXPECT_THAT(columnNames(schema->table("t")), ElementsAre("a", "b"));
  EXPECT_EQ(defaultOf(schema->table("t"), "b"), "literal 3");
}

}  // namespace
}  // namespace sonde::test
