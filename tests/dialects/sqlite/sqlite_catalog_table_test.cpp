// What is read of one table: keys, foreign keys, generated columns, checks, indexes, defaults.
#include <gtest/gtest.h>

#include <algorithm>

#include "sqlite_fixture.hpp"

namespace sonde {
namespace {

using test::Names;
using test::schemaOf;

std::string defaultOf(const Table& table, std::string_view column) {
  const auto& found = table.column(column).defaultValue;
  if (!found) return "none";
  return (found->kind == ColumnDefault::Kind::Literal ? "literal " : "expression ") + found->text;
}

TEST(SqliteCatalogTable, PrimaryKeyIsInKeyOrder) {
  const auto schema = schemaOf("CREATE TABLE t(b INT, a INT, CONSTRAINT pk PRIMARY KEY (a, b))");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.keyColumns(), (Names{"a", "b"}));
  EXPECT_EQ(table.primaryKey->name, "pk");
  EXPECT_EQ(table.implicitKey, std::nullopt);
}

TEST(SqliteCatalogTable, ForeignKeyWithoutColumnsPointsAtThePrimaryKeyInItsOrder) {
  const auto schema = schemaOf(
      "CREATE TABLE p(b INT, a INT, PRIMARY KEY (a, b));"
      "CREATE TABLE c(x INT, y INT, FOREIGN KEY (x, y) REFERENCES p)");
  const ForeignKey& key = schema->table("c").foreignKeys.at(0);
  EXPECT_EQ(key.columns, (Names{"x", "y"}));
  EXPECT_EQ(key.references.columns, (Names{"a", "b"}));
  EXPECT_FALSE(key.dangling);
}

TEST(SqliteCatalogTable, ForeignKeyToNothingIsKeptAsDangling) {
  const auto schema = schemaOf(
      "CREATE TABLE p(id INTEGER PRIMARY KEY);"
      "CREATE TABLE c(a INT REFERENCES missing(id), b INT REFERENCES p(missing), d INT REFERENCES"
      " missing, e INT REFERENCES p)");
  const auto& keys = schema->table("c").foreignKeys;
  ASSERT_EQ(keys.size(), 4u);
  EXPECT_TRUE(keys[0].dangling);
  EXPECT_EQ(keys[0].references.table, "missing");
  EXPECT_TRUE(keys[1].dangling);
  EXPECT_EQ(keys[1].references.columns, Names{"missing"});
  EXPECT_TRUE(keys[2].dangling);
  EXPECT_FALSE(keys[3].dangling);
}

TEST(SqliteCatalogTable, ForeignKeyFindsItsTargetInAnyCase) {
  const auto schema =
      schemaOf("CREATE TABLE pp(id INTEGER PRIMARY KEY); CREATE TABLE c(a INT REFERENCES PP(ID))");
  const ForeignKey& key = schema->table("c").foreignKeys.at(0);
  EXPECT_EQ(key.references.table, "pp");
  EXPECT_EQ(key.references.columns, Names{"id"});
  EXPECT_FALSE(key.dangling);
}

TEST(SqliteCatalogTable, ActionsSurviveColumnsInAnotherCase) {
  const auto schema = schemaOf(
      "CREATE TABLE p(id INTEGER PRIMARY KEY);"
      "CREATE TABLE c(UserId INT, d INT REFERENCES p ON DELETE RESTRICT ON UPDATE SET DEFAULT,"
      " CONSTRAINT fk FOREIGN KEY (userid) REFERENCES p(id)"
      " ON DELETE CASCADE ON UPDATE SET NULL DEFERRABLE INITIALLY DEFERRED)");
  const auto& keys = schema->table("c").foreignKeys;
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].columns, Names{"d"});
  EXPECT_EQ(keys[0].onDelete, ReferentialAction::Restrict);
  EXPECT_EQ(keys[0].onUpdate, ReferentialAction::SetDefault);
  EXPECT_FALSE(keys[0].deferrable);
  EXPECT_EQ(keys[1].columns, Names{"UserId"});
  EXPECT_EQ(keys[1].name, "fk");
  EXPECT_EQ(keys[1].onDelete, ReferentialAction::Cascade);
  EXPECT_EQ(keys[1].onUpdate, ReferentialAction::SetNull);
  EXPECT_TRUE(keys[1].deferrable);
  EXPECT_TRUE(keys[1].initiallyDeferred);
}

