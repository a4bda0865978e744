// Objects of every kind: what is listed, as what, and that a broken one hides nothing else.
#include <gmock/gmock.h>

#include "../../servers/private_server.hpp"
#include "mysql_catalog_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(MysqlCatalog, OfAnEmptyDatabaseIsEmpty) {
  const auto empty = schema();
  EXPECT_THAT(empty->tables(), IsEmpty());
  EXPECT_EQ(empty->dialect(), "mariadb");
  EXPECT_THAT(empty->serverVersion(), HasSubstr("MariaDB"));
  EXPECT_THAT(empty->searchPath(), ElementsAre(db().name()));
}

TEST_F(MysqlCatalog, HoldsTheConnectedDatabaseOnly) {
  TestDatabase other(*mysqlServer());
  other.run("CREATE TABLE elsewhere(a INT)");
  const auto schema = schemaOf("CREATE TABLE b(x INT); CREATE TABLE a(x INT)");
  EXPECT_THAT(tableNames(*schema), ElementsAre("a", "b"));
  EXPECT_EQ(schema->table("a").schema, db().name());
  EXPECT_EQ(schema->findTable("information_schema", "TABLES"), nullptr);
}

TEST_F(MysqlCatalog, WithoutADatabaseHoldsAllButTheSystems) {
  TestDatabase other(*mysqlServer());
  other.run("CREATE TABLE t(only_there INT)");
  db().run("CREATE TABLE t(only_here INT)");
  const auto handle = openHandle(mysqlServer()->uri(""));
  const auto schema = Schema::build(readMysqlCatalog(*handle));
  const Table* here = schema->findTable(db().name(), "t");
  const Table* there = schema->findTable(other.name(), "t");
  ASSERT_NE(here, nullptr);
  ASSERT_NE(there, nullptr);
  EXPECT_THAT(columnNames(*here), ElementsAre("only_here"));
  EXPECT_THAT(columnNames(*there), ElementsAre("only_there"));
  EXPECT_EQ(schema->findTable("mysql", "user"), nullptr);
  EXPECT_EQ(schema->findTable("sys", "version"), nullptr);
  EXPECT_EQ(schema->findTable("performance_schema", "threads"), nullptr);
}

TEST_F(MysqlCatalog, WithoutADatabaseNamesHaveToTellTheirs) {
  db().run("CREATE TABLE t(a INT)");
  const auto handle = openHandle(mysqlServer()->uri(""));
  const auto schema = Schema::build(readMysqlCatalog(*handle));
  EXPECT_EQ(schema->findTable("t"), nullptr);
  const Table& table = schema->table(db().name() + ".t");
  EXPECT_EQ(schema->displayName(table), db().name() + ".t");
  EXPECT_TRUE(table.shadowed);
}

TEST_F(MysqlCatalog, DatabasesThatDifferInCaseAreKeptApart) {
  if (db().value("SELECT @@lower_case_table_names") != "0") GTEST_SKIP() << "case does not count";
  std::string upper = db().name();
  upper.replace(0, 5, "SONDE");
  db().run("CREATE TABLE t(lower_one INT); CREATE TABLE T(upper_table INT);");
  db().run("CREATE DATABASE " + upper + "; CREATE TABLE " + upper + ".t(upper_one INT)");
  const auto schema = this->schema();
  db().run("DROP DATABASE " + upper);
  EXPECT_THAT(tableNames(*schema), ElementsAre("T", "t"));
  EXPECT_THAT(columnNames(schema->table("t")), ElementsAre("lower_one"));
  EXPECT_THAT(columnNames(schema->table("T")), ElementsAre("upper_table"));
}

