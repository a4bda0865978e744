// Objects of every kind: what is listed, as what, and that a broken or forbidden one hides nothing
// else.
#include <gmock/gmock.h>

#include <chrono>
#include <sonde/core/context.hpp>
#include <sonde/core/error.hpp>

#include "postgres_catalog_fixture.hpp"

namespace sonde {
namespace {

using test::Names;
using test::namesOf;
using test::PostgresCatalog;
using ::testing::HasSubstr;

TEST_F(PostgresCatalog, ListsObjectsOfEveryKind) {
  const auto schema = schemaOf(
      "CREATE EXTENSION postgres_fdw; CREATE SERVER far FOREIGN DATA WRAPPER postgres_fdw;"
      "CREATE TABLE plain(a int); CREATE FOREIGN TABLE far_table(a int) SERVER far;"
      "CREATE VIEW seen AS SELECT a FROM plain; CREATE MATERIALIZED VIEW kept AS SELECT a FROM "
      "plain;"
      "CREATE UNLOGGED TABLE fast(a int); CREATE TYPE pair AS (a int, b int);"
      "CREATE TABLE parts(a int, at date) PARTITION BY RANGE (at);"
      "CREATE TABLE parts_1 PARTITION OF parts FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');"
      "CREATE TABLE parts_2 PARTITION OF parts DEFAULT PARTITION BY LIST (a);"
      "CREATE TABLE base(a int); CREATE TABLE second(b int);"
      "CREATE TABLE derived(c int) INHERITS (base, second);");
  const auto kindOf = [&](const char* name) {
    return std::string(tableKindName(schema->table(name).kind));
  };
  EXPECT_EQ(kindOf("plain"), "table");
  EXPECT_EQ(kindOf("fast"), "table");
  EXPECT_EQ(kindOf("far_table"), "foreign");
  EXPECT_EQ(kindOf("seen"), "view");
  EXPECT_EQ(kindOf("kept"), "materializedView");
  EXPECT_EQ(kindOf("parts"), "partitioned");
  EXPECT_EQ(kindOf("parts_1"), "partition");
  EXPECT_EQ(kindOf("parts_2"), "partition");
  EXPECT_EQ(schema->findTable("pair"), nullptr) << "a type is no table";
  EXPECT_EQ(schema->table("seen").definition, " SELECT plain.a\n   FROM public.plain;");
  EXPECT_EQ(schema->table("kept").definition, " SELECT plain.a\n   FROM public.plain;");
  EXPECT_EQ(schema->table("parts").definition, "PARTITION BY RANGE (at)");
  EXPECT_EQ(schema->table("parts_1").definition,
            "FOR VALUES FROM ('2020-01-01') TO ('2021-01-01')");
  EXPECT_EQ(schema->table("parts_2").definition, "DEFAULT PARTITION BY LIST (a)");
  EXPECT_EQ(schema->table("parts_1").partitionOf, "public.parts");
  EXPECT_FALSE(schema->table("parts_1").isListed());
  EXPECT_EQ(schema->table("derived").inherits, (Names{"public.base", "public.second"}));
  EXPECT_EQ(schema->table("derived").partitionOf, std::nullopt);
  EXPECT_EQ(namesOf(schema->table("derived").columns), (Names{"a", "b", "c"}));
  for (const Table& table : schema->tables()) EXPECT_EQ(table.error, std::nullopt) << table.name;
  EXPECT_EQ(schema->dialect(), "postgresql");
  EXPECT_EQ(schema->serverVersion() + " ",
            db().value("SHOW server_version").substr(0, schema->serverVersion().size()) + " ");
}

TEST_F(PostgresCatalog, ViewsSayWhetherTheyCanBeWritten) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a int); CREATE VIEW simple AS SELECT a FROM t WHERE a > 0;"
      "CREATE VIEW summed AS SELECT sum(a) AS s FROM t; CREATE VIEW ruled AS SELECT 1 AS a;"
      "CREATE RULE r AS ON INSERT TO ruled DO INSTEAD INSERT INTO t VALUES (NEW.a);"
      "CREATE MATERIALIZED VIEW m AS SELECT a FROM t;");
  EXPECT_EQ(schema->table("simple").updatable, true);
  EXPECT_TRUE(schema->table("simple").writable());
  EXPECT_EQ(schema->table("summed").updatable, false);
  EXPECT_FALSE(schema->table("summed").writable());
  EXPECT_TRUE(schema->table("ruled").writable());
  EXPECT_EQ(schema->table("t").updatable, std::nullopt);
  EXPECT_FALSE(schema->table("m").writable());
}