TEST(SqliteCatalogTable, CompositeForeignKeyBesideASingleOneKeepsItsColumns) {
  const auto schema = schemaOf(
      "CREATE TABLE p(a INT, b INT, c INTEGER PRIMARY KEY, UNIQUE (a, b));"
      "CREATE TABLE t(x INT CONSTRAINT first REFERENCES p(c), y INT, z INT REFERENCES p MATCH FULL,"
      " CONSTRAINT second FOREIGN KEY (y, x) REFERENCES p(a, b))");
  const auto& keys = schema->table("t").foreignKeys;
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0].name, "first");
  EXPECT_EQ(keys[0].columns, Names{"x"});
  EXPECT_EQ(keys[0].references.columns, Names{"c"});
  EXPECT_EQ(keys[1].name, std::nullopt);
  EXPECT_EQ(keys[1].match, "FULL");
  EXPECT_EQ(keys[2].name, "second");
  EXPECT_EQ(keys[2].columns, (Names{"y", "x"}));
  EXPECT_EQ(keys[2].references.columns, (Names{"a", "b"}));
  EXPECT_EQ(keys[2].match, "SIMPLE");
}

TEST(SqliteCatalogTable, IntegerPrimaryKeyDescIsNoRowidAlias) {
  const auto schema = schemaOf(
      "CREATE TABLE alias(id INTEGER PRIMARY KEY); CREATE TABLE d(id INTEGER PRIMARY KEY DESC);"
      "CREATE TABLE t(id integer, PRIMARY KEY (id DESC)); CREATE TABLE a(id INTEGER PRIMARY KEY "
      "ASC);"
      "CREATE TABLE auto(id INTEGER PRIMARY KEY AUTOINCREMENT, n INT);"
      "CREATE TABLE w(id INTEGER PRIMARY KEY) WITHOUT ROWID;"
      "CREATE TABLE two(a INTEGER, b INTEGER, PRIMARY KEY (a, b));");
  for (const char* name : {"alias", "t", "a", "auto"}) {
    const Column& id = schema->table(name).columns[0];
    EXPECT_TRUE(id.rowidAlias) << name;
    EXPECT_FALSE(id.nullable) << name;
    EXPECT_TRUE(schema->table(name).indexes.empty()) << name;
  }
  EXPECT_FALSE(schema->table("d").column("id").rowidAlias);
  EXPECT_TRUE(schema->table("d").column("id").nullable) << "SQLite stores NULL there";
  EXPECT_TRUE(schema->table("d").indexes.at(0).parts.at(0).descending);
  EXPECT_FALSE(schema->table("w").column("id").rowidAlias);
  EXPECT_FALSE(schema->table("two").column("a").rowidAlias);
  EXPECT_TRUE(schema->table("auto").column("id").autoIncrement);
  EXPECT_FALSE(schema->table("auto").column("n").autoIncrement);
  EXPECT_FALSE(schema->table("alias").column("id").autoIncrement);
}

TEST(SqliteCatalogTable, IntPrimaryKeyIsNoRowidAlias) {
  const auto schema = schemaOf(
      "CREATE TABLE i(id INT PRIMARY KEY); CREATE TABLE b(id BIGINT PRIMARY KEY);"
      "CREATE TABLE n(id INTEGER(8) PRIMARY KEY)");
  for (const char* name : {"i", "b", "n"}) {
    EXPECT_FALSE(schema->table(name).column("id").rowidAlias) << name;
    EXPECT_EQ(schema->table(name).keyColumns(), Names{"id"}) << name;
    ASSERT_EQ(schema->table(name).indexes.size(), 1u) << name;
    EXPECT_EQ(schema->table(name).indexes[0].origin, "primaryKey") << name;
  }
}

