#include <sonde/monitor/advisor/query_shape.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>
#include <vector>

#include "shop_schema.hpp"

namespace sonde::advisor {
namespace {

using Lines = std::vector<std::string>;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

QueryShape shapeOf(std::string_view sql) {
  static const auto schema = test::schemaOf(test::forumCatalog());
  return readQueryShape(sql, *schema, test::anyRules());
}

std::string describe(const KeyTerm& term, const QueryBlock& block) {
  std::string out = block.sources[term.source].table->name + ".";
  out += term.column.empty() ? "(" + term.expression + ")" : term.column;
  return term.collation.empty() ? out : out + " " + term.collation;
}

std::string describe(const Predicate& predicate, const QueryBlock& block) {
  static const char* const kKinds[] = {"=",    "in",       "null", "range", "like",
                                       "glob", "not null", "<>",   "other"};
  std::string out =
      describe(predicate.term, block) + " " + kKinds[static_cast<std::size_t>(predicate.kind)];
  if (predicate.joined) out += " " + describe(*predicate.joined, block);
  if (!predicate.condition.empty()) out += " [" + predicate.condition + "]";
  return out;
}

/// Every predicate of every block that holds for sure, a line each.
Lines predicatesOf(std::string_view sql) {
  Lines lines;
  const QueryShape shape = shapeOf(sql);
  for (const QueryBlock& block : shape.blocks) {
    for (const Predicate& predicate : block.predicates) {
      lines.push_back(describe(predicate, block));
    }
  }
  return lines;
}

Lines describe(const std::vector<Ordering>& keys, const QueryBlock& block) {
  Lines lines;
  for (const Ordering& key : keys) {
    lines.push_back(describe(key.term, block) + (key.descending ? " desc" : ""));
  }
  return lines;
}

TEST(QueryShape, TellsHowColumnsAreCompared) {
  EXPECT_THAT(
      predicatesOf("SELECT id FROM users WHERE email = ? AND age BETWEEN ? AND ? AND name LIKE "
                   "'Ada%' AND deleted_at IS NULL AND id IN (?, ?) AND age <> 3"),
      ElementsAre("users.email =", "users.age range", "users.name like",
                  "users.deleted_at null [deleted_at IS NULL]", "users.id in",
                  "users.age <> [age <> 3]"));
}

TEST(QueryShape, ReadsNamesHoweverTheyAreWritten) {
  EXPECT_THAT(predicatesOf("SELECT 1 FROM \"users\" WHERE \"users\".\"name\"=? AND AGE>1"),
              ElementsAre("users.name =", "users.age range [AGE>1]"));
  EXPECT_THAT(predicatesOf("SELECT 1 FROM main.users AS u WHERE main.users.name = 'x' AND ? = "
                           "u.email"),
              ElementsAre("users.email ="));
  EXPECT_THAT(predicatesOf("SELECT 1 FROM posts WHERE status='new' ORDER BY created_at"),
              ElementsAre("posts.status = [status='new']"));
}

TEST(QueryShape, TellsJoinsFromBothSides) {
  const Lines both = {"posts.user_id = users.id", "users.id = posts.user_id"};
  EXPECT_EQ(predicatesOf("SELECT * FROM users u JOIN posts p ON p.user_id = u.id"), both);
  EXPECT_EQ(predicatesOf("SELECT * FROM users u, posts p WHERE p.user_id = u.id"), both);
  EXPECT_EQ(predicatesOf("SELECT * FROM (users u LEFT JOIN posts p ON (p.user_id = u.id))"), both);
  EXPECT_THAT(predicatesOf("SELECT * FROM users JOIN posts USING (id)"),
              ElementsAre("posts.id = users.id", "users.id = posts.id"));
}

TEST(QueryShape, KnowsExpressionsOfOneTable) {
  EXPECT_THAT(predicatesOf("SELECT 1 FROM users u WHERE lower(u.email) = ?"),
              ElementsAre("users.(lower(email)) ="));
  EXPECT_THAT(predicatesOf("SELECT 1 FROM posts WHERE data ->> '$.kind' = 'x'"),
              ElementsAre("posts.(data ->> '$.kind') = [data ->> '$.kind' = 'x']"));
  EXPECT_THAT(predicatesOf("SELECT 1 FROM users WHERE name = 'x' COLLATE NOCASE"),
              ElementsAre("users.name NOCASE = [name = 'x' COLLATE NOCASE]"));
  EXPECT_THAT(predicatesOf("SELECT 1 FROM users WHERE name COLLATE NOCASE = ?"),
              ElementsAre("users.name NOCASE ="));
}

TEST(QueryShape, TakesNothingForAComparisonThatNoIndexServes) {
  EXPECT_THAT(predicatesOf("SELECT 1 FROM users WHERE age + ? = 3 AND NOT name = 'x' AND random() "
                           "= age AND name = email AND abs(random() - age) = 1"),
              ElementsAre("users.age ="));
  EXPECT_THAT(predicatesOf("SELECT 1 FROM posts WHERE data @> '{}' AND data && ?"), IsEmpty());
  EXPECT_THAT(predicatesOf("SELECT 1 FROM users WHERE name LIKE '%da' AND email LIKE ?"),
              ElementsAre("users.name other", "users.email other"));
}

TEST(QueryShape, KeepsAlternativesApart) {
  const QueryShape shape =
      shapeOf("SELECT 1 FROM posts WHERE id > 3 AND (status = 'new' OR user_id = ? AND title = ?)");
  ASSERT_EQ(shape.blocks.size(), 1U);
  const QueryBlock& block = shape.blocks[0];
  EXPECT_EQ(block.predicates.size(), 1U);
  ASSERT_EQ(block.alternatives.size(), 1U);
  ASSERT_EQ(block.alternatives[0].branches.size(), 2U);
  EXPECT_EQ(block.alternatives[0].branches[1].size(), 2U);
}

TEST(QueryShape, ReadsOrdersGroupsAndExtremes) {
  const QueryShape shape =
      shapeOf("SELECT user_id AS who, title FROM posts ORDER BY who, 2 DESC, created_at LIMIT 5");
  ASSERT_EQ(shape.blocks.size(), 1U);
  EXPECT_THAT(describe(shape.blocks[0].order, shape.blocks[0]),
              ElementsAre("posts.user_id", "posts.title desc", "posts.created_at"));
  EXPECT_TRUE(shape.blocks[0].limited);
  const QueryShape grouped = shapeOf("SELECT status, count(*) FROM posts GROUP BY status");
  EXPECT_THAT(describe(grouped.blocks[0].group, grouped.blocks[0]), ElementsAre("posts.status"));
  const QueryShape distinct = shapeOf("SELECT DISTINCT status, title FROM posts");
  EXPECT_THAT(describe(distinct.blocks[0].group, distinct.blocks[0]),
              ElementsAre("posts.status", "posts.title"));
  const QueryShape extreme = shapeOf("SELECT max(created_at) AS last FROM posts");
  ASSERT_TRUE(extreme.blocks[0].extreme);
  EXPECT_EQ(extreme.blocks[0].extreme->column, "created_at");
}

TEST(QueryShape, StopsAtAnOrderThatNoIndexHas) {
  const QueryShape shape =
      shapeOf("SELECT title, count(*) n FROM posts GROUP BY title ORDER BY n DESC, title");
  EXPECT_THAT(shape.blocks[0].order, IsEmpty());
}

TEST(QueryShape, TellsWhichColumnsAreRead) {
  const QueryShape shape = shapeOf(
      "SELECT p.title AS name, upper(p.status) FROM posts p JOIN users u ON u.id = p.user_id");
  ASSERT_EQ(shape.blocks[0].sources.size(), 2U);
  EXPECT_THAT(shape.blocks[0].sources[0].columns,
              UnorderedElementsAre("title", "status", "user_id"));
  EXPECT_THAT(shape.blocks[0].sources[1].columns, ElementsAre("id"));
  EXPECT_TRUE(shapeOf("SELECT p.* FROM posts p").blocks[0].sources[0].allColumns);
  EXPECT_FALSE(shapeOf("SELECT count(*) FROM posts p").blocks[0].sources[0].allColumns);
}

TEST(QueryShape, ReadsSubqueriesAsBlocksThatSeeTheOuterOne) {
  EXPECT_THAT(predicatesOf("SELECT 1 FROM users u WHERE EXISTS (SELECT 1 FROM posts p WHERE "
                           "p.user_id = u.id AND title = u.name)"),
              ElementsAre("posts.user_id =", "posts.title ="));
  EXPECT_THAT(
      predicatesOf("SELECT 1 FROM users WHERE id IN (SELECT user_id FROM posts WHERE title = ?)"),
      UnorderedElementsAre("users.id in", "posts.title ="));
}

TEST(QueryShape, TakesInWhatOnlySelects) {
  const Lines expected = {"users.deleted_at null [deleted_at IS NULL]", "users.email ="};
  EXPECT_EQ(predicatesOf("SELECT * FROM live_users WHERE mail = ?"), expected);
  EXPECT_EQ(predicatesOf("SELECT * FROM (SELECT email AS mail FROM users WHERE deleted_at IS NULL) "
                         "AS t WHERE t.mail = ?"),
            expected);
  EXPECT_EQ(predicatesOf("WITH t(mail) AS (SELECT email FROM users WHERE deleted_at IS NULL) "
                         "SELECT * FROM t WHERE mail = ?"),
            expected);
}

TEST(QueryShape, TakesConditionsIntoEachPartOfAUnion) {
  EXPECT_THAT(predicatesOf("SELECT * FROM (SELECT id, email AS n FROM users UNION ALL SELECT id, "
                           "title FROM posts) t(id, n) WHERE n = ?"),
              UnorderedElementsAre("users.email =", "posts.title ="));
}

TEST(QueryShape, LeavesGroupedAndRecursiveQueriesByThemselves) {
  EXPECT_THAT(predicatesOf("SELECT * FROM (SELECT user_id, count(*) n FROM posts WHERE status = ? "
                           "GROUP BY user_id) t JOIN users u ON u.id = t.user_id WHERE t.n > 3"),
              ElementsAre("posts.status =", "users.id ="));
  EXPECT_THAT(predicatesOf("WITH RECURSIVE t AS (SELECT id FROM posts WHERE id = ? UNION ALL "
                           "SELECT g.id FROM tags g, t WHERE g.post_id = t.id) SELECT * FROM t"),
              Contains("posts.id ="));
}

TEST(QueryShape, ReadsWhatWritesLookFor) {
  const QueryShape update =
      shapeOf("UPDATE OR IGNORE posts SET title = ?, status = lower(data) WHERE user_id = ?");
  EXPECT_EQ(update.kind, StatementKind::Update);
  ASSERT_TRUE(update.write);
  EXPECT_THAT(update.write->columns, ElementsAre("title", "status"));
  EXPECT_THAT(predicatesOf("DELETE FROM posts WHERE created_at < ?"),
              ElementsAre("posts.created_at range"));
  EXPECT_THAT(predicatesOf("DELETE FROM posts AS p USING users u WHERE u.id = p.user_id AND u.name "
                           "= ?"),
              Contains("users.name ="));
  EXPECT_THAT(predicatesOf("DELETE p FROM posts p JOIN users u ON u.id = p.user_id"),
              Contains("posts.user_id = users.id"));
  const QueryShape insert = shapeOf(
      "INSERT INTO tags (post_id, label) SELECT id, ? FROM posts WHERE user_id = ? ON CONFLICT "
      "(id) "
      "DO NOTHING");
  EXPECT_EQ(insert.kind, StatementKind::Insert);
  ASSERT_TRUE(insert.write);
  EXPECT_EQ(insert.write->table->name, "tags");
  EXPECT_EQ(insert.blocks.size(), 1U);
}

TEST(QueryShape, ReadsRowValuesAndKeysetPages) {
  EXPECT_THAT(predicatesOf("SELECT 1 FROM posts WHERE (created_at, id) < (?, ?)"),
              ElementsAre("posts.created_at range"));
  EXPECT_THAT(predicatesOf("SELECT 1 FROM posts WHERE (user_id, status) = (?, 'x')"),
              ElementsAre("posts.user_id =", "posts.status ="));
}

TEST(QueryShape, GivesLessForWhatItDoesNotUnderstand) {
  for (const char* sql : {"",
                          "SELECT",
                          "SELEC id FROM users",
                          "SELECT FROM WHERE",
                          "UPDATE",
                          "DELETE FROM",
                          "INSERT INTO",
                          "WITH",
                          "WITH a AS (",
                          "SELECT * FROM nowhere WHERE x = 1",
                          "((((",
                          "SELECT 1 FROM users WHERE",
                          "SELECT 1 FROM users WHERE =",
                          "PRAGMA table_info(users)",
                          "SELECT 1 FROM users ORDER BY",
                          "UPDATE users SET",
                          "SELECT * FROM users WHERE name = 'x",
                          "SELECT id FROM users WHERE name =",
                          ")",
                          "SELECT 1 FROM (SELECT",
                          "EXPLAIN",
                          "."}) {
    EXPECT_THAT(predicatesOf(sql), IsEmpty()) << sql;
  }
}

TEST(QueryShape, BearsAnyDepth) {
  constexpr std::size_t kDepth = 100'000;
  std::string deep = "SELECT 1 FROM users WHERE ";
  for (std::size_t i = 0; i < kDepth; ++i) deep += "(NOT ";
  EXPECT_THAT(predicatesOf(deep), IsEmpty());
  std::string selects;
  for (std::size_t i = 0; i < kDepth; ++i) selects += "SELECT * FROM (";
  EXPECT_THAT(predicatesOf(selects), IsEmpty());
  std::string commons = "WITH c0 AS (SELECT * FROM users)";
  for (int i = 1; i < 60; ++i) {
    const std::string before = "c" + std::to_string(i - 1);
    commons +=
        ", c" + std::to_string(i) + " AS (SELECT a.* FROM " + before + " a, " + before + " b)";
  }
  EXPECT_LT(shapeOf(commons + " SELECT * FROM c59 WHERE email = ?").blocks.size(), 100U);
}

}  // namespace
}  // namespace sonde::advisor
