// A schema that changes under a running program: prepared statements and compiled plans go stale,
// and the program does not notice.
#include <nlohmann/json.hpp>

#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

class SchemaChanges : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    make("CREATE TABLE t (id {key}, a INTEGER, b {text});");
    repo("t").insert({{"a", 1}, {"b", "x"}});
    // Everything is prepared and cached now, on more than one connection where there are some.
    for (int i = 0; i < 3; ++i) {
      (void)repo("t").findById(1);
      (void)repo("t").findManyBy("a", 1);
      repo("t").update(1, {{"b", "x"}});
    }
  }
};

SONDE_ON_EVERY_ENGINE(SchemaChanges);

TEST_P(SchemaChanges, AColumnThatWasAddedIsThereAfterARefresh) {
  const Repository table = repo("t");
  raw().run("ALTER TABLE t ADD COLUMN c INTEGER DEFAULT 7");
  EXPECT_EQ((*table.findById(1))["a"].as<int>(), 1) << "what there was goes on";
  EXPECT_TRUE(table.update(1, {{"a", 2}}));
  db().refreshSchema();
  EXPECT_EQ((*table.findById(1))["c"].as<int>(), 7);
  EXPECT_EQ(table.create({{"a", 3}, {"c", 8}})["c"].as<int>(), 8);
}

TEST_P(SchemaChanges, AColumnThatWasDroppedIsGoneWithoutAnErrorToTheCaller) {
  const Repository table = repo("t");
  raw().run("ALTER TABLE t DROP COLUMN b");
  const auto row = table.findById(1);
  ASSERT_TRUE(row);
  EXPECT_EQ(row->toJson().dump(), R"({"id":1,"a":1})");
  EXPECT_THROW((void)table.findManyBy("b", "x"), SchemaError);
  EXPECT_EQ(table.create({{"a", 5}})["a"].as<int>(), 5);
}

TEST_P(SchemaChanges, AColumnThatWasRenamedIsReadByItsNewName) {
  const Repository table = repo("t");
  raw().run("ALTER TABLE t RENAME COLUMN b TO label");
  EXPECT_EQ((*table.findById(1))["label"].text(), "x");
  EXPECT_THROW((void)table.findManyBy("b", "x"), SchemaError);
}

TEST_P(SchemaChanges, AColumnThatWasRetypedGivesItsNewType) {
  const Repository table = repo("t");
  if (on("Sqlite")) {
    raw().run(
        "CREATE TABLE u (id INTEGER PRIMARY KEY, a TEXT, b TEXT);"
        "INSERT INTO u SELECT id, CAST(a AS TEXT), b FROM t; DROP TABLE t;"
        "ALTER TABLE u RENAME TO t");
  } else if (on("Postgres")) {
    raw().run("ALTER TABLE t ALTER COLUMN a TYPE TEXT");
  } else {
    raw().run("ALTER TABLE t MODIFY COLUMN a VARCHAR(20)");
  }
  (void)table.findById(1);
  db().refreshSchema();
  EXPECT_EQ((*table.findById(1))["a"].text(), "1");
  EXPECT_EQ((*table.update(1, {{"a", "one"}}))["a"].text(), "one");
  EXPECT_EQ(table.findManyBy("a", "one").size(), 1U);
}

TEST_P(SchemaChanges, ATableMadeAnewIsTheOneThatIsRead) {
  const Repository table = repo("t");
  raw().run(
      engine().sql("DROP TABLE t; CREATE TABLE t (z INTEGER, id {key}, a INTEGER);"
                   "INSERT INTO t (z, a) VALUES (9, 8)"));
  db().refreshSchema();
  EXPECT_EQ(table.findById(1)->toJson().dump(), R"({"z":9,"id":1,"a":8})");
}

TEST_P(SchemaChanges, ATableThatIsGoneIsAnErrorThatSaysSo) {
  const Repository table = repo("t");
  raw().run("DROP TABLE t");
  EXPECT_THROW((void)table.findById(1), SchemaError);
  EXPECT_THROW((void)repo("t"), SchemaError);
}

TEST_P(SchemaChanges, ListenersHearOfAChangeOnce) {
  int heard = 0;
  const Subscription listening = db().onSchemaChange([&](const SchemaChange&) { ++heard; });
  EXPECT_FALSE(db().refreshSchema());
  raw().run("CREATE TABLE another (id INTEGER)");
  EXPECT_TRUE(db().refreshSchema());
  EXPECT_FALSE(db().refreshSchema());
  EXPECT_EQ(heard, 1);
  EXPECT_NE(db().schema()->findTable("another"), nullptr);
}

TEST_P(SchemaChanges, RowsAloneAreNoChange) {
  repo("t").insert({{"a", 2}});
  EXPECT_FALSE(db().refreshSchema());
}

}  // namespace
}  // namespace sonde::conformance