TEST(SqliteCatalogTable, TextPrimaryKeyIsNullableUnlessWithoutRowidOrStrict) {
  const auto schema = schemaOf(
      "CREATE TABLE r(k TEXT PRIMARY KEY); CREATE TABLE w(k TEXT PRIMARY KEY) WITHOUT ROWID;"
      "CREATE TABLE s(k TEXT PRIMARY KEY) STRICT; CREATE TABLE n(k TEXT NOT NULL PRIMARY KEY)");
  EXPECT_TRUE(schema->table("r").column("k").nullable);
  EXPECT_FALSE(schema->table("w").column("k").nullable);
  EXPECT_FALSE(schema->table("s").column("k").nullable);
  EXPECT_FALSE(schema->table("n").column("k").nullable);
  EXPECT_EQ(schema->table("r").implicitKey, std::nullopt) << "its key is the primary key";
}

TEST(SqliteCatalogTable, ImplicitKeyIsTheFirstFreeNameOfTheRowid) {
  const auto schema = schemaOf(
      "CREATE TABLE a(x); CREATE TABLE b(RowId); CREATE TABLE c(rowid, _rowid_);"
      "CREATE TABLE d(rowid, _rowid_, OID); CREATE VIEW v AS SELECT x FROM a;"
      "CREATE TABLE u(x UNIQUE NOT NULL)");
  EXPECT_EQ(schema->table("a").implicitKey, "rowid");
  EXPECT_EQ(schema->table("b").implicitKey, "_rowid_");
  EXPECT_EQ(schema->table("c").implicitKey, "oid");
  EXPECT_EQ(schema->table("d").implicitKey, std::nullopt);
  EXPECT_EQ(schema->table("v").implicitKey, std::nullopt);
  EXPECT_EQ(schema->table("u").implicitKey, "rowid");
}

TEST(SqliteCatalogTable, GeneratedColumnsAreMarkedReadOnly) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT, v INT GENERATED ALWAYS AS (a * 2) VIRTUAL, s INT AS (a * 3) STORED)");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("a").generated, Generated::No);
  EXPECT_EQ(table.column("v").generated, Generated::Virtual);
  EXPECT_EQ(table.column("s").generated, Generated::Stored);
  EXPECT_TRUE(table.column("v").readOnly());
  EXPECT_EQ(table.column("v").declaredType, "INT");
}

TEST(SqliteCatalogTable, GeneratedExpressionEndsWhereItDoes) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT, b INT, c INT GENERATED ALWAYS AS (a*b) STORED, PRIMARY KEY(a,b))");
  EXPECT_EQ(schema->table("t").column("c").generatedExpression, "a*b");
  EXPECT_EQ(schema->table("t").keyColumns(), (Names{"a", "b"}));
}

TEST(SqliteCatalogTable, GeneratedWithoutTheLongWordsIsFound) {
  const auto schema =
      schemaOf("CREATE TABLE t(a INT, x INT AS (a + length(')')), y AS (a) NOT NULL)");
  EXPECT_EQ(schema->table("t").column("x").generatedExpression, "a + length(')')");
  EXPECT_EQ(schema->table("t").column("y").generatedExpression, "a");
  EXPECT_FALSE(schema->table("t").column("y").nullable);
}

