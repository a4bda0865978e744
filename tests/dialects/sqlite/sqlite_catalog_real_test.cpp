// Databases that other people made: PROJ's, and Chinook. Skipped, saying so, where they are not
// here.
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "../../real/real_databases.hpp"
#include "sqlite_fixture.hpp"

namespace sonde {
namespace {

using test::Names;
using test::SqliteDatabase;

/// @return The first value of a query as text.
std::string valueOf(SqliteDatabase& db, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  std::string value;
  if (sqlite3_prepare_v2(db.get(), sql.c_str(), -1, &statement, nullptr) == SQLITE_OK &&
      sqlite3_step(statement) == SQLITE_ROW) {
    const unsigned char* text = sqlite3_column_text(statement, 0);
    if (text != nullptr) value = reinterpret_cast<const char*>(text);
  } else {
    ADD_FAILURE() << sql << ": " << sqlite3_errmsg(db.get());
  }
  sqlite3_finalize(statement);
  return value;
}

/// Every table and column the schema names can be selected.
void expectSelectable(SqliteDatabase& db, const Schema& schema) {
  for (const Table& table : schema.tables()) {
    EXPECT_EQ(table.error, std::nullopt) << table.name;
    std::string sql = "SELECT 1";
    for (const Column& column : table.columns) sql += ", t.\"" + column.name + '"';
    if (table.implicitKey) sql += ", t." + *table.implicitKey;
    sql += " FROM \"" + table.schema + "\".\"" + table.name + "\" AS t LIMIT 1";
    EXPECT_NO_THROW(db.run(sql)) << sql;
  }
}

std::map<TableKind, int> kindsOf(const Schema& schema) {
  std::map<TableKind, int> kinds;
  for (const Table& table : schema.tables()) ++kinds[table.kind];
  return kinds;
}

class ProjDatabase : public ::testing::Test {
 protected:
  void SetUp() override {
    const auto path = test::projDatabase();
    if (!path) GTEST_SKIP() << "proj.db is not here (Debian: proj-data)";
    db_ = std::make_unique<SqliteDatabase>(*path, SQLITE_OPEN_READONLY);
    schema_ = db_->schema();
  }

