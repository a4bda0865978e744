// What the reader says of keys, foreign keys, indexes, checks and triggers.
#include <gmock/gmock.h>

#include <algorithm>
#include <stdexcept>

#include "mysql_catalog_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class MysqlCatalogKeys : public MysqlCatalog {};

const Index& indexOf(const Table& table, const std::string& name) {
  for (const Index& index : table.indexes) {
    if (index.name == name) return index;
  }
  throw std::runtime_error("no index " + name);
}

Names relationsOf(const Table& table) {
  Names names;
  for (const Relation& relation : table.relations) {
    names.push_back(std::string(relationKindName(relation.kind)) + " " + relation.name);
  }
  return names;
}

TEST_F(MysqlCatalogKeys, AreInTheOrderOfTheKey) {
  const auto schema = schemaOf(
      "CREATE TABLE p(b INT, a INT, c INT, PRIMARY KEY (a, b), UNIQUE uq (c, a));"
      "CREATE TABLE f(x INT, y INT, FOREIGN KEY fk (y, x) REFERENCES p(a, b) ON DELETE CASCADE"
      " ON UPDATE SET NULL)");
  const Table& parent = schema->table("p");
  EXPECT_THAT(parent.keyColumns(), ElementsAre("a", "b"));
  EXPECT_EQ(parent.primaryKey->name, std::nullopt);
  EXPECT_EQ(parent.indexes.at(0).name, "PRIMARY");
  EXPECT_EQ(parent.indexes.at(0).origin, "primaryKey");
  ASSERT_EQ(parent.uniqueConstraints.size(), 1u);
  EXPECT_EQ(parent.uniqueConstraints[0].name, "uq");
  EXPECT_THAT(parent.uniqueConstraints[0].columns, ElementsAre("c", "a"));
  EXPECT_EQ(indexOf(parent, "uq").origin, "unique");
  ASSERT_EQ(schema->table("f").foreignKeys.size(), 1u);
  const ForeignKey& key = schema->table("f").foreignKeys[0];
  EXPECT_THAT(key.columns, ElementsAre("y", "x"));
  EXPECT_EQ(key.references.table, "p");
  EXPECT_THAT(key.references.columns, ElementsAre("a", "b"));
  EXPECT_EQ(key.onDelete, ReferentialAction::Cascade);
  EXPECT_EQ(key.onUpdate, ReferentialAction::SetNull);
  EXPECT_EQ(key.match, "SIMPLE");
  EXPECT_FALSE(key.dangling);
  EXPECT_TRUE(key.targetUnique);
}

TEST_F(MysqlCatalogKeys, ThatAreForeignAreGroupedByName) {
  const auto schema = schemaOf(
      "CREATE TABLE p(a INT, b INT, PRIMARY KEY (a, b), KEY (b));"
      "CREATE TABLE f(x INT, y INT, z INT, CONSTRAINT one FOREIGN KEY (z) REFERENCES p(a),"
      " CONSTRAINT pair FOREIGN KEY (x, y) REFERENCES p(a, b), FOREIGN KEY (y) REFERENCES p(b))");
  const auto& keys = schema->table("f").foreignKeys;
  ASSERT_EQ(keys.size(), 3u);
  EXPECT_EQ(keys[0].name, "f_ibfk_1");
  EXPECT_THAT(keys[0].columns, ElementsAre("y"));
  EXPECT_EQ(keys[1].name, "one");
  EXPECT_THAT(keys[1].columns, ElementsAre("z"));
  EXPECT_EQ(keys[2].name, "pair");
  EXPECT_THAT(keys[2].columns, ElementsAre("x", "y"));
}

