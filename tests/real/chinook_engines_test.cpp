// Chinook on SQLite, PostgreSQL and MariaDB: the same finder calls give equal JSON.
//
// What differs comes from the scripts and is taken out by name below. Nothing else is: values,
// types, order and nulls are compared as they are.
//  - PostgreSQL's script spells tables and columns in snake case: album_id for AlbumId.
//  - Four names of tracks hold a backslash, which MySQL takes for an escape in a literal and drops.
//  - "Edinburgh " loses its last space in PostgreSQL's, which writes N'…': a CHARACTER there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include <sonde/db/database.hpp>

#include "../servers/test_database.hpp"
#include "real_databases.hpp"

namespace sonde::test {
namespace {

/// A script without what makes and enters a database of its own.
std::string withoutDatabase(const std::string& script) {
  std::istringstream lines(script);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    const bool own = line.starts_with("DROP DATABASE") || line.starts_with("CREATE DATABASE") ||
                     line.starts_with("\\c ") || line.starts_with("USE ");
    if (!own) out += line + "\n";
  }
  return out;
}

std::string readFile(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

/// album_id, AlbumId and albumid are the same name.
std::string plain(const std::string& name) {
  std::string out;
  for (const char c : name) {
    if (c != '_') out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  }
  return out;
}

/// A value without what the scripts differ in.
nlohmann::ordered_json plainValue(const nlohmann::ordered_json& value) {
  if (!value.is_string()) return value;
  std::string text = value.get<std::string>();
  if (text == "Edinburgh ") text.pop_back();
  text.erase(std::remove(text.begin(), text.end(), '\\'), text.end());
  return text;
}

nlohmann::ordered_json plainNames(const nlohmann::ordered_json& rows) {
  nlohmann::ordered_json out = nlohmann::ordered_json::array();
  for (const auto& row : rows) {
    nlohmann::ordered_json copy;
    for (const auto& [name, value] : row.items()) copy[plain(name)] = plainValue(value);
    out.push_back(copy);
  }
  return out;
}

class ChinookOnEveryEngine : public testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_POSTGRES();
    SONDE_NEEDS_MYSQL();
    const auto file = chinookDatabase(folder_);
    const auto postgres = chinookScript("PostgreSql");
    const auto mysql = chinookScript("MySql");
    if (!file || !postgres || !mysql) {
      GTEST_SKIP() << "Chinook's scripts are not here (set SONDE_TEST_SHARED_DATA)";
    }
    postgres_.emplace(*postgresServer());
    postgres_->run(withoutDatabase(readFile(*postgres)));
    mysql_.emplace(*mysqlServer());
    mysql_->run(withoutDatabase(readFile(*mysql)));
    databases_.emplace("sqlite", Database::open("sqlite:" + *file));
    databases_.emplace("postgresql", Database::open(postgres_->uri()));
    databases_.emplace("mariadb", Database::open(mysql_->uri()));
  }
  void TearDown() override {
    for (const auto& [name, db] : databases_) db.close();
  }

  /// The repository of the table that this name means in the engine's script.
  [[nodiscard]] static Repository repo(const Database& db, const std::string& name) {
    for (const Table& table : db.schema()->tables()) {
      if (plain(table.name) == plain(name)) return db.getRepository(table.name);
    }
    throw std::runtime_error("Chinook has no table " + name);
  }

  /// Expects the same JSON of all three, and gives it.
  template <class... A>
  nlohmann::ordered_json same(const std::string& table, const std::string& finder,
                              const A&... arguments) {
    std::optional<nlohmann::ordered_json> first;
    for (const auto& [name, db] : databases_) {
      const auto rows = plainNames(repo(db, table).call(finder, arguments...).rows().toJson());
      if (!first) first = rows;
      EXPECT_TRUE(rows == *first) << name << ": " << table << "." << finder << " differs: "
                                  << nlohmann::ordered_json::diff(*first, rows).dump();
    }
    return *first;
  }
  template <class... A>
  std::uint64_t sameCount(const std::string& table, const std::string& finder,
                          const A&... arguments) {
    std::optional<std::uint64_t> first;
    for (const auto& [name, db] : databases_) {
      const std::uint64_t rows = repo(db, table).call(finder, arguments...).count();
      if (!first) first = rows;
      EXPECT_EQ(rows, *first) << name << ": " << table << "." << finder;
    }
    return *first;
  }

