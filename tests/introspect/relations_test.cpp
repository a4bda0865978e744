// Which relations are inferred, and on which columns. relation_names_test.cpp says what they are
// called.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog_maker.hpp"

namespace sonde {
namespace {

using test::catalogOf;
using test::Names;
using test::relationsOf;
using test::schemaOf;
using test::TableMaker;
using testing::ElementsAre;
using testing::IsEmpty;

TableMaker users() { return TableMaker("users").columns({"id", "name"}).key({"id"}); }

TEST(Relations, JoinBothSidesOfAForeignKey) {
  const auto schema = schemaOf({users(), TableMaker("posts")
                                             .columns({"id", "user_id"})
                                             .key({"id"})
                                             .references({"user_id"}, "users")});
  EXPECT_THAT(relationsOf(*schema, "posts"), ElementsAre("user belongsTo users (user_id) -> (id)"));
  EXPECT_THAT(relationsOf(*schema, "users"), ElementsAre("posts hasMany posts (id) -> (user_id)"));
}

TEST(Relations, AreHasOneWhereAKeyOfTheChildLiesWithinTheForeignKey) {
  TableMaker byIndex("by_index");
  byIndex.columns({"user_id"}).references({"user_id"}, "users").index("u", {"user_id"}, true);
  const auto schema = schemaOf({
      users(),
      TableMaker("by_key").columns({"id"}).key({"id"}).references({"id"}, "users"),
      TableMaker("by_constraint")
          .columns({"user_id"})
          .unique({"user_id"})
          .references({"user_id"}, "users"),
      byIndex,
  });
  EXPECT_THAT(relationsOf(*schema, "users"),
              ElementsAre("byKey hasOne by_key (id) -> (id)",
                          "byConstraint hasOne by_constraint (id) -> (user_id)",
                          "byIndex hasOne by_index (id) -> (user_id)"));
}

TEST(Relations, AreHasOneOverACompositeKeyThatHoldsASmallerOne) {
  const auto schema = schemaOf({TableMaker("users").columns({"tenant", "id"}).key({"tenant", "id"}),
                                TableMaker("profiles")
                                    .columns({"tenant", "user_id"})
                                    .key({"user_id"})
                                    .references({"tenant", "user_id"}, "users")});
  EXPECT_THAT(relationsOf(*schema, "users"),
              ElementsAre("profile hasOne profiles (tenant, id) -> (tenant, user_id)"));
}

TEST(Relations, StayHasManyUnderAPartialUniqueIndex) {
  TableMaker posts("posts");
  posts.columns({"user_id", "pinned"}).references({"user_id"}, "users");
  posts.index("one_pinned", {"user_id"}, true).raw().indexes.back().where = "pinned";
  EXPECT_THAT(relationsOf(*schemaOf({users(), posts}), "users"),
              ElementsAre("posts hasMany posts (id) -> (user_id)"));
}

TEST(Relations, StayHasManyUnderAUniqueKeyThatHoldsMoreColumns) {
  const auto schema = schemaOf({users(), TableMaker("posts")
                                             .columns({"user_id", "slug"})
                                             .unique({"user_id", "slug"})
                                             .references({"user_id"}, "users")});
  EXPECT_THAT(relationsOf(*schema, "users"), ElementsAre("posts hasMany posts (id) -> (user_id)"));
}

TEST(Relations, ToAColumnThatIsNoKeyHaveNoInverse) {
  const auto schema = schemaOf(
      {users(),
       TableMaker("posts").columns({"user_name"}).references({"user_name"}, "users", {"name"})});
  EXPECT_THAT(relationsOf(*schema, "posts"),
              ElementsAre("user belongsTo users (user_name) -> (name)"));
  EXPECT_THAT(relationsOf(*schema, "users"), IsEmpty());
}

TEST(Relations, OfAKeyDeclaredTwiceAreOne) {
  const auto schema = schemaOf({TableMaker("p").columns({"a", "b"}).key({"a", "b"}),
                                TableMaker("c")
                                    .columns({"x_a", "x_b"})
                                    .references({"x_a", "x_b"}, "p")
                                    .references({"x_b", "x_a"}, "p", {"b", "a"})
                                    .references({"X_A", "x_b"}, "P", {"A", "b"})});
  EXPECT_EQ(schema->table("c").foreignKeys.size(), 3u) << "the keys themselves are all kept";
  EXPECT_THAT(relationsOf(*schema, "c"), ElementsAre("x belongsTo p (x_a, x_b) -> (a, b)"));
  EXPECT_EQ(schema->table("p").relations.size(), 1u);
}

TEST(Relations, OfTheSameColumnsToTwoTablesAreTwo) {
  const auto schema = schemaOf({users(), TableMaker("people").columns({"id"}).key({"id"}),
                                TableMaker("cars")
                                    .columns({"owner_id"})
                                    .references({"owner_id"}, "users")
                                    .references({"owner_id"}, "people")});
  EXPECT_THAT(relationsOf(*schema, "cars"),
              ElementsAre("owner belongsTo users (owner_id) -> (id)",
                          "ownerPerson belongsTo people (owner_id) -> (id)"));
}

TEST(Relations, OfATableToItselfGoBothWays) {
  const auto schema = schemaOf({TableMaker("Employee")
                                    .columns({"EmployeeId", "ReportsTo"})
                                    .key({"EmployeeId"})
                                    .references({"ReportsTo"}, "Employee")});
  EXPECT_THAT(relationsOf(*schema, "Employee"),
              ElementsAre("reportsTo belongsTo Employee (ReportsTo) -> (EmployeeId)",
                          "employeesByReportsTo hasMany Employee (EmployeeId) -> (ReportsTo)"));
}

TEST(Relations, AreNoneForViewsAndInternalTables) {
  const auto key = [](const char* name, TableKind kind) {
    return TableMaker(name)
        .kind(kind)
        .columns({"id", "user_id"})
        .key({"id"})
        .references({"user_id"}, "users");
  };
  const auto schema =
      schemaOf({users(), key("v", TableKind::View), key("m", TableKind::MaterializedView),
                key("s", TableKind::Shadow), key("y", TableKind::System),
                TableMaker("c").columns({"v_id"}).references({"v_id"}, "v"),
                TableMaker("d").columns({"s_id"}).references({"s_id"}, "s")});
  for (const Table& table : schema->tables()) EXPECT_THAT(table.relations, IsEmpty()) << table.name;
}

TEST(Relations, OfPartitionsStandOnTheirParentOnly) {
  const auto schema = schemaOf({users(),
                                TableMaker("events")
                                    .kind(TableKind::Partitioned)
                                    .columns({"user_id"})
                                    .references({"user_id"}, "users"),
                                TableMaker("events_2026")
                                    .kind(TableKind::Partition)
                                    .columns({"user_id"})
                                    .references({"user_id"}, "users")});
  EXPECT_THAT(relationsOf(*schema, "users"),
              ElementsAre("events hasMany events (id) -> (user_id)"));
  EXPECT_THAT(relationsOf(*schema, "events_2026"),
              ElementsAre("user belongsTo users (user_id) -> (id)"));
}

TEST(Relations, JoinTablesOfTheSameNameInTwoSchemas) {
  Catalog catalog = catalogOf({TableMaker("users", "a").columns({"id"}).key({"id"}),
                               TableMaker("users", "b").columns({"id"}).key({"id"}),
                               TableMaker("posts", "a")
                                   .columns({"user_id"})
                                   .references({"user_id"}, "users", {"id"}, "b")});
  catalog.searchPath = {"a"};
  const auto schema = Schema::build(std::move(catalog));
  EXPECT_THAT(relationsOf(*schema, "a.users"), IsEmpty());
  EXPECT_THAT(relationsOf(*schema, "b.users"),
              ElementsAre("posts hasMany posts (id) -> (user_id)"));
  EXPECT_EQ(schema->table("b.users").relation("posts").schema, "a");
  EXPECT_EQ(schema->table("posts").relation("user").schema, "b");
}

/// A table of roles and one that joins users and roles in some way.
std::shared_ptr<const Schema> withJunction(const TableMaker& junction) {
  return schemaOf({users(), TableMaker("roles").columns({"id"}).key({"id"}), junction});
}

TableMaker userRoles(const Names& columns) {
  return TableMaker("user_roles")
      .columns(columns)
      .references({"user_id"}, "users")
      .references({"role_id"}, "roles");
}

const char* const kRoles =
    "roles manyToMany roles (id) -> (id) via user_roles (user_id) -> (role_id)";
const char* const kUsers =
    "users manyToMany users (id) -> (id) via user_roles (role_id) -> (user_id)";

bool isJunction(const Schema& schema) {
  const Names ofUsers = relationsOf(schema, "users");
  const Names ofRoles = relationsOf(schema, "roles");
  const bool found = ofUsers.back() == kRoles;
  EXPECT_EQ(found, ofRoles.back() == kUsers) << "both sides or none";
  return found;
}

TEST(ManyToMany, JoinsBothSidesAndKeepsTheJunctionReachable) {
  const auto schema = withJunction(userRoles({"user_id", "role_id"}).key({"user_id", "role_id"}));
  EXPECT_THAT(relationsOf(*schema, "users"),
              ElementsAre("userRoles hasMany user_roles (id) -> (user_id)", kRoles));
  EXPECT_THAT(relationsOf(*schema, "roles"),
              ElementsAre("userRoles hasMany user_roles (id) -> (role_id)", kUsers));
  EXPECT_THAT(relationsOf(*schema, "user_roles"),
              ElementsAre("user belongsTo users (user_id) -> (id)",
                          "role belongsTo roles (role_id) -> (id)"));
}

TEST(ManyToMany, NeedsAKeyMadeOfTwoForeignKeys) {
  EXPECT_TRUE(
      isJunction(*withJunction(userRoles({"user_id", "role_id"}).key({"role_id", "user_id"}))));
  EXPECT_TRUE(isJunction(*withJunction(
      userRoles({"id", "user_id", "role_id"}).key({"id"}).unique({"user_id", "role_id"}))))
      << "a surrogate key beside a unique constraint";
  EXPECT_TRUE(isJunction(*withJunction(userRoles({"id", "user_id", "role_id"})
                                           .key({"id"})
                                           .index("u", {"role_id", "user_id"}, true))))
      << "or beside a unique index";
  EXPECT_TRUE(isJunction(
      *withJunction(userRoles({"user_id", "role_id", "since"}).key({"user_id", "role_id"}))))
      << "further columns are payload";
  EXPECT_FALSE(isJunction(*withJunction(userRoles({"id", "user_id", "role_id"}).key({"id"}))))
      << "rows with a key of their own may repeat the pair";
  EXPECT_FALSE(isJunction(
      *withJunction(userRoles({"user_id", "role_id", "day"}).key({"user_id", "role_id", "day"}))))
      << "a key with a further column repeats the pair";
}

TEST(ManyToMany, AlsoTakesATableOfNothingButTwoForeignKeys) {
  EXPECT_TRUE(isJunction(*withJunction(userRoles({"user_id", "role_id"}))));
  EXPECT_FALSE(isJunction(*withJunction(userRoles({"user_id", "role_id", "note"}))));
}

TEST(ManyToMany, IgnoresAPartialUniqueIndex) {
  TableMaker junction = userRoles({"id", "user_id", "role_id"}).key({"id"});
  junction.index("u", {"user_id", "role_id"}, true).raw().indexes.back().where = "id > 0";
  EXPECT_FALSE(isJunction(*withJunction(junction)));
}

TEST(ManyToMany, IsNoneWhereOneSideIsUniqueAlone) {
  const auto schema = withJunction(
      userRoles({"user_id", "role_id"}).key({"user_id", "role_id"}).unique({"user_id"}));
  EXPECT_THAT(relationsOf(*schema, "users"),
              ElementsAre("userRole hasOne user_roles (id) -> (user_id)"));
}

TEST(ManyToMany, AllowsAForeignKeyInThePayload) {
  const auto schema = withJunction(userRoles({"user_id", "role_id", "granted_by"})
                                       .key({"user_id", "role_id"})
                                       .references({"granted_by"}, "users"));
  EXPECT_THAT(relationsOf(*schema, "roles"),
              ElementsAre("userRoles hasMany user_roles (id) -> (role_id)", kUsers));
}

TEST(ManyToMany, IsNoneForThreeForeignKeysSideBySide) {
  const auto schema = schemaOf({users(), TableMaker("roles").columns({"id"}).key({"id"}),
                                TableMaker("sites").columns({"id"}).key({"id"}),
                                userRoles({"user_id", "role_id", "site_id"})
                                    .key({"user_id", "role_id", "site_id"})
                                    .references({"site_id"}, "sites")});
  EXPECT_EQ(schema->table("users").relations.size(), 1u);
}

TEST(ManyToMany, AcceptsATenantThatBothEndsShare) {
  const auto schema =
      schemaOf({TableMaker("tenants").columns({"id"}).key({"id"}),
                TableMaker("users").columns({"tenant_id", "id"}).key({"tenant_id", "id"}),
                TableMaker("roles").columns({"tenant_id", "id"}).key({"tenant_id", "id"}),
                TableMaker("user_roles")
                    .columns({"tenant_id", "user_id", "role_id"})
                    .key({"tenant_id", "user_id", "role_id"})
                    .references({"tenant_id"}, "tenants")
                    .references({"tenant_id", "user_id"}, "users")
                    .references({"tenant_id", "role_id"}, "roles")});
  EXPECT_THAT(
      relationsOf(*schema, "users"),
      ElementsAre("userRoles hasMany user_roles (tenant_id, id) -> (tenant_id, user_id)",
                  "roles manyToMany roles (tenant_id, id) -> (tenant_id, id) via user_roles "
                  "(tenant_id, user_id) -> (tenant_id, role_id)"));
}

TEST(ManyToMany, IsNoneToATargetThatIsNoKey) {
  const auto schema = schemaOf({users(), TableMaker("roles").columns({"id"}),
                                TableMaker("user_roles")
                                    .columns({"user_id", "role_id"})
                                    .key({"user_id", "role_id"})
                                    .references({"user_id"}, "users")
                                    .references({"role_id"}, "roles", {"id"})});
  EXPECT_THAT(relationsOf(*schema, "users"),
              ElementsAre("userRoles hasMany user_roles (id) -> (user_id)"));
  EXPECT_THAT(relationsOf(*schema, "roles"), IsEmpty());
}

TEST(ManyToMany, OfATableWithItselfHasTwoDirections) {
  const auto schema = schemaOf({users(), TableMaker("friendships")
                                             .columns({"user_id", "friend_id"})
                                             .key({"user_id", "friend_id"})
                                             .references({"user_id"}, "users")
                                             .references({"friend_id"}, "users")});
  EXPECT_THAT(
      relationsOf(*schema, "users"),
      ElementsAre("friendships hasMany friendships (id) -> (user_id)",
                  "friendshipsByFriend hasMany friendships (id) -> (friend_id)",
                  "friends manyToMany users (id) -> (id) via friendships (user_id) -> (friend_id)",
                  "usersByFriend manyToMany users (id) -> (id) via friendships (friend_id) -> "
                  "(user_id)"));
}

TEST(Relations, OfTensOfThousandsOfTablesInAChainAreFoundWithoutRecursion) {
  constexpr std::size_t kTables = 20'000;
  std::vector<Table> tables;
  for (std::size_t i = 0; i < kTables; ++i) {
    TableMaker maker("t" + std::to_string(i));
    maker.columns({"id", "next_id"}).key({"id"});
    maker.references({"next_id"}, "t" + std::to_string((i + 1) % kTables));
    tables.push_back(maker);
  }
  const auto schema = schemaOf(std::move(tables));
  for (const Table& table : schema->tables()) ASSERT_EQ(table.relations.size(), 2u) << table.name;
}

TEST(Relations, OfTensOfThousandsOfTablesToOneAreFoundAndAllNamed) {
  constexpr std::size_t kTables = 20'000;
  std::vector<Table> tables = {users()};
  for (std::size_t i = 0; i < kTables; ++i) {
    // Names without a letter or digit: every relation wants the same name.
    TableMaker maker(std::string(1 + i % 100, '!') + std::string(i / 100, '?'));
    tables.push_back(maker.columns({"id", "user_id"}).key({"id"}).references({"user_id"}, "users"));
  }
  const auto schema = schemaOf(std::move(tables));
  EXPECT_EQ(schema->table("users").relations.size(), kTables);
  EXPECT_EQ(schema->table("users").relations.back().name, "unnamedByUserId19998");
}

}  // namespace
}  // namespace sonde