TEST_F(MysqlCatalog, BrokenViewHidesNothingElse) {
  const auto schema = schemaOf(
      "CREATE TABLE a(x INT); CREATE TABLE gone(y INT); CREATE VIEW good AS SELECT x FROM a;"
      "CREATE VIEW broken AS SELECT y FROM gone; CREATE VIEW over_broken AS SELECT y FROM broken;"
      "CREATE VIEW better AS SELECT x + 1 AS z FROM a; DROP TABLE gone; CREATE TABLE b(k TEXT);");
  EXPECT_THAT(tableNames(*schema),
              ElementsAre("a", "b", "better", "broken", "good", "over_broken"));
  for (const char* name : {"broken", "over_broken"}) {
    const Table& view = schema->table(name);
    EXPECT_EQ(view.kind, TableKind::View);
    ASSERT_TRUE(view.error.has_value()) << name;
    EXPECT_THAT(*view.error, HasSubstr(std::string(name) + "' references invalid table(s)"));
    EXPECT_THAT(view.columns, IsEmpty());
    EXPECT_THAT(view.definition.value_or(""), HasSubstr("`y`"));
    EXPECT_FALSE(view.writable());
  }
  for (const char* name : {"a", "b", "good", "better"}) {
    EXPECT_EQ(schema->table(name).error, std::nullopt) << name;
    EXPECT_EQ(schema->table(name).columns.size(), 1u) << name;
    EXPECT_EQ(schema->table(name).comment, std::nullopt) << name;
  }
}

TEST_F(MysqlCatalog, ViewThatLostAColumnIsBroken) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT, b INT); CREATE VIEW v AS SELECT a, b FROM t;"
      "CREATE VIEW w AS SELECT a FROM t; ALTER TABLE t DROP COLUMN b");
  EXPECT_TRUE(schema->table("v").error.has_value());
  EXPECT_EQ(schema->table("w").error, std::nullopt);
}

TEST_F(MysqlCatalog, TableThatItsEngineCannotOpenHidesNothingElse) {
  const auto schema = schemaOf(
      "CREATE TABLE part(a INT) ENGINE=MyISAM; CREATE TABLE other(b INT);"
      "CREATE TABLE merged(a INT) ENGINE=MERGE UNION=(part) COMMENT 'all of it'; DROP TABLE part");
  const Table& merged = schema->table("merged");
  ASSERT_TRUE(merged.error.has_value());
  EXPECT_THAT(*merged.error, HasSubstr("underlying table"));
  EXPECT_EQ(merged.comment, std::nullopt);
  EXPECT_THAT(columnNames(merged), ElementsAre("a"));
  EXPECT_EQ(schema->table("other").error, std::nullopt);
}

TEST_F(MysqlCatalog, ViewsSayWhetherTheyCanBeWritten) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT, b INT); CREATE VIEW plain AS SELECT a, b FROM t WHERE a > 1;"
      "CREATE VIEW counted AS SELECT count(*) AS n FROM t");
  EXPECT_EQ(schema->table("plain").updatable, true);
  EXPECT_TRUE(schema->table("plain").writable());
  EXPECT_EQ(schema->table("counted").updatable, false);
  EXPECT_FALSE(schema->table("counted").writable());
  EXPECT_EQ(schema->table("t").updatable, std::nullopt);
  EXPECT_TRUE(schema->table("t").writable());
}

TEST_F(MysqlCatalog, DefinitionOfAViewMakesItAgain) {
  const auto first = schemaOf(
      "CREATE TABLE t(a INT); CREATE SQL SECURITY INVOKER VIEW v AS SELECT a FROM t WHERE a > 1"
      " WITH LOCAL CHECK OPTION; CREATE VIEW `w``w` AS SELECT a AS `b``b` FROM v");
  const std::string definition = first->table("v").definition.value_or("");
  EXPECT_EQ(definition, "CREATE SQL SECURITY INVOKER VIEW `v` AS select `" + db().name() +
                            "`.`t`.`a` AS `a` from `" + db().name() + "`.`t` where `" +
                            db().name() + "`.`t`.`a` > 1 WITH LOCAL CHECK OPTION");
  const auto second =
      schemaOf("DROP VIEW v, `w``w`; " + definition + "; " + *first->table("w`w").definition);
  EXPECT_EQ(second->table("v").definition, definition);
  EXPECT_EQ(second->fingerprint(), first->fingerprint());
}