TEST_F(MysqlCatalogKeys, OfOneNameInTwoDatabasesStayApart) {
  db().run(
      "CREATE TABLE p(id INT PRIMARY KEY, k INT, KEY (k));"
      "CREATE TABLE f(a INT, CONSTRAINT fk FOREIGN KEY (a) REFERENCES p(id) ON DELETE CASCADE)");
  TestDatabase other(*mysqlServer());
  other.run(
      "CREATE TABLE p(id INT PRIMARY KEY, k INT, KEY (k));"
      "CREATE TABLE f(b INT, c INT, CONSTRAINT fk FOREIGN KEY (c) REFERENCES p(k) ON UPDATE "
      "CASCADE)");
  const auto handle = openHandle(mysqlServer()->uri(""));
  const auto schema = Schema::build(readMysqlCatalog(*handle));
  const auto& here = schema->findTable(db().name(), "f")->foreignKeys;
  ASSERT_EQ(here.size(), 1u);
  EXPECT_THAT(here[0].columns, ElementsAre("a"));
  EXPECT_EQ(here[0].references.schema, db().name());
  EXPECT_EQ(here[0].onDelete, ReferentialAction::Cascade);
  EXPECT_NE(here[0].onUpdate, ReferentialAction::Cascade);
  const auto& there = schema->findTable(other.name(), "f")->foreignKeys;
  ASSERT_EQ(there.size(), 1u);
  EXPECT_THAT(there[0].columns, ElementsAre("c"));
  EXPECT_EQ(there[0].references.schema, other.name());
  EXPECT_EQ(there[0].onUpdate, ReferentialAction::Cascade);
  EXPECT_NE(there[0].onDelete, ReferentialAction::Cascade);
}

TEST_F(MysqlCatalogKeys, ToATableOfAnotherDatabaseAreKeptWithItsName) {
  TestDatabase child(*mysqlServer());  // goes first, as its key holds the other's table
  db().run("CREATE TABLE p(id INT PRIMARY KEY)");
  child.run(
      "CREATE TABLE p(id INT PRIMARY KEY);"
      "CREATE TABLE f(p_id INT, FOREIGN KEY (p_id) REFERENCES " +
      db().name() + ".p(id))");
  const auto one = openHandle(child.uri());
  const auto alone = Schema::build(readMysqlCatalog(*one));
  const auto& keys = alone->table("f").foreignKeys;
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].references.schema, db().name());
  EXPECT_EQ(keys[0].references.table, "p");
  EXPECT_TRUE(keys[0].dangling) << "the table is not in this catalog";
  EXPECT_THAT(alone->table("f").relations, IsEmpty());
  EXPECT_THAT(alone->table("p").relations, IsEmpty()) << "its namesake has nothing to do with it";

  const auto both = openHandle(mysqlServer()->uri(""));
  const auto together = Schema::build(readMysqlCatalog(*both));
  const Table* table = together->findTable(child.name(), "f");
  ASSERT_EQ(table->foreignKeys.size(), 1u);
  EXPECT_FALSE(table->foreignKeys[0].dangling);
  ASSERT_EQ(table->relations.size(), 1u);
  EXPECT_EQ(table->relations[0].schema, db().name());
}

TEST_F(MysqlCatalogKeys, ToNothingAreKeptAsDangling) {
  const auto schema = schemaOf(
      "SET foreign_key_checks = 0; CREATE TABLE f(a INT, b INT, CONSTRAINT lost FOREIGN KEY (a)"
      " REFERENCES missing(id)); CREATE TABLE ok(id INT PRIMARY KEY); SET foreign_key_checks = 1");
  const auto& keys = schema->table("f").foreignKeys;
  ASSERT_EQ(keys.size(), 1u);
  EXPECT_EQ(keys[0].references.table, "missing");
  EXPECT_THAT(keys[0].references.columns, ElementsAre("id"));
  EXPECT_TRUE(keys[0].dangling);
  EXPECT_THAT(schema->table("f").relations, IsEmpty());
  EXPECT_EQ(schema->table("ok").error, std::nullopt);
}

