// The SQL of MySQL and MariaDB, asserted without a server.
#include <gtest/gtest.h>

#include <sonde/core/error.hpp>
#include <sonde/dialects/mysql/mysql_dialect.hpp>
#include <sonde/introspect/schema.hpp>
#include <sonde/query/filter.hpp>
#include <string>
#include <utility>
#include <vector>

namespace sonde {
namespace {

using namespace query;

const SqlCompiler& mariaDb() { return MysqlDialect::of(MysqlProduct::MariaDb).compiler(); }
const SqlCompiler& mysql() { return MysqlDialect::of(MysqlProduct::Mysql).compiler(); }

Column makeColumn(std::string name, std::string declared, Type type) {
  Column column;
  column.name = std::move(name);
  column.declaredType = std::move(declared);
  column.type = type;
  return column;
}

class MysqlSql : public testing::Test {
 protected:
  MysqlSql() {
    users_.name = "users";
    users_.columns = {makeColumn("id", "int(11)", Type::Integer),
                      makeColumn("email", "varchar(100)", Type::Text),
                      makeColumn("name", "varchar(50)", Type::Text),
                      makeColumn("seen", "timestamp", Type::TimestampTz)};
    users_.columns[0].autoIncrement = true;
    users_.columns[0].nullable = false;
    users_.columns[1].length = 100;
    users_.columns[1].nullable = false;
    users_.columns[2].length = 50;
    users_.primaryKey = PrimaryKey{std::nullopt, {"id"}};
    Index unique;
    unique.name = "email";
    unique.unique = true;
    unique.origin = "unique";
    unique.parts.emplace_back().column = "email";
    users_.indexes.push_back(unique);
  }

  static std::string sql(Query query) { return mariaDb().compile(query)->sql; }

  std::string where(const Filter& filter) const {
    Select select;
    select.sources = {{&users_, "", JoinKind::None, nullptr}};
    select.where = filterExpr(filter, users_);
    return sql(select).substr(std::string("SELECT 1 FROM `users` WHERE ").size());
  }

  std::string upsert(std::vector<std::string> columns, std::vector<std::string> target,
                     std::vector<std::string> updated) const {
    Insert insert;
    insert.table = &users_;
    insert.columns = std::move(columns);
    insert.rows.emplace_back();
    for (std::uint32_t i = 0; i < insert.columns.size(); ++i) {
      insert.rows.front().push_back(parameter(i));
    }
    insert.conflict = Conflict{std::move(target), !updated.empty(), updated, nullptr};
    const std::string text = sql(insert);
    return text.substr(text.find(" ON DUPLICATE"));
  }

