// A database of a test's own on MariaDB, and a connection of the driver to it.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <nlohmann/json.hpp>
#include <sonde/core/error.hpp>
#include <sonde/core/result_set.hpp>
#include <sonde/dialects/driver.hpp>
#include <sonde/dialects/registry.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "../../servers/servers.hpp"
#include "../../servers/test_database.hpp"

namespace sonde::test {

/// Opens a connection by its URI. The driver outlives nothing: connections do not need it.
[[nodiscard]] inline std::unique_ptr<Connection> connectMysql(const std::string& uri,
                                                              DriverOptions options = {}) {
  options.uri = Uri::parse(uri);
  return makeDriver("mysql")->connect(options, TransactionMode::Write);
}

/// Skips without a server.
class MysqlTest : public ::testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_MYSQL();
    db_ = std::make_unique<TestDatabase>(*mysqlServer(),
                                         "CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci");
    connection_ = connectMysql(db_->uri());
  }

  [[nodiscard]] TestDatabase& db() { return *db_; }
  [[nodiscard]] Connection& connection() { return *connection_; }

  /// Runs a statement by the driver and keeps its rows.
  ResultSet query(std::string_view sql, std::vector<Arg> args = {}) {
    const auto statement = connection_->prepare(sql, false);
    statement->bind(args);
    ResultSet rows(statement->fetch(0, 0));
    statement->reset();
    return rows;
  }
  /// @return The rows as JSON.
  std::string json(std::string_view sql, std::vector<Arg> args = {}) {
    auto rows = nlohmann::ordered_json::array();
    for (const RowView row : query(sql, std::move(args))) rows.push_back(row.toJson());
    return rows.dump();
  }
  std::uint64_t run(std::string_view sql, std::vector<Arg> args = {}) {
    const auto statement = connection_->prepare(sql, false);
    statement->bind(args);
    return statement->run();
  }

 private:
  std::unique_ptr<TestDatabase> db_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace sonde::test