TEST(SqliteCatalogTable, DdlOfManyLinesReadsAsThatOfOne) {
  const std::string oneLine =
      "CREATE TABLE t(a INT CONSTRAINT pos CHECK (a > 0), b INT AS (a + 1) STORED, c TEXT COLLATE"
      " NOCASE, CONSTRAINT u UNIQUE (a, c), CONSTRAINT f FOREIGN KEY (a) REFERENCES p(id) "
      "DEFERRABLE)";
  std::string manyLines;
  for (const char c : oneLine) {
    if (c == ' ') manyLines += "\r\n\t-- it's (\"here\n";
    manyLines += c;
  }
  const auto one = schemaOf("CREATE TABLE p(id INTEGER PRIMARY KEY);" + oneLine);
  const auto many = schemaOf("CREATE TABLE p(id INTEGER PRIMARY KEY);" + manyLines);
  const Table& a = one->table("t");
  const Table& b = many->table("t");
  EXPECT_EQ(b.checks.at(0).name, "pos");
  EXPECT_EQ(b.column("b").generated, Generated::Stored);
  EXPECT_EQ(a.column("c").collation, "NOCASE");
  EXPECT_EQ(b.column("c").collation, a.column("c").collation);
  EXPECT_EQ(b.uniqueConstraints.at(0).name, "u");
  EXPECT_EQ(b.uniqueConstraints.at(0).columns, a.uniqueConstraints.at(0).columns);
  EXPECT_EQ(b.foreignKeys.at(0).name, "f");
  EXPECT_TRUE(b.foreignKeys.at(0).deferrable);
}

TEST(SqliteCatalogTable, CommentsAndStringsAreNoConstraints) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a TEXT DEFAULT 'CHECK (a) UNIQUE(', -- UNIQUE(a), CHECK (b > 0)\n"
      " b INT /* REFERENCES o(x), CONSTRAINT q CHECK (1) */ DEFAULT 7,"
      " \"FOREIGN KEY (a) REFERENCES t(b)\" TEXT DEFAULT 'AS (1) STORED')");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.columns.size(), 3u);
  EXPECT_TRUE(table.checks.empty());
  EXPECT_TRUE(table.uniqueConstraints.empty());
  EXPECT_TRUE(table.foreignKeys.empty());
  EXPECT_EQ(defaultOf(table, "a"), "literal 'CHECK (a) UNIQUE('");
  EXPECT_EQ(defaultOf(table, "b"), "literal 7");
}

TEST(SqliteCatalogTable, CommasInExpressionsDoNotSplit) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT DEFAULT (max(1, 2)), b TEXT AS (substr('a,b', 1, 2)), c INT,"
      " CHECK (c IN (1, 2, 3)))");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.columns.size(), 3u);
  EXPECT_EQ(defaultOf(table, "a"), "expression max(1, 2)");
  EXPECT_EQ(table.column("b").generatedExpression, "substr('a,b', 1, 2)");
  EXPECT_EQ(table.checks.at(0).expression, "c IN (1, 2, 3)");
}

TEST(SqliteCatalogTable, FourStylesOfQuotesGiveTheSameNames) {
  for (const char* name : {"\"a\"", "[a]", "`a`", "'a'"}) {
    const std::string n = name;
    const auto schema = schemaOf("CREATE TABLE t(" + n + " INT AS (1), b INT CONSTRAINT " + n +
                                 " UNIQUE, CONSTRAINT " + n + " CHECK (b), FOREIGN KEY (" + n +
                                 ") REFERENCES " + n + "(" + n + "))");
    const Table& table = schema->table("t");
    EXPECT_EQ(table.columns[0].name, "a") << n;
    EXPECT_EQ(table.columns[0].generatedExpression, "1") << n;
    EXPECT_EQ(table.uniqueConstraints.at(0).name, "a") << n;
    EXPECT_EQ(table.checks.at(0).name, "a") << n;
    EXPECT_EQ(table.foreignKeys.at(0).columns, Names{"a"}) << n;
    EXPECT_EQ(table.foreignKeys.at(0).references.table, "a") << n;
  }
}