TEST_F(MysqlCatalog, SystemVersionedTableIsATable) {
  const auto schema = schemaOf(
      "CREATE TABLE hidden(a INT) WITH SYSTEM VERSIONING;"
      "CREATE TABLE shown(a INT, since TIMESTAMP(6) GENERATED ALWAYS AS ROW START,"
      " until TIMESTAMP(6) GENERATED ALWAYS AS ROW END, PERIOD FOR SYSTEM_TIME(since, until))"
      " WITH SYSTEM VERSIONING");
  EXPECT_EQ(schema->table("hidden").kind, TableKind::Table);
  EXPECT_THAT(columnNames(schema->table("hidden")), ElementsAre("a"));
  const Table& shown = schema->table("shown");
  EXPECT_THAT(columnNames(shown), ElementsAre("a", "since", "until"));
  EXPECT_TRUE(shown.column("since").readOnly());
  EXPECT_EQ(shown.column("since").generatedExpression, "ROW START");
  EXPECT_FALSE(shown.column("a").readOnly());
}

TEST_F(MysqlCatalog, SequencesAreNoTables) {
  const auto schema =
      schemaOf("CREATE SEQUENCE s; CREATE TABLE t(id BIGINT PRIMARY KEY DEFAULT NEXTVAL(s))");
  EXPECT_THAT(tableNames(*schema), ElementsAre("t"));
  ASSERT_EQ(schema->sequences().size(), 1u);
  EXPECT_EQ(schema->sequences()[0].schema, db().name());
  EXPECT_EQ(schema->sequences()[0].name, "s");
  const auto& value = schema->table("t").column("id").defaultValue;
  ASSERT_TRUE(value.has_value());
  EXPECT_EQ(value->kind, ColumnDefault::Kind::Expression);
  EXPECT_EQ(value->text, "nextval(`" + db().name() + "`.`s`)");
}

TEST_F(MysqlCatalog, TemporaryTablesAreInvisibleAndHideNothing) {
  db().run("CREATE TABLE t(real_one INT)");
  const auto handle = openHandle(db().uri());
  handle->execute("CREATE TEMPORARY TABLE t(temporary_one INT)");
  handle->execute("CREATE TEMPORARY TABLE u(a INT)");
  const auto schema = Schema::build(readMysqlCatalog(*handle));
  EXPECT_THAT(tableNames(*schema), ElementsAre("t"));
  EXPECT_THAT(columnNames(schema->table("t")), ElementsAre("real_one"));
}

TEST_F(MysqlCatalog, PartitionedTableIsOneTable) {
  const auto schema = schemaOf(
      "CREATE TABLE t(id INT, y INT, PRIMARY KEY(y, id)) PARTITION BY RANGE (y) SUBPARTITION BY "
      "HASH (y) SUBPARTITIONS 2 (PARTITION p0 VALUES LESS THAN (10), PARTITION p1 VALUES LESS THAN "
      "MAXVALUE)");
  EXPECT_THAT(tableNames(*schema), ElementsAre("t"));
  EXPECT_EQ(schema->table("t").kind, TableKind::Table);
  EXPECT_THAT(schema->table("t").keyColumns(), ElementsAre("y", "id"));
}

TEST_F(MysqlCatalog, CommentsAndRowEstimatesAreRead) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT COMMENT 'it''s 50 % \"a\"', b INT) COMMENT 'CHECK (x) \u00fc';"
      "INSERT INTO t VALUES (1, 1), (2, 2), (3, 3); ANALYZE TABLE t");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.comment, "CHECK (x) \u00fc");
  EXPECT_EQ(table.column("a").comment, "it's 50 % \"a\"");
  EXPECT_EQ(table.column("b").comment, std::nullopt);
  EXPECT_EQ(table.rowEstimate, 3);
}

TEST_F(MysqlCatalog, DdlInsideOfTextIsIgnored) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a VARCHAR(90) DEFAULT 'CHECK (a > 1), UNIQUE(a)' COMMENT ', b INT) --',\n"
      " /* , c INT UNIQUE, */ b VARCHAR(90) DEFAULT 'REFERENCES t(a)' -- , d INT CHECK (d > 1)\n"
      ") COMMENT 'FOREIGN KEY (a) REFERENCES t(b)'");
  const Table& table = schema->table("t");
  EXPECT_THAT(columnNames(table), ElementsAre("a", "b"));
  EXPECT_THAT(table.checks, IsEmpty());
  EXPECT_THAT(table.uniqueConstraints, IsEmpty());
  EXPECT_THAT(table.foreignKeys, IsEmpty());
  EXPECT_EQ(table.column("a").defaultValue->text, "'CHECK (a > 1), UNIQUE(a)'");
}

