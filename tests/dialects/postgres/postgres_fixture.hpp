// Help for the tests of the PostgreSQL driver: a database of the test's own, and connections opened
// by the driver itself.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/core/result_set.hpp>
#include <sonde/dialects/postgres/postgres_driver.hpp>

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "../../servers/servers.hpp"
#include "../../servers/test_database.hpp"

namespace sonde::test {

inline DriverOptions postgresOptions(const std::string& uri) {
  DriverOptions options;
  options.uri = Uri::parse(uri);
  return options;
}

inline ResultSet query(Connection& connection, std::string_view sql,
                       std::initializer_list<Arg> args = {}, bool persistent = true) {
  const auto statement = connection.prepare(sql, persistent);
  statement->bind(Args(args.begin(), args.size()));
  return ResultSet(statement->fetch(0, 0));
}

inline std::uint64_t run(Connection& connection, std::string_view sql,
                         std::initializer_list<Arg> args = {}) {
  const auto statement = connection.prepare(sql, false);
  statement->bind(Args(args.begin(), args.size()));
  return statement->run();
}

/// @return The error of this class that an action throws; fails the test when it throws none.
template <class E, class Action>
std::optional<E> caught(Action&& action) {
  try {
    action();
  } catch (const E& error) {
    return error;
  } catch (const std::exception& other) {
    ADD_FAILURE() << "another error: " << other.what();
    return std::nullopt;
  }
  ADD_FAILURE() << "no error";
  return std::nullopt;
}

class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    SONDE_NEEDS_POSTGRES();
    database_.emplace(*postgresServer());
    connection_ = open();
  }

  [[nodiscard]] std::unique_ptr<Connection> open(const std::string& options = {}) const {
    return driver_->connect(postgresOptions(database_->uri(options)), TransactionMode::Write);
  }
  [[nodiscard]] Connection& db() const { return *connection_; }

  std::unique_ptr<Driver> driver_ = makePostgresDriver();
  std::optional<TestDatabase> database_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace sonde::test