TEST_F(MysqlCatalogKeys, ToColumnsThatAreNotUniqueMakeBelongsToOnly) {
  const auto schema = schemaOf(
      "CREATE TABLE p(id INT PRIMARY KEY, k INT, KEY (k));"
      "CREATE TABLE f(id INT PRIMARY KEY, p_k INT, FOREIGN KEY (p_k) REFERENCES p(k))");
  const ForeignKey& key = schema->table("f").foreignKeys.at(0);
  EXPECT_FALSE(key.dangling);
  EXPECT_FALSE(key.targetUnique);
  EXPECT_THAT(schema->table("p").relations, IsEmpty());
}

TEST_F(MysqlCatalogKeys, ToAUniqueIndexThatIsNoConstraintAreResolved) {
  const auto schema = schemaOf(
      "CREATE TABLE p(id INT PRIMARY KEY, code VARCHAR(9)); CREATE UNIQUE INDEX ix ON p(code);"
      "CREATE TABLE f(p_code VARCHAR(9), FOREIGN KEY (p_code) REFERENCES p(code))");
  EXPECT_TRUE(schema->table("f").foreignKeys.at(0).targetUnique);
  EXPECT_THAT(relationsOf(schema->table("p")), ElementsAre("hasMany f"));
}

TEST_F(MysqlCatalogKeys, WithAUniqueIndexMakeHasOne) {
  const auto schema = schemaOf(
      "CREATE TABLE users(id INT PRIMARY KEY);"
      "CREATE TABLE profiles(user_id INT, FOREIGN KEY (user_id) REFERENCES users(id));"
      "CREATE UNIQUE INDEX ix ON profiles(user_id)");
  EXPECT_THAT(relationsOf(schema->table("users")), ElementsAre("hasOne profile"));
}

TEST_F(MysqlCatalogKeys, ToTheSameTargetAreAllKept) {
  const auto schema = schemaOf(
      "CREATE TABLE users(id INT PRIMARY KEY, boss_id INT, FOREIGN KEY (boss_id) REFERENCES "
      "users(id)); CREATE TABLE posts(author_id INT, editor_id INT, twice INT,"
      " FOREIGN KEY (author_id) REFERENCES users(id), FOREIGN KEY (editor_id) REFERENCES users(id),"
      " FOREIGN KEY (twice) REFERENCES users(id), CONSTRAINT again FOREIGN KEY (twice) REFERENCES "
      "users(id))");
  EXPECT_EQ(schema->table("posts").foreignKeys.size(), 4u);
  Names names = relationsOf(schema->table("posts"));
  EXPECT_EQ(names.size(), 3u) << "the one declared twice is one relation";
  std::sort(names.begin(), names.end());
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

TEST_F(MysqlCatalogKeys, SpelledInAnotherCaseAreResolved) {
  const auto schema = schemaOf(
      "CREATE TABLE pp(id INT PRIMARY KEY); CREATE TABLE f(Pp_Id INT, CONSTRAINT Fk FOREIGN KEY "
      "(PP_ID) REFERENCES pp(ID) ON DELETE CASCADE)");
  const ForeignKey& key = schema->table("f").foreignKeys.at(0);
  EXPECT_THAT(key.columns, ElementsAre("Pp_Id"));
  EXPECT_THAT(key.references.columns, ElementsAre("id"));
  EXPECT_EQ(key.onDelete, ReferentialAction::Cascade);
  EXPECT_FALSE(key.dangling);
}

TEST_F(MysqlCatalogKeys, IndexesHaveTheirParts) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT, b VARCHAR(100), c TEXT, g POINT NOT NULL, KEY mixed(b(10) DESC, a),"
      " FULLTEXT KEY words(c), SPATIAL KEY area(g), UNIQUE KEY pair(a, b), UNIQUE KEY start(b(5)),"
      " KEY unused(a) IGNORED, UNIQUE KEY whole(c)); CREATE TABLE m(a INT, KEY h(a) USING HASH)"
      " ENGINE=MEMORY");
  const Table& table = schema->table("t");
  const Index& mixed = indexOf(table, "mixed");
  ASSERT_EQ(mixed.parts.size(), 2u);
  EXPECT_EQ(mixed.parts[0].column, "b");
  EXPECT_EQ(mixed.parts[0].prefixLength, 10);
  EXPECT_TRUE(mixed.parts[0].descending);
  EXPECT_EQ(mixed.parts[1].column, "a");
  EXPECT_EQ(mixed.parts[1].prefixLength, std::nullopt);
  EXPECT_FALSE(mixed.parts[1].descending);
  EXPECT_EQ(mixed.method, "btree");
  EXPECT_EQ(mixed.origin, "");
  EXPECT_FALSE(mixed.unique);
  EXPECT_TRUE(mixed.valid);
  EXPECT_EQ(indexOf(table, "words").method, "fulltext");
  EXPECT_EQ(indexOf(table, "area").method, "spatial");
  EXPECT_EQ(indexOf(table, "area").parts.at(0).prefixLength, std::nullopt);
  EXPECT_FALSE(indexOf(table, "unused").valid);
  EXPECT_EQ(indexOf(schema->table("m"), "h").method, "hash");
  // A prefix keeps rows apart by more than its column alone would: an index, no constraint.
  EXPECT_TRUE(indexOf(table, "start").unique);
  EXPECT_EQ(indexOf(table, "start").origin, "");
  Names unique;
  for (const UniqueConstraint& each : table.uniqueConstraints) unique.push_back(*each.name);
  EXPECT_THAT(unique, ElementsAre("pair", "whole"));
  EXPECT_TRUE(table.hasKeyWithin({"b"}));
}