  std::unique_ptr<SqliteDatabase> db_;
  std::shared_ptr<const Schema> schema_;
};

TEST_F(ProjDatabase, IsReadWhole) {
  expectSelectable(*db_, *schema_);
  auto kinds = kindsOf(*schema_);
  const std::string count = "SELECT count(*) FROM sqlite_schema WHERE type = ";
  EXPECT_EQ(std::to_string(kinds[TableKind::Table] + kinds[TableKind::System]),
            valueOf(*db_, count + "'table'"));
  EXPECT_EQ(std::to_string(kinds[TableKind::View]), valueOf(*db_, count + "'view'"));
  std::size_t triggers = 0;
  for (const Table& table : schema_->tables()) triggers += table.triggers.size();
  EXPECT_EQ(std::to_string(triggers), valueOf(*db_, count + "'trigger'"));
  if (valueOf(*db_, "SELECT value FROM metadata WHERE key = 'PROJ.VERSION'") == "9.1.1") {
    EXPECT_EQ(kinds[TableKind::Table], 35);
    EXPECT_EQ(kinds[TableKind::System], 1);
    EXPECT_EQ(kinds[TableKind::View], 7);
    EXPECT_EQ(triggers, 35u);
  }
}

TEST_F(ProjDatabase, KeysOfSeveralColumnsAreInOrder) {
  const Table& crs = schema_->table("geodetic_crs");
  EXPECT_TRUE(crs.withoutRowid);
  EXPECT_EQ(crs.keyColumns(), (Names{"auth_name", "code"}));
  EXPECT_EQ(crs.primaryKey->name, "pk_geodetic_crs");
  ASSERT_EQ(crs.foreignKeys.size(), 2u);
  EXPECT_EQ(crs.foreignKeys[0].name, "fk_geodetic_crs_coordinate_system");
  EXPECT_EQ(crs.foreignKeys[1].name, "fk_geodetic_crs_datum");
  EXPECT_EQ(crs.foreignKeys[1].columns, (Names{"datum_auth_name", "datum_code"}));
  EXPECT_EQ(crs.foreignKeys[1].references.table, "geodetic_datum");
  EXPECT_EQ(crs.foreignKeys[1].references.columns, (Names{"auth_name", "code"}));
  EXPECT_EQ(crs.foreignKeys[1].onDelete, ReferentialAction::Cascade);
  EXPECT_EQ(crs.column("code").declaredType, "INTEGER_OR_TEXT");
  EXPECT_EQ(crs.column("code").type, Type::Other);
  EXPECT_EQ(crs.column("deprecated").type, Type::Boolean);
  EXPECT_FALSE(crs.column("code").nullable);
}

TEST_F(ProjDatabase, ChecksAndTriggersAreExact) {
  const Table& crs = schema_->table("geodetic_crs");
  const auto check = std::find_if(crs.checks.begin(), crs.checks.end(), [](const Check& each) {
    return each.name == "check_geodetic_crs_datum";
  });
  ASSERT_NE(check, crs.checks.end());
  EXPECT_EQ(check->expression,
            "NOT ((datum_auth_name IS NULL OR datum_code IS NULL) AND text_definition IS NULL)");
  EXPECT_EQ(crs.checks.at(0).expression, "length(auth_name) >= 1");
  EXPECT_EQ(crs.checks.at(0).name, std::nullopt);
  const auto& triggers = schema_->table("ellipsoid").triggers;
  ASSERT_FALSE(triggers.empty());
  EXPECT_EQ(triggers[0].name, "ellipsoid_insert_trigger");
  EXPECT_EQ(triggers[0].timing, "BEFORE");
  EXPECT_EQ(triggers[0].events, Names{"INSERT"});
}

TEST_F(ProjDatabase, EveryForeignKeyFindsItsTarget) {
  std::size_t keys = 0;
  for (const Table& table : schema_->tables()) {
    for (const ForeignKey& key : table.foreignKeys) {
      ++keys;
      EXPECT_FALSE(key.dangling) << table.name;
      EXPECT_TRUE(key.name.has_value()) << table.name;
    }
  }
  EXPECT_EQ(std::to_string(keys),
            valueOf(*db_,
                    "SELECT count(*) FROM sqlite_schema AS s, pragma_foreign_key_list(s.name) AS f"
                    " WHERE s.type = 'table' AND f.seq = 0"));
  EXPECT_TRUE(schema_->table("geodetic_crs").rowEstimate.has_value()) << "sqlite_stat1 has it";
}

TEST(ChinookDatabase, IsReadWhole) {
  const auto script = test::chinookScript("Sqlite");
  if (!script) GTEST_SKIP() << "Chinook_Sqlite.sql is not here (set SONDE_TEST_SHARED_DATA)";
  SqliteDatabase db;
  std::ostringstream text;
  text << std::ifstream(*script, std::ios::binary).rdbuf();
  db.run(text.str());
  const auto schema = db.schema();
  expectSelectable(db, *schema);
  Names names;
  for (const Table& table : schema->tables()) names.push_back(table.name);
  EXPECT_EQ(names, (Names{"Album", "Artist", "Customer", "Employee", "Genre", "Invoice",
                          "InvoiceLine", "MediaType", "Playlist", "PlaylistTrack", "Track"}));
  const Table& album = schema->table("album");
  EXPECT_TRUE(album.column("AlbumId").rowidAlias) << "a table constraint on an INTEGER";
  EXPECT_EQ(album.primaryKey->name, "PK_Album");
  EXPECT_EQ(album.column("Title").length, 160);
  EXPECT_EQ(album.foreignKeys.at(0).references.table, "Artist");
  const Table& junction = schema->table("PlaylistTrack");
  EXPECT_EQ(junction.keyColumns(), (Names{"PlaylistId", "TrackId"}));
  ASSERT_EQ(junction.foreignKeys.size(), 2u);
  EXPECT_EQ(junction.foreignKeys[0].references.table, "Playlist");
  EXPECT_EQ(junction.foreignKeys[1].references.table, "Track");
  EXPECT_EQ(schema->table("Employee").foreignKeys.at(0).references.table, "Employee");
  const Column& price = schema->table("Track").column("UnitPrice");
  EXPECT_EQ(price.type, Type::Decimal);
  EXPECT_EQ(price.precision, 10);
  EXPECT_EQ(price.scale, 2);
  EXPECT_EQ(schema->table("Invoice").column("InvoiceDate").type, Type::Timestamp);
  std::size_t indexes = 0;
  for (const Table& table : schema->tables()) {
    for (const Index& index : table.indexes) indexes += index.origin.empty() ? 1 : 0;
  }
  EXPECT_EQ(
      std::to_string(indexes),
      valueOf(db, "SELECT count(*) FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL"));
}

}  // namespace
}  // namespace sonde