TEST_F(PostgresCatalog, CommentsAreThoseOfTheirCatalog) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a int, b int); COMMENT ON TABLE t IS 'a table';"
      "COMMENT ON COLUMN t.b IS 'a column'; CREATE VIEW v AS SELECT a FROM t;"
      "COMMENT ON VIEW v IS 'a view'; SET allow_system_table_mods = on;"
      // A function may have the OID of a table.
      "INSERT INTO pg_description VALUES ('t'::regclass, 'pg_proc'::regclass, 0, 'a function'), "
      "('v'::regclass, 'pg_proc'::regclass, 0, 'another');");
  EXPECT_EQ(schema->table("t").comment, "a table");
  EXPECT_EQ(schema->table("t").column("b").comment, "a column");
  EXPECT_EQ(schema->table("t").column("a").comment, std::nullopt);
  EXPECT_EQ(schema->table("v").comment, "a view");
}

TEST_F(PostgresCatalog, RowEstimatesComeFromAnalyzeOnly) {
  const auto schema = schemaOf(
      "CREATE TABLE known(a int); INSERT INTO known SELECT generate_series(1, 500);"
      "CREATE TABLE unknown(a int); CREATE TABLE hollow(a int); ANALYZE known, hollow;"
      "CREATE VIEW v AS SELECT a FROM known;");
  EXPECT_EQ(schema->table("known").rowEstimate, 500);
  EXPECT_EQ(schema->table("unknown").rowEstimate, std::nullopt);
  EXPECT_EQ(schema->table("hollow").rowEstimate, 0);
  EXPECT_EQ(schema->table("v").rowEstimate, std::nullopt);
}

TEST_F(PostgresCatalog, TablesOfOneNameInTwoSchemasStayApart) {
  const auto schema = schemaOf(
      "CREATE SCHEMA other; CREATE TABLE public.t(a int PRIMARY KEY);"
      "CREATE TABLE other.t(b text PRIMARY KEY); CREATE TABLE other.u(x text REFERENCES other.t, "
      "y int REFERENCES public.t)");
  EXPECT_EQ(namesOf(schema->findTable("public", "t")->columns), Names{"a"});
  EXPECT_EQ(namesOf(schema->findTable("other", "t")->columns), Names{"b"});
  EXPECT_EQ(schema->table("t").schema, "public");
  EXPECT_EQ(schema->searchPath(), Names{"public"});
  const Table& u = schema->table("other.u");
  EXPECT_EQ(u.foreignKeys[0].references.schema, "other");
  EXPECT_EQ(u.foreignKeys[1].references.schema, "public");
  EXPECT_EQ(u.relations.size(), 2u);
  EXPECT_TRUE(schema->findTable("other", "t")->shadowed);
}

TEST_F(PostgresCatalog, UnqualifiedNamesFollowTheSearchPathOfTheSession) {
  db().run(
      "CREATE SCHEMA a; CREATE SCHEMA \"B b\"; CREATE TABLE a.t(x int);"
      "CREATE TABLE \"B b\".t(y int); CREATE TABLE public.t(z int)");
  const auto schema = this->schema("search_path=%22B%20b%22,missing,a");
  EXPECT_EQ(schema->searchPath(), (Names{"B b", "a"}));
  EXPECT_EQ(namesOf(schema->table("t").columns), Names{"y"});
  const auto none = this->schema("search_path=missing");
  EXPECT_EQ(none->findTable("t"), nullptr) << "the server would not find it either";
  EXPECT_NE(none->findTable("public.t"), nullptr);
}

TEST_F(PostgresCatalog, NamesMayHoldAnything) {
  const Names odd{
      "a\"b",        "it's",   "100%",  "f(x",   "[y]", "two words", "a,b",
      "line\nbreak", "select", "Mixed", "größe", "表",  "dot.ted",   std::string(63, 'n')};
  std::string sql;
  for (const std::string& name : odd) {
    std::string quoted = "\"";
    for (const char c : name) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    quoted += '"';
    sql += "CREATE TABLE " + quoted + "(" + quoted + " serial PRIMARY KEY, b int REFERENCES " +
           quoted + ", CHECK (" + quoted + " > 0)); CREATE INDEX ON " + quoted + "((" + quoted +
           " + 1));";
  }
  sql += "CREATE TABLE " + std::string(70, 'x') + "(a int);";
  const auto schema = schemaOf(sql);
  for (const std::string& name : odd) {
    const Table* table = schema->findTable("public", name);
    ASSERT_NE(table, nullptr) << name;
    EXPECT_EQ(table->columns[0].name, name);
    EXPECT_TRUE(table->columns[0].autoIncrement) << name;
    EXPECT_EQ(table->primaryKey->columns, Names{name});
    EXPECT_EQ(table->foreignKeys[0].references.table, name);
    EXPECT_EQ(table->checks.size(), 1u);
  }
  EXPECT_NE(schema->findTable(std::string(63, 'x')), nullptr) << "PostgreSQL keeps 63 bytes";
}

