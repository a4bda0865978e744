// The JSON contract, key by key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/introspect/schema_json.hpp>

#include <nlohmann/json.hpp>

#include "rich_catalog.hpp"

namespace sonde {
namespace {

using nlohmann::json;
using test::richCatalog;
using testing::HasSubstr;

json richJson() { return schemaJson(*Schema::build(richCatalog())); }

TEST(SchemaJson, HasTheTopOfTheContract) {
  const auto schema = Schema::build(richCatalog());
  json top = schemaJson(*schema);
  EXPECT_EQ(top["tables"].size(), 3u);
  EXPECT_EQ(top["fingerprint"], schema->fingerprint());
  top.erase("tables");
  top.erase("fingerprint");
  EXPECT_EQ(top, json::parse(R"json({
    "sonde": 1, "dialect": "sqlite", "serverVersion": "3.40.1",
    "enums": [{"schema": "main", "name": "mood", "values": ["sad", "o'k"]}],
    "domains": [{"schema": "main", "name": "moods", "declaredType": "mood", "nullable": false,
                 "default": {"kind": "literal", "text": "'sad'"},
                 "checks": [{"name": null, "expression": "VALUE <> 'bad'", "validated": true}]}],
    "sequences": [{"schema": "main", "name": "users_id_seq", "ownedBy": "users.id"}]})json"));
}

TEST(SchemaJson, DescribesATableWithAllItsParts) {
  json users = richJson()["tables"][0];
  users.erase("columns");
  users.erase("indexes");
  EXPECT_EQ(users, json::parse(R"json({
    "schema": "main", "name": "users", "kind": "table", "error": null,
    "comment": "who may log in", "rowEstimate": 123, "strict": true, "withoutRowid": false,
    "definition": null, "partitionOf": null, "inherits": [],
    "updatable": null,
    "primaryKey": {"name": "users_pk", "columns": ["id"]},
    "foreignKeys": [],
    "uniqueConstraints": [{"name": "users_email_key", "columns": ["email"],
                           "nullsNotDistinct": true}],
    "checks": [{"name": "users_check", "expression": "email <> ''", "validated": true}],
    "exclusions": [{"name": "users_excl", "definition": "EXCLUDE (id WITH =)"}],
    "triggers": [{"name": "users_touch", "timing": "AFTER", "events": ["INSERT", "UPDATE"],
                  "columns": ["email"],
                  "definition": "CREATE TRIGGER …"}],
    "relations": [{"name": "postsByAuthor", "kind": "hasMany", "schema": "main",
                   "table": "posts", "through": null, "columns": ["id"],
                   "foreignColumns": ["author_id"]}]})json"));
}

TEST(SchemaJson, DescribesColumns) {
  const json tables = richJson()["tables"];
  EXPECT_EQ(tables[0]["columns"][1], json::parse(R"json({
    "name": "email", "position": 2, "declaredType": "VARCHAR(255)", "type": "text",
    "length": 255, "precision": null, "scale": null, "unsigned": false, "elementType": null,
    "domain": null, "enumValues": null, "nullable": false,
    "default": {"kind": "literal", "text": "'none'"}, "generated": null,
    "generatedExpression": null, "onUpdate": null, "autoIncrement": false, "identity": null,
    "collation": "NOCASE", "comment": "where to write"
})json"));
  EXPECT_EQ(tables[0]["columns"][0]["autoIncrement"], true);
  EXPECT_EQ(tables[0]["columns"][0]["default"], nullptr);
  const json& posts = tables[1]["columns"];
  EXPECT_EQ(posts[2]["generated"], "stored");
  EXPECT_EQ(posts[2]["generatedExpression"], "id * 2");
  EXPECT_EQ(posts[3]["type"], "enum");
  EXPECT_EQ(posts[3]["enumValues"], json({"sad", "o'k"}));
  EXPECT_EQ(posts[3]["domain"], "moods");
  EXPECT_EQ(posts[3]["identity"], "byDefault");
  EXPECT_EQ(posts[3]["default"],
            json::parse(R"json({"kind": "expression", "text": "pick()"})json"));
  EXPECT_EQ(posts[4]["elementType"], "decimal");
  EXPECT_EQ(posts[4]["precision"], 10);
  EXPECT_EQ(posts[4]["scale"], 2);
  EXPECT_EQ(posts[4]["unsigned"], true);
}

TEST(SchemaJson, DescribesIndexes) {
  EXPECT_EQ(richJson()["tables"][0]["indexes"], json::parse(R"json([
    {"name": "users_email", "unique": true, "include": [], "where": null, "method": "btree",
     "valid": true, "origin": "unique", "nullsNotDistinct": false,
     "parts": [{"column": "email", "descending": false, "nullsFirst": null, "collation": null,
                "opclass": null, "prefixLength": null}]},
    {"name": "users_lower", "unique": false, "include": ["email"], "where": "id > 0",
     "method": "gist", "valid": false, "origin": null, "nullsNotDistinct": true,
     "parts": [{"expression": "lower(email)", "descending": true, "nullsFirst": false,
                "collation": "C", "opclass": "text_pattern_ops", "prefixLength": null},
               {"column": "id", "descending": false, "nullsFirst": null, "collation": null,
                "opclass": null, "prefixLength": 10}]
}])json"));
}

TEST(SchemaJson, DescribesForeignKeysAlsoDanglingOnes) {
  EXPECT_EQ(richJson()["tables"][1]["foreignKeys"], json::parse(R"json([
    {"name": "posts_author", "columns": ["author_id"],
     "references": {"schema": "main", "table": "users", "columns": ["id"]},
     "onDelete": "SET NULL", "onUpdate": "CASCADE", "deferrable": true,
     "initiallyDeferred": true, "match": "FULL", "setNullColumns": ["author_id"],
     "validated": false, "dangling": false},
    {"name": null, "columns": ["author_id"],
     "references": {"schema": "main", "table": "gone", "columns": ["id"]},
     "onDelete": "NO ACTION", "onUpdate": "NO ACTION", "deferrable": false,
     "initiallyDeferred": false, "match": "SIMPLE", "setNullColumns": null,
     "validated": true, "dangling": true}])json"));
}

TEST(SchemaJson, DescribesABrokenView) {
  const json view = richJson()["tables"][2];
  EXPECT_EQ(view["kind"], "view");
  EXPECT_EQ(view["error"], "no such column: gone");
  EXPECT_EQ(view["definition"], "SELECT gone\nFROM posts");
  EXPECT_EQ(view["columns"], json::array());
  EXPECT_EQ(view["primaryKey"], nullptr);
}

TEST(SchemaJson, DescribesTheJunctionOfAManyToManyRelation) {
  const auto schema = test::schemaOf({test::TableMaker("a").columns({"id"}).key({"id"}),
                                      test::TableMaker("b").columns({"id"}).key({"id"}),
                                      test::TableMaker("a_b")
                                          .columns({"a_id", "b_id"})
                                          .references({"a_id"}, "a")
                                          .references({"b_id"}, "b")});
  EXPECT_EQ(schemaJson(*schema, {"a"})["tables"][0]["relations"][1], json::parse(R"json({
    "name": "b", "kind": "manyToMany", "schema": "main", "table": "b", "columns": ["id"],
    "foreignColumns": ["id"], "through": {"schema": "main", "table": "a_b",
                                          "columns": ["a_id"], "foreignColumns": ["b_id"]}})json"));
}

TEST(SchemaJson, IsTheSameAsTextWithTheKeysInTheOrderOfTheContract) {
  const auto schema = Schema::build(richCatalog());
  const std::string text = schemaJsonText(*schema);
  EXPECT_EQ(json::parse(text), schemaJson(*schema));
  std::size_t at = 0;
  for (const char* key :
       {"{\n  \"sonde\": 1,", "\"dialect\"", "\"serverVersion\"", "\"fingerprint\"", "\"tables\"",
        "\"schema\"", "\"name\"", "\"kind\"", "\"enums\"", "\"domains\"", "\"sequences\""}) {
    const std::size_t found = text.find(key, at);
    ASSERT_NE(found, std::string::npos) << key;
    at = found;
  }
  EXPECT_EQ(schemaJsonText(*schema, {}, -1).find('\n'), std::string::npos);
}

TEST(SchemaJson, CanBeRestrictedToSomeTables) {
  const auto schema = Schema::build(richCatalog());
  const json tables = schemaJson(*schema, {"recent", "USERS", "main.users"})["tables"];
  ASSERT_EQ(tables.size(), 2u) << "each once, in the order of the schema";
  EXPECT_EQ(tables[0]["name"], "users");
  EXPECT_EQ(tables[1]["name"], "recent");
  EXPECT_THROW(static_cast<void>(schemaJson(*schema, {"user"})), SchemaError);
}

TEST(SchemaJson, ListsInternalTablesAndTheirKind) {
  const auto schema =
      test::schemaOf({test::TableMaker("docs_data").kind(TableKind::Shadow).columns({"id"})});
  EXPECT_EQ(schemaJson(*schema)["tables"][0]["kind"], "shadow");
}

TEST(SchemaJson, AsTextReplacesBytesThatAreNotUtf8) {
  const auto schema = test::schemaOf({test::TableMaker("t\xff").columns({"a\"\n"})});
  const std::string text = schemaJsonText(*schema);
  EXPECT_THAT(text, HasSubstr("t\xef\xbf\xbd"));
  EXPECT_EQ(json::parse(text)["tables"][0]["columns"][0]["name"], "a\"\n");
}

}  // namespace
}  // namespace sonde
