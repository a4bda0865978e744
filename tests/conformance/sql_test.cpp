// The SQL that each dialect is sent for the same calls, beside what the calls give.
#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::ElementsAre;

class Sql : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    make("CREATE TABLE t (id {key}, a INTEGER, b {text}, c {text} NOT NULL UNIQUE)");
    table_.emplace(repo("t"));
    table_->insertMany({{{"a", 1}, {"b", "x"}, {"c", "1"}}, {{"a", 2}, {"c", "2"}}});
    forget();
  }
  [[nodiscard]] const Repository& table() const { return *table_; }

 private:
  std::optional<Repository> table_;
};

SONDE_ON_EVERY_ENGINE(Sql);

TEST_P(Sql, OfAReadByKey) {
  EXPECT_TRUE(table().findById(1));
  expectSql({
      {"Sqlite", {R"(SELECT "id", "a", "b", "c" FROM "t" WHERE "id" = ?)"}},
      {"Postgres", {R"(SELECT "id", "a", "b", "c" FROM "public"."t" WHERE "id" = $1)"}},
      {"MariaDb", {R"(SELECT `id`, `a`, `b`, `c` FROM `test`.`t` WHERE `id` = ?)"}},
  });
}

TEST_P(Sql, OfAFilterWithOrderAndLimit) {
  EXPECT_EQ(
      table().findManyBy({{"a", gt(0)}}, {.orderBy = {"-a", "b"}, .limit = 5, .offset = 1}).size(),
      1U);
  expectSql({
      {"Sqlite",
       {R"(SELECT "id", "a", "b", "c" FROM "t" WHERE "a" > ? ORDER BY "a" DESC, "b" )"
        R"(LIMIT ? OFFSET ?)"}},
      {"Postgres",
       {R"(SELECT "id", "a", "b", "c" FROM "public"."t" WHERE "a" > $1 ORDER BY "a" )"
        R"(DESC NULLS LAST, "b" NULLS FIRST LIMIT $2 OFFSET $3)"}},
      {"MariaDb",
       {R"(SELECT `id`, `a`, `b`, `c` FROM `test`.`t` WHERE `a` > ? ORDER BY `a` )"
        R"(DESC, `b` LIMIT ? OFFSET ?)"}},
  });
}

TEST_P(Sql, OfAList) {
  EXPECT_EQ(table().findManyBy({{"a", in({1, 2, 3})}}).size(), 2U);
  expectSql({
      {"Sqlite", {R"(SELECT "id", "a", "b", "c" FROM "t" WHERE "a" IN (?, ?, ?, ?))"}},
      {"Postgres",
       {R"(SELECT "id", "a", "b", "c" FROM "public"."t" WHERE "a" IN ($1, $2, $3, $4))"}},
      {"MariaDb", {R"(SELECT `id`, `a`, `b`, `c` FROM `test`.`t` WHERE `a` IN (?, ?, ?, ?))"}},
  });
}

TEST_P(Sql, OfPatterns) {
  EXPECT_EQ(table().count({{"b", contains("%")}}), 0U);
  EXPECT_EQ(table().count({{"b", startsWith("X").ignoreCase()}}), 1U);
  expectSql({
      {"Sqlite",
       {R"(SELECT count(*) AS "count" FROM "t" WHERE "b" GLOB ?)",
        R"(SELECT count(*) AS "count" FROM "t" WHERE "b" LIKE ? ESCAPE '\')"}},
      {"Postgres",
       {R"(SELECT count(*) AS "count" FROM "public"."t" WHERE "b" LIKE $1)",
        R"(SELECT count(*) AS "count" FROM "public"."t" WHERE "b" ILIKE $1)"}},
      {"MariaDb",
       {R"(SELECT count(*) AS `count` FROM `test`.`t` WHERE CONVERT(`b` USING )"
        R"(utf8mb4) COLLATE utf8mb4_bin LIKE ? ESCAPE '|')",
        R"(SELECT count(*) AS `count` FROM `test`.`t` WHERE LOWER(CONVERT(`b` USING )"
        R"(utf8mb4)) COLLATE utf8mb4_bin LIKE LOWER(?) ESCAPE '|')"}},
  });
}

TEST_P(Sql, OfCreate) {
  EXPECT_EQ(table().create({{"a", 3}, {"c", "3"}})["a"].as<int>(), 3);
  expectSql({
      {"Sqlite", {R"(INSERT INTO "t" ("a", "c") VALUES (?, ?) RETURNING "id", "a", "b", "c")"}},
      {"Postgres",
       {R"(INSERT INTO "public"."t" ("a", "c") VALUES ($1, $2) RETURNING "id", "a", )"
        R"("b", "c")"}},
      {"MariaDb",
       {R"(INSERT INTO `test`.`t` (`a`, `c`) VALUES (?, ?) RETURNING `id`, `a`, `b`, )"
        R"(`c`)"}},
  });
}

