// Errors as engines word them, completed from the schema.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sonde/session/constraint_details.hpp>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Column columnNamed(const char* name) {
  Column column;
  column.name = name;
  return column;
}

Table tableNamed(const char* name, std::initializer_list<const char*> columns) {
  Table table;
  table.schema = "public";
  table.name = name;
  for (const char* column : columns) table.columns.push_back(columnNamed(column));
  return table;
}

ForeignKey reference(const char* name, const char* column, const char* table) {
  ForeignKey key;
  key.name = name;
  key.columns = {column};
  key.references = {"public", table, {"id"}};
  return key;
}

std::shared_ptr<const Schema> shop() {
  Table users = tableNamed("users", {"id", "email", "name", "age"});
  users.primaryKey = PrimaryKey{"users_pkey", {"id"}};
  users.uniqueConstraints.push_back({"users_email_key", {"email"}, false});
  Index index;
  index.name = "users_name_idx";
  index.unique = true;
  index.parts.resize(2);
  index.parts[0].column = "name";
  index.parts[1].expression = "lower(email)";
  users.indexes.push_back(index);
  users.checks.push_back({"users_age_check", "(age > 0) AND (name <> ''::text)"});
  users.checks.push_back({std::nullopt, "age(age) < \"age\" or 'email' = ''"});

  Table posts = tableNamed("posts", {"id", "user_id"});
  posts.primaryKey = PrimaryKey{"posts_pkey", {"id"}};
  posts.foreignKeys.push_back(reference("posts_user_fk", "user_id", "users"));

  Table likes = tableNamed("likes", {"id", "post_id", "user_id"});
  likes.primaryKey = PrimaryKey{"likes_pkey", {"id"}};
  likes.foreignKeys.push_back(reference("likes_post_fk", "post_id", "posts"));
  likes.foreignKeys.push_back(reference("likes_user_fk", "user_id", "users"));

  Catalog catalog;
  catalog.searchPath = {"public"};
  catalog.tables = {users, posts, likes};
  return Schema::build(std::move(catalog));
}

query::Plan planOf(const char* sql, const char* table) {
  query::Plan plan;
  plan.sql = sql;
  plan.tables.push_back({"public", table, true});
  return plan;
}

// What comes out when an engine says this of a statement that writes `table`.
ConstraintError described(ConstraintKind kind, ErrorDetails details, const char* table,
                          const char* sql = "INSERT INTO t VALUES (1)") {
  const std::shared_ptr<const Schema> schema = shop();
  const query::Plan plan = planOf(sql, table);
  const query::LexerRules rules;
  try {
    try {
      throw ConstraintError(kind, "broken", std::move(details));
    } catch (const ConstraintError& error) {
      throwDescribed(error, *schema, *table == '\0' ? nullptr : &plan, rules);
    }
  } catch (const ConstraintError& error) {
    return error;
  }
}

ErrorDetails named(const char* constraint, const char* table = "") {
  ErrorDetails details;
  details.constraint = constraint;
  details.table = table;
  return details;
}

TEST(ConstraintDetails, NameTheColumnsOfAUniqueConstraint) {
  const auto error = described(ConstraintKind::Unique, named("users_email_key", "users"), "users");
  EXPECT_EQ(error.kind(), ConstraintKind::Unique);
  EXPECT_EQ(error.table(), "users");
  EXPECT_THAT(error.columns(), ElementsAre("email"));
  EXPECT_STREQ(error.what(), "broken");
}

TEST(ConstraintDetails, TellAPrimaryKeyFromOtherUniqueConstraints) {
  for (const char* name : {"users_pkey", "PRIMARY", "users.PRIMARY"}) {
    const auto error = described(ConstraintKind::Unique, named(name), "users");
    EXPECT_EQ(error.kind(), ConstraintKind::PrimaryKey) << name;
    EXPECT_EQ(error.table(), "users");
    EXPECT_THAT(error.columns(), ElementsAre("id"));
  }
}

