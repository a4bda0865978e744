#include "conformance_fixture.hpp"

#include <cstdlib>

namespace sonde::conformance {

void Conformance::SetUp() {
  const std::string why = engine().whyNot();
  if (!why.empty()) {
    const char* required = std::getenv("SONDE_TEST_REQUIRE_SERVERS");
    if (required != nullptr && std::string_view(required) == "1") FAIL() << why;
    GTEST_SKIP() << why;
  }
  home_ = engine().makeHome();
  config_.uri = home_->uri();
  config_.schema.checkInterval = std::chrono::milliseconds(0);
}

Database& Conformance::db() {
  if (!db_) {
    db_.emplace(Database::open(config_));
    db_->addInterceptor(recorder_);
  }
  return *db_;
}

void Conformance::expectSql(const PerEngine& expected) {
  const auto found = expected.find(GetParam());
  ASSERT_NE(found, expected.end())
      << "nothing is said of " << GetParam() << ": " << testing::PrintToString(recorder_->take());
  // MariaDB's statements name the database, which is this test's own.
  const std::string own = "`" + config_.uri.substr(config_.uri.rfind('/') + 1) + "`.";
  std::vector<std::string> statements = recorder_->take();
  for (std::string& sql : statements) {
    for (std::size_t at = 0; (at = sql.find(own, at)) != std::string::npos;) {
      sql.replace(at, own.size(), "`test`.");
    }
  }
  EXPECT_EQ(statements, found->second);
}

std::vector<std::string> texts(const ResultSet& rows, std::string_view column) {
  std::vector<std::string> out;
  for (const RowView row : rows) {
    out.push_back(row[column].isNull() ? "null" : row[column].as<std::string>());
  }
  return out;
}

}  // namespace sonde::conformance
