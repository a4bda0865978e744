// A SQLite database made for one test, read by the catalog reader.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <sonde/dialects/sqlite/sqlite_catalog.hpp>
#include <sonde/introspect/schema.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::test {

/// An open database; every failure throws with SQLite's message.
class SqliteDatabase {
 public:
  explicit SqliteDatabase(const std::string& file = ":memory:",
                          int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE) {
    if (sqlite3_open_v2(file.c_str(), &db_, flags, nullptr) != SQLITE_OK) {
      const std::string message = sqlite3_errmsg(db_);
      sqlite3_close(db_);
      throw std::runtime_error("cannot open " + file + ": " + message);
    }
  }
  ~SqliteDatabase() { sqlite3_close_v2(db_); }
  SqliteDatabase(const SqliteDatabase&) = delete;
  SqliteDatabase& operator=(const SqliteDatabase&) = delete;

  [[nodiscard]] sqlite3* get() const noexcept { return db_; }

  void run(const std::string& sql) {
    char* message = nullptr;
    if (sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK) return;
    const std::string text = message == nullptr ? sqlite3_errmsg(db_) : message;
    sqlite3_free(message);
    throw std::runtime_error(text);
  }

  [[nodiscard]] std::shared_ptr<const Schema> schema() {
    return Schema::build(readSqliteCatalog(db_));
  }

 private:
  sqlite3* db_ = nullptr;
};

/// @return The schema of an in-memory database made by a script.
inline std::shared_ptr<const Schema> schemaOf(const std::string& script) {
  SqliteDatabase db;
  db.run(script);
  return db.schema();
}

/// @return The names of the columns, in order.
inline std::vector<std::string> columnNames(const Table& table) {
  std::vector<std::string> names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

using Names = std::vector<std::string>;

}  // namespace sonde::test