TEST_F(MysqlCatalogKeys, ChecksOfOneNameStayWithTheirTables) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT CHECK (a < 5), b INT, CONSTRAINT c CHECK (b > a), CHECK ((a > 0) OR "
      "(b > 0))); CREATE TABLE u(a INT, b VARCHAR(9), CONSTRAINT c CHECK (b IN ('x', 'it''s')))");
  const auto texts = [](const Table& table) {
    Names out;
    for (const Check& check : table.checks) out.push_back(*check.name + ": " + check.expression);
    return out;
  };
  EXPECT_THAT(texts(schema->table("t")), UnorderedElementsAre("a: `a` < 5", "c: `b` > `a`",
                                                              "CONSTRAINT_1: `a` > 0 or `b` > 0"));
  EXPECT_THAT(texts(schema->table("u")), ElementsAre("c: `b` in ('x','it\\'s')"));
}

TEST_F(MysqlCatalogKeys, TriggersAreInTheOrderTheyFireIn) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a INT); CREATE TABLE u(a INT);"
      "CREATE TRIGGER first BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;"
      "CREATE TRIGGER earlier BEFORE INSERT ON t FOR EACH ROW PRECEDES first SET NEW.a = 2;"
      "CREATE TRIGGER later AFTER UPDATE ON t FOR EACH ROW SET @x = ';';"
      "CREATE TRIGGER other BEFORE DELETE ON u FOR EACH ROW SET @x = 1");
  const auto& triggers = schema->table("t").triggers;
  ASSERT_EQ(triggers.size(), 3u);
  EXPECT_EQ(triggers[0].name, "later");
  EXPECT_EQ(triggers[0].timing, "AFTER");
  EXPECT_THAT(triggers[0].events, ElementsAre("UPDATE"));
  EXPECT_EQ(triggers[0].definition,
            "CREATE TRIGGER `later` AFTER UPDATE ON `t` FOR EACH ROW SET @x = ';'");
  EXPECT_EQ(triggers[1].name, "earlier");
  EXPECT_EQ(triggers[2].name, "first");
  EXPECT_EQ(triggers[2].timing, "BEFORE");
  ASSERT_EQ(schema->table("u").triggers.size(), 1u);
  EXPECT_THAT(schema->table("u").triggers[0].events, ElementsAre("DELETE"));
}

}  // namespace
}  // namespace sonde::test