TEST_F(MysqlCatalog, NamesMayHoldAnything) {
  const Names names{"a\"b", "a'b", "a%b", "a(b",  "a[b",
                    "a]b",  "a b", "a,b", "a\nb", "a`b",
                    "a;b",  "--a", "/*a", "a\\b", "\u00fcml\u00e4ut \u8868"};
  const auto quoted = [](const std::string& name) {
    std::string out = "`";
    for (const char c : name) out += c == '`' ? "``" : std::string(1, c);
    return out + '`';
  };
  std::string columns;
  for (const std::string& name : names) {
    columns += quoted(name) + " INT CHECK (" + quoted(name) + " > 0), ";
  }
  for (const std::string& name : names) {
    db().run("CREATE TABLE " + quoted(name) + "(" + columns + "js JSON, CONSTRAINT " +
             quoted("u" + name) + " UNIQUE (" + quoted(names[0]) + ", " + quoted(names[8]) +
             "), UNIQUE (" + quoted(names[2]) + "), CONSTRAINT " + quoted("f" + name) +
             " FOREIGN KEY (" + quoted(names[1]) + ") REFERENCES " + quoted(name) + "(" +
             quoted(names[2]) + "), INDEX " + quoted("i" + name) + "(" + quoted(names[7]) +
             " DESC))");
    db().run("CREATE TRIGGER " + quoted("t" + name) + " BEFORE INSERT ON " + quoted(name) +
             " FOR EACH ROW SET NEW." + quoted(names[0]) + " = 1");
    db().run("CREATE VIEW " + quoted("v" + name) + " AS SELECT " + quoted(name) + " FROM " +
             quoted(name));
  }
  const auto schema = this->schema();
  ASSERT_EQ(schema->tables().size(), 2 * names.size());
  for (const std::string& name : names) {
    const Table& table = schema->table(name);
    ASSERT_EQ(table.columns.size(), names.size() + 1) << name;
    for (std::size_t i = 0; i < names.size(); ++i) EXPECT_EQ(table.columns[i].name, names[i]);
    EXPECT_EQ(table.checks.size(), names.size()) << name;
    EXPECT_EQ(table.column("js").type, Type::Json);
    ASSERT_EQ(table.uniqueConstraints.size(), 2u) << name;
    EXPECT_EQ(table.uniqueConstraints[1].name, "u" + name);
    EXPECT_EQ(table.uniqueConstraints[1].columns, (Names{names[0], names[8]}));
    ASSERT_EQ(table.foreignKeys.size(), 1u) << name;
    EXPECT_EQ(table.foreignKeys[0].name, "f" + name);
    EXPECT_EQ(table.foreignKeys[0].references.table, name);
    EXPECT_FALSE(table.foreignKeys[0].dangling);
    ASSERT_EQ(table.triggers.size(), 1u) << name;
    EXPECT_EQ(table.triggers[0].name, "t" + name);
    EXPECT_EQ(schema->table("v" + name).columns.at(0).name, name);
    // The definitions quote what they name.
    db().run("DROP VIEW " + quoted("v" + name) + "; DROP TRIGGER " + quoted("t" + name));
    db().run(*schema->table("v" + name).definition);
    db().run(table.triggers[0].definition);
  }
  EXPECT_EQ(this->schema()->fingerprint(), schema->fingerprint());
}

TEST_F(MysqlCatalog, KeywordsAreNamesWhenQuoted) {
  const auto schema = schemaOf(
      "CREATE TABLE `table`(`primary` INT, `check` INT CHECK (`check` > 1), `unique` INT UNIQUE,"
      " `select` INT AS (`check` + 1), INDEX `index`(`primary`))");
  const Table& table = schema->table("table");
  EXPECT_THAT(columnNames(table), ElementsAre("primary", "check", "unique", "select"));
  EXPECT_EQ(table.checks.at(0).expression, "`check` > 1");
  EXPECT_EQ(table.column("select").generatedExpression, "`check` + 1");
}

