// Keys, constraints, indexes and triggers.
#include <gmock/gmock.h>

#include <algorithm>

#include "postgres_catalog_fixture.hpp"

namespace sonde {
namespace {

using test::Names;
using test::namesOf;
using test::PostgresCatalog;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

const Index& indexOf(const Table& table, const std::string& name) {
  const auto found = std::find_if(table.indexes.begin(), table.indexes.end(),
                                  [&](const Index& index) { return index.name == name; });
  if (found == table.indexes.end()) throw std::runtime_error("no index " + name);
  return *found;
}

const ForeignKey& keyOf(const Table& table, const std::string& name) {
  const auto found = std::find_if(table.foreignKeys.begin(), table.foreignKeys.end(),
                                  [&](const ForeignKey& key) { return key.name == name; });
  if (found == table.foreignKeys.end()) throw std::runtime_error("no foreign key " + name);
  return *found;
}

std::vector<std::string> relationsOf(const Table& table) {
  std::vector<std::string> out;
  for (const Relation& relation : table.relations) {
    out.push_back(relation.name + ' ' + std::string(relationKindName(relation.kind)));
  }
  return out;
}

TEST_F(PostgresCatalog, KeyColumnsComeInTheOrderOfTheKey) {
  const auto schema = schemaOf(
      "CREATE TABLE t(b int, a int, c int, CONSTRAINT t_key PRIMARY KEY (a, b), UNIQUE (c, a));");
  const Table& table = schema->table("t");
  ASSERT_TRUE(table.primaryKey);
  EXPECT_EQ(table.primaryKey->name, "t_key");
  EXPECT_EQ(table.primaryKey->columns, (Names{"a", "b"}));
  EXPECT_FALSE(table.column("a").nullable);
  ASSERT_EQ(table.uniqueConstraints.size(), 1u);
  EXPECT_EQ(table.uniqueConstraints[0].columns, (Names{"c", "a"}));
  EXPECT_EQ(table.uniqueConstraints[0].name, "t_c_a_key");
  EXPECT_EQ(indexOf(table, "t_key").origin, "primaryKey");
  EXPECT_EQ(indexOf(table, "t_c_a_key").origin, "unique");
  EXPECT_EQ(table.implicitKey, std::nullopt);
}

TEST_F(PostgresCatalog, ForeignKeysSayEverythingAboutThemselves) {
  const auto schema = schemaOf(
      "CREATE TABLE p(x int, y int, PRIMARY KEY (y, x));"
      "CREATE TABLE c(a int, b int, c int, d int,"
      " CONSTRAINT plain FOREIGN KEY (a, b) REFERENCES p,"
      " CONSTRAINT named FOREIGN KEY (b, a) REFERENCES p(x, y) MATCH FULL"
      "  ON DELETE CASCADE ON UPDATE RESTRICT DEFERRABLE INITIALLY DEFERRED,"
      " CONSTRAINT sparse FOREIGN KEY (c, d) REFERENCES p ON DELETE SET NULL (d)"
      "  ON UPDATE SET DEFAULT DEFERRABLE);"
      "ALTER TABLE c ADD CONSTRAINT later FOREIGN KEY (d, c) REFERENCES p NOT VALID;");
  const Table& table = schema->table("c");
  EXPECT_EQ(namesOf(table.foreignKeys), (Names{"later", "named", "plain", "sparse"}));
  const ForeignKey& plain = keyOf(table, "plain");
  EXPECT_EQ(plain.columns, (Names{"a", "b"}));
  EXPECT_EQ(plain.references.schema, "public");
  EXPECT_EQ(plain.references.table, "p");
  EXPECT_EQ(plain.references.columns, (Names{"y", "x"}));
  EXPECT_EQ(plain.onDelete, ReferentialAction::NoAction);
  EXPECT_EQ(plain.match, "SIMPLE");
  EXPECT_TRUE(plain.validated);
  EXPECT_TRUE(plain.targetUnique);
  EXPECT_FALSE(plain.deferrable);
  const ForeignKey& named = keyOf(table, "named");
  EXPECT_EQ(named.references.columns, (Names{"x", "y"}));
  EXPECT_EQ(named.onDelete, ReferentialAction::Cascade);
  EXPECT_EQ(named.onUpdate, ReferentialAction::Restrict);
  EXPECT_EQ(named.match, "FULL");
  EXPECT_TRUE(named.deferrable);
  EXPECT_TRUE(named.initiallyDeferred);
  const ForeignKey& some = keyOf(table, "sparse");
  EXPECT_EQ(some.onDelete, ReferentialAction::SetNull);
  EXPECT_EQ(some.setNullColumns, Names{"d"});
  EXPECT_EQ(some.onUpdate, ReferentialAction::SetDefault);
  EXPECT_TRUE(some.deferrable);
  EXPECT_FALSE(some.initiallyDeferred);
  EXPECT_FALSE(keyOf(table, "later").validated);
}

TEST_F(PostgresCatalog, AForeignKeyToAPartitionedTableIsOne) {
  const auto schema = schemaOf(
      "CREATE TABLE p(id int PRIMARY KEY) PARTITION BY RANGE (id);"
      "CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO (10);"
      "CREATE TABLE p2 PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY RANGE (id);"
      "CREATE TABLE p21 PARTITION OF p2 FOR VALUES FROM (10) TO (15);"
      "CREATE TABLE c(id int PRIMARY KEY, p_id int REFERENCES p);"
      "CREATE TABLE d(id int, p_id int REFERENCES p) PARTITION BY LIST (id);"
      "CREATE TABLE d1 PARTITION OF d FOR VALUES IN (1);");
  ASSERT_EQ(schema->table("c").foreignKeys.size(), 1u);
  EXPECT_EQ(schema->table("c").foreignKeys[0].references.table, "p");
  EXPECT_TRUE(schema->table("c").foreignKeys[0].targetUnique);
  ASSERT_EQ(schema->table("d").foreignKeys.size(), 1u);
  ASSERT_EQ(schema->table("d1").foreignKeys.size(), 1u) << "the partition's own";
  EXPECT_EQ(schema->table("d1").foreignKeys[0].references.table, "p");
  EXPECT_THAT(relationsOf(schema->table("p")), ElementsAre("c hasMany", "d hasMany"));
}

TEST_F(PostgresCatalog, AUniqueIndexIsEnoughForAForeignKeyAndForHasOne) {
  const auto schema = schemaOf(
      "CREATE TABLE p(id int PRIMARY KEY, code text NOT NULL); CREATE UNIQUE INDEX ON p(code);"
      "CREATE TABLE one(p_code text REFERENCES p(code)); CREATE UNIQUE INDEX ON one(p_code);"
      "CREATE TABLE notes(p_id int REFERENCES p);"
      "CREATE UNIQUE INDEX ON notes(p_id) WHERE p_id > 0;");
  EXPECT_TRUE(schema->table("one").foreignKeys[0].targetUnique);
  EXPECT_THAT(relationsOf(schema->table("p")), ElementsAre("notes hasMany", "one hasOne"));
}

TEST_F(PostgresCatalog, OneColumnMayStandTwiceInAForeignKey) {
  const auto schema = schemaOf(
      "CREATE TABLE p(x int, y int, PRIMARY KEY (x, y));"
      "CREATE TABLE c(p1 int, FOREIGN KEY (p1, p1) REFERENCES p(x, y));");
  EXPECT_EQ(schema->table("c").foreignKeys[0].columns, (Names{"p1", "p1"}));
  EXPECT_EQ(schema->table("c").foreignKeys[0].references.columns, (Names{"x", "y"}));
}

TEST_F(PostgresCatalog, TheSameTargetTwiceMakesTwoRelations) {
  const auto schema = schemaOf(
      "CREATE TABLE users(id int PRIMARY KEY);"
      "CREATE TABLE posts(id int PRIMARY KEY, author_id int REFERENCES users, "
      "editor_id int REFERENCES users,"
      " CONSTRAINT again FOREIGN KEY (author_id) REFERENCES users);");
  EXPECT_EQ(schema->table("posts").foreignKeys.size(), 3u);
  EXPECT_THAT(relationsOf(schema->table("posts")),
              ElementsAre("author belongsTo", "editor belongsTo"));
}

TEST_F(PostgresCatalog, ConstraintsOfOneNameStayOnTheirTables) {
  const auto schema = schemaOf(
      "CREATE SCHEMA s; CREATE TABLE p(id int PRIMARY KEY);"
      "CREATE TABLE a(x int CONSTRAINT same CHECK (x > 1), y int CONSTRAINT fk REFERENCES p);"
      "CREATE TABLE b(x int CONSTRAINT same CHECK (x > 2), y int CONSTRAINT fk REFERENCES p);"
      "CREATE TABLE s.a(x int CONSTRAINT same CHECK (x > 3), y int CONSTRAINT fk REFERENCES p);");
  EXPECT_EQ(schema->findTable("public", "a")->checks[0].expression, "x > 1");
  EXPECT_EQ(schema->findTable("public", "b")->checks[0].expression, "x > 2");
  EXPECT_EQ(schema->findTable("s", "a")->checks[0].expression, "x > 3");
  for (const char* name : {"a", "b", "s.a"}) {
    EXPECT_EQ(schema->table(name).checks.size(), 1u) << name;
    EXPECT_EQ(schema->table(name).foreignKeys.size(), 1u) << name;
  }
}

TEST_F(PostgresCatalog, ChecksAndExclusionsAreExact) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a int CHECK (a > 0), b int, c int4range, "
      "CONSTRAINT couple CHECK ((a > 1) AND (b > 1) OR a IS NULL), "
      "CONSTRAINT apart EXCLUDE USING gist (c WITH &&));"
      "ALTER TABLE t ADD CONSTRAINT later CHECK (b < 9) NOT VALID;");
  const Table& table = schema->table("t");
  ASSERT_EQ(namesOf(table.checks), (Names{"couple", "later", "t_a_check"}));
  EXPECT_EQ(table.checks[0].expression, "((a > 1) AND (b > 1)) OR (a IS NULL)");
  EXPECT_TRUE(table.checks[0].validated);
  EXPECT_FALSE(table.checks[1].validated);
  EXPECT_EQ(table.checks[2].expression, "a > 0");
  ASSERT_EQ(table.exclusions.size(), 1u);
  EXPECT_EQ(table.exclusions[0].name, "apart");
  EXPECT_EQ(table.exclusions[0].definition, "EXCLUDE USING gist (c WITH &&)");
  EXPECT_EQ(indexOf(table, "apart").origin, "exclusion");
  EXPECT_FALSE(indexOf(table, "apart").unique);
}

