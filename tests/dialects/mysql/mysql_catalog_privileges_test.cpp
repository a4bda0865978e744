// What a user sees who may not see everything: less, but nothing wrong and no failure.
#include <gmock/gmock.h>

#include "mysql_catalog_fixture.hpp"

namespace sonde::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

/// A user who may do only what a test grants, with a password that the server's own user has.
class MysqlCatalogPrivileges : public MysqlCatalog {
 protected:
  void SetUp() override {
    MysqlCatalog::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    guest_ = *mysqlServer();
    guest_.user = "guest_" + db().name().substr(db().name().find_first_of("0123456789"));
    db().run("CREATE USER " + guest_.user + " IDENTIFIED BY " +
             MysqlHandle::literal(guest_.password));
  }
  void TearDown() override {
    if (!guest_.user.empty()) db().run("DROP USER " + guest_.user);
  }

  void grant(const std::string& privileges) {
    db().run("GRANT " + privileges + " TO " + guest_.user);
  }
  [[nodiscard]] std::shared_ptr<const Schema> schemaOfGuest() {
    const auto handle = openHandle(guest_.tcpUri(db().name()));
    return Schema::build(readMysqlCatalog(*handle));
  }

 private:
  Server guest_;
};

TEST_F(MysqlCatalogPrivileges, HideWhatTheUserMayNotSeeAndAbortNothing) {
  db().run(
      "CREATE TABLE parent(id INT PRIMARY KEY, secret INT);"
      "CREATE TABLE child(id INT PRIMARY KEY, parent_id INT REFERENCES parent(id), s VARCHAR(9));"
      "CREATE TABLE hidden(a INT); CREATE TABLE write_only(a INT, b INT);"
      "CREATE VIEW v AS SELECT id FROM parent; CREATE VIEW hidden_view AS SELECT a FROM hidden");
  grant("SELECT ON child");
  grant("SELECT (id) ON parent");
  grant("DELETE ON write_only");
  grant("SELECT ON v");
  const auto schema = schemaOfGuest();
  EXPECT_THAT(tableNames(*schema), ElementsAre("child", "parent", "v", "write_only"));
  EXPECT_THAT(columnNames(schema->table("parent")), ElementsAre("id"));
  EXPECT_EQ(schema->table("parent").error, std::nullopt);
  EXPECT_THAT(columnNames(schema->table("child")), ElementsAre("id", "parent_id", "s"));
  EXPECT_THAT(schema->table("child").keyColumns(), ElementsAre("id"));
  ASSERT_TRUE(schema->table("write_only").error.has_value());
  EXPECT_THAT(*schema->table("write_only").error, HasSubstr("shows none of its columns"));
  EXPECT_EQ(schema->table("v").error, std::nullopt);
  EXPECT_EQ(schema->table("v").definition, std::nullopt);
}

TEST_F(MysqlCatalogPrivileges, OfAReaderShowTheForeignKeysButNotTheirActions) {
  db().run(
      "CREATE TABLE parent(id INT PRIMARY KEY);"
      "CREATE TABLE child(parent_id INT, FOREIGN KEY (parent_id) REFERENCES parent(id)"
      " ON DELETE CASCADE)");
  grant("SELECT ON " + db().name() + ".*");
  const auto schema = schemaOfGuest();
  const Table& child = schema->table("child");
  ASSERT_EQ(child.foreignKeys.size(), 1u);
  EXPECT_FALSE(child.foreignKeys[0].dangling);
  EXPECT_EQ(child.foreignKeys[0].onDelete, ReferentialAction::NoAction);
  ASSERT_EQ(child.relations.size(), 1u);
  grant("REFERENCES ON " + db().name() + ".*");
  EXPECT_EQ(schemaOfGuest()->table("child").foreignKeys.at(0).onDelete, ReferentialAction::Cascade);
}

TEST_F(MysqlCatalogPrivileges, OfSomeColumnsClaimNoKeyThatIsWider) {
  db().run("CREATE TABLE t(a INT, b INT, c INT, UNIQUE (a, b))");
  grant("SELECT (a, c) ON t");
  const auto schema = schemaOfGuest();
  EXPECT_THAT(columnNames(schema->table("t")), ElementsAre("a", "c"));
  EXPECT_FALSE(schema->table("t").hasKeyWithin({"a"}));
}

}  // namespace
}  // namespace sonde::test
