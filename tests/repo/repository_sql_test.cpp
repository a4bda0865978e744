// The statements that repositories run, asserted without an engine.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>
#include <sonde/dialects/mock/mock_database.hpp>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RepositorySql : public testing::Test {
 protected:
  ~RepositorySql() override {
    db_.close();
    MockDatabase::forget("repository_sql");
  }

  static Table usersTable() {
    Table table;
    table.schema = "main";
    table.name = "users";
    for (const char* name : {"id", "name", "age"}) {
      Column column;
      column.name = name;
      column.position = static_cast<int>(table.columns.size()) + 1;
      column.type = std::string_view(name) == "name" ? Type::Text : Type::Integer;
      column.strictlyTyped = false;
      table.columns.push_back(column);
    }
    table.columns[0].rowidAlias = true;
    table.columns[0].nullable = false;
    table.primaryKey = PrimaryKey{std::nullopt, {"id"}};
    return table;
  }

  std::vector<std::string> statements() {
    auto all = mock_->statements();
    mock_->clearCalls();
    return all;
  }

  static std::shared_ptr<MockDatabase> scripted() {
    Catalog catalog;
    catalog.dialect = "mock";
    catalog.searchPath = {"main"};
    catalog.tables.push_back(usersTable());
    auto mock = MockDatabase::named("repository_sql");
    mock->setCatalog(std::move(catalog));
    return mock;
  }
  Repository opened() {
    Repository users = db_.getRepository("users");
    mock_->clearCalls();
    return users;
  }

  std::shared_ptr<MockDatabase> mock_ = scripted();
  Database db_ = Database::open("mock:repository_sql");
  Repository users_ = opened();
};

TEST_F(RepositorySql, OfReads) {
  (void)users_.findById(1);
  (void)users_.findOneBy("name", "Ada");
  (void)users_.findManyBy("name", nullptr);
  (void)users_.findAll({.orderBy = {"-age"}, .limit = 5, .offset = 10, .columns = {"name"}});
  (void)users_.exists({{"age", gt(1)}});
  (void)users_.call("findFirst2DistinctByNameOrAgeBetween", "x", 1, 2);
  EXPECT_THAT(
      statements(),
      ElementsAre(
          R"(SELECT "id", "name", "age" FROM "main"."users" WHERE "id" = ?)",
          R"(SELECT "id", "name", "age" FROM "main"."users" WHERE "name" = ? LIMIT ?)",
          R"(SELECT "id", "name", "age" FROM "main"."users" WHERE "name" IS NULL)",
          R"(SELECT "name" FROM "main"."users" ORDER BY "age" DESC NULLS LAST LIMIT ? OFFSET ?)",
          R"(SELECT 1 FROM "main"."users" WHERE "age" > ? LIMIT ?)",
          R"(SELECT DISTINCT "id", "name", "age" FROM "main"."users" WHERE "name" = ? OR )"
          R"("age" BETWEEN ? AND ? LIMIT ?)"));
}

TEST_F(RepositorySql, OfWrites) {
  (void)users_.insert({{"name", "Ada"}});
  users_.updateBy({{"age", 1}}, {{"name", "x"}});
  users_.deleteById(1);
  users_.deleteBy(everyRow);
  EXPECT_THAT(statements(), ElementsAre(R"(INSERT INTO "main"."users" ("name") VALUES (?))",
                                        R"(UPDATE "main"."users" SET "name" = ? WHERE "age" = ?)",
                                        R"(DELETE FROM "main"."users" WHERE "id" = ?)",
                                        R"(DELETE FROM "main"."users")"));
}

TEST_F(RepositorySql, IsNeverRunForWhatIsWrong) {
  EXPECT_THROW((void)users_.findOneBy("nmae", 1), SchemaError);
  EXPECT_THROW((void)users_.findManyBy({{"nmae", 1}}), SchemaError);
  EXPECT_THROW((void)users_.findAll({.orderBy = {"-nmae"}}), SchemaError);
  EXPECT_THROW((void)users_.findAll({.columns = {"nmae"}}), SchemaError);
  EXPECT_THROW(users_.call("findByNmae", 1), SchemaError);
  EXPECT_THROW(users_.call("findByName"), ValidationError);
  EXPECT_THROW(users_.insert({{"nmae", 1}}), SchemaError);
  EXPECT_THROW(users_.create({{"nmae", 1}}), SchemaError);
  EXPECT_THROW(users_.update(1, {{"nmae", 1}}), SchemaError);
  EXPECT_THROW(users_.upsert({{"name", 1}}), ValidationError);
  EXPECT_THROW(users_.deleteBy(Filter()), ValidationError);
  EXPECT_THROW((void)users_.paginate({.page = 0}), ValidationError);
  EXPECT_THROW((void)users_.paginateByCursor({.after = "x"}), ValidationError);
  EXPECT_THAT(statements(), IsEmpty());
}

TEST_F(RepositorySql, IsTriedOnceMoreAfterAStaleSchema) {
  (void)users_.findById(1);
  Catalog catalog;
  catalog.dialect = "mock";
  catalog.searchPath = {"main"};
  catalog.tables.push_back(usersTable());
  catalog.tables[0].columns[2].name = "years";
  mock_->setCatalog(std::move(catalog));
  mock_->clearCalls();
  ErrorDetails stale;
  stale.sqlState = "42703";
  mock_->reply("\"age\"", MockReply::failing(QueryError("no such column", stale)));
  (void)users_.findById(1);
  const auto all = statements();
  ASSERT_FALSE(all.empty());
  EXPECT_EQ(all.back(), R"(SELECT "id", "name", "years" FROM "main"."users" WHERE "id" = ?)");
}

TEST_F(RepositorySql, IsNotTriedAgainForOtherErrorsNorTwice) {
  ErrorDetails syntax;
  syntax.sqlState = "42601";
  mock_->reply("SELECT", MockReply::failing(QueryError("syntax", syntax)));
  EXPECT_THROW((void)users_.findById(1), QueryError);
  EXPECT_EQ(statements().size(), 1U);
  ErrorDetails stale;
  stale.sqlState = "42703";
  mock_->always("SELECT", MockReply::failing(QueryError("no such column", stale)));
  EXPECT_THROW((void)users_.findById(1), QueryError);
}

TEST_F(RepositorySql, OfCursorsNamesTheFirstColumnTwice) {
  mock_->reply("SELECT", MockReply::table({"id", "name", "age"}, {{1, "a", 5}, {2, "b", 6}}));
  const CursorPage page = users_.paginateByCursor({.size = 1, .orderBy = {"age"}});
  ASSERT_TRUE(page.hasNext());
  (void)users_.paginateByCursor({.after = page.next, .size = 1, .orderBy = {"age"}});
  EXPECT_EQ(statements().back(),
            R"(SELECT "id", "name", "age" FROM "main"."users" WHERE "age" >= ? AND ("age" > ? OR )"
            R"(("age" = ? AND "id" > ?)) ORDER BY "age" NULLS FIRST, "id" NULLS FIRST LIMIT ?)");
}

}  // namespace
}  // namespace sonde