TEST_F(PostgresCatalog, IndexesSayHowTheyAreSorted) {
  const auto schema = schemaOf(
      "CREATE TABLE t(id int, a text, b text, j jsonb);"
      "CREATE INDEX twice ON t(id, id DESC);"
      "CREATE INDEX sorted ON t(a DESC NULLS LAST, b NULLS FIRST, id DESC);"
      "CREATE INDEX classes ON t(a text_pattern_ops, b COLLATE \"C\");"
      "CREATE INDEX covering ON t(id) INCLUDE (a, b);"
      "CREATE INDEX hashed ON t USING hash (a); CREATE INDEX gin ON t USING gin (j jsonb_path_ops);"
      "CREATE UNIQUE INDEX one_null ON t(a) NULLS NOT DISTINCT;");
  const Table& table = schema->table("t");
  const Index& twice = indexOf(table, "twice");
  ASSERT_EQ(twice.parts.size(), 2u);
  EXPECT_EQ(twice.parts[0].column, "id");
  EXPECT_FALSE(twice.parts[0].descending);
  EXPECT_TRUE(twice.parts[1].descending);
  EXPECT_EQ(twice.parts[1].nullsFirst, std::nullopt) << "as DESC has it anyway";
  EXPECT_EQ(twice.method, "btree");
  const Index& sorted = indexOf(table, "sorted");
  EXPECT_EQ(sorted.parts[0].nullsFirst, false);
  EXPECT_EQ(sorted.parts[1].nullsFirst, true);
  EXPECT_FALSE(sorted.parts[1].descending);
  const Index& classes = indexOf(table, "classes");
  EXPECT_EQ(classes.parts[0].opclass, "text_pattern_ops");
  EXPECT_EQ(classes.parts[0].collation, std::nullopt);
  EXPECT_EQ(classes.parts[1].opclass, std::nullopt);
  EXPECT_EQ(classes.parts[1].collation, "C");
  EXPECT_EQ(indexOf(table, "covering").include, (Names{"a", "b"}));
  EXPECT_EQ(indexOf(table, "covering").parts.size(), 1u);
  EXPECT_EQ(indexOf(table, "hashed").method, "hash");
  EXPECT_EQ(indexOf(table, "gin").parts[0].opclass, "jsonb_path_ops");
  EXPECT_TRUE(indexOf(table, "one_null").nullsNotDistinct);
  EXPECT_TRUE(indexOf(table, "one_null").enforcesUniqueColumns());
}