TEST(ConstraintDetails, NameThePlainColumnsOfAUniqueIndex) {
  const auto error = described(ConstraintKind::Unique, named("users.users_name_idx"), "users");
  EXPECT_THAT(error.columns(), ElementsAre("name"));
}

TEST(ConstraintDetails, NameTheConstraintBehindColumns) {
  ErrorDetails details;
  details.table = "users";
  details.columns = {"email"};
  const auto error = described(ConstraintKind::Unique, details, "users");
  EXPECT_EQ(error.constraint(), "users_email_key");
  EXPECT_EQ(error.kind(), ConstraintKind::Unique);
}

TEST(ConstraintDetails, FindAConstraintOfAnotherTableThatATriggerWrote) {
  const auto error = described(ConstraintKind::Unique, named("users_email_key"), "posts");
  EXPECT_EQ(error.table(), "users");
  EXPECT_THAT(error.columns(), ElementsAre("email"));
}

TEST(ConstraintDetails, NameTheColumnsOfAForeignKey) {
  const auto error =
      described(ConstraintKind::ForeignKey, named("posts_user_fk", "posts"), "users", "DELETE");
  EXPECT_EQ(error.table(), "posts");
  EXPECT_THAT(error.columns(), ElementsAre("user_id"));
}

TEST(ConstraintDetails, FindTheOnlyForeignKeyThatAnInsertCanBreak) {
  const auto error = described(ConstraintKind::ForeignKey, {}, "posts");
  EXPECT_EQ(error.table(), "posts");
  EXPECT_EQ(error.constraint(), "posts_user_fk");
  EXPECT_THAT(error.columns(), ElementsAre("user_id"));
}

TEST(ConstraintDetails, FindTheOnlyForeignKeyThatADeleteCanBreak) {
  const auto error = described(ConstraintKind::ForeignKey, {}, "posts", "DELETE FROM posts");
  EXPECT_EQ(error.table(), "likes");
  EXPECT_THAT(error.columns(), ElementsAre("post_id"));
}

TEST(ConstraintDetails, DoNotGuessBetweenForeignKeys) {
  const auto inserted = described(ConstraintKind::ForeignKey, {}, "likes");
  EXPECT_EQ(inserted.table(), "likes");
  EXPECT_THAT(inserted.columns(), IsEmpty());
  const auto deleted = described(ConstraintKind::ForeignKey, {}, "users", "DELETE FROM users");
  EXPECT_THAT(deleted.columns(), IsEmpty());
  const auto updated = described(ConstraintKind::ForeignKey, {}, "posts", "UPDATE posts");
  EXPECT_THAT(updated.columns(), IsEmpty()) << "its own key, or that of likes";
}

TEST(ConstraintDetails, NameTheColumnsThatACheckMentions) {
  const auto error = described(ConstraintKind::Check, named("users_age_check", "users"), "users");
  EXPECT_THAT(error.columns(), ElementsAre("name", "age")) << "in the table's order";
}

TEST(ConstraintDetails, KnowACheckByItsExpression) {
  const auto error =
      described(ConstraintKind::Check, named("age(age) < \"age\" or 'email' = ''"), "users");
  EXPECT_EQ(error.table(), "users");
  EXPECT_THAT(error.columns(), ElementsAre("age")) << "neither the function nor the string";
}

TEST(ConstraintDetails, TakeTheWrittenTableWhereTheEngineNamesNone) {
  ErrorDetails details;
  details.columns = {"NAME"};
  const auto error = described(ConstraintKind::NotNull, details, "users");
  EXPECT_EQ(error.table(), "users");
  EXPECT_THAT(error.columns(), ElementsAre("NAME")) << "the engine's word: names are exact here";
}

TEST(ConstraintDetails, LeaveWhatTheSchemaDoesNotKnowAsItCame) {
  const auto error = described(ConstraintKind::Unique, named("gone", "gone_too"), "");
  EXPECT_EQ(error.table(), "gone_too");
  EXPECT_EQ(error.constraint(), "gone");
  EXPECT_THAT(error.columns(), IsEmpty());
}

}  // namespace
}  // namespace sonde
