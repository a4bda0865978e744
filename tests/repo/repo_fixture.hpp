// A fresh SQLite database for the tests of repositories.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <sonde/core/error.hpp>
#include <sonde/db/database.hpp>

#include "../support/temporary_folder.hpp"

namespace sonde {

/// Opens a database in memory, or in a file where several connections are needed.
class RepositoryTest : public testing::Test {
 protected:
  static constexpr const char* kUsers = R"(
    CREATE TABLE users (
      id INTEGER PRIMARY KEY,
      name TEXT NOT NULL,
      email TEXT UNIQUE,
      age INTEGER,
      active BOOLEAN NOT NULL DEFAULT 1,
      created_at DATETIME DEFAULT '2024-01-02 03:04:05'
    );
  )";
  static constexpr const char* kPeople = R"(
    INSERT INTO users (id, name, email, age, active) VALUES
      (1, 'Ada', 'ada@example.org', 36, 1),
      (2, 'Grace', 'grace@example.org', 45, 1),
      (3, 'Edsger', 'edsger@example.org', 72, 0),
      (4, 'Lin', NULL, NULL, 1);
  )";

  RepositoryTest() : db(Database::open("sqlite::memory:")) {}

  ~RepositoryTest() override { db.close(); }

  /// Replaces the database by one in a new file in WAL mode.
  void useFile() {
    folder_ = std::make_unique<test::TemporaryFolder>();
    Config config = fileConfig();
    config.access = AccessMode::CreateIfMissing;
    config.optimization.journalMode = "wal";
    db = Database::open(config);
  }
  [[nodiscard]] Config fileConfig() const {
    Config config;
    config.uri = "sqlite:" + folder_->file("app.db");
    return config;
  }

  void run(const std::string& script) {
    db.executeScript(script);
    db.refreshSchema();
  }

  /// Runs a script. @return The repository of a table.
  [[nodiscard]] Repository made(const std::string& script, std::string_view table) {
    run(script);
    return db.getRepository(table);
  }

  [[nodiscard]] std::string scalar(const std::string& sql) {
    const ResultSet rows = db.sql(sql);
    return rows.empty()                       ? "(none)"
           : rows[0][std::size_t{0}].isNull() ? "(null)"
                                              : rows[0][std::size_t{0}].as<std::string>();
  }

  Database db;

 private:
  std::unique_ptr<test::TemporaryFolder> folder_;
};

/// @return A column of every row, as texts; "null" for nulls.
inline std::vector<std::string> texts(const ResultSet& rows, std::string_view column) {
  std::vector<std::string> result;
  for (const RowView row : rows) {
    result.push_back(row[column].isNull() ? "null" : row[column].as<std::string>());
  }
  return result;
}

/// @return The names of a row's columns.
inline std::vector<std::string> names(const Columns& columns) {
  std::vector<std::string> result;
  for (const ColumnInfo& column : columns) result.push_back(column.name);
  return result;
}

/// @return The message of the E that `work` throws; a test failure when it throws none.
template <class E, class Work>
std::string messageOf(Work work) {
  try {
    work();
  } catch (const E& error) {
    return error.what();
  }
  ADD_FAILURE() << "nothing of the expected type was thrown";
  return {};
}

}  // namespace sonde
