// A SQLite database made for one test, read by the catalog reader.
#pragma once

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <memory>
#include <sonde/dialects/sqlite/sqlite_catalog.hpp>
#include <sonde/introspect/schema.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../../support/sqlite_file.hpp"

namespace sonde::test {

/// An open database that the catalog reader reads.
class SqliteDatabase : public RawDatabase {
 public:
  explicit SqliteDatabase(const std::string& file = ":memory:",
                          int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
      : RawDatabase(file, flags) {}

  [[nodiscard]] std::shared_ptr<const Schema> schema() const {
    return Schema::build(readSqliteCatalog(get()));
  }
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