TEST_F(PostgresCatalog, UniqueConstraintsMayCountNullsAsEqual) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a int, b int, UNIQUE NULLS NOT DISTINCT (a), "
      "UNIQUE (b))");
  ASSERT_EQ(schema->table("t").uniqueConstraints.size(), 2u);
  EXPECT_TRUE(schema->table("t").uniqueConstraints[0].nullsNotDistinct);
  EXPECT_FALSE(schema->table("t").uniqueConstraints[1].nullsNotDistinct);
}

TEST_F(PostgresCatalog, IndexesOverExpressionsAndPredicatesAreExact) {
  const auto schema = schemaOf(
      "CREATE TABLE t(id int, a text, b text);"
      "CREATE UNIQUE INDEX mixed ON t(lower(a), id, (id + 1) DESC) WHERE b = ' WHERE ' AND id > 0;"
      "CREATE INDEX part ON t(a) WHERE a IS NOT NULL;");
  const Index& mixed = indexOf(schema->table("t"), "mixed");
  ASSERT_EQ(mixed.parts.size(), 3u);
  EXPECT_EQ(mixed.parts[0].column, "");
  EXPECT_EQ(mixed.parts[0].expression, "lower(a)");
  EXPECT_EQ(mixed.parts[1].column, "id");
  EXPECT_EQ(mixed.parts[2].expression, "id + 1");
  EXPECT_TRUE(mixed.parts[2].descending);
  EXPECT_EQ(mixed.where, "(b = ' WHERE '::text) AND (id > 0)");
  EXPECT_FALSE(mixed.enforcesUniqueColumns());
  EXPECT_EQ(indexOf(schema->table("t"), "part").where, "a IS NOT NULL");
}

