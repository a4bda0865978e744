// The reading of a catalog as a whole: how it grows with the schema, and that nothing is lost.
#include <libpq-fe.h>

#include <cstdio>
#include <fstream>
#include <sonde/dialects/registry.hpp>

#include "../../support/temporary_folder.hpp"
#include "postgres_catalog_fixture.hpp"

namespace sonde {
namespace {

using test::PostgresCatalog;

struct Traffic {
  int sent = 0;        ///< Queries, each a round trip.
  int statements = 0;  ///< Statements that the server ran.
};

/// @return What libpq's trace of the protocol shows of one reading.
Traffic trafficOf(PostgresHandle& handle, const std::string& file) {
  std::FILE* trace = std::fopen(file.c_str(), "w");
  PQtrace(handle.connection(), trace);
  (void)readPostgresCatalog(handle);
  PQuntrace(handle.connection());
  std::fclose(trace);
  Traffic traffic;
  std::ifstream lines(file);
  for (std::string line; std::getline(lines, line);) {
    traffic.sent += line.find("\tQuery\t") != std::string::npos ? 1 : 0;
    traffic.statements += line.find("\tCommandComplete\t") != std::string::npos ? 1 : 0;
  }
  return traffic;
}

std::string tables(int first, int last) {
  std::string sql;
  for (int i = first; i < last; ++i) {
    const std::string n = std::to_string(i);
    sql += "CREATE TABLE t" + n + "(id serial PRIMARY KEY, a varchar(" + n +
           ") DEFAULT 'x', b int REFERENCES t0, CHECK (b > " + n + ")); CREATE INDEX ON t" + n +
           "(lower(a)) WHERE b > 0; CREATE VIEW v" + n + " AS SELECT a FROM t" + n + ";";
  }
  return sql;
}

TEST_F(PostgresCatalog, ReadsManyTablesWithTheStatementsOfFew) {
  const test::TemporaryFolder folder;
  const auto handle = test::openHandle(db().uri());
  db().run("CREATE TABLE t0(id int PRIMARY KEY);" + tables(1, 10));
  const Traffic few = trafficOf(*handle, folder.file("few"));
  db().run(tables(10, 150));
  const Traffic many = trafficOf(*handle, folder.file("many"));
  EXPECT_EQ(few.sent, 2);
  EXPECT_EQ(many.sent, 2);
  EXPECT_GT(few.statements, 10);
  EXPECT_LT(few.statements, 30);
  EXPECT_EQ(many.statements, few.statements);
  EXPECT_EQ(readPostgresCatalog(*handle).tables.size(), 299u);
}

TEST_F(PostgresCatalog, FindsOneBrokenObjectAmongManyByHalving) {
  const test::TemporaryFolder folder;
  db().run("CREATE EXTENSION hstore; CREATE TABLE t0(id int PRIMARY KEY);" + tables(1, 65));
  db().run(
      "CREATE TABLE broken(h hstore DEFAULT 'a=>1'); SET allow_system_table_mods = on;"
      "UPDATE pg_proc SET probin = '$libdir/gone' WHERE proname = 'hstore_out'");
  const auto handle = test::openHandle(db().uri());
  const Traffic traffic = trafficOf(*handle, folder.file("trace"));
  EXPECT_LT(traffic.sent, 100) << "not one for each of 65 tables and all that stands on them";
  const Catalog catalog = readPostgresCatalog(*handle);
  for (const Table& table : catalog.tables) {
    EXPECT_EQ(table.error.has_value(), table.name == "broken") << table.name;
    EXPECT_EQ(table.definition.has_value(), table.kind == TableKind::View) << table.name;
  }
}

TEST_F(PostgresCatalog, DdlMakesPartitionsCirclesOfKeysAndCommentsAgain) {
  const auto schema = schemaOf(
      "CREATE TABLE events(at date NOT NULL, kind int, note text, PRIMARY KEY (at, kind)) "
      "PARTITION BY RANGE (at); CREATE INDEX by_note ON events(note);"
      "CREATE TABLE \"events.2025\" PARTITION OF events FOR VALUES FROM ('2025-01-01') TO "
      "('2026-01-01') PARTITION BY LIST (kind);"
      "CREATE TABLE a_first PARTITION OF \"events.2025\" FOR VALUES IN (1, 2);"
      "CREATE TABLE a_rest PARTITION OF \"events.2025\" DEFAULT;"
      "CREATE TABLE events_else PARTITION OF events DEFAULT;"
      "CREATE INDEX own ON events_else(kind);"
      "CREATE TABLE hashed(id int PRIMARY KEY) PARTITION BY HASH (id);"
      "CREATE TABLE hashed0 PARTITION OF hashed FOR VALUES WITH (MODULUS 1, REMAINDER 0);"
      "CREATE TABLE chicken(id int PRIMARY KEY, egg int);"
      "CREATE TABLE egg(id int PRIMARY KEY, chicken int REFERENCES chicken, twin int REFERENCES "
      "egg); ALTER TABLE chicken ADD CONSTRAINT laid FOREIGN KEY (egg) REFERENCES egg;"
      "CREATE TABLE z_base(id int PRIMARY KEY, name text);"
      "CREATE TABLE derived(more text) INHERITS (z_base);"
      "COMMENT ON TABLE egg IS 'it''s first'; COMMENT ON COLUMN egg.twin IS 'a \\ \"twin\"';"
      "CREATE VIEW whole AS SELECT * FROM events; COMMENT ON VIEW whole IS 'all'");
  const SqlCompiler& compiler = makeDriver("postgresql")->dialect().compiler();
  const std::string script = compiler.createSchema(*schema);
  EXPECT_THAT(script, testing::HasSubstr("PARTITION BY RANGE (at)"));
  EXPECT_THAT(script, testing::HasSubstr("PARTITION OF \"public\".\"events.2025\" DEFAULT"));
  EXPECT_THAT(script, testing::HasSubstr("ALTER TABLE "));
  test::TestDatabase again(*test::postgresServer());
  again.run(script);
  const auto handle = test::openHandle(again.uri());
  const auto second = Schema::build(readPostgresCatalog(*handle));
  EXPECT_EQ(second->fingerprint(), schema->fingerprint());
  EXPECT_EQ(compiler.createSchema(*second), script);
}

TEST_F(PostgresCatalog, DdlWrittenFromItMakesTheSameSchemaAgain) {
  const auto schema = schemaOf(
      "CREATE TABLE p(x int, y int, z text COLLATE \"C\" DEFAULT 'it''s' NOT NULL, "
      "PRIMARY KEY (y, x)); CREATE TABLE c(id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "
      "a int, b int, ts timestamptz DEFAULT now(), n numeric(9,2) DEFAULT -1.5, "
      "g int GENERATED ALWAYS AS (a * 2) STORED, r int4range, t text[] DEFAULT '{}', "
      "v varchar(20), CONSTRAINT plain FOREIGN KEY (a, b) REFERENCES p, "
      "CONSTRAINT named FOREIGN KEY (b, a) REFERENCES p(x, y) MATCH FULL ON DELETE CASCADE "
      "DEFERRABLE INITIALLY DEFERRED, CONSTRAINT sparse FOREIGN KEY (a, b) REFERENCES p "
      "ON DELETE SET NULL (b), CHECK (a > 0 OR b IS NULL), EXCLUDE USING gist (r WITH &&), "
      "UNIQUE NULLS NOT DISTINCT (v));"
      "CREATE UNIQUE INDEX mixed ON c(lower(v), a DESC NULLS LAST, (b + 1)) INCLUDE (n) "
      "WHERE v <> ' WHERE '; CREATE INDEX classes ON c(v text_pattern_ops, v COLLATE \"C\");"
      "CREATE INDEX gin ON c USING gin (t); CREATE TABLE \"Odd \"\"T\"(s serial PRIMARY KEY, "
      "\"select\" text); CREATE VIEW v AS SELECT c.id, p.z FROM c JOIN p ON c.a = p.y;"
      "CREATE MATERIALIZED VIEW m AS SELECT count(*) AS n FROM c;");
  test::TestDatabase again(*test::postgresServer());
  again.run(makeDriver("postgresql")->dialect().compiler().createSchema(*schema));
  const auto handle = test::openHandle(again.uri());
  EXPECT_EQ(Schema::build(readPostgresCatalog(*handle))->fingerprint(), schema->fingerprint());
}

}  // namespace
}  // namespace sonde
