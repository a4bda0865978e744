// Which statements the hash of the catalog notices, and which it does not.
#include <sonde/dialects/postgres/postgres_schema_hash.hpp>

#include "postgres_catalog_fixture.hpp"

namespace sonde {
namespace {

constexpr const char* kStart =
    "CREATE SCHEMA s; CREATE TYPE mood AS ENUM ('sad'); CREATE DOMAIN code AS text;"
    "CREATE TABLE p(id int PRIMARY KEY, a varchar(9) DEFAULT 'x', b int, c int CHECK (c > 0));"
    "CREATE TABLE c(id serial, p_id int REFERENCES p); CREATE INDEX spare ON p(b);"
    "CREATE VIEW v AS SELECT a FROM p; CREATE MATERIALIZED VIEW m AS SELECT a FROM p;"
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE TRIGGER t BEFORE INSERT ON p FOR EACH ROW EXECUTE FUNCTION f();"
    "CREATE TABLE q(a int) PARTITION BY LIST (a); CREATE TABLE q1 PARTITION OF q FOR VALUES IN (1);"
    "INSERT INTO p SELECT n, 'x', n, 1 FROM generate_series(1, 1000) n;";

class PostgresSchemaHash : public test::PostgresCatalog {
 protected:
  void SetUp() override {
    PostgresCatalog::SetUp();
    if (!IsSkipped() && !HasFatalFailure()) db().run(kStart);
  }
  [[nodiscard]] std::uint64_t hash() { return postgresSchemaHash(*test::openHandle(db().uri())); }
};

TEST_F(PostgresSchemaHash, ChangesWithEveryDdl) {
  std::uint64_t before = hash();
  for (const char* ddl : {
           "CREATE TABLE fresh(a int)",
           "ALTER TABLE fresh ADD COLUMN b text",
           "ALTER TABLE fresh RENAME COLUMN b TO c",
           "ALTER TABLE fresh ALTER COLUMN c TYPE varchar(20)",
           "ALTER TABLE fresh ALTER COLUMN c TYPE varchar(30)",
           "ALTER TABLE fresh ALTER COLUMN c SET NOT NULL",
           "ALTER TABLE fresh ALTER COLUMN c SET DEFAULT 'y'",
           "ALTER TABLE fresh ALTER COLUMN c SET DEFAULT 'z'",
           "ALTER TABLE fresh DROP COLUMN c",
           "ALTER TABLE fresh RENAME TO fresher",
           "ALTER TABLE fresher SET SCHEMA s",
           "ALTER SCHEMA s RENAME TO t",
           "DROP TABLE t.fresher",
           "ALTER TABLE p ADD UNIQUE (b)",
           "ALTER TABLE p DROP CONSTRAINT p_c_check",
           "ALTER TABLE c ADD CONSTRAINT later FOREIGN KEY (id) REFERENCES p NOT VALID",
           "ALTER TABLE c VALIDATE CONSTRAINT later",
           "DROP INDEX spare",
           "CREATE INDEX CONCURRENTLY spare ON p(c)",
           "ALTER INDEX spare RENAME TO other",
           "CREATE OR REPLACE VIEW v AS SELECT a FROM p WHERE b > 0",
           "DROP TRIGGER t ON p",
           "ALTER TYPE mood ADD VALUE 'glad'",
           "ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'",
           "ALTER DOMAIN code SET NOT NULL",
           "ALTER DOMAIN code ADD CHECK (VALUE <> '')",
           "CREATE SEQUENCE loose",
           "ALTER TABLE q DETACH PARTITION q1",
           "ALTER TABLE q ATTACH PARTITION q1 FOR VALUES IN (2)",
       }) {
    db().run(ddl);
    const std::uint64_t after = hash();
    EXPECT_NE(before, after) << ddl;
    before = after;
  }
}

TEST_F(PostgresSchemaHash, StaysTheSameThroughEverythingElse) {
  const std::uint64_t before = hash();
  for (const char* sql : {
           "INSERT INTO p SELECT n, 'x', n, 1 FROM generate_series(2000, 3000) n",
           "UPDATE p SET b = b + 1",
           "DELETE FROM p WHERE b > 500",
           "ANALYZE",
           "VACUUM",
           "VACUUM FREEZE",
           "TRUNCATE p CASCADE",
           "REFRESH MATERIALIZED VIEW m",
           "REINDEX TABLE p",
           "VACUUM FULL p",
           "SELECT nextval('c_id_seq')",
           "CREATE TEMPORARY TABLE passing(a serial PRIMARY KEY, b text DEFAULT 'x' CHECK (b <> "
           "''))",
           "COMMENT ON TABLE p IS 'a comment'",
       }) {
    db().run(sql);
    EXPECT_EQ(before, hash()) << sql;
  }
}

TEST_F(PostgresSchemaHash, IsTheSameInEverySessionAndAfterARollback) {
  const std::uint64_t before = hash();
  db().run("BEGIN; CREATE TABLE never(a int); ROLLBACK");
  EXPECT_EQ(before, hash());
  const auto handle = test::openHandle(db().uri("search_path=s&datestyle=German"));
  handle->exec("CREATE TEMPORARY TABLE pg_class(oid oid); CREATE TEMPORARY TABLE pg_enum(a int)");
  EXPECT_EQ(before, postgresSchemaHash(*handle));
}

}  // namespace
}  // namespace sonde