TEST_F(PostgresCatalog, AnIndexThatFailedToBuildIsNotValid) {
  db().run("CREATE TABLE t(a int); INSERT INTO t VALUES (1), (1)");
  EXPECT_THROW(db().run("CREATE UNIQUE INDEX CONCURRENTLY broken ON t(a)"), std::runtime_error);
  const auto schema = this->schema();
  EXPECT_FALSE(indexOf(schema->table("t"), "broken").valid);
  EXPECT_FALSE(schema->table("t").isUnique({"a"}));
}

TEST_F(PostgresCatalog, TriggersSayWhenTheyFire) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a int, b int); CREATE VIEW v AS SELECT DISTINCT a FROM t;"
      "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
      "CREATE TRIGGER before_it BEFORE INSERT OR UPDATE OF b, a ON t FOR EACH ROW "
      "EXECUTE FUNCTION f();"
      "CREATE TRIGGER after_it AFTER DELETE OR TRUNCATE ON t EXECUTE FUNCTION f();"
      "CREATE TRIGGER instead INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f();"
      "CREATE TABLE p(id int PRIMARY KEY); ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES p;");
  const Table& table = schema->table("t");
  ASSERT_EQ(namesOf(table.triggers), (Names{"after_it", "before_it"})) << "none of the system's";
  EXPECT_EQ(table.triggers[0].timing, "AFTER");
  EXPECT_EQ(table.triggers[0].events, (Names{"DELETE", "TRUNCATE"}));
  EXPECT_EQ(table.triggers[1].timing, "BEFORE");
  EXPECT_EQ(table.triggers[1].events, (Names{"INSERT", "UPDATE"}));
  EXPECT_EQ(table.triggers[1].columns, (Names{"b", "a"}));
  EXPECT_THAT(table.triggers[1].definition,
              HasSubstr("CREATE TRIGGER before_it BEFORE INSERT OR UPDATE OF b, a ON public.t"));
  const Table& view = schema->table("v");
  EXPECT_EQ(view.triggers[0].timing, "INSTEAD OF");
  EXPECT_TRUE(view.writable());
}

}  // namespace
}  // namespace sonde
