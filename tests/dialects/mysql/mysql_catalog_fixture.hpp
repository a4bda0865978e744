// A database of a test's own on MariaDB, read by the catalog reader.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sonde/dialects/driver.hpp>
#include <sonde/dialects/mysql/mysql_catalog.hpp>
#include <sonde/dialects/mysql/mysql_handle.hpp>
#include <sonde/dialects/mysql/mysql_open.hpp>
#include <sonde/dialects/mysql/mysql_options.hpp>
#include <sonde/introspect/schema.hpp>
#include <string>
#include <vector>

#include "../../servers/servers.hpp"
#include "../../servers/test_database.hpp"

namespace sonde::test {

using Names = std::vector<std::string>;

[[nodiscard]] inline std::shared_ptr<MysqlHandle> openHandle(const std::string& uri) {
  DriverOptions options;
  options.uri = Uri::parse(uri);
  return openMysql(std::make_shared<const MysqlOptions>(readMysqlOptions(options)));
}

/// @return The names of the columns, in order.
[[nodiscard]] inline Names columnNames(const Table& table) {
  Names names;
  for (const Column& column : table.columns) names.push_back(column.name);
  return names;
}

[[nodiscard]] inline Names tableNames(const Schema& schema) {
  Names names;
  for (const Table& table : schema.tables()) names.push_back(table.name);
  return names;
}

/// Skips without a server; makes the database with a collation that the tests can rely on.
class MysqlCatalog : public ::testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_MYSQL();
    db_ = std::make_unique<TestDatabase>(*mysqlServer(), kCollation);
  }

  static constexpr const char* kCollation = "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";

  [[nodiscard]] TestDatabase& db() { return *db_; }

  /// Runs a script and reads what is there then.
  std::shared_ptr<const Schema> schemaOf(const std::string& script) {
    db().run(script);
    return schema();
  }
  [[nodiscard]] std::shared_ptr<const Schema> schema() {
    const auto handle = openHandle(db().uri());
    return Schema::build(readMysqlCatalog(*handle));
  }

 private:
  std::unique_ptr<TestDatabase> db_;
};

}  // namespace sonde::test
