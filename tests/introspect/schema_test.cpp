#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/introspect/schema.hpp>
#include <sonde/introspect/schema_diagram.hpp>
#include <sonde/introspect/schema_json.hpp>
#include <sonde/introspect/schema_text.hpp>

#include "catalog_maker.hpp"

namespace sonde {
namespace {

using test::catalogOf;
using test::schemaOf;
using test::TableMaker;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

template <typename Function>
SchemaError schemaErrorOf(Function function) {
  try {
    function();
  } catch (const SchemaError& error) {
    return error;
  }
  ADD_FAILURE() << "no SchemaError";
  return SchemaError("none");
}

Catalog twoSchemas(bool ignoreCase) {
  Catalog catalog = catalogOf({TableMaker("users", "public").columns({"id"}),
                               TableMaker("users", "audit").columns({"id", "at"}),
                               TableMaker("Log", "audit").columns({"id"}),
                               TableMaker("a.b", "public").columns({"id"}),
                               TableMaker("b", "public.a").columns({"id"})});
  catalog.searchPath = {"public"};
  catalog.ignoreCase = ignoreCase;
  return catalog;
}

TEST(Schema, FindsAnUnqualifiedNameAlongTheSearchPath) {
  const auto schema = Schema::build(twoSchemas(false));
  ASSERT_NE(schema->findTable("users"), nullptr);
  EXPECT_EQ(schema->findTable("users")->schema, "public");
  EXPECT_EQ(schema->findTable("Log"), nullptr) << "audit is not on the path";
}

TEST(Schema, TakesTheFirstSchemaOfThePathThatHasTheName) {
  Catalog catalog = twoSchemas(false);
  catalog.searchPath = {"nowhere", "audit", "public"};
  const auto schema = Schema::build(std::move(catalog));
  EXPECT_EQ(schema->findTable("users")->schema, "audit");
  EXPECT_EQ(schema->findTable("a.b")->schema, "public");
}

TEST(Schema, PutsEverySchemaOnAnEmptyPath) {
  Catalog catalog = twoSchemas(false);
  catalog.searchPath.clear();
  const auto schema = Schema::build(std::move(catalog));
  EXPECT_THAT(schema->searchPath(), ElementsAre("public", "audit", "public.a"));
  EXPECT_NE(schema->findTable("Log"), nullptr);
  EXPECT_EQ(schema->findTable("users")->schema, "public");
}

TEST(Schema, KeepsTablesOfTheSameNameInTwoSchemasApart) {
  const auto schema = Schema::build(twoSchemas(false));
  EXPECT_EQ(schema->findTable("audit.users")->columns.size(), 2u);
  EXPECT_EQ(schema->findTable("public.users")->columns.size(), 1u);
  EXPECT_EQ(schema->findTable("audit", "users")->columns.size(), 2u);
  EXPECT_EQ(schema->findTable("audit", "a.b"), nullptr);
}

TEST(Schema, TriesADottedNameWholeBeforeItSplitsIt) {
  const auto schema = Schema::build(twoSchemas(false));
  EXPECT_EQ(schema->findTable("a.b")->name, "a.b");
  EXPECT_EQ(schema->findTable("public.a.b")->name, "a.b") << "the first dot that fits splits";
  EXPECT_EQ(schema->findTable("public.a", "b")->schema, "public.a");
  EXPECT_EQ(schema->findTable("public.a.c"), nullptr);
  EXPECT_EQ(schema->findTable("."), nullptr);
  EXPECT_EQ(schema->findTable(""), nullptr);
}

TEST(Schema, IgnoresAsciiCaseOnlyWhereTheEngineDoes) {
  const auto ignoring = Schema::build(twoSchemas(true));
  EXPECT_EQ(ignoring->findTable("USERS")->schema, "public");
  EXPECT_EQ(ignoring->findTable("Audit.LOG")->name, "Log");
  const auto exact = Schema::build(twoSchemas(false));
  EXPECT_EQ(exact->findTable("USERS"), nullptr);
  EXPECT_EQ(exact->findTable("audit.LOG"), nullptr);
}

TEST(Schema, PrefersTheExactCaseWithinASchema) {
  const auto schema = schemaOf({TableMaker("T").columns({"a"}), TableMaker("t").columns({"b"})});
  EXPECT_EQ(schema->findTable("T")->columns.front().name, "a");
  EXPECT_EQ(schema->findTable("t")->columns.front().name, "b");
}

TEST(Schema, FindsNamesOfAnyContent) {
  const test::Names names = {"a\"b", "it's",  "50%", "f(x)", "[x]", "a b",   "a,b",
                             "a\nb", "größe", "表",  "",     ".",   "select"};
  std::vector<Table> tables;
  for (const std::string& name : names) tables.push_back(TableMaker(name).columns({name}));
  const auto schema = schemaOf(std::move(tables));
  for (const std::string& name : names) {
    ASSERT_NE(schema->findTable(name), nullptr) << name;
    EXPECT_EQ(schema->findTable(name)->name, name);
    EXPECT_EQ(schema->findTable("main." + name)->name, name);
    EXPECT_EQ(schema->table(name).column(name).name, name);
  }
}

TEST(Schema, NamesTheNearestTablesForAnUnknownOne) {
  const auto schema =
      schemaOf({TableMaker("users").columns({"id"}), TableMaker("invoices").columns({"id"})});
  const SchemaError error = schemaErrorOf([&] { static_cast<void>(schema->table("usrs")); });
  EXPECT_THAT(error.suggestions(), ElementsAre("users"));
  EXPECT_THAT(error.what(), HasSubstr("\"usrs\""));
  EXPECT_THAT(error.what(), HasSubstr("\"users\""));
  EXPECT_EQ(error.table(), "usrs");
}

TEST(Schema, SuggestsOtherSchemasByTheirQualifiedName) {
  const auto schema = Schema::build(twoSchemas(false));
  const SchemaError error = schemaErrorOf([&] { static_cast<void>(schema->table("audit.usrs")); });
  EXPECT_THAT(error.suggestions(), Contains("audit.users"));
  const SchemaError plain = schemaErrorOf([&] { static_cast<void>(schema->table("public.usrs")); });
  EXPECT_THAT(plain.suggestions(), Contains("public.users"));
}

TEST(Schema, FindsInternalTablesButDoesNotSuggestThem) {
  const auto schema = schemaOf({TableMaker("docs_data").kind(TableKind::Shadow).columns({"id"}),
                                TableMaker("docs_dat").kind(TableKind::System).columns({"id"})});
  EXPECT_NE(schema->findTable("docs_data"), nullptr);
  const SchemaError error = schemaErrorOf([&] { static_cast<void>(schema->table("docs_date")); });
  EXPECT_THAT(error.suggestions(), IsEmpty());
}

TEST(Schema, QualifiesADisplayNameOnlyWhereThePlainOneMeansAnotherTable) {
  const auto schema = Schema::build(twoSchemas(false));
  EXPECT_EQ(schema->displayName(schema->tables()[0]), "users");
  EXPECT_EQ(schema->displayName(schema->tables()[1]), "audit.users");
  EXPECT_EQ(schema->displayName(schema->tables()[2]), "audit.Log");
}

TEST(Schema, FindsPartitionsButNeitherListsNorSuggestsThem) {
  const auto schema =
      schemaOf({TableMaker("events").kind(TableKind::Partitioned).columns({"a"}),
                TableMaker("events_2026").kind(TableKind::Partition).columns({"a"})});
  EXPECT_NE(schema->findTable("events_2026"), nullptr);
  EXPECT_FALSE(schema->table("events_2026").isListed());
  EXPECT_FALSE(schema->table("events_2026").isInternal());
  EXPECT_TRUE(schema->table("events").isListed());
  EXPECT_EQ(schemaText(*schema).find("events_2026"), std::string::npos);
  EXPECT_NE(schemaText(*schema, {.internal = true}).find("events_2026"), std::string::npos);
  EXPECT_EQ(mermaidDiagram(*schema).find("events_2026"), std::string::npos);
  EXPECT_NE(schemaJsonText(*schema).find("events_2026"), std::string::npos);
  const SchemaError error = schemaErrorOf([&] { (void)schema->table("events_2027"); });
  EXPECT_THAT(error.suggestions(), Not(Contains("events_2026")));
}

TEST(Schema, OfAnEmptyDatabaseHasNothingToSuggest) {
  const auto schema = schemaOf({});
  EXPECT_THAT(schema->tables(), IsEmpty());
  const SchemaError error = schemaErrorOf([&] { static_cast<void>(schema->table("users")); });
  EXPECT_THAT(error.suggestions(), IsEmpty());
  EXPECT_THAT(error.what(), HasSubstr("\"users\""));
}

TEST(Table, FindsAColumnByExactNameFirst) {
  const auto schema = schemaOf({TableMaker("t").columns({"Name", "name", "OTHER"})});
  const Table& table = schema->table("t");
  EXPECT_EQ(table.columnIndex("name"), 1u);
  EXPECT_EQ(table.columnIndex("NAME"), 0u);
  EXPECT_EQ(table.columnIndex("other"), 2u);
  EXPECT_EQ(table.columnIndex("others"), Table::npos);
  EXPECT_EQ(table.findColumn("none"), nullptr);
}

TEST(Table, ComparesColumnsExactlyWhereCaseMatters) {
  Catalog catalog = catalogOf({TableMaker("t").columns({"Name"}), TableMaker("u").columns({"X"})});
  catalog.ignoreCase = false;
  catalog.tables[1].ignoreCase = true;  // as MySQL on a case-sensitive file system
  const auto schema = Schema::build(std::move(catalog));
  EXPECT_EQ(schema->table("t").findColumn("name"), nullptr);
  EXPECT_NE(schema->table("u").findColumn("x"), nullptr);
  EXPECT_EQ(schema->findTable("U"), nullptr);
}

TEST(Table, NamesTheNearestColumnsForAnUnknownOne) {
  const auto schema = schemaOf({TableMaker("users").columns({"id", "email", "name"})});
  const SchemaError error =
      schemaErrorOf([&] { static_cast<void>(schema->table("users").column("emial")); });
  EXPECT_THAT(error.suggestions(), ElementsAre("email"));
  EXPECT_THAT(error.what(), HasSubstr("column \"emial\" in table \"users\""));
  EXPECT_EQ(error.table(), "users");
}

TEST(Table, NamesTheNearestRelationForAnUnknownOne) {
  const auto schema = schemaOf(
      {TableMaker("users").columns({"id"}).key({"id"}), TableMaker("posts")
                                                            .columns({"id", "user_id"})
                                                            .key({"id"})
                                                            .references({"user_id"}, "users")});
  const SchemaError error =
      schemaErrorOf([&] { static_cast<void>(schema->table("users").relation("post")); });
  EXPECT_THAT(error.suggestions(), ElementsAre("posts"));
  EXPECT_EQ(schema->table("users").relation("POSTS").name, "posts");
  EXPECT_EQ(schema->table("users").findRelation("post"), nullptr);
}

TEST(Table, IsUniqueOverExactlyTheColumnsOfAKeyInAnyOrder) {
  TableMaker maker("t");
  maker.columns({"a", "b", "c", "d", "e"}).key({"a", "b"}).unique({"c"}).index("i", {"d"}, true);
  const auto schema = schemaOf({maker});
  const Table& table = schema->table("t");
  EXPECT_TRUE(table.isUnique({"b", "a"}));
  EXPECT_TRUE(table.isUnique({"B", "a"}));
  EXPECT_TRUE(table.isUnique({"c"}));
  EXPECT_TRUE(table.isUnique({"d"}));
  EXPECT_FALSE(table.isUnique({"a"}));
  EXPECT_FALSE(table.isUnique({"a", "b", "e"}));
  EXPECT_FALSE(table.isUnique({"e"}));
  EXPECT_FALSE(table.isUnique({}));
  EXPECT_TRUE(table.hasKeyWithin({"a", "b", "e"}));
  EXPECT_TRUE(table.hasKeyWithin({"e", "c"}));
  EXPECT_FALSE(table.hasKeyWithin({"a", "e"}));
  EXPECT_FALSE(table.hasKeyWithin({}));
}

TEST(Table, IsNotUniqueByAPartialExpressionOrBrokenIndex) {
  TableMaker maker("t");
  maker.columns({"a"});
  maker.index("partial", {"a"}, true).raw().indexes.back().where = "a > 0";
  maker.index("expression", {""}, true).raw().indexes.back().parts[0].expression = "lower(a)";
  maker.index("collated", {"a"}, true).raw().indexes.back().parts[0].collation = "BINARY";
  maker.index("building", {"a"}, true).raw().indexes.back().valid = false;
  maker.index("plain", {"a"});
  maker.raw().indexes.emplace_back().unique = true;  // an index that could not be read: no parts
  EXPECT_FALSE(schemaOf({maker})->table("t").isUnique({"a"}));
  maker.index("whole", {"a"}, true);
  EXPECT_TRUE(schemaOf({maker})->table("t").isUnique({"a"}));
}

TEST(Table, IsUniqueByAnIndexThatNamesAColumnTwice) {
  const auto schema = schemaOf({TableMaker("t").columns({"id"}).index("i", {"id", "id"}, true)});
  EXPECT_TRUE(schema->table("t").isUnique({"id"}));
}

TEST(Table, WithoutAKeyHasNoKeyColumns) {
  const auto schema = schemaOf(
      {TableMaker("t").columns({"a"}), TableMaker("u").columns({"a", "b"}).key({"b", "a"})});
  EXPECT_THAT(schema->table("t").keyColumns(), IsEmpty());
  EXPECT_THAT(schema->table("u").keyColumns(), ElementsAre("b", "a"));
}

TEST(Table, IsWritableWhereRowsAreStored) {
  using K = TableKind;
  for (const K kind : {K::Table, K::Virtual, K::Foreign, K::Partitioned, K::Partition}) {
    EXPECT_TRUE(Table(TableMaker("t").kind(kind).columns({"a"})).writable());
  }
  for (const K kind : {K::View, K::MaterializedView, K::Shadow, K::System}) {
    EXPECT_FALSE(Table(TableMaker("t").kind(kind).columns({"a"})).writable());
  }
  EXPECT_FALSE(Table(TableMaker("unread")).writable());
}

TEST(Table, ThatIsAViewIsWritableThroughInsteadOfTriggers) {
  TableMaker view("v");
  view.kind(TableKind::View).columns({"a"}).raw().triggers.emplace_back().timing = "INSTEAD OF";
  EXPECT_TRUE(Table(view).writable());
  view.raw().error = "no such table: gone";
  EXPECT_FALSE(Table(view).writable());
}

TEST(Table, ThatIsAViewIsWritableWhereTheEngineSaysSo) {
  TableMaker view("v");
  view.kind(TableKind::View).columns({"a"}).raw().updatable = true;
  EXPECT_TRUE(Table(view).writable());
  view.raw().error = "its table is gone";
  EXPECT_FALSE(Table(view).writable());
  view.raw().error.reset();
  view.raw().updatable = false;
  EXPECT_FALSE(Table(view).writable());
  view.raw().triggers.emplace_back().timing = "INSTEAD OF";
  EXPECT_TRUE(Table(view).writable());
}

TEST(ForeignKeys, WithoutTargetColumnsPointAtThePrimaryKeyInItsOrder) {
  const auto schema =
      schemaOf({TableMaker("p").columns({"b", "a"}).key({"a", "b"}),
                TableMaker("c").columns({"x", "y"}).references({"x", "y"}, "p"),
                TableMaker("d").columns({"x", "y"}).references({"x", "y"}, "p", {"", ""})});
  for (const char* name : {"c", "d"}) {
    const ForeignKey& key = schema->table(name).foreignKeys.front();
    EXPECT_THAT(key.references.columns, ElementsAre("a", "b"));
    EXPECT_FALSE(key.dangling);
    EXPECT_TRUE(key.targetUnique);
    EXPECT_EQ(key.references.schema, "main");
  }
}

TEST(ForeignKeys, TakeTheSpellingOfTheirTarget) {
  TableMaker child("c");
  child.columns({"Parent_Id"}).references({"PARENT_ID"}, "PP", {"ID"});
  child.raw().foreignKeys[0].onDelete = ReferentialAction::Cascade;
  child.raw().foreignKeys[0].setNullColumns = {"parent_id"};
  const auto schema = schemaOf({TableMaker("pp").columns({"id"}).key({"id"}), child});
  const ForeignKey& key = schema->table("c").foreignKeys.front();
  EXPECT_EQ(key.references.table, "pp");
  EXPECT_THAT(key.references.columns, ElementsAre("id"));
  EXPECT_THAT(key.columns, ElementsAre("Parent_Id"));
  EXPECT_THAT(key.setNullColumns, ElementsAre("Parent_Id"));
  EXPECT_EQ(key.onDelete, ReferentialAction::Cascade);
  EXPECT_FALSE(key.dangling);
}

TEST(ForeignKeys, DoNotIgnoreCaseWhereTheEngineDoesNot) {
  Catalog catalog = catalogOf({TableMaker("pp").columns({"id"}).key({"id"}),
                               TableMaker("c").columns({"p"}).references({"p"}, "PP")});
  catalog.ignoreCase = false;
  EXPECT_TRUE(Schema::build(std::move(catalog))->table("c").foreignKeys.front().dangling);
}

TEST(ForeignKeys, DangleWhereTableColumnOrKeyIsMissing) {
  const auto schema = schemaOf({
      TableMaker("p").columns({"id", "x"}).key({"id"}),
      TableMaker("keyless").columns({"id"}),
      TableMaker("c")
          .columns({"a", "b"})
          .references({"a"}, "gone")
          .references({"a"}, "p", {"gone"})
          .references({"gone"}, "p")
          .references({"a", "b"}, "p")
          .references({"a"}, "p", {"id", "x"})
          .references({"a"}, "keyless")
          .references({}, "p"),
  });
  for (const ForeignKey& key : schema->table("c").foreignKeys) {
    EXPECT_TRUE(key.dangling);
    EXPECT_FALSE(key.targetUnique);
  }
  EXPECT_THAT(schema->table("c").relations, IsEmpty());
  EXPECT_THAT(schema->table("p").relations, IsEmpty());
  EXPECT_EQ(schema->table("c").foreignKeys[0].references.table, "gone") << "kept as written";
}

TEST(ForeignKeys, AcrossSchemasAreResolvedThereAndNowhereElse) {
  Catalog catalog = catalogOf({TableMaker("users", "auth").columns({"id"}).key({"id"}),
                               TableMaker("posts", "public")
                                   .columns({"id", "user_id", "other_id"})
                                   .references({"user_id"}, "users", {"id"}, "auth")
                                   .references({"other_id"}, "users", {"id"})});
  catalog.searchPath = {"public", "auth"};
  const auto schema = Schema::build(std::move(catalog));
  const std::vector<ForeignKey>& keys = schema->table("posts").foreignKeys;
  EXPECT_FALSE(keys[0].dangling);
  EXPECT_EQ(keys[0].references.schema, "auth");
  EXPECT_TRUE(keys[1].dangling) << "an unqualified target stands in the child's own schema";
}

TEST(ForeignKeys, KnowWhetherTheirTargetIsAKey) {
  const auto schema = schemaOf(
      {TableMaker("p").columns({"id", "code", "name"}).key({"id"}).index("codes", {"code"}, true),
       TableMaker("c")
           .columns({"a"})
           .references({"a"}, "p", {"code"})
           .references({"a"}, "p", {"name"})});
  EXPECT_TRUE(schema->table("c").foreignKeys[0].targetUnique);
  EXPECT_FALSE(schema->table("c").foreignKeys[1].targetUnique);
  EXPECT_FALSE(schema->table("c").foreignKeys[1].dangling);
}

TEST(ForeignKeys, MayRepeatAColumn) {
  const auto schema = schemaOf({TableMaker("p").columns({"a", "b"}).key({"a", "b"}),
                                TableMaker("c").columns({"p1"}).references({"p1", "p1"}, "p")});
  const ForeignKey& key = schema->table("c").foreignKeys.front();
  EXPECT_FALSE(key.dangling);
  EXPECT_THAT(key.columns, ElementsAre("p1", "p1"));
  EXPECT_THAT(schema->table("c").relations.at(0).foreignColumns, ElementsAre("a", "b"));
}

TEST(Kinds, HaveTheNamesOfTheContract) {
  EXPECT_EQ(tableKindName(TableKind::Table), "table");
  EXPECT_EQ(tableKindName(TableKind::View), "view");
  EXPECT_EQ(tableKindName(TableKind::MaterializedView), "materializedView");
  EXPECT_EQ(tableKindName(TableKind::Virtual), "virtual");
  EXPECT_EQ(tableKindName(TableKind::Shadow), "shadow");
  EXPECT_EQ(tableKindName(TableKind::Foreign), "foreign");
  EXPECT_EQ(tableKindName(TableKind::Partitioned), "partitioned");
  EXPECT_EQ(tableKindName(TableKind::Partition), "partition");
  EXPECT_EQ(tableKindName(TableKind::System), "system");
  EXPECT_EQ(referentialActionName(ReferentialAction::NoAction), "NO ACTION");
  EXPECT_EQ(referentialActionName(ReferentialAction::Restrict), "RESTRICT");
  EXPECT_EQ(referentialActionName(ReferentialAction::Cascade), "CASCADE");
  EXPECT_EQ(referentialActionName(ReferentialAction::SetNull), "SET NULL");
  EXPECT_EQ(referentialActionName(ReferentialAction::SetDefault), "SET DEFAULT");
  EXPECT_EQ(relationKindName(RelationKind::BelongsTo), "belongsTo");
  EXPECT_EQ(relationKindName(RelationKind::HasOne), "hasOne");
  EXPECT_EQ(relationKindName(RelationKind::HasMany), "hasMany");
  EXPECT_EQ(relationKindName(RelationKind::ManyToMany), "manyToMany");
}

}  // namespace
}  // namespace sonde
