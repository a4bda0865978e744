// A database of a test's own on PostgreSQL, read by the catalog reader.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <sonde/dialects/driver.hpp>
#include <sonde/dialects/postgres/postgres_catalog.hpp>
#include <sonde/dialects/postgres/postgres_handle.hpp>
#include <sonde/dialects/postgres/postgres_open.hpp>
#include <sonde/dialects/postgres/postgres_settings.hpp>
#include <sonde/introspect/schema.hpp>
#include <string>
#include <vector>

#include "../../servers/servers.hpp"
#include "../../servers/test_database.hpp"

namespace sonde::test {

using Names = std::vector<std::string>;

[[nodiscard]] inline std::shared_ptr<PostgresHandle> openHandle(const std::string& uri) {
  DriverOptions options;
  options.uri = Uri::parse(uri);
  return openPostgres(options, readPostgresRequests(options));
}

/// @return The names of the items, in order.
template <typename Items>
[[nodiscard]] Names namesOf(const Items& items) {
  Names names;
  for (const auto& item : items) {
    if constexpr (std::is_same_v<std::decay_t<decltype(item.name)>, std::string>) {
      names.push_back(item.name);
    } else {
      names.push_back(item.name.value_or("-"));
    }
  }
  return names;
}

/// Skips without a server; else each test has a database.
class PostgresCatalog : public ::testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_POSTGRES();
    db_ = std::make_unique<TestDatabase>(*postgresServer());
  }

  [[nodiscard]] TestDatabase& db() { return *db_; }

  /// Runs a script and reads what is there then.
  std::shared_ptr<const Schema> schemaOf(const std::string& script) {
    db().run(script);
    return schema();
  }
  [[nodiscard]] std::shared_ptr<const Schema> schema(const std::string& options = {}) {
    const auto handle = openHandle(db().uri(options));
    return Schema::build(readPostgresCatalog(*handle));
  }

 private:
  std::unique_ptr<TestDatabase> db_;
};

}  // namespace sonde::test