TEST_F(PostgresCatalog, OnlyTheSystemsOwnSchemasAreLeftOut) {
  const auto schema = schemaOf(
      "CREATE SCHEMA pgx; CREATE TABLE pgx.pg_thing(a int); CREATE TABLE pg_other(a int);"
      "CREATE SCHEMA information; CREATE TABLE information.t(a int)");
  EXPECT_EQ(namesOf(schema->tables()), (Names{"t", "pg_thing", "pg_other"}));
}

TEST_F(PostgresCatalog, TemporaryTablesAreThoseOfTheOwnSession) {
  db().run("CREATE TEMPORARY TABLE theirs(a int); CREATE TABLE t(a int)");
  const auto handle = test::openHandle(db().uri());
  EXPECT_EQ(Schema::build(readPostgresCatalog(*handle))->searchPath(), Names{"public"});
  handle->exec(
      "CREATE TEMPORARY TABLE mine(a serial, b text DEFAULT 'x'); CREATE TEMPORARY TABLE t(b int);"
      "CREATE TEMPORARY TABLE pg_class(oid int, relname text, relkind text)");
  const auto schema = Schema::build(readPostgresCatalog(*handle));
  EXPECT_EQ(namesOf(schema->tables()), (Names{"mine", "pg_class", "t", "t"}));
  EXPECT_EQ(schema->table("mine").schema, "pg_temp");
  EXPECT_EQ(namesOf(schema->table("t").columns), Names{"b"}) << "temporary tables come first";
  EXPECT_EQ(schema->searchPath(), (Names{"pg_temp", "public"}));
  EXPECT_TRUE(schema->table("mine").column("a").autoIncrement);
}

TEST_F(PostgresCatalog, WhatExtensionsOwnIsKeptInTheBackground) {
  const auto schema = schemaOf(
      "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION citext; CREATE EXTENSION hstore;"
      "CREATE TABLE t(a citext, b hstore, c citext[])");
  const Table& view = schema->table("pg_stat_statements");
  EXPECT_EQ(view.kind, TableKind::System);
  EXPECT_FALSE(view.isListed());
  EXPECT_FALSE(view.columns.empty());
  EXPECT_EQ(schema->table("t").column("a").declaredType, "public.citext");
  EXPECT_EQ(schema->table("t").column("a").collation, std::nullopt);
  EXPECT_EQ(schema->table("t").column("b").type, Type::Other);
  EXPECT_EQ(schema->table("t").column("c").type, Type::Array);
}

TEST_F(PostgresCatalog, WhatAUserMayNotTouchHidesNothing) {
  const std::string role = "sonde_blind_" + db().name();
  db().run(
      "CREATE SCHEMA secret; CREATE TABLE secret.s(a int PRIMARY KEY);"
      "CREATE VIEW secret.v AS SELECT a FROM secret.s; CREATE TABLE closed(a serial);"
      "CREATE TABLE open_one(a int REFERENCES secret.s); CREATE ROLE \"" +
      role +
      "\" LOGIN;"
      "REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO \"" +
      role + "\"; GRANT SELECT ON open_one TO \"" + role + "\"");
  {
    const auto handle = test::openHandle(db().uri());
    handle->exec("SET ROLE \"" + role + "\"");
    EXPECT_THROW(handle->exec("SELECT * FROM secret.s"), AuthorizationError);
    const auto schema = Schema::build(readPostgresCatalog(*handle));
    EXPECT_EQ(namesOf(schema->tables()), (Names{"closed", "open_one", "s", "v"}));
    for (const Table& table : schema->tables()) EXPECT_EQ(table.error, std::nullopt) << table.name;
    EXPECT_EQ(schema->table("open_one").foreignKeys[0].references.schema, "secret");
    EXPECT_FALSE(schema->table("open_one").foreignKeys[0].dangling);
    EXPECT_TRUE(schema->table("closed").column("a").autoIncrement);
  }
  db().run("DROP OWNED BY \"" + role + "\"; DROP ROLE \"" + role + "\"");
}

