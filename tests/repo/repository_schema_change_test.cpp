// Schema changes made by others while repositories are in use.
#include "repo_fixture.hpp"

namespace sonde {
namespace {

using testing::ElementsAre;

class SchemaChanges : public RepositoryTest {
 protected:
  ~SchemaChanges() override { other.close(); }

  Repository t = [this] {
    useFile();
    return made(
        "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);"
        "INSERT INTO t VALUES (1, 'x', 'y')",
        "t");
  }();
  Database other = Database::open(fileConfig());
};

TEST_F(SchemaChanges, ARenamedColumnIsNoticedInsteadOfReadAsAString) {
  EXPECT_EQ((*t.findById(1))["b"].text(), "y");
  EXPECT_EQ(t.call("findByB", "y").rows().size(), 1U);
  other.executeScript("ALTER TABLE t RENAME COLUMN b TO c");
  const auto row = t.findById(1);
  EXPECT_EQ(names(row->columns()), (std::vector<std::string>{"id", "a", "c"}));
  EXPECT_EQ((*row)["c"].text(), "y");
  EXPECT_THROW(t.call("findByB", "y"), SchemaError);
  EXPECT_THROW((void)t.findOneBy("b", "y"), SchemaError);
  EXPECT_EQ(t.call("findByC", "y").rows().size(), 1U);
}

TEST_F(SchemaChanges, ADroppedColumnIsNoticed) {
  EXPECT_EQ(t.findAll().columns().size(), 3U);
  other.executeScript("ALTER TABLE t DROP COLUMN b");
  EXPECT_EQ(t.findAll().columns().size(), 2U);
  EXPECT_EQ(t.create({{"a", "z"}}).size(), 2U);
}

TEST_F(SchemaChanges, AnAddedColumnIsThereAfterTheNextLook) {
  EXPECT_EQ(t.findAll().columns().size(), 3U);
  other.executeScript("ALTER TABLE t ADD COLUMN d TEXT DEFAULT 'new'");
  db.refreshSchema();
  EXPECT_EQ((*t.findById(1))["d"].text(), "new");
  EXPECT_EQ(t.create({{"d", "mine"}})["d"].text(), "mine");
}

TEST_F(SchemaChanges, ADroppedTableIsASchemaError) {
  EXPECT_EQ(t.count(), 1U);
  other.executeScript("DROP TABLE t");
  EXPECT_THROW((void)t.count(), SchemaError);
  EXPECT_THROW(t.insert({{"a", "x"}}), SchemaError);
  other.executeScript("CREATE TABLE t (k TEXT PRIMARY KEY, v INT)");
  db.refreshSchema();
  EXPECT_EQ(t.insert({{"k", "a"}, {"v", 1}}).text(), "a");
  EXPECT_EQ(t.getById("a")["v"].as<int>(), 1);
}

TEST_F(SchemaChanges, WritesAreTriedOnceMore) {
  EXPECT_EQ(t.insert({{"a", "p"}, {"b", "q"}}).as<int>(), 2);
  other.executeScript("ALTER TABLE t RENAME COLUMN b TO c");
  EXPECT_THROW(t.insert({{"a", "p"}, {"b", "q"}}), SchemaError);
  EXPECT_EQ(t.insert({{"a", "p"}, {"c", "q"}}).as<int>(), 3);
  EXPECT_EQ(t.count(), 3U);
}

TEST_F(SchemaChanges, InsideATransactionNothingIsTriedAgain) {
  EXPECT_EQ(t.findAll().size(), 1U);
  other.executeScript("ALTER TABLE t RENAME COLUMN b TO c");
  EXPECT_THROW(db.transaction([&](Transaction& tx) { (void)tx.getRepository("t").findAll(); }),
               Error);
  EXPECT_EQ(t.findAll().size(), 1U);
}

TEST_F(SchemaChanges, OfTheTransactionItselfAreSeenInsideIt) {
  db.transaction([&](Transaction& tx) {
    Repository inside = tx.getRepository("t");
    EXPECT_EQ(inside.findAll().columns().size(), 3U);
    tx.executeScript("ALTER TABLE t ADD COLUMN d TEXT DEFAULT 'new'");
    EXPECT_EQ(tx.getRepository("t").findAll().columns().size(), 4U);
  });
  EXPECT_EQ(t.findAll().columns().size(), 4U);
}

}  // namespace
}  // namespace sonde