TEST(SqliteCatalogTable, IndexesKeepExpressionsAndPredicatesExact) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a TEXT COLLATE NOCASE, b TEXT, c INT);"
      "CREATE INDEX e ON t(lower(a), c DESC, (b || ','));"
      "CREATE UNIQUE INDEX p ON t(b) WHERE b <> ' WHERE ' AND c > 1;"
      "CREATE INDEX k ON t(a COLLATE BINARY, a, b COLLATE RTRIM, b);");
  const auto& indexes = schema->table("t").indexes;
  ASSERT_EQ(indexes.size(), 3u);
  EXPECT_EQ(indexes[0].name, "e");
  ASSERT_EQ(indexes[0].parts.size(), 3u);
  EXPECT_EQ(indexes[0].parts[0].column, "");
  EXPECT_EQ(indexes[0].parts[0].expression, "lower(a)");
  EXPECT_EQ(indexes[0].parts[1].column, "c");
  EXPECT_TRUE(indexes[0].parts[1].descending);
  EXPECT_EQ(indexes[0].parts[1].collation, std::nullopt);
  EXPECT_EQ(indexes[0].parts[2].expression, "(b || ',')");
  EXPECT_FALSE(indexes[0].unique);
  EXPECT_EQ(indexes[0].where, std::nullopt);
  EXPECT_EQ(indexes[1].where, "b <> ' WHERE ' AND c > 1");
  EXPECT_TRUE(indexes[1].unique);
  EXPECT_TRUE(indexes[1].valid);
  EXPECT_FALSE(schema->table("t").isUnique({"b"}))
      << "a partial index promises nothing of all rows";
  ASSERT_EQ(indexes[2].parts.size(), 4u);
  EXPECT_EQ(indexes[2].parts[0].collation, "BINARY");
  EXPECT_EQ(indexes[2].parts[1].collation, std::nullopt);
  EXPECT_EQ(indexes[2].parts[2].collation, "RTRIM");
  EXPECT_EQ(indexes[2].parts[3].collation, std::nullopt);
}

TEST(SqliteCatalogTable, DefaultsAreToldApart) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a DEFAULT null, b DEFAULT \"dq\", c DEFAULT (1+1), d DEFAULT -1,"
      " e DEFAULT CURRENT_TIMESTAMP, f DEFAULT 'it''s', g DEFAULT bare, h DEFAULT true,"
      " i DEFAULT (null), j DEFAULT x'0aff', k, l DEFAULT 'null', m DEFAULT "
      "(strftime('%s','now')))");
  const Table& table = schema->table("t");
  EXPECT_EQ(defaultOf(table, "a"), "none");
  EXPECT_EQ(defaultOf(table, "b"), "literal 'dq'");
  EXPECT_EQ(defaultOf(table, "c"), "expression 1+1");
  EXPECT_EQ(defaultOf(table, "d"), "literal -1");
  EXPECT_EQ(defaultOf(table, "e"), "expression CURRENT_TIMESTAMP");
  EXPECT_EQ(defaultOf(table, "f"), "literal 'it''s'");
  EXPECT_EQ(defaultOf(table, "g"), "literal 'bare'");
  EXPECT_EQ(defaultOf(table, "h"), "literal true");
  EXPECT_EQ(defaultOf(table, "i"), "none");
  EXPECT_EQ(defaultOf(table, "j"), "literal x'0aff'");
  EXPECT_EQ(defaultOf(table, "k"), "none");
  EXPECT_EQ(defaultOf(table, "l"), "literal 'null'");
  EXPECT_EQ(defaultOf(table, "m"), "expression strftime('%s','now')");
}

TEST(SqliteCatalogTable, ForeignKeysToTheSameTargetAreAllKept) {
  const auto schema = schemaOf(
      "CREATE TABLE users(id INTEGER PRIMARY KEY);"
      "CREATE TABLE posts(author_id INT REFERENCES users(id), editor_id INT REFERENCES users(id),"
      " twice INT REFERENCES users(id), FOREIGN KEY (twice) REFERENCES users(id))");
  const Table& posts = schema->table("posts");
  ASSERT_EQ(posts.foreignKeys.size(), 4u);
  EXPECT_EQ(posts.foreignKeys[0].columns, Names{"author_id"});
  EXPECT_EQ(posts.foreignKeys[1].columns, Names{"editor_id"});
  Names names;
  for (const Relation& relation : posts.relations) names.push_back(relation.name);
  std::sort(names.begin(), names.end());
  EXPECT_GE(names.size(), 3u);
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end()) << "two of one name";
}