TEST_P(Sql, OfInsert) {
  EXPECT_EQ(table().insert({{"c", "3"}}), Value(3));
  expectSql({
      {"Sqlite", {R"(INSERT INTO "t" ("c") VALUES (?))"}},
      {"Postgres", {R"(INSERT INTO "public"."t" ("c") VALUES ($1) RETURNING "id")"}},
      {"MariaDb", {R"(INSERT INTO `test`.`t` (`c`) VALUES (?))"}},
  });
}

TEST_P(Sql, OfUpdate) {
  EXPECT_TRUE(table().update(1, {{"a", 7}}));
  expectSql({
      {"Sqlite", {R"(UPDATE "t" SET "a" = ? WHERE "id" = ? RETURNING "id", "a", "b", "c")"}},
      {"Postgres",
       {R"(UPDATE "public"."t" SET "a" = $1 WHERE "id" = $2 RETURNING "id", "a", )"
        R"("b", "c")"}},
      {"MariaDb",
       {R"(UPDATE `test`.`t` SET `a` = ? WHERE `id` = ?)",
        R"(SELECT `id`, `a`, `b`, `c` FROM `test`.`t` WHERE `id` = ?)"}},
  });
}

TEST_P(Sql, OfUpsert) {
  EXPECT_EQ(table().upsert({{"a", 9}, {"c", "1"}}, {"c"})["id"].as<int>(), 1);
  expectSql({
      {"Sqlite",
       {R"(INSERT INTO "t" ("a", "c") VALUES (?, ?) ON CONFLICT ("c") DO UPDATE SET )"
        R"("a" = excluded."a" RETURNING "id", "a", "b", "c")"}},
      {"Postgres",
       {R"(INSERT INTO "public"."t" ("a", "c") VALUES ($1, $2) ON CONFLICT ("c") DO )"
        R"(UPDATE SET "a" = excluded."a" RETURNING "id", "a", "b", "c")"}},
      {"MariaDb",
       {R"(INSERT INTO `test`.`t` (`a`, `c`) VALUES (?, ?) ON DUPLICATE KEY UPDATE )"
        R"(`a` = VALUES(`a`))",
        R"(SELECT `id`, `a`, `b`, `c` FROM `test`.`t` WHERE `c` = ?)"}},
  });
}

TEST_P(Sql, OfDelete) {
  EXPECT_TRUE(table().deleteById(2));
  EXPECT_EQ(table().deleteBy({{"a", 1}}), 1U);
  expectSql({
      {"Sqlite", {R"(DELETE FROM "t" WHERE "id" = ?)", R"(DELETE FROM "t" WHERE "a" = ?)"}},
      {"Postgres",
       {R"(DELETE FROM "public"."t" WHERE "id" = $1)",
        R"(DELETE FROM "public"."t" WHERE "a" = $1)"}},
      {"MariaDb",
       {R"(DELETE FROM `test`.`t` WHERE `id` = ?)", R"(DELETE FROM `test`.`t` WHERE `a` = ?)"}},
  });
}

TEST_P(Sql, OfExists) {
  EXPECT_TRUE(table().exists({{"a", 1}}));
  expectSql({
      {"Sqlite", {R"(SELECT 1 FROM "t" WHERE "a" = ? LIMIT ?)"}},
      {"Postgres", {R"(SELECT 1 FROM "public"."t" WHERE "a" = $1 LIMIT $2)"}},
      {"MariaDb", {R"(SELECT 1 FROM `test`.`t` WHERE `a` = ? LIMIT ?)"}},
  });
}

TEST_P(Sql, OfACursor) {
  const CursorPage first = table().paginateByCursor({.size = 1, .orderBy = {"b"}});
  EXPECT_THAT(texts(first.rows, "c"), ElementsAre("2"));
  forget();
  EXPECT_EQ(
      table().paginateByCursor({.after = first.next, .size = 1, .orderBy = {"b"}}).rows.size(), 1U);
  expectSql({
      {"Sqlite",
       {R"(SELECT "id", "a", "b", "c" FROM "t" WHERE "b" IS NOT NULL OR ("b" IS NULL )"
        R"(AND "id" > ?) ORDER BY "b", "id" LIMIT ?)"}},
      {"Postgres",
       {R"(SELECT "id", "a", "b", "c" FROM "public"."t" WHERE "b" IS NOT NULL OR )"
        R"(("b" IS NULL AND "id" > $1) ORDER BY "b" NULLS FIRST, "id" LIMIT $2)"}},
      {"MariaDb",
       {R"(SELECT `id`, `a`, `b`, `c` FROM `test`.`t` WHERE `b` IS NOT NULL OR (`b` )"
        R"(IS NULL AND `id` > ?) ORDER BY `b`, `id` LIMIT ?)"}},
  });
}

}  // namespace
}  // namespace sonde::conformance