  TemporaryFolder folder_;
  std::optional<TestDatabase> postgres_;
  std::optional<TestDatabase> mysql_;
  std::map<std::string, Database> databases_;
};

TEST_F(ChinookOnEveryEngine, AnswersTheSameFindersWithEqualJson) {
  EXPECT_EQ(same("Artist", "findAllOrderByArtistId").size(), 275U);
  EXPECT_EQ(same("Album", "findManyByArtistIdOrderByAlbumId", 90).size(), 21U);
  EXPECT_GT(same("Track", "findManyByNameContainingOrderByTrackId", "Love").size(), 50U);
  EXPECT_GT(same("Track", "findManyByNameContainingIgnoreCaseOrderByTrackId", "LOVE").size(), 50U);
  EXPECT_GT(same("Track", "findFirst20ByComposerIsNullOrderByTrackIdDesc").size(), 10U);
  EXPECT_GT(same("Track", "findManyByMillisecondsGreaterThanAndGenreIdNotOrderByTrackId", 400000, 1)
                .size(),
            50U);
  EXPECT_GT(same("Customer", "findManyByCountryInOrderByCustomerId",
                 std::vector<Value>{"Brazil", "Canada", "Czech Republic"})
                .size(),
            10U);
  EXPECT_EQ(same("Customer", "findByCompanyIsNullAndStateIsNotNullOrderByCustomerId").empty(),
            false);
  EXPECT_GT(same("Employee", "findAllOrderByEmployeeId").size(), 5U);
  EXPECT_GT(
      same("Invoice", "findManyByTotalGreaterThanOrderByInvoiceId", Value::decimal("10")).size(),
      5U);
  EXPECT_GT(same("Invoice", "findManyByInvoiceDateBetweenOrderByInvoiceId", "2021-01-01",
                 "2021-03-01 00:00:00")
                .size(),
            5U);
  EXPECT_GT(
      same("InvoiceLine", "findManyByUnitPriceOrderByInvoiceLineId", Value::decimal("1.99")).size(),
      50U);
  EXPECT_GT(same("PlaylistTrack", "findManyByPlaylistIdOrderByTrackId", 12).size(), 50U);
  EXPECT_EQ(same("Genre", "findManyByName", "Nothing of the kind").size(), 0U);
}

TEST_F(ChinookOnEveryEngine, HoldsEqualRowsInEveryTable) {
  const std::map<std::string, std::string> keys = {{"Album", "AlbumId"},
                                                   {"Artist", "ArtistId"},
                                                   {"Customer", "CustomerId"},
                                                   {"Employee", "EmployeeId"},
                                                   {"Genre", "GenreId"},
                                                   {"Invoice", "InvoiceId"},
                                                   {"InvoiceLine", "InvoiceLineId"},
                                                   {"MediaType", "MediaTypeId"},
                                                   {"Playlist", "PlaylistId"},
                                                   {"Track", "TrackId"}};
  for (const auto& [table, key] : keys) {
    EXPECT_FALSE(same(table, "findAllOrderBy" + key).empty()) << table;
    EXPECT_EQ(sameCount(table, "countAll"), same(table, "findAllOrderBy" + key).size());
  }
}

TEST_F(ChinookOnEveryEngine, HasTheSameRelations) {
  std::map<std::string, std::vector<std::string>> seen;
  for (const auto& [name, db] : databases_) {
    for (const Table& table : db.schema()->tables()) {
      for (const Relation& relation : table.relations) {
        seen[name].push_back(plain(table.name) + " " + plain(relation.name) + " " +
                             std::to_string(static_cast<int>(relation.kind)) + " " +
                             plain(relation.table));
      }
    }
    std::sort(seen[name].begin(), seen[name].end());
  }
  EXPECT_GT(seen["sqlite"].size(), 20U);
  EXPECT_EQ(seen["postgresql"], seen["sqlite"]);
  EXPECT_EQ(seen["mariadb"], seen["sqlite"]);
}

}  // namespace
}  // namespace sonde::test
