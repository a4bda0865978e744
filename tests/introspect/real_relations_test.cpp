// The relations of databases that other people made: Chinook, its tables written down here, and
// PROJ's database, read through the SQLite driver where both are there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/dialects/driver.hpp>
#include <sonde/dialects/registry.hpp>

#include <algorithm>

#include "../real/real_databases.hpp"
#include "catalog_maker.hpp"

namespace sonde {
namespace {

using test::Names;
using test::relationNamesOf;
using test::relationsOf;
using test::schemaOf;
using test::TableMaker;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::IsSupersetOf;

/// A table whose key is its name and "Id", with a foreign key for each column and target.
TableMaker chinook(const std::string& name, const std::vector<std::pair<Names, Names>>& keys = {}) {
  TableMaker maker(name);
  maker.columns({name + "Id", "Name"}).key({name + "Id"});
  for (const auto& [own, target] : keys) {
    maker.columns(own).references(own, target.front());
  }
  return maker;
}

std::shared_ptr<const Schema> chinook() {
  return schemaOf({chinook("Album", {{{"ArtistId"}, {"Artist"}}}), chinook("Artist"),
                   chinook("Customer", {{{"SupportRepId"}, {"Employee"}}}),
                   chinook("Employee", {{{"ReportsTo"}, {"Employee"}}}), chinook("Genre"),
                   chinook("Invoice", {{{"CustomerId"}, {"Customer"}}}),
                   chinook("InvoiceLine", {{{"InvoiceId"}, {"Invoice"}}, {{"TrackId"}, {"Track"}}}),
                   chinook("MediaType"), chinook("Playlist"),
                   TableMaker("PlaylistTrack")
                       .columns({"PlaylistId", "TrackId"})
                       .key({"PlaylistId", "TrackId"})
                       .references({"PlaylistId"}, "Playlist", {"PlaylistId"})
                       .references({"TrackId"}, "Track", {"TrackId"}),
                   chinook("Track", {{{"AlbumId"}, {"Album"}},
                                     {{"GenreId"}, {"Genre"}},
                                     {{"MediaTypeId"}, {"MediaType"}}})});
}

TEST(RelationsOfChinook, AreAllThere) {
  const auto schema = chinook();
  const auto of = [&](const char* table) { return relationNamesOf(*schema, table); };
  EXPECT_THAT(of("Album"), ElementsAre("artist", "tracks"));
  EXPECT_THAT(of("Artist"), ElementsAre("albums"));
  EXPECT_THAT(of("Customer"), ElementsAre("supportRep", "invoices"));
  EXPECT_THAT(of("Employee"),
              ElementsAre("reportsTo", "customersBySupportRep", "employeesByReportsTo"));
  EXPECT_THAT(of("Genre"), ElementsAre("tracks"));
  EXPECT_THAT(of("Invoice"), ElementsAre("customer", "invoiceLines"));
  EXPECT_THAT(of("InvoiceLine"), ElementsAre("invoice", "track"));
  EXPECT_THAT(of("MediaType"), ElementsAre("tracks"));
  EXPECT_THAT(of("Playlist"), ElementsAre("playlistTracks", "tracks"));
  EXPECT_THAT(of("PlaylistTrack"), ElementsAre("playlist", "track"));
  EXPECT_THAT(of("Track"), ElementsAre("album", "genre", "mediaType", "invoiceLines",
                                       "playlistTracks", "playlists"));
  EXPECT_EQ(schema->table("Playlist").relation("tracks").kind, RelationKind::ManyToMany);
  EXPECT_EQ(schema->table("Playlist").relation("tracks").through->table, "PlaylistTrack");
}

std::shared_ptr<const Schema> proj(const std::string& path) {
  DriverOptions options;
  options.uri = Uri::parse("sqlite:" + path);
  options.access = AccessMode::ReadOnly;
  const auto driver = makeDriver("sqlite");
  return Schema::build(driver->connect(options, TransactionMode::Read)->readCatalog());
}

TEST(RelationsOfProj, GoOverCompositeKeys) {
  const std::vector<std::string> schemes = driverSchemes();
  if (std::find(schemes.begin(), schemes.end(), "sqlite") == schemes.end()) {
    GTEST_SKIP() << "built without SQLite";
  }
  const auto path = test::projDatabase();
  if (!path) GTEST_SKIP() << "no proj.db here (Debian: proj-data)";
  const auto schema = proj(*path);
  EXPECT_THAT(relationsOf(*schema, "geodetic_datum"),
              Contains("ellipsoid belongsTo ellipsoid (ellipsoid_auth_name, ellipsoid_code) -> "
                       "(auth_name, code)"));
  EXPECT_THAT(relationNamesOf(*schema, "geodetic_crs"),
              IsSupersetOf({"coordinateSystem", "datum", "projectedCrs"}));
  EXPECT_THAT(relationsOf(*schema, "ellipsoid"),
              Contains("geodeticDatums hasMany geodetic_datum (auth_name, code) -> "
                       "(ellipsoid_auth_name, ellipsoid_code)"));
  for (const Table& table : schema->tables()) {
    if (table.kind == TableKind::View) {
      EXPECT_THAT(table.relations, IsEmpty()) << table.name;
    }
    for (const ForeignKey& key : table.foreignKeys) EXPECT_FALSE(key.dangling) << table.name;
    for (const Relation& relation : table.relations) {
      EXPECT_EQ(table.findColumn(relation.name), nullptr) << table.name << '.' << relation.name;
    }
  }
}

}  // namespace
}  // namespace sonde