TEST_F(MysqlCatalog, NamesOfSixtyFourCharactersAreExact) {
  std::string name;
  for (int i = 0; i < 64; ++i) name += i % 2 == 0 ? "\u00fc" : "\u8868";
  // A table's name has to fit that of a file as well, where such characters take five bytes.
  const std::string table = name.substr(0, 40) + std::string(48, 'x');
  const auto schema = schemaOf("CREATE TABLE `" + table + "`(`" + name + "` INT, UNIQUE `" + name +
                               "`(`" + name + "`))");
  const Table& found = schema->table(table);
  EXPECT_EQ(found.name, table);
  EXPECT_EQ(found.columns.at(0).name, name);
  EXPECT_EQ(found.uniqueConstraints.at(0).name, name);
}

TEST_F(MysqlCatalog, NamesOfColumnsIgnoreCase) {
  const auto schema = schemaOf("CREATE TABLE t(Mixed INT)");
  EXPECT_EQ(schema->table("t").column("mIXED").name, "Mixed");
  if (db().value("SELECT @@lower_case_table_names") == "0") {
    EXPECT_EQ(schema->findTable("T"), nullptr);
  } else {
    EXPECT_NE(schema->findTable("T"), nullptr);
  }
}

TEST(MysqlCatalogOfAServerThatFoldsNames, FindsThemInAnyCase) {
  SONDE_NEEDS_PRIVATE_SERVER(ServerKind::MySql);
  const PrivateMariaDb server({.config = {"lower_case_table_names=1"}});
  TestDatabase db(server.server());
  db.run(
      "CREATE TABLE Users(Id INT PRIMARY KEY); CREATE TABLE Posts(Author_Id INT, CONSTRAINT Fk"
      " FOREIGN KEY (AUTHOR_ID) REFERENCES USERS(ID) ON DELETE CASCADE)");
  const auto handle = openHandle(db.uri());
  const auto schema = Schema::build(readMysqlCatalog(*handle));
  EXPECT_THAT(tableNames(*schema), ElementsAre("posts", "users"));
  const Table& posts = schema->table("POSTS");
  ASSERT_EQ(posts.foreignKeys.size(), 1u);
  EXPECT_THAT(posts.foreignKeys[0].columns, ElementsAre("Author_Id"));
  EXPECT_EQ(posts.foreignKeys[0].references.table, "users");
  EXPECT_THAT(posts.foreignKeys[0].references.columns, ElementsAre("Id"));
  EXPECT_EQ(posts.foreignKeys[0].onDelete, ReferentialAction::Cascade);
  EXPECT_FALSE(posts.foreignKeys[0].dangling);
}

TEST_F(MysqlCatalog, AThousandColumnsAreRead) {
  std::string sql = "CREATE TABLE wide(c1 INT";
  for (int i = 2; i <= 1000; ++i) sql += ", c" + std::to_string(i) + " INT DEFAULT 1";
  const auto schema = schemaOf(sql + ")");
  const Table& wide = schema->table("wide");
  ASSERT_EQ(wide.columns.size(), 1000u);
  EXPECT_EQ(wide.columns.back().name, "c1000");
  EXPECT_EQ(wide.columns.back().position, 1000);
}

TEST_F(MysqlCatalog, ColumnsOfCreateTableAsAreTyped) {
  const auto schema = schemaOf(
      "CREATE TABLE s(a INT, b BOOLEAN, c VARCHAR(9));"
      "CREATE TABLE t AS SELECT a, b, c, 1 + 1 AS d, NULL AS e FROM s");
  const Table& table = schema->table("t");
  EXPECT_THAT(columnNames(table), ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_EQ(table.column("b").type, Type::Boolean);
  EXPECT_EQ(table.column("c").length, 9);
  EXPECT_EQ(table.primaryKey, std::nullopt);
}

}  // namespace
}  // namespace sonde::test
