// Objects of every kind: what is listed, as what, and that a broken one hides nothing else.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <sonde/core/context.hpp>
#include <sonde/core/error.hpp>
#include <sonde/dialects/sqlite/sqlite_handle.hpp>

#include "../../support/temporary_folder.hpp"
#include "sqlite_fixture.hpp"

namespace sonde {
namespace {

using test::columnNames;
using test::Names;
using test::schemaOf;
using test::SqliteDatabase;
using ::testing::HasSubstr;

TEST(SqliteCatalog, ViewOverADroppedTableHidesNothingElse) {
  const auto schema = schemaOf(
      "CREATE TABLE a(x INT); CREATE TABLE gone(y INT); CREATE VIEW good AS SELECT x FROM a;"
      "CREATE VIEW broken AS SELECT y FROM gone; CREATE VIEW better AS SELECT x + 1 AS z FROM a;"
      "DROP TABLE gone; CREATE TABLE b(k TEXT);");
  ASSERT_EQ(schema->tables().size(), 5u);
  const Table& broken = schema->table("broken");
  EXPECT_EQ(broken.kind, TableKind::View);
  ASSERT_TRUE(broken.error.has_value());
  EXPECT_THAT(*broken.error, HasSubstr("main.gone"));
  EXPECT_TRUE(broken.columns.empty());
  EXPECT_EQ(broken.definition, "CREATE VIEW broken AS SELECT y FROM gone");
  for (const char* name : {"a", "b", "good", "better"}) {
    EXPECT_EQ(schema->table(name).error, std::nullopt) << name;
    EXPECT_EQ(schema->table(name).columns.size(), 1u) << name;
  }
  EXPECT_EQ(columnNames(schema->table("better")), Names{"z"});
}

TEST(SqliteCatalog, VirtualTableWithoutItsModuleHidesNothingElse) {
  SqliteDatabase db;
  db.run(
      "CREATE TABLE a(x INT); CREATE VIRTUAL TABLE ft USING fts5(body);"
      "CREATE VIEW v AS SELECT x FROM a; PRAGMA writable_schema=ON;"
      "INSERT INTO sqlite_schema(type, name, tbl_name, rootpage, sql) VALUES"
      " ('table', 'lost', 'lost', 0, 'CREATE VIRTUAL TABLE lost USING no_such_module(q)');"
      "PRAGMA writable_schema=RESET;");
  const auto schema = db.schema();
  const Table& lost = schema->table("lost");
  EXPECT_EQ(lost.kind, TableKind::Virtual);
  ASSERT_TRUE(lost.error.has_value());
  EXPECT_THAT(*lost.error, HasSubstr("no_such_module"));
  EXPECT_EQ(schema->table("a").error, std::nullopt);
  EXPECT_EQ(schema->table("v").columns.size(), 1u);
  EXPECT_EQ(schema->table("ft").error, std::nullopt);
  EXPECT_EQ(columnNames(schema->table("ft")), Names{"body"});
}

TEST(SqliteCatalog, TableNamedSqlitefooIsNoSystemTable) {
  const auto schema = schemaOf(
      "CREATE TABLE sqlitefoo(a); CREATE TABLE seq(a INTEGER PRIMARY KEY AUTOINCREMENT);"
      "INSERT INTO seq VALUES (1); ANALYZE;");
  EXPECT_EQ(schema->table("sqlitefoo").kind, TableKind::Table);
  EXPECT_EQ(schema->table("sqlite_sequence").kind, TableKind::System);
  EXPECT_EQ(schema->table("sqlite_stat1").kind, TableKind::System);
  EXPECT_EQ(schema->findTable("sqlite_schema"), nullptr);
}

TEST(SqliteCatalog, GeneratedColumnsInStrictAndWithoutRowidTablesLoad) {
  const auto schema = schemaOf(
      "CREATE TABLE s(a INTEGER PRIMARY KEY, b INTEGER AS (a + 1) STORED, c ANY) STRICT;"
      "CREATE TABLE w(k TEXT PRIMARY KEY, n INT GENERATED ALWAYS AS (length(k))) WITHOUT ROWID;"
      "CREATE TABLE sw(k TEXT PRIMARY KEY, n INT AS (1) VIRTUAL) STRICT, WITHOUT ROWID;");
  const Table& strict = schema->table("s");
  EXPECT_TRUE(strict.strict);
  EXPECT_FALSE(strict.withoutRowid);
  EXPECT_EQ(strict.column("b").generatedExpression, "a + 1");
  EXPECT_TRUE(strict.column("b").strictlyTyped);
  EXPECT_FALSE(strict.column("c").strictlyTyped);
  EXPECT_EQ(strict.column("c").type, Type::Other);
  const Table& rowless = schema->table("w");
  EXPECT_TRUE(rowless.withoutRowid);
  EXPECT_FALSE(rowless.strict);
  EXPECT_FALSE(rowless.column("k").strictlyTyped);
  EXPECT_EQ(rowless.column("n").generatedExpression, "length(k)");
  EXPECT_TRUE(schema->table("sw").strict);
  EXPECT_TRUE(schema->table("sw").withoutRowid);
}

TEST(SqliteCatalog, HiddenColumnsOfVirtualTablesAreLeftOut) {
  const auto schema = schemaOf("CREATE VIRTUAL TABLE ft USING fts5(title, body)");
  const Table& table = schema->table("ft");
  EXPECT_EQ(table.kind, TableKind::Virtual);
  EXPECT_EQ(columnNames(table), (Names{"title", "body"}));
  EXPECT_EQ(table.column("body").position, 2);
  EXPECT_EQ(table.implicitKey, "rowid");
}

TEST(SqliteCatalog, ShadowTablesAreMarked) {
  const auto schema = schemaOf(
      "CREATE VIRTUAL TABLE ft USING fts5(body); CREATE VIRTUAL TABLE rt USING rtree(id, x0, x1);"
      "CREATE TABLE ft_other(a);");
  for (const char* name : {"ft_data", "ft_idx", "ft_content", "ft_docsize", "ft_config", "rt_node",
                           "rt_parent", "rt_rowid"}) {
    EXPECT_EQ(schema->table(name).kind, TableKind::Shadow) << name;
  }
  EXPECT_EQ(schema->table("ft_other").kind, TableKind::Table);
  EXPECT_EQ(columnNames(schema->table("rt")), (Names{"id", "x0", "x1"}));
}

TEST(SqliteCatalog, TwoThousandColumnsAreRead) {
  SqliteDatabase db;
  std::string sql = "CREATE TABLE wide(c1 INT COLLATE NOCASE";
  for (int i = 2; i <= 2000; ++i) sql += ", c" + std::to_string(i) + " INT AS (c1) UNIQUE";
  db.run(sql + ")");
  const auto schema = db.schema();
  const Table& wide = schema->table("wide");
  ASSERT_EQ(wide.columns.size(), 2000u);
  EXPECT_EQ(wide.columns.back().name, "c2000");
  EXPECT_EQ(wide.columns.back().position, 2000);
  EXPECT_EQ(wide.columns.back().generatedExpression, "c1");
  EXPECT_EQ(wide.uniqueConstraints.size(), 1999u);
  EXPECT_EQ(wide.columns.front().collation, "NOCASE");
  EXPECT_THROW(db.run("ALTER TABLE wide ADD COLUMN c2001"), std::runtime_error);
}

TEST(SqliteCatalog, ColumnsOfCreateTableAsMayHaveNoType) {
  const auto schema = schemaOf(
      "CREATE TABLE s(a INT, b BOOLEAN, c VARCHAR(9));"
      "CREATE TABLE t AS SELECT a, b, c, 1 + 1 AS d, NULL AS e FROM s");
  const Table& table = schema->table("t");
  EXPECT_EQ(columnNames(table), (Names{"a", "b", "c", "d", "e"}));
  EXPECT_EQ(table.column("a").type, Type::Integer);
  EXPECT_EQ(table.column("b").declaredType, "NUM");
  EXPECT_EQ(table.column("b").type, Type::Other);
  EXPECT_EQ(table.column("c").type, Type::Text);
  EXPECT_EQ(table.column("d").declaredType, "");
  EXPECT_EQ(table.column("d").type, Type::Other);
  EXPECT_EQ(table.implicitKey, "rowid");
}

TEST(SqliteCatalog, NamesMayHoldAnything) {
  const Names names{"a\"b", "a'b", "a%b", "a(b",  "a[b",
                    "a]b",  "a b", "a,b", "a\nb", "a`b",
                    "a;b",  "--a", "/*a", "",     "\u00fcml\u00e4ut \U0001f9ed"};
  SqliteDatabase db;
  const auto quoted = [](const std::string& name) {
    std::string out = "\"";
    for (const char c : name) out += c == '"' ? "\"\"" : std::string(1, c);
    return out + '"';
  };
  std::string columns;
  for (const std::string& name : names) {
    if (name.empty()) continue;  // SQLite takes it, but PRAGMA index_info cannot tell it from none
    columns +=
        (columns.empty() ? "" : ", ") + quoted(name) + " INT CHECK (" + quoted(name) + " > 0)";
  }
  for (const std::string& name : names) {
    db.run("CREATE TABLE " + quoted(name) + "(" + columns + ", CONSTRAINT " + quoted("u" + name) +
           " UNIQUE (" + quoted(names[0]) + ", " + quoted(names[8]) + "), FOREIGN KEY (" +
           quoted(names[1]) + ") REFERENCES " + quoted(name) + "(" + quoted(names[2]) + "))");
    db.run("CREATE INDEX " + quoted("i" + name) + " ON " + quoted(name) + "(" + quoted(names[7]) +
           " DESC)");
  }
  const auto schema = db.schema();
  ASSERT_EQ(schema->tables().size(), names.size());
  for (std::size_t i = 0; i < names.size(); ++i) {
    const Table& table = schema->tables()[i];
    EXPECT_EQ(table.name, names[i]);
    ASSERT_EQ(table.columns.size(), names.size() - 1);
    EXPECT_EQ(table.columns[8].name, names[8]);
    ASSERT_EQ(table.checks.size(), names.size() - 1) << names[i];
    EXPECT_EQ(table.checks[0].expression, "\"a\"\"b\" > 0");
    ASSERT_EQ(table.uniqueConstraints.size(), 1u);
    EXPECT_EQ(table.uniqueConstraints[0].name, "u" + names[i]);
    EXPECT_EQ(table.uniqueConstraints[0].columns, (Names{names[0], names[8]}));
    ASSERT_EQ(table.foreignKeys.size(), 1u);
    EXPECT_EQ(table.foreignKeys[0].references.table, names[i]);
    EXPECT_FALSE(table.foreignKeys[0].dangling);
    ASSERT_EQ(table.indexes.size(), 2u);
    EXPECT_EQ(table.indexes[1].name, "i" + names[i]);
    EXPECT_EQ(table.indexes[1].parts.at(0).column, names[7]);
    EXPECT_TRUE(table.indexes[1].parts.at(0).descending);
  }
}

TEST(SqliteCatalog, KeywordsAreNamesWhenQuoted) {
  SqliteDatabase db;
  db.run(
      "ATTACH ':memory:' AS \"select\"; ATTACH ':memory:' AS 'it''s \"x\"';"
      "CREATE TABLE \"select\".\"table\"(\"primary\" INT, \"check\" INT CHECK (\"check\" > 1),"
      " \"unique\" INT UNIQUE);"
      "CREATE INDEX \"select\".\"index\" ON \"table\"(\"primary\");"
      "CREATE TABLE \"it's \"\"x\"\"\".[order](a INTEGER PRIMARY KEY)");
  const auto schema = db.schema();
  const Table* table = schema->findTable("select", "table");
  ASSERT_NE(table, nullptr);
  EXPECT_EQ(columnNames(*table), (Names{"primary", "check", "unique"}));
  EXPECT_EQ(table->checks.at(0).expression, "\"check\" > 1");
  EXPECT_EQ(table->uniqueConstraints.size(), 1u);
  EXPECT_EQ(table->indexes.size(), 2u);
  EXPECT_NE(schema->findTable("it's \"x\"", "order"), nullptr);
}

TEST(SqliteCatalog, ReadsTempAndAttachedDatabases) {
  SqliteDatabase db;
  db.run(
      "ATTACH ':memory:' AS aux; CREATE TABLE t(a INT); CREATE TABLE aux.t(b TEXT, c REAL);"
      "CREATE TABLE aux.p(id INTEGER PRIMARY KEY);"
      "CREATE TABLE aux.k(p_id INT REFERENCES p(id)); CREATE INDEX aux.i ON k(p_id);"
      "CREATE TEMP TABLE t(d BLOB); CREATE TEMP VIEW v AS SELECT d FROM t;");
  const auto schema = db.schema();
  ASSERT_EQ(schema->tables().size(), 6u);
  EXPECT_EQ(columnNames(*schema->findTable("main", "t")), Names{"a"});
  EXPECT_EQ(columnNames(*schema->findTable("temp", "t")), Names{"d"});
  EXPECT_EQ(columnNames(*schema->findTable("aux", "t")), (Names{"b", "c"}));
  EXPECT_EQ(schema->table("t").schema, "temp") << "SQLite looks there first";
  EXPECT_EQ(schema->table("v").schema, "temp");
  EXPECT_EQ(schema->table("k").schema, "aux");
  const ForeignKey& key = schema->table("k").foreignKeys.at(0);
  EXPECT_EQ(key.references.schema, "aux");
  EXPECT_FALSE(key.dangling);
  EXPECT_EQ(schema->table("k").indexes.size(), 1u);
  EXPECT_EQ(schema->table("t").definition, "CREATE TABLE t(d BLOB)");
}

TEST(SqliteCatalog, IndexesOfTheSameNameInTwoDatabasesAreKeptApart) {
  SqliteDatabase db;
  db.run(
      "ATTACH ':memory:' AS aux; CREATE TABLE t(a, b); CREATE TABLE aux.t(a, b);"
      "CREATE INDEX i ON t(a) WHERE b > 1; CREATE INDEX aux.i ON t(b DESC) WHERE a > 2;");
  const auto schema = db.schema();
  EXPECT_EQ(schema->findTable("main", "t")->indexes.at(0).parts.at(0).column, "a");
  EXPECT_EQ(schema->findTable("main", "t")->indexes.at(0).where, "b > 1");
  EXPECT_EQ(schema->findTable("aux", "t")->indexes.at(0).parts.at(0).column, "b");
  EXPECT_EQ(schema->findTable("aux", "t")->indexes.at(0).where, "a > 2");
}

TEST(SqliteCatalog, ReadsTriggers) {
  SqliteDatabase db;
  db.run(
      "CREATE TABLE t(a, b); CREATE VIEW v AS SELECT a FROM t;"
      "CREATE TRIGGER one AFTER UPDATE OF a, b ON t BEGIN SELECT 1; END;"
      "CREATE TRIGGER two INSTEAD OF DELETE ON v BEGIN SELECT 1; END;"
      "CREATE TRIGGER three INSERT ON t BEGIN SELECT 1; END;"
      "CREATE TEMP TRIGGER four BEFORE DELETE ON main.t BEGIN SELECT 1; END;"
      "CREATE TEMP TABLE t(c); CREATE TEMP TRIGGER five AFTER DELETE ON t BEGIN SELECT 1; END;");
  const auto schema = db.schema();
  const auto& triggers = schema->findTable("main", "t")->triggers;
  ASSERT_EQ(triggers.size(), 3u);
  EXPECT_EQ(triggers[0].name, "one");
  EXPECT_EQ(triggers[0].timing, "AFTER");
  EXPECT_EQ(triggers[0].events, Names{"UPDATE"});
  EXPECT_EQ(triggers[0].columns, (Names{"a", "b"}));
  EXPECT_EQ(triggers[0].definition,
            "CREATE TRIGGER one AFTER UPDATE OF a, b ON t BEGIN SELECT 1; END");
  EXPECT_EQ(triggers[1].name, "three");
  EXPECT_EQ(triggers[1].timing, "BEFORE");
  EXPECT_EQ(triggers[1].events, Names{"INSERT"});
  EXPECT_EQ(triggers[2].name, "four");
  EXPECT_EQ(schema->table("v").triggers.at(0).timing, "INSTEAD OF");
  ASSERT_EQ(schema->findTable("temp", "t")->triggers.size(), 1u);
  EXPECT_EQ(schema->findTable("temp", "t")->triggers[0].name, "five");
}

TEST(SqliteCatalog, TakesRowEstimatesFromStatisticsOnly) {
  SqliteDatabase db;
  db.run(
      "CREATE TABLE plain(a); CREATE TABLE part(a, b); CREATE INDEX pi ON part(a) WHERE b = 1;"
      "CREATE INDEX pj ON part(b); CREATE TABLE never(a);"
      "INSERT INTO plain VALUES (1), (2), (3);"
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 50)"
      " INSERT INTO part SELECT i, i % 10 FROM n;");
  EXPECT_EQ(db.schema()->table("plain").rowEstimate, std::nullopt);
  db.run("ANALYZE; INSERT INTO never VALUES (1); DELETE FROM plain;");
  const auto schema = db.schema();
  EXPECT_EQ(schema->table("plain").rowEstimate, 3);
  EXPECT_EQ(schema->table("part").rowEstimate, 50) << "not the five rows of the partial index";
  EXPECT_EQ(schema->table("never").rowEstimate, std::nullopt);
}

TEST(SqliteCatalog, SurvivesStatisticsThatMakeNoSense) {
  SqliteDatabase db;
  db.run(
      "CREATE TABLE a(x); CREATE TABLE b(x); INSERT INTO a VALUES (1); ANALYZE;"
      "DELETE FROM sqlite_stat1; INSERT INTO sqlite_stat1 VALUES (NULL, NULL, NULL),"
      " ('a', NULL, 'many'), ('a', NULL, '-5'), ('b', NULL, '99999999999999999999'),"
      " ('nowhere', 'i', '5'), (x'00', 1.5, x'ff');");
  const auto schema = db.schema();
  EXPECT_EQ(schema->table("a").rowEstimate, std::nullopt);
  EXPECT_EQ(schema->table("b").rowEstimate, std::nullopt);
}

TEST(SqliteCatalog, TablesStandInTheOrderTheyWereMade) {
  const auto schema = schemaOf(
      "CREATE TABLE z(a); CREATE TABLE a(a); CREATE VIEW m AS SELECT 1 AS one;"
      "CREATE TABLE b(a); PRAGMA reverse_unordered_selects=ON;");
  Names names;
  for (const Table& table : schema->tables()) names.push_back(table.name);
  EXPECT_EQ(names, (Names{"z", "a", "m", "b"}));
}

TEST(SqliteCatalog, EmptyDatabaseIsAnEmptySchema) {
  SqliteDatabase db;
  const Catalog catalog = readSqliteCatalog(db.get());
  EXPECT_TRUE(catalog.tables.empty());
  EXPECT_EQ(catalog.dialect, "sqlite");
  EXPECT_EQ(catalog.serverVersion, sqlite3_libversion());
  EXPECT_TRUE(catalog.ignoreCase);
  EXPECT_EQ(catalog.searchPath, Names{"main"});
}

TEST(SqliteCatalog, LeavesTransactionsAsItFindsThem) {
  SqliteDatabase db;
  db.run("CREATE TABLE t(a)");
  EXPECT_EQ(db.schema()->tables().size(), 1u);
  EXPECT_NE(sqlite3_get_autocommit(db.get()), 0);
  db.run("BEGIN; CREATE TABLE u(a)");
  EXPECT_EQ(db.schema()->tables().size(), 2u);
  EXPECT_EQ(sqlite3_get_autocommit(db.get()), 0);
  db.run("ROLLBACK");
  EXPECT_EQ(db.schema()->tables().size(), 1u);
}

TEST(SqliteCatalog, EditedDdlThatDisagreesWithThePragmasIsNotBelieved) {
  SqliteDatabase db;
  db.run(
      "CREATE TABLE p(a INT, b INT, UNIQUE (a, b)); CREATE TABLE q(x INT);"
      "CREATE TABLE t(a INT, b INT, c INT AS (a + b), CONSTRAINT f FOREIGN KEY (a, b) REFERENCES"
      " p(a, b)); CREATE INDEX i ON t(a) WHERE b > 1; PRAGMA writable_schema=ON;"
      // Loaded above already, so SQLite still works with what it parsed.
      "UPDATE sqlite_schema SET sql = 'CREATE TABLE t(zz INT REFERENCES q(x), yy AS (1))'"
      " WHERE name = 't';"
      "UPDATE sqlite_schema SET sql = 'CREATE INDEX i ON t(a, b, c' WHERE name = 'i';"
      "UPDATE sqlite_schema SET sql = 'nonsense ((' WHERE name = 'p';");
  const auto schema = db.schema();
  const Table& table = schema->table("t");
  EXPECT_EQ(columnNames(table), (Names{"a", "b", "c"}));
  ASSERT_EQ(table.foreignKeys.size(), 1u);
  EXPECT_EQ(table.foreignKeys[0].name, std::nullopt);
  EXPECT_EQ(table.foreignKeys[0].references.columns, (Names{"a", "b"}));
  EXPECT_EQ(table.column("c").generated, Generated::Virtual);
  EXPECT_EQ(table.column("c").generatedExpression, "");
  ASSERT_EQ(table.indexes.size(), 1u);
  EXPECT_FALSE(table.indexes[0].valid);
  EXPECT_FALSE(table.indexes[0].enforcesUniqueColumns());
  EXPECT_EQ(schema->table("p").uniqueConstraints.at(0).columns, (Names{"a", "b"}));
}

TEST(SqliteCatalog, EntriesThatSqliteDidNotLoadAreMarked) {
  SqliteDatabase db;
  db.run(
      "CREATE TABLE t(a); PRAGMA writable_schema=ON;"
      "INSERT INTO sqlite_schema VALUES ('table', 'ghost', 'ghost', 99, 'CREATE TABLE ghost(a)'),"
      " ('view', 'haunt', 'haunt', 0, NULL), ('trigger', 'boo', 'ghost', 0, 'CREATE TRIGGER'),"
      " ('index', NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL),"
      " (1.5, x'00ff', 7, 'page', x'8081');");
  const auto schema = db.schema();
  EXPECT_EQ(schema->table("t").error, std::nullopt);
  ASSERT_NE(schema->findTable("ghost"), nullptr);
  EXPECT_TRUE(schema->table("ghost").error.has_value());
  EXPECT_TRUE(schema->table("ghost").columns.empty());
  ASSERT_NE(schema->findTable("haunt"), nullptr);
  EXPECT_TRUE(schema->table("haunt").error.has_value());
}

TEST(SqliteCatalog, FunctionsAndCollationsOfAnotherProgramAreNoObstacle) {
  SqliteDatabase db;
  const auto same = [](void*, int, const void*, int, const void*) { return 0; };
  const auto first = [](sqlite3_context* context, int, sqlite3_value** values) {
    sqlite3_result_value(context, values[0]);
  };
  sqlite3_create_collation(db.get(), "theirs", SQLITE_UTF8, nullptr, same);
  sqlite3_create_function(db.get(), "theirs", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, first,
                          nullptr, nullptr);
  const test::TemporaryFolder folder;
  const std::string file = folder.file("theirs.db");
  db.run("ATTACH '" + file +
         "' AS f; CREATE TABLE f.t(a TEXT COLLATE theirs PRIMARY KEY,"
         " g AS (theirs(a)), CHECK (theirs(a))); CREATE VIEW f.v AS SELECT theirs(a) AS x FROM t;"
         "CREATE INDEX f.i ON t(theirs(a) DESC, a COLLATE theirs) WHERE theirs(a) > 1; DETACH f");
  SqliteDatabase ours(file);
  const auto schema = ours.schema();
  const Table& table = schema->table("t");
  EXPECT_EQ(table.error, std::nullopt);
  EXPECT_EQ(table.column("a").collation, "theirs");
  EXPECT_EQ(table.column("g").generatedExpression, "theirs(a)");
  EXPECT_EQ(table.indexes.at(1).parts.at(0).expression, "theirs(a)");
  EXPECT_EQ(table.indexes.at(1).where, "theirs(a) > 1");
  ASSERT_TRUE(schema->table("v").error.has_value());
  EXPECT_THAT(*schema->table("v").error, HasSubstr("no such function: theirs"));
}

TEST(SqliteCatalog, DatabasesInUtf16AreReadAlike) {
  const auto schema = schemaOf(
      "PRAGMA encoding='UTF-16be';"
      "CREATE TABLE \"t\u00fcr\"(\"gr\u00f6\u00dfe\" TEXT DEFAULT '\u65e5\u672c' CHECK "
      "(\"gr\u00f6\u00dfe\""
      " <> '\U0001f9ed'), z AS (\"gr\u00f6\u00dfe\"))");
  const Table& table = schema->table("t\u00fcr");
  EXPECT_EQ(table.columns[0].name, "gr\u00f6\u00dfe");
  EXPECT_EQ(table.columns[0].defaultValue->text, "'\u65e5\u672c'");
  EXPECT_EQ(table.columns[1].generatedExpression, "\"gr\u00f6\u00dfe\"");
  EXPECT_EQ(table.checks.at(0).expression, "\"gr\u00f6\u00dfe\" <> '\U0001f9ed'");
}

TEST(SqliteCatalog, SettingsOfTheConnectionDoNotMatter) {
  const std::string script =
      "CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT DEFAULT \"x\" REFERENCES t(a)); CREATE VIEW v "
      "AS"
      " SELECT b FROM t; CREATE VIRTUAL TABLE ft USING fts5(q); CREATE INDEX i ON t(b || 'x');";
  SqliteDatabase plain;
  plain.run(script);
  SqliteDatabase odd;
  odd.run(script);
  for (const int option : {SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL,
                           SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_ENABLE_VIEW}) {
    sqlite3_db_config(odd.get(), option, 0, nullptr);
  }
  sqlite3_db_config(odd.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  odd.run(
      "PRAGMA reverse_unordered_selects=ON; PRAGMA case_sensitive_like=ON;"
      "PRAGMA full_column_names=ON; PRAGMA short_column_names=OFF; PRAGMA query_only=ON;");
  EXPECT_EQ(odd.schema()->fingerprint(), plain.schema()->fingerprint());
}

TEST(SqliteCatalog, ReadingStopsAtTheDeadline) {
  sqlite3* db = nullptr;
  ASSERT_EQ(sqlite3_open(":memory:", &db), SQLITE_OK);
  SqliteHandle handle(db, std::chrono::milliseconds(100));
  std::string script = "BEGIN;";
  for (int i = 0; i < 500; ++i) {
    const std::string n = std::to_string(i);
    script +=
        "CREATE TABLE t" + n + "(a, b, c); CREATE VIEW v" + n + " AS SELECT a FROM t" + n + ";";
  }
  ASSERT_EQ(sqlite3_exec(db, (script + "COMMIT").c_str(), nullptr, nullptr, nullptr), SQLITE_OK);
  Context context;
  context.timeout(std::chrono::milliseconds(2));
  handle.arm(context);
  EXPECT_THROW(static_cast<void>(readSqliteCatalog(handle)), Timeout);
  handle.disarm();
  EXPECT_NE(sqlite3_get_autocommit(db), 0) << "its transaction stayed open";
  EXPECT_EQ(readSqliteCatalog(handle).tables.size(), 1000u);
}

TEST(SqliteCatalog, SchemaThatSqliteRefusesIsATypedError) {
  const test::TemporaryFolder folder;
  const std::string file = folder.file("malformed.db");
  {
    SqliteDatabase db(file);
    db.run(
        "CREATE TABLE t(a); PRAGMA writable_schema=ON;"
        "UPDATE sqlite_schema SET sql = 'CREATE TABLE t(' WHERE name = 't'");
  }
  SqliteDatabase db(file);
  try {
    static_cast<void>(readSqliteCatalog(db.get()));
    FAIL() << "a malformed schema was read";
  } catch (const Error& error) {
    EXPECT_EQ(error.nativeCode() & 0xff, SQLITE_CORRUPT);
    EXPECT_THAT(error.what(), HasSubstr("malformed"));
  }
  EXPECT_NE(sqlite3_get_autocommit(db.get()), 0) << "its transaction stayed open";
}

}  // namespace
}  // namespace sonde
