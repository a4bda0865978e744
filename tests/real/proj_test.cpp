// PROJ's database: composite keys, WITHOUT ROWID, invented type names, views and many triggers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/db/database.hpp>

#include <algorithm>
#include <filesystem>
#include <string>

#include "real_databases.hpp"

namespace sonde::test {
namespace {

class Proj : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = projDatabase();
    if (!path) GTEST_SKIP() << "proj.db is not installed (Debian package proj-data)";
    path_ = *path;
    db_.emplace(Database::open("sqlite:" + path_ + "?mode=ro"));
  }
  [[nodiscard]] std::size_t countOf(TableKind kind) const {
    return static_cast<std::size_t>(std::ranges::count_if(
        db_->schema()->tables(), [kind](const Table& table) { return table.kind == kind; }));
  }

  std::string path_;
  std::optional<Database> db_;
};

TEST_F(Proj, IsReadCompletely) {
  EXPECT_EQ(countOf(TableKind::Table), 35U);
  EXPECT_EQ(countOf(TableKind::View), 7U);
  EXPECT_EQ(countOf(TableKind::System), 1U);
  EXPECT_NE(db_->schema()->findTable("sqlite_stat1"), nullptr);
  std::size_t triggers = 0;
  for (const Table& table : db_->schema()->tables()) {
    EXPECT_FALSE(table.error) << table.name;
    EXPECT_FALSE(table.columns.empty()) << table.name;
    triggers += table.triggers.size();
  }
  EXPECT_EQ(triggers, 35U);
}

TEST_F(Proj, InfersRelationsOverCompositeKeys) {
  const Table& crs = db_->schema()->table("geodetic_crs");
  EXPECT_EQ(crs.keyColumns(), (std::vector<std::string>{"auth_name", "code"}));
  const auto datum = std::ranges::find_if(crs.relations, [](const Relation& relation) {
    return relation.kind == RelationKind::BelongsTo && relation.table == "geodetic_datum";
  });
  ASSERT_NE(datum, crs.relations.end());
  EXPECT_EQ(datum->columns, (std::vector<std::string>{"datum_auth_name", "datum_code"}));
  EXPECT_EQ(datum->foreignColumns, (std::vector<std::string>{"auth_name", "code"}));
}

TEST_F(Proj, AnswersAFinderOnNames) {
  const auto rows =
      db_->getRepository("geodetic_crs").call("findManyByNameContaining", "WGS").rows();
  EXPECT_GT(rows.size(), 10U);
  for (const auto& row : rows)
    EXPECT_THAT(std::string(row["name"].text()), testing::HasSubstr("WGS"));
}

TEST_F(Proj, FindsARowByItsCompositeKey) {
  const auto row =
      db_->getRepository("geodetic_crs").findById({{"auth_name", "EPSG"}, {"code", "4326"}});
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)["name"].text(), "WGS 84");
}

TEST_F(Proj, IsNotTouchedByReading) {
  namespace fs = std::filesystem;
  const auto before = fs::last_write_time(path_);
  for (const Table& table : db_->schema()->tables()) {
    EXPECT_NO_THROW((void)db_->getRepository(table.name).count()) << table.name;
  }
  EXPECT_EQ(fs::last_write_time(path_), before);
  EXPECT_FALSE(fs::exists(path_ + "-journal"));
  EXPECT_FALSE(fs::exists(path_ + "-wal"));
}

TEST_F(Proj, RefusesToBeWritten) {
  EXPECT_THROW((void)db_->getRepository("metadata").insert({{"key", "x"}, {"value", "y"}}), Error);
}

}  // namespace
}  // namespace sonde::test