/// What an upgrade that lost a library leaves: every value of the type is out of reach.
constexpr const char* kLoseTheLibrary =
    "SET allow_system_table_mods = on; UPDATE pg_proc SET probin = '$libdir/gone' "
    "WHERE proname IN ('hstore_out', 'hstore_in');";

TEST_F(PostgresCatalog, WhatCannotBeWrittenAsTextHidesNothingElse) {
  db().run(
      "CREATE EXTENSION hstore; CREATE TABLE a(x int DEFAULT 1, CHECK (x > 0));"
      "CREATE TABLE broken_default(h hstore DEFAULT 'a=>1', x int DEFAULT 2);"
      "CREATE VIEW broken_view AS SELECT 'a=>1'::hstore AS h, x FROM a;"
      "CREATE VIEW sound_view AS SELECT x FROM a;"
      "CREATE TABLE broken_index(h hstore, x int); CREATE INDEX sound_one ON broken_index(x) "
      "WHERE x > 0; CREATE UNIQUE INDEX broken_one ON broken_index(x) WHERE h = 'a=>1';"
      "CREATE TABLE broken_check(h hstore CONSTRAINT bad CHECK (h <> 'a=>1'), "
      "x int CONSTRAINT good CHECK (x > 3));");
  db().run(kLoseTheLibrary);
  const auto schema = this->schema();
  EXPECT_EQ(schema->table("a").error, std::nullopt);
  EXPECT_EQ(schema->table("a").column("x").defaultValue->text, "1");
  EXPECT_EQ(schema->table("a").checks.size(), 1u);
  const auto errorOf = [&](const char* name) { return schema->table(name).error.value_or("-"); };
  EXPECT_THAT(errorOf("broken_default"), HasSubstr("default: could not access file"));
  EXPECT_EQ(schema->table("broken_default").column("x").defaultValue->text, "2");
  EXPECT_EQ(schema->table("broken_default").column("h").declaredType, "public.hstore");
  EXPECT_THAT(errorOf("broken_view"), HasSubstr("definition: "));
  EXPECT_EQ(schema->table("broken_view").definition, std::nullopt);
  EXPECT_EQ(namesOf(schema->table("broken_view").columns), (Names{"h", "x"}));
  EXPECT_EQ(errorOf("sound_view"), "-");
  EXPECT_NE(schema->table("sound_view").definition, std::nullopt);
  EXPECT_THAT(errorOf("broken_index"), HasSubstr("index: "));
  const Table& indexed = schema->table("broken_index");
  ASSERT_EQ(namesOf(indexed.indexes), (Names{"broken_one", "sound_one"}));
  EXPECT_FALSE(indexed.indexes[0].valid) << "nothing may be concluded from it";
  EXPECT_FALSE(indexed.isUnique({"x"}));
  EXPECT_EQ(indexed.indexes[1].where, "x > 0");
  EXPECT_THAT(errorOf("broken_check"), HasSubstr("constraint: "));
  EXPECT_EQ(namesOf(schema->table("broken_check").checks), Names{"good"});
}

TEST_F(PostgresCatalog, ATypeWithoutItsLibraryKeepsItsPlainName) {
  db().run(
      "CREATE TYPE shape; CREATE FUNCTION shape_in(cstring, oid, int) RETURNS shape "
      "LANGUAGE internal STRICT AS 'varcharin'; CREATE FUNCTION shape_out(shape) RETURNS cstring "
      "LANGUAGE internal STRICT AS 'varcharout'; CREATE FUNCTION shape_mod(cstring[]) RETURNS int "
      "LANGUAGE internal STRICT AS 'varchartypmodin'; CREATE FUNCTION shape_name(int) "
      "RETURNS cstring LANGUAGE internal STRICT AS 'varchartypmodout';"
      "CREATE TYPE shape (INPUT = shape_in, OUTPUT = shape_out, TYPMOD_IN = shape_mod, "
      "TYPMOD_OUT = shape_name); CREATE TABLE t(a int, b shape(7), c varchar(5));"
      "CREATE TABLE u(a int);");
  EXPECT_EQ(schema()->table("t").column("b").declaredType, "public.shape(7)");
  db().run(
      "SET allow_system_table_mods = on; UPDATE pg_proc SET prolang = "
      "(SELECT oid FROM pg_language WHERE lanname = 'c'), probin = '$libdir/gone' "
      "WHERE proname = 'shape_name'");
  const auto schema = this->schema();
  const Table& table = schema->table("t");
  EXPECT_THAT(table.error.value_or("-"), HasSubstr("type of b: could not access file"));
  EXPECT_EQ(table.column("b").declaredType, "public.shape");
  EXPECT_EQ(table.column("c").declaredType, "character varying(5)");
  EXPECT_EQ(schema->table("u").error, std::nullopt);
}

