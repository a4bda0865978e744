// What relations are called, and that names stay what they are when a schema grows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>

#include <algorithm>
#include <functional>
#include <set>

#include "catalog_maker.hpp"

namespace sonde {
namespace {

using test::catalogOf;
using test::Names;
using test::relationNamesOf;
using test::schemaOf;
using test::TableMaker;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;

/// One foreign key from `child` to `parent`, and the names it gives to both sides.
struct Naming {
  const char* child;
  Names own;
  const char* parent;
  Names theirs;
  const char* belongsTo;
  const char* hasMany;
};

void PrintTo(const Naming& naming, std::ostream* out) {
  *out << naming.child << '.' << naming.own.front() << " to " << naming.parent;
}

class RelationNaming : public testing::TestWithParam<Naming> {};

TEST_P(RelationNaming, FollowsTheForeignKeysOwnColumns) {
  const Naming& naming = GetParam();
  TableMaker child(naming.child);
  child.columns({"row"}).key({"row"}).columns(naming.own);
  child.references(naming.own, naming.parent);
  const auto schema =
      schemaOf({TableMaker(naming.parent).columns(naming.theirs).key(naming.theirs), child});
  EXPECT_THAT(relationNamesOf(*schema, naming.child), ElementsAre(naming.belongsTo));
  EXPECT_THAT(relationNamesOf(*schema, naming.parent), ElementsAre(naming.hasMany));
}

INSTANTIATE_TEST_SUITE_P(
    ConventionalColumns, RelationNaming,
    testing::Values(
        Naming{"posts", {"user_id"}, "users", {"id"}, "user", "posts"},
        Naming{"post", {"user_id"}, "user", {"id"}, "user", "posts"},
        Naming{"Album", {"ArtistId"}, "Artist", {"ArtistId"}, "artist", "albums"},
        Naming{"InvoiceLine", {"TrackId"}, "Track", {"TrackId"}, "track", "invoiceLines"},
        Naming{"blogPosts", {"userId"}, "users", {"id"}, "user", "blogPosts"},
        Naming{"Order Details", {"OrderID"}, "Orders", {"OrderID"}, "order", "orderDetails"},
        Naming{"ORDERS", {"CUSTOMER_ID"}, "CUSTOMERS", {"ID"}, "customer", "orders"},
        Naming{"orders", {"customerid"}, "customers", {"customerid"}, "customer", "orders"},
        Naming{"pedidos", {"id_cliente"}, "cliente", {"id"}, "cliente", "pedidos"},
        Naming{"blog_post", {"user_id"}, "auth_user", {"id"}, "user", "blogPosts"},
        Naming{"cities", {"country_code"}, "countries", {"code"}, "country", "cities"},
        Naming{"cities", {"iso"}, "countries", {"iso"}, "country", "cities"},
        Naming{"people", {"city_id"}, "cities", {"id"}, "city", "people"}));

INSTANTIATE_TEST_SUITE_P(
    ColumnsThatTellARole, RelationNaming,
    testing::Values(Naming{"posts", {"editor_id"}, "users", {"id"}, "editor", "postsByEditor"},
                    Naming{"Customer",
                           {"SupportRepId"},
                           "Employee",
                           {"EmployeeId"},
                           "supportRep",
                           "customersBySupportRep"},
                    Naming{"film",
                           {"original_language_id"},
                           "language",
                           {"language_id"},
                           "originalLanguage",
                           "filmsByOriginalLanguage"},
                    Naming{
                        "posts", {"created_by"}, "users", {"id"}, "createdBy", "postsByCreatedBy"},
                    Naming{"posts", {"author"}, "users", {"id"}, "authorUser", "postsByAuthor"},
                    Naming{"cities", {"country"}, "countries", {"id"}, "countryRef", "cities"},
                    Naming{"places",
                           {"homeCountry"},
                           "countries",
                           {"id"},
                           "homeCountryRef",
                           "placesByHomeCountry"}));

INSTANTIATE_TEST_SUITE_P(
    CompositeKeys, RelationNaming,
    testing::Values(
        Naming{"geodetic_crs",
               {"datum_auth_name", "datum_code"},
               "geodetic_datum",
               {"auth_name", "code"},
               "datum",
               "geodeticCrs"},
        Naming{"geodetic_datum",
               {"prime_meridian_auth_name", "prime_meridian_code"},
               "prime_meridian",
               {"auth_name", "code"},
               "primeMeridian",
               "geodeticDatums"},
        Naming{"posts",
               {"tenant_id", "author_id"},
               "users",
               {"tenant_id", "id"},
               "author",
               "postsByAuthor"},
        Naming{"lines",
               {"order_no", "part_no"},
               "order_parts",
               {"order_no", "part_no"},
               "orderPart",
               "lines"},
        Naming{"flights",
               {"from_city", "from_port"},
               "airports",
               {"town", "code"},
               "from",
               "flightsByFrom"},
        Naming{"things", {"a", "b"}, "places", {"x", "y"}, "placeByAB", "thingsByPlaceByAB"}));

INSTANTIATE_TEST_SUITE_P(
    HostileNames, RelationNaming,
    testing::Values(Naming{"größen", {"maß_id"}, "maß", {"id"}, "maß", "größen"},
                    Naming{"表", {"親_id"}, "親", {"id"}, "親", "表"},
                    Naming{"a\"b\nc", {"x y.id"}, "!", {"id"}, "xY", "aBCByXY"},
                    Naming{"?", {"%"}, "!", {"id"}, "unnamed", "unnamed"},
                    Naming{"2fa_tokens", {"user_id"}, "users", {"id"}, "user", "2faTokens"}));

TEST(RelationNames, OfAParentInTheSameTableAreChildren) {
  const auto schema = schemaOf({TableMaker("categories")
                                    .columns({"id", "parent_id"})
                                    .key({"id"})
                                    .references({"parent_id"}, "categories")});
  EXPECT_THAT(relationNamesOf(*schema, "categories"), ElementsAre("parent", "children"));
}

TEST(RelationNames, AreInTheSingularWhereTheChildIsUnique) {
  const auto schema = schemaOf(
      {TableMaker("users").columns({"id"}).key({"id"}), TableMaker("profiles")
                                                            .columns({"user_id", "editor_id"})
                                                            .key({"user_id"})
                                                            .unique({"editor_id"})
                                                            .references({"user_id"}, "users")
                                                            .references({"editor_id"}, "users")});
  EXPECT_THAT(relationNamesOf(*schema, "users"), ElementsAre("profile", "profileByEditor"));
}

TEST(RelationNames, AreNeverThoseOfColumns) {
  const auto schema =
      schemaOf({TableMaker("users").columns({"id", "posts", "postsByUser"}).key({"id"}),
                TableMaker("posts")
                    .columns({"id", "user_id", "user", "userUser", "userIdRef"})
                    .key({"id"})
                    .references({"user_id"}, "users")});
  EXPECT_THAT(relationNamesOf(*schema, "posts"), ElementsAre("userIdRef2"));
  EXPECT_THAT(relationNamesOf(*schema, "users"), ElementsAre("postsByUserId"));
}

TEST(RelationNames, MayDifferFromAColumnInCaseOnly) {
  const auto schema =
      schemaOf({TableMaker("users").columns({"id"}).key({"id"}),
                TableMaker("posts").columns({"Author"}).references({"Author"}, "users")});
  EXPECT_THAT(relationNamesOf(*schema, "posts"), ElementsAre("author"));
}

TEST(RelationNames, TellTheSchemaOfAChildFromElsewhere) {
  Catalog catalog = catalogOf({TableMaker("users", "auth").columns({"id"}).key({"id"})});
  for (const char* name : {"public", "auth", "archive"}) {
    catalog.tables.push_back(TableMaker("posts", name)
                                 .columns({"user_id"})
                                 .references({"user_id"}, "users", {"id"}, "auth"));
  }
  catalog.searchPath = {"public", "auth"};
  const auto schema = Schema::build(std::move(catalog));
  EXPECT_THAT(relationNamesOf(*schema, "auth.users"),
              ElementsAre("posts", "postsByUser", "archivePosts"));
}

TEST(RelationNames, PreferTheTableThatIsCalledSo) {
  const auto schema =
      schemaOf({TableMaker("users").columns({"id"}).key({"id"}),
                TableMaker("post").columns({"user_id"}).references({"user_id"}, "users"),
                TableMaker("posts").columns({"user_id"}).references({"user_id"}, "users")});
  EXPECT_EQ(schema->table("users").relation("posts").table, "posts");
  EXPECT_EQ(schema->table("users").relation("postsByUser").table, "post");
}

struct ThroughNaming {
  const char* junction;
  Names own;  // the two columns
  const char* left;
  const char* right;
  const char* ofLeft;
  const char* ofRight;
};

void PrintTo(const ThroughNaming& naming, std::ostream* out) { *out << naming.junction; }

class ManyToManyNaming : public testing::TestWithParam<ThroughNaming> {};

TEST_P(ManyToManyNaming, FollowsTheJunctionAndItsColumns) {
  const ThroughNaming& naming = GetParam();
  const auto schema = schemaOf({TableMaker(naming.left).columns({"id"}).key({"id"}),
                                TableMaker(naming.right).columns({"id"}).key({"id"}),
                                TableMaker(naming.junction)
                                    .columns(naming.own)
                                    .key(naming.own)
                                    .references({naming.own[0]}, naming.left)
                                    .references({naming.own[1]}, naming.right)});
  EXPECT_EQ(relationNamesOf(*schema, naming.left).back(), naming.ofLeft);
  EXPECT_EQ(relationNamesOf(*schema, naming.right).back(), naming.ofRight);
}

INSTANTIATE_TEST_SUITE_P(
    RelationNames, ManyToManyNaming,
    testing::Values(
        ThroughNaming{
            "PlaylistTrack", {"PlaylistId", "TrackId"}, "Playlist", "Track", "tracks", "playlists"},
        ThroughNaming{"film_actor", {"actor_id", "film_id"}, "actor", "film", "films", "actors"},
        ThroughNaming{"EmployeeTerritories",
                      {"EmployeeID", "TerritoryID"},
                      "Employees",
                      "Territories",
                      "territories",
                      "employees"},
        ThroughNaming{"roles_users", {"role_id", "user_id"}, "roles", "users", "users", "roles"},
        ThroughNaming{"likes",
                      {"user_id", "post_id"},
                      "users",
                      "posts",
                      "postsThroughLikes",
                      "usersThroughLikes"},
        ThroughNaming{"projects_members",
                      {"project_id", "member_id"},
                      "projects",
                      "users",
                      "members",
                      "projectsByMember"}));

TEST(RelationNames, OfFollowersAndFolloweesSayWhichIsWhich) {
  const auto schema = schemaOf(
      {TableMaker("users").columns({"id"}).key({"id"}), TableMaker("follows")
                                                            .columns({"follower_id", "followee_id"})
                                                            .key({"follower_id", "followee_id"})
                                                            .references({"follower_id"}, "users")
                                                            .references({"followee_id"}, "users")});
  EXPECT_THAT(relationNamesOf(*schema, "users"),
              ElementsAre("followsByFollower", "followsByFollowee", "followees", "followers"));
  EXPECT_THAT(schema->table("users").relation("followers").through->columns,
              ElementsAre("followee_id"))
      << "my followers are the rows that name me as followee";
}

TEST(RelationNames, OfTwoJunctionsBetweenTheSameTablesDiffer) {
  const auto junction = [](const char* name) {
    return TableMaker(name)
        .columns({"user_id", "post_id"})
        .key({"user_id", "post_id"})
        .references({"user_id"}, "users")
        .references({"post_id"}, "posts");
  };
  const auto schema = schemaOf({TableMaker("users").columns({"id"}).key({"id"}),
                                TableMaker("posts").columns({"id"}).key({"id"}), junction("likes"),
                                junction("post_users"), junction("user_posts")});
  EXPECT_THAT(relationNamesOf(*schema, "users"),
              ElementsAre("likes", "postUsers", "userPosts", "postsThroughLikes", "posts",
                          "postsThroughUserPosts"));
}

// --- Stability: what a schema gains leaves the names of what it had alone. ---

Catalog blog() {
  return catalogOf({TableMaker("users").columns({"id", "name"}).key({"id"}),
                    TableMaker("posts")
                        .columns({"id", "user_id", "editor_id"})
                        .key({"id"})
                        .references({"user_id"}, "users")
                        .references({"editor_id"}, "users"),
                    TableMaker("tags").columns({"id"}).key({"id"}),
                    TableMaker("post_tags")
                        .columns({"post_id", "tag_id"})
                        .key({"post_id", "tag_id"})
                        .references({"post_id"}, "posts")
                        .references({"tag_id"}, "tags")});
}

/// Every relation of every table as "table: relation".
std::set<std::string> allRelations(const Schema& schema) {
  std::set<std::string> out;
  for (const Table& table : schema.tables()) {
    for (const Relation& relation : table.relations) {
      out.insert(table.name + ": " + test::describe(relation));
    }
  }
  return out;
}

struct Growth {
  const char* what;
  std::function<void(Catalog&)> grow;
};

void PrintTo(const Growth& growth, std::ostream* out) { *out << growth.what; }

class RelationNamesUnder : public testing::TestWithParam<Growth> {};

TEST_P(RelationNamesUnder, GrowthStayAsTheyWere) {
  Catalog grown = blog();
  GetParam().grow(grown);
  const std::set<std::string> before = allRelations(*Schema::build(blog()));
  const std::set<std::string> after = allRelations(*Schema::build(grown));
  EXPECT_GT(after.size(), before.size());
  EXPECT_TRUE(std::includes(after.begin(), after.end(), before.begin(), before.end()))
      << testing::PrintToString(before) << "\n"
      << testing::PrintToString(after);
}

void addKey(Catalog& catalog, std::size_t table, const std::string& column,
            const std::string& target, bool first = false) {
  TableMaker maker(catalog.tables[table].name);
  maker.raw() = catalog.tables[table];
  if (maker.raw().findColumn(column) == nullptr) maker.columns({column});
  maker.references({column}, target);
  catalog.tables[table] = maker;
  auto& keys = catalog.tables[table].foreignKeys;
  if (first) std::rotate(keys.begin(), keys.end() - 1, keys.end());
}

INSTANTIATE_TEST_SUITE_P(
    Stability, RelationNamesUnder,
    testing::Values(
        Growth{"a third key to the same table",
               [](Catalog& catalog) { addKey(catalog, 1, "reviewer_id", "users"); }},
        Growth{"the same, listed first by the server",
               [](Catalog& catalog) { addKey(catalog, 1, "approver_id", "users", true); }},
        Growth{"a key that wants the name of the first",
               [](Catalog& catalog) { addKey(catalog, 1, "userId", "users", true); }},
        Growth{"a column that points at two tables",
               [](Catalog& catalog) { addKey(catalog, 1, "user_id", "tags"); }},
        Growth{"a key the other way",
               [](Catalog& catalog) { addKey(catalog, 0, "pinned_post_id", "posts"); }},
        Growth{"a key of a table to itself",
               [](Catalog& catalog) { addKey(catalog, 1, "parent_id", "posts"); }},
        Growth{"a direct key beside the junction",
               [](Catalog& catalog) { addKey(catalog, 1, "main_tag_id", "tags"); }},
        Growth{"a further child table",
               [](Catalog& catalog) {
                 catalog.tables.insert(catalog.tables.begin(), TableMaker("comments")
                                                                   .columns({"user_id", "post_id"})
                                                                   .references({"user_id"}, "users")
                                                                   .references({"post_id"}, "posts")
                                                                   .columns({"text"}));
               }},
        Growth{
            "a child table that sorts first and wants a taken name",
            [](Catalog& catalog) {
              catalog.tables.insert(
                  catalog.tables.begin(),
                  TableMaker("post").columns({"id", "user_id"}).references({"user_id"}, "users"));
            }},
        Growth{"a second junction",
               [](Catalog& catalog) {
                 catalog.tables.insert(catalog.tables.begin(), TableMaker("muted")
                                                                   .columns({"post_id", "tag_id"})
                                                                   .references({"post_id"}, "posts")
                                                                   .references({"tag_id"}, "tags"));
               }},
        Growth{"a junction of the table with itself", [](Catalog& catalog) {
                 catalog.tables.push_back(TableMaker("post_posts")
                                              .columns({"post_id", "related_id"})
                                              .references({"post_id"}, "posts")
                                              .references({"related_id"}, "posts"));
               }}));

TEST(RelationNames, AreUniqueInAnyCase) {
  TableMaker child("posts");
  child.columns({"id"}).key({"id"});
  for (const char* column : {"user_id", "userId", "USER_ID2", "user__id", "User_Id"}) {
    child.columns({column}).references({column}, "users");
  }
  Catalog catalog = catalogOf({TableMaker("users").columns({"id"}).key({"id"}), child});
  catalog.ignoreCase = false;  // so that all those columns are different ones
  const auto schema = Schema::build(std::move(catalog));
  for (const Table& table : schema->tables()) {
    std::set<std::string> names;
    for (const std::string& name : relationNamesOf(*schema, table.name)) {
      std::string folded = name;
      for (char& c : folded) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
      EXPECT_TRUE(names.insert(folded).second) << name;
    }
    EXPECT_EQ(names.size(), 5u);
  }
}

// --- Overrides ---

std::string configErrorOf(const RelationNames& names) {
  try {
    static_cast<void>(Schema::build(blog(), names));
  } catch (const ConfigError& error) {
    return error.what();
  }
  ADD_FAILURE() << "no ConfigError";
  return {};
}

TEST(RelationOverrides, ReplaceInferredNames) {
  const auto schema = Schema::build(
      blog(), {{"users", {{"postsByEditor", "edited"}}}, {"main.posts", {{"user", "author"}}}});
  EXPECT_THAT(relationNamesOf(*schema, "users"), ElementsAre("posts", "edited"));
  EXPECT_THAT(relationNamesOf(*schema, "posts"), Contains("author"));
  EXPECT_EQ(schema->table("posts").findRelation("user"), nullptr);
}

TEST(RelationOverrides, MaySwapTwoNames) {
  const auto schema =
      Schema::build(blog(), {{"users", {{"posts", "postsByEditor"}, {"postsByEditor", "posts"}}}});
  EXPECT_THAT(schema->table("users").relation("posts").foreignColumns, ElementsAre("editor_id"));
}

TEST(RelationOverrides, OfAnUnknownTableNameTheNearest) {
  const std::string what = configErrorOf({{"user", {{"posts", "x"}}}});
  EXPECT_THAT(what, HasSubstr("\"user\""));
  EXPECT_THAT(what, HasSubstr("\"users\""));
}

TEST(RelationOverrides, OfAnUnknownRelationNameTheNearest) {
  const std::string what = configErrorOf({{"users", {{"postsByEditr", "x"}}}});
  EXPECT_THAT(what, HasSubstr("\"postsByEditr\""));
  EXPECT_THAT(what, HasSubstr("\"postsByEditor\""));
}

TEST(RelationOverrides, MustLeaveNamesDistinctAndNotEmpty) {
  EXPECT_THAT(configErrorOf({{"users", {{"posts", "PostsByEditor"}}}}), HasSubstr("\"posts"));
  EXPECT_THAT(configErrorOf({{"users", {{"posts", "name"}}}}), HasSubstr("column"));
  EXPECT_THAT(configErrorOf({{"users", {{"posts", ""}}}}), HasSubstr("empty"));
  EXPECT_THAT(configErrorOf({{"users", {{"posts", "a"}}}, {"main.users", {{"posts", "b"}}}}),
              HasSubstr("twice"));
}

}  // namespace
}  // namespace sonde
