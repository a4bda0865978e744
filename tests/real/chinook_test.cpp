// Chinook as a new user would explore it: its tables, its relations, its rows by finder name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/db/database.hpp>

#include <algorithm>
#include <optional>
#include <string>

#include "real_databases.hpp"

namespace sonde::test {
namespace {

class Chinook : public testing::Test {
 protected:
  void SetUp() override {
    const auto path = chinookDatabase(folder_);
    if (!path) GTEST_SKIP() << "Chinook_Sqlite.sql is not here (set SONDE_TEST_SHARED_DATA)";
    db_.emplace(Database::open("sqlite:" + *path));
  }

  // The relation of `table` that leads to `other`; a failure and nothing when there is not exactly
  // one.
  [[nodiscard]] std::optional<Relation> only(const std::string& table, const std::string& other,
                                             RelationKind kind) const {
    std::vector<Relation> found;
    for (const Relation& relation : db_->schema()->table(table).relations) {
      if (relation.table == other && relation.kind == kind) found.push_back(relation);
    }
    EXPECT_EQ(found.size(), 1U) << table << " to " << other;
    if (found.size() != 1) return std::nullopt;
    return found.front();
  }

  TemporaryFolder folder_;
  std::optional<Database> db_;
};

TEST_F(Chinook, HasItsElevenTables) {
  std::vector<std::string> names;
  for (const Table& table : db_->schema()->tables()) {
    if (table.kind == TableKind::Table) names.push_back(table.name);
  }
  EXPECT_THAT(names, testing::UnorderedElementsAre("Album", "Artist", "Customer", "Employee",
                                                   "Genre", "Invoice", "InvoiceLine", "MediaType",
                                                   "Playlist", "PlaylistTrack", "Track"));
}

TEST_F(Chinook, TracksBelongToAlbumsAndAlbumsToArtists) {
  const auto album = only("Track", "Album", RelationKind::BelongsTo);
  ASSERT_TRUE(album);
  EXPECT_EQ(album->columns, std::vector<std::string>{"AlbumId"});
  EXPECT_TRUE(only("Album", "Track", RelationKind::HasMany));
  EXPECT_TRUE(only("Artist", "Album", RelationKind::HasMany));
}

TEST_F(Chinook, PlaylistsAndTracksAreManyToMany) {
  const auto tracks = only("Playlist", "Track", RelationKind::ManyToMany);
  ASSERT_TRUE(tracks && tracks->through);
  EXPECT_EQ(tracks->through->table, "PlaylistTrack");
  EXPECT_TRUE(only("Track", "Playlist", RelationKind::ManyToMany));
}

TEST_F(Chinook, EmployeesReportToEmployees) {
  const auto up = only("Employee", "Employee", RelationKind::BelongsTo);
  const auto down = only("Employee", "Employee", RelationKind::HasMany);
  ASSERT_TRUE(up && down);
  EXPECT_EQ(up->columns, std::vector<std::string>{"ReportsTo"});
  EXPECT_NE(up->name, down->name);
}

TEST_F(Chinook, AnswersGeneratedFinders) {
  const auto artists = db_->getRepository("Artist");
  const auto row = artists.findOneBy("Name", "AC/DC");
  ASSERT_TRUE(row);
  EXPECT_EQ((*row)["ArtistId"].as<int>(), 1);

  const auto albums = db_->getRepository("Album");
  EXPECT_EQ(albums.call("countByArtistId", 1).count(), 2U);
  const auto found = albums.call("findManyByTitleContainingOrderByTitleDesc", "Rock").rows();
  ASSERT_FALSE(found.empty());
  std::string before = "\x7f";
  for (const auto& album : found) {
    EXPECT_THAT(std::string(album["Title"].text()), testing::HasSubstr("Rock"));
    EXPECT_LE(album["Title"].text(), before);
    before = album["Title"].text();
  }
}

TEST_F(Chinook, WritesMoneyAtItsDeclaredScale) {
  const auto track = db_->getRepository("Track").findById(1);
  ASSERT_TRUE(track);
  EXPECT_EQ((*track)["UnitPrice"].value(), Value::decimal("0.99"));
}

}  // namespace
}  // namespace sonde::test