TEST(SqliteCatalogTable, ColumnsSayWhatTheyHold) {
  const auto schema = schemaOf(
      "CREATE TABLE t(n VARCHAR(255) NOT NULL COLLATE nocase, p DECIMAL(10, 2), i INT UNSIGNED,"
      " w INTEGER_OR_TEXT, ts TIMESTAMPTZ(3), b BLOB(16), q \"my type\", j JSON "
      "COLLATE"
      " BINARY)");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("n").declaredType, "VARCHAR(255)");
  EXPECT_EQ(table.column("n").type, Type::Text);
  EXPECT_EQ(table.column("n").length, 255);
  EXPECT_FALSE(table.column("n").nullable);
  EXPECT_EQ(table.column("n").collation, "nocase");
  EXPECT_EQ(table.column("p").precision, 10);
  EXPECT_EQ(table.column("p").scale, 2);
  EXPECT_TRUE(table.column("p").nullable);
  EXPECT_TRUE(table.column("i").isUnsigned);
  EXPECT_EQ(table.column("w").type, Type::Other);
  EXPECT_EQ(table.column("ts").type, Type::TimestampTz);
  EXPECT_EQ(table.column("ts").precision, 3);
  EXPECT_EQ(table.column("b").length, 16);
  EXPECT_EQ(table.column("q").declaredType, "my type");
  EXPECT_EQ(table.column("j").collation, std::nullopt);
  EXPECT_FALSE(table.column("j").strictlyTyped);
}

TEST(SqliteCatalogTable, UniqueConstraintsAreNoUniqueIndexes) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT UNIQUE, b INT, c INT CONSTRAINT cu UNIQUE, UNIQUE (b, a), UNIQUE (a));"
      "CREATE UNIQUE INDEX ui ON t(b)");
  const Table& table = schema->table("t");
  ASSERT_EQ(table.uniqueConstraints.size(), 3u) << "SQLite makes one of the two over a";
  EXPECT_EQ(table.uniqueConstraints[0].columns, Names{"a"});
  EXPECT_EQ(table.uniqueConstraints[1].columns, Names{"c"});
  EXPECT_EQ(table.uniqueConstraints[1].name, "cu");
  EXPECT_EQ(table.uniqueConstraints[2].columns, (Names{"b", "a"}));
  ASSERT_EQ(table.indexes.size(), 4u);
  EXPECT_EQ(table.indexes[0].origin, "unique");
  EXPECT_EQ(table.indexes[3].name, "ui");
  EXPECT_EQ(table.indexes[3].origin, "");
  EXPECT_TRUE(table.isUnique({"b"}));
}

TEST(SqliteCatalogTable, AlteredTablesReadAsTheyAreNow) {
  const auto schema = schemaOf(
      "CREATE TABLE p(id INTEGER PRIMARY KEY); CREATE TABLE t(a INT CHECK (a > 0), b INT AS (a + "
      "1));"
      "CREATE INDEX i ON t(a + 1) WHERE a > 5;"
      "ALTER TABLE t ADD COLUMN c INT REFERENCES p(id) ON DELETE CASCADE;"
      "ALTER TABLE t ADD COLUMN d TEXT DEFAULT 'x, y' CONSTRAINT dc CHECK (length(d) < 9);"
      "ALTER TABLE t RENAME COLUMN a TO \"new, name\"; ALTER TABLE t RENAME TO u;");
  const Table& table = schema->table("u");
  ASSERT_EQ(table.columns.size(), 4u);
  EXPECT_EQ(table.columns[0].name, "new, name");
  EXPECT_EQ(table.column("b").generatedExpression, "\"new, name\" + 1");
  ASSERT_EQ(table.checks.size(), 2u);
  EXPECT_EQ(table.checks[0].expression, "\"new, name\" > 0");
  EXPECT_EQ(table.checks[1].name, "dc");
  EXPECT_EQ(table.foreignKeys.at(0).onDelete, ReferentialAction::Cascade);
  EXPECT_EQ(table.indexes.at(0).parts.at(0).expression, "\"new, name\" + 1");
  EXPECT_EQ(table.indexes.at(0).where, "\"new, name\" > 5");
}

}  // namespace
}  // namespace sonde
