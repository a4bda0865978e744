#include <sonde/query/sql_check.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/core/error.hpp>

#include <string>

#include "engine_rules.hpp"

namespace sonde::query {
namespace {

/// What is said of SQL that is refused.
std::string refusal(std::string_view sql) {
  try {
    static_cast<void>(onlyStatement(sql, test::postgres()));
  } catch (const ValidationError& error) {
    EXPECT_EQ(error.sql(), sql);
    return error.what();
  }
  return {};
}

TEST(SqlCheck, GivesTheOneStatementWithoutWhatEndsIt) {
  EXPECT_EQ(onlyStatement(" SELECT 1 ; -- done\n", test::postgres()), "SELECT 1");
  EXPECT_EQ(onlyStatement("SELECT ';', $$ ; $$", test::postgres()), "SELECT ';', $$ ; $$");
}

TEST(SqlCheck, RefusesNoneAndSeveral) {
  EXPECT_THAT(refusal(""), testing::HasSubstr("no statement"));
  EXPECT_THAT(refusal(" ; -- nothing"), testing::HasSubstr("no statement"));
  EXPECT_THAT(refusal("SELECT 1; DELETE FROM users"), testing::HasSubstr("more than one"));
}

TEST(SqlCheck, RefusesBytesThatWouldEndTheText) {
  EXPECT_NO_THROW(checkNoNul("SELECT 1"));
  EXPECT_THROW(checkNoNul(std::string_view("SELECT 1\0; DROP", 16)), ValidationError);
}

}  // namespace
}  // namespace sonde::query