  Table users_;
};

TEST_F(MysqlSql, TellsTheTwoProductsApart) {
  EXPECT_EQ(MysqlDialect::of(MysqlProduct::MariaDb).name(), "mariadb");
  EXPECT_EQ(MysqlDialect::of(MysqlProduct::Mysql).name(), "mysql");
  EXPECT_TRUE(mariaDb().capabilities().returning);
  EXPECT_FALSE(mariaDb().capabilities().returningUpdate);
  EXPECT_FALSE(mariaDb().capabilities().returningTellsJson);
  EXPECT_FALSE(mysql().capabilities().returning);
  EXPECT_FALSE(mariaDb().capabilities().transactionalDdl);
}

TEST_F(MysqlSql, ReturnsRowsOfInsertsAndDeletesOnly) {
  Delete deletion;
  deletion.table = &users_;
  deletion.returning = {{column("id"), ""}};
  EXPECT_EQ(sql(deletion), "DELETE FROM `users` RETURNING `id`");
  EXPECT_THROW((void)mysql().compile(deletion), Unsupported);
  Update update;
  update.table = &users_;
  update.set = {{"name", parameter(0)}};
  update.returning = {{column("id"), ""}};
  EXPECT_THROW((void)mariaDb().compile(update), Unsupported);
}

TEST_F(MysqlSql, QuotesNamesInBackticks) { EXPECT_EQ(mariaDb().quote("a`b\"c"), "`a``b\"c`"); }

TEST_F(MysqlSql, MatchesByteByByteWhateverTheCollation) {
  EXPECT_EQ(where({{"name", contains("a")}}),
            "CONVERT(`name` USING utf8mb4) COLLATE utf8mb4_bin LIKE ? ESCAPE '|'");
  EXPECT_EQ(where({{"name", contains("a").ignoreCase()}}),
            "LOWER(CONVERT(`name` USING utf8mb4)) COLLATE utf8mb4_bin LIKE LOWER(?) ESCAPE '|'");
}

TEST_F(MysqlSql, LetsAnIndexFindWhatATextBeginsWith) {
  EXPECT_EQ(where({{"name", startsWith("a")}}),
            "(`name` LIKE ? ESCAPE '|' AND CONVERT(`name` USING utf8mb4) COLLATE utf8mb4_bin "
            "LIKE ? ESCAPE '|')");
}

TEST_F(MysqlSql, EscapesPatternsWithoutBackslashes) {
  const auto bound = [](BindTransform transform, std::string_view text) {
    return mariaDb().bindPattern(transform, false, text);
  };
  EXPECT_EQ(bound(BindTransform::Contains, "50%_|\\"), "%50|%|_||\\%");
  EXPECT_EQ(bound(BindTransform::Like, "a\\%b%|\\\\"), "a|%b%||\\");
}

TEST_F(MysqlSql, TakesOffsetsOffInstants) {
  EXPECT_EQ(mariaDb().bindInstant("2024-01-02T03:04:05.5+02:00"), "2024-01-02 01:04:05.500000");
  EXPECT_EQ(mariaDb().bindInstant("2024-01-02T03:04:05Z"), "2024-01-02 03:04:05.000000");
  EXPECT_EQ(mariaDb().bindInstant("2024-01-02 03:04:05"), "2024-01-02 03:04:05");
  EXPECT_EQ(mariaDb().bindInstant("yesterday, at noon, +1"), "yesterday, at noon, +1");
  Select select;
  select.sources = {{&users_, "", JoinKind::None, nullptr}};
  select.where = filterExpr({{"seen", gt("2024-01-02T03:04:05Z")}}, users_);
  const PlanPtr plan = mariaDb().compile(select);
  EXPECT_EQ(plan->slots.at(0).transform, BindTransform::Instant);
  EXPECT_FALSE(plan->direct);
}

TEST_F(MysqlSql, ReadsLongListsAsTheTypeOfTheColumn) {
  EXPECT_EQ(where({{"id", in(std::vector<Value>(1025, Value(1)))}}),
            "`id` IN (SELECT v FROM (SELECT DISTINCT v FROM JSON_TABLE(?, '$[*]' COLUMNS "
            "(v BIGINT PATH '$')) AS sonde_json WHERE v IS NOT NULL) AS sonde_list)");
  users_.columns[1].collation = "latin1_bin";
  EXPECT_NE(where({{"email", in(std::vector<Value>(1025, Value("a")))}})
                .find("v VARCHAR(100) CHARACTER SET latin1 COLLATE latin1_bin PATH"),
            std::string::npos);
}

TEST_F(MysqlSql, WritesTheOrderOfNullsOnlyWhereItIsNotItsOwn) {
  Select select;
  select.sources = {{&users_, "", JoinKind::None, nullptr}};
  select.orderBy = {{column("id"), false, std::nullopt, false},
                    {column("name"), false, NullsOrder::Last, false},
                    {column("name"), true, NullsOrder::First, true}};
  EXPECT_EQ(sql(select),
            "SELECT 1 FROM `users` ORDER BY `id`, `name` IS NULL, `name`, "
            "`name` IS NULL DESC, LOWER(`name`) DESC");
}

TEST_F(MysqlSql, GivesAnOffsetTheLimitItNeeds) {
  Select select;
  select.sources = {{&users_, "", JoinKind::None, nullptr}};
  select.offset = parameter(0);
  EXPECT_EQ(sql(select), "SELECT 1 FROM `users` LIMIT 18446744073709551615 OFFSET ?");
}

TEST_F(MysqlSql, InsertsNothingButDefaults) {
  Insert insert;
  insert.table = &users_;
  EXPECT_EQ(sql(insert), "INSERT INTO `users` () VALUES ()");
}

TEST_F(MysqlSql, UpdatesOnADuplicateKeyWhereNoOtherKeyCanMeet) {
  EXPECT_EQ(upsert({"email", "name"}, {"email"}, {"name"}),
            " ON DUPLICATE KEY UPDATE `name` = VALUES(`name`)");
  EXPECT_EQ(upsert({"email"}, {"email"}, {}), " ON DUPLICATE KEY UPDATE `email` = `email`");
}

TEST_F(MysqlSql, MakesAnErrorOfAnotherKeyThatMatched) {
  EXPECT_EQ(upsert({"id", "email"}, {"id"}, {"email"}),
            " ON DUPLICATE KEY UPDATE `id` = IF(`id` <=> VALUES(`id`), `id`, "
            "(SELECT 1 UNION ALL SELECT 2)), `email` = VALUES(`email`)");
}

TEST_F(MysqlSql, WritesTablesAsTheyAre) {
  users_.columns[0].comment = "it's the key";
  users_.columns[3].defaultValue =
      ColumnDefault{ColumnDefault::Kind::Expression, "current_timestamp()"};
  users_.columns[3].onUpdate = "current_timestamp()";
  Index prefix;
  prefix.name = "by_name";
  IndexPart& part = prefix.parts.emplace_back();
  part.column = "name";
  part.descending = true;
  part.prefixLength = 10;
  users_.indexes.push_back(prefix);
  users_.uniqueConstraints.push_back({"email", {"email"}});
  EXPECT_EQ(mariaDb().createTable(users_),
            "CREATE TABLE `users` (\n"
            "  `id` int(11) NOT NULL AUTO_INCREMENT COMMENT 'it''s the key',\n"
            "  `email` varchar(100) NOT NULL,\n"
            "  `name` varchar(50) NULL,\n"
            "  `seen` timestamp NULL DEFAULT current_timestamp() ON UPDATE current_timestamp(),\n"
            "  PRIMARY KEY (`id`),\n"
            "  CONSTRAINT `email` UNIQUE (`email`)\n"
            ");\n"
            "CREATE INDEX `by_name` ON `users` (`name`(10) DESC);\n");
}

TEST_F(MysqlSql, MakesAndDropsOneIndex) {
  Index index;
  index.name = "by_name";
  index.parts.emplace_back().column = "name";
  EXPECT_EQ(mariaDb().createIndex(users_, index, IndexBuild::Online),
            "CREATE INDEX `by_name` ON `users` (`name`)");
  EXPECT_EQ(mariaDb().dropIndex(users_, index, IndexBuild::Online),
            "DROP INDEX `by_name` ON `users`");
}

}  // namespace
}  // namespace sonde
