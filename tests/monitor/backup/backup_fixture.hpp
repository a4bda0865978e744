// Databases to back up, made with SQLite's C API, and what is left in their folder.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

#include <sonde/db/database.hpp>

#include "../../support/sqlite_file.hpp"
#include "../../support/temporary_folder.hpp"

namespace sonde::test {

/// The kinds of database that are copied in different ways.
enum class Home { Wal, RollbackJournal, Memory };

class BackupTest : public testing::Test {
 protected:
  /// @return A database with tables of every kind, a few hundred pages and some free ones.
  Database make(Home home) {
    Config config;
    config.access = AccessMode::CreateIfMissing;
    config.uri = home == Home::Memory ? "sqlite::memory:" : "sqlite:" + source_;
    config.optimization.journalMode = home == Home::Wal ? "wal" : "delete";
    config.optimization.synchronous = "off";
    Database db = Database::open(config);
    db.executeScript(
        "CREATE TABLE users(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT, note BLOB);"
        "CREATE TABLE tags(name TEXT PRIMARY KEY, weight REAL) WITHOUT ROWID;"
        "CREATE TABLE gone(bytes BLOB);"
        "CREATE INDEX users_name ON users(name);"
        "CREATE VIEW names AS SELECT name FROM users;"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) "
        "INSERT INTO users(name, note) SELECT 'user ' || i, zeroblob(300) FROM n;"
        "INSERT INTO tags VALUES ('a', 0.5), ('b', NULL);"
        "INSERT INTO gone SELECT zeroblob(200000);"
        "DELETE FROM gone;");
    db.refreshSchema();
    return db;
  }

  /// @return Everything that a query gives, as text, read with SQLite's C API.
  static std::string read(const std::string& path, const std::string& sql) {
    const RawDatabase raw(path, SQLITE_OPEN_READWRITE);
    std::string out;
    const auto append = [](void* text, int count, char** values, char**) {
      for (int i = 0; i < count; ++i) {
        *static_cast<std::string*>(text) += values[i] == nullptr ? "NULL" : values[i];
        *static_cast<std::string*>(text) += i + 1 < count ? "|" : "\n";
      }
      return 0;
    };
    if (sqlite3_exec(raw.get(), sql.c_str(), append, &out, nullptr) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(raw.get()));
    }
    return out;
  }

  /// @return The names in the folder but for the source and what SQLite keeps beside it, in order.
  [[nodiscard]] std::vector<std::string> left() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      const std::string name = entry.path().filename().string();
      if (!name.starts_with("app.db")) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  TemporaryFolder folder_;
  std::string source_ = folder_.file("app.db");
  std::string target_ = folder_.file("copy.backup");
};

}  // namespace sonde::test