TEST_F(PostgresCatalog, IsReadInsideAnOpenTransactionAndLeavesItAsItWas) {
  db().run("CREATE TABLE t(a int)");
  const auto handle = test::openHandle(db().uri());
  handle->exec(
      "BEGIN; CREATE TABLE fresh(a text DEFAULT 'x'); SET LOCAL search_path = public; "
      "SET LOCAL datestyle = 'SQL'; SAVEPOINT sonde_catalog");
  const auto schema = Schema::build(readPostgresCatalog(*handle));
  EXPECT_EQ(namesOf(schema->tables()), (Names{"fresh", "t"}));
  EXPECT_TRUE(handle->inTransaction());
  EXPECT_EQ(handle->exec("SHOW search_path").text(0, 0), "public");
  EXPECT_THAT(std::string(handle->exec("SHOW datestyle").text(0, 0)), HasSubstr("SQL"));
  handle->exec("ROLLBACK TO SAVEPOINT sonde_catalog");  // the one from before is there yet
  handle->exec("COMMIT");
  EXPECT_EQ(handle->exec("SELECT count(*) FROM fresh").integer(0, 0), 0);
}

TEST_F(PostgresCatalog, ABrokenObjectDoesNotEndAnOpenTransaction) {
  db().run("CREATE EXTENSION hstore; CREATE TABLE t(h hstore DEFAULT 'a=>1');");
  db().run(kLoseTheLibrary);
  const auto handle = test::openHandle(db().uri());
  handle->exec("BEGIN; CREATE TABLE fresh(a int)");
  const auto schema = Schema::build(readPostgresCatalog(*handle));
  EXPECT_TRUE(schema->table("t").error.has_value());
  EXPECT_EQ(schema->table("fresh").error, std::nullopt);
  handle->exec("COMMIT");
  EXPECT_EQ(handle->exec("SELECT count(*) FROM fresh").integer(0, 0), 0);
}

TEST_F(PostgresCatalog, AFailedTransactionIsSaidToBeOne) {
  const auto handle = test::openHandle(db().uri());
  handle->exec("BEGIN");
  EXPECT_THROW(handle->exec("SELECT 1 / 0"), Error);
  EXPECT_THROW((void)readPostgresCatalog(*handle), Error);
  EXPECT_TRUE(handle->transactionFailed());
  handle->exec("ROLLBACK");
  EXPECT_NO_THROW((void)readPostgresCatalog(*handle));
}

TEST_F(PostgresCatalog, ReadingLeavesNoTraceInTheSession) {
  const auto handle = test::openHandle(db().uri("search_path=public&datestyle=German"));
  (void)readPostgresCatalog(*handle);
  EXPECT_FALSE(handle->inTransaction());
  EXPECT_EQ(handle->exec("SHOW search_path").text(0, 0), "public");
  EXPECT_THAT(std::string(handle->exec("SHOW datestyle").text(0, 0)), HasSubstr("German"));
  EXPECT_EQ(handle->exec("SHOW transaction_read_only").text(0, 0), "off");
}

TEST_F(PostgresCatalog, ObeysADeadlineWhileDdlHoldsItUp) {
  db().run("CREATE TABLE t(a int); CREATE VIEW v AS SELECT a FROM t");
  db().run("BEGIN; LOCK TABLE t");
  const auto handle = test::openHandle(db().uri());
  Context context;
  context.timeout(std::chrono::milliseconds(200));
  handle->arm(context);
  EXPECT_THROW((void)readPostgresCatalog(*handle), Timeout);
  handle->disarm();
  db().run("ROLLBACK");
  EXPECT_FALSE(handle->inTransaction());
  EXPECT_EQ(Schema::build(readPostgresCatalog(*handle))->tables().size(), 2u);
}

}  // namespace
}  // namespace sonde
