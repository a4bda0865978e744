#include <gtest/gtest.h>

#include <sonde/dialects/sqlite/sqlite_types.hpp>
#include <string>

namespace sonde {
namespace {

TEST(SqliteTypes, ReadsTheConventionalNames) {
  EXPECT_EQ(sqliteType("BOOLEAN"), Type::Boolean);
  EXPECT_EQ(sqliteType("bool"), Type::Boolean);
  EXPECT_EQ(sqliteType("INTEGER"), Type::Integer);
  EXPECT_EQ(sqliteType("int"), Type::Integer);
  EXPECT_EQ(sqliteType("BIGINT"), Type::Integer);
  EXPECT_EQ(sqliteType("INT8"), Type::Integer);
  EXPECT_EQ(sqliteType("REAL"), Type::Real);
  EXPECT_EQ(sqliteType("Double Precision"), Type::Real);
  EXPECT_EQ(sqliteType("FLOAT"), Type::Real);
  EXPECT_EQ(sqliteType("DECIMAL"), Type::Decimal);
  EXPECT_EQ(sqliteType("NUMERIC(10,2)"), Type::Decimal);
  EXPECT_EQ(sqliteType("TEXT"), Type::Text);
  EXPECT_EQ(sqliteType("NVARCHAR(160)"), Type::Text);
  EXPECT_EQ(sqliteType("VARYING CHARACTER(255)"), Type::Text);
  EXPECT_EQ(sqliteType("CLOB"), Type::Text);
  EXPECT_EQ(sqliteType("BLOB"), Type::Blob);
  EXPECT_EQ(sqliteType("VARBINARY(16)"), Type::Blob);
  EXPECT_EQ(sqliteType("DATE"), Type::Date);
  EXPECT_EQ(sqliteType("TIME"), Type::Time);
  EXPECT_EQ(sqliteType("DATETIME"), Type::Timestamp);
  EXPECT_EQ(sqliteType("timestamp"), Type::Timestamp);
  EXPECT_EQ(sqliteType("TIMESTAMPTZ"), Type::TimestampTz);
  EXPECT_EQ(sqliteType("UUID"), Type::Uuid);
  EXPECT_EQ(sqliteType("GUID"), Type::Uuid);
  EXPECT_EQ(sqliteType("JSON"), Type::Json);
  EXPECT_EQ(sqliteType("JSONB"), Type::Json);
}

TEST(SqliteTypes, LeavesUnknownNamesToTheStorage) {
  EXPECT_EQ(sqliteType(""), Type::Other);
  EXPECT_EQ(sqliteType("INTEGER_OR_TEXT"), Type::Other);
  EXPECT_EQ(sqliteType("FLOATING POINT"), Type::Other);  // SQLite: INTEGER affinity, for its "INT"
  EXPECT_EQ(sqliteType("POINT"), Type::Other);
  EXPECT_EQ(sqliteType("CHARINT"), Type::Other);
  EXPECT_EQ(sqliteType("ANY"), Type::Other);
  EXPECT_EQ(sqliteType("NUM"), Type::Other);  // what CREATE TABLE AS makes of DATE and BOOLEAN
  EXPECT_EQ(sqliteType("INTEGER TEXT"), Type::Other);
  EXPECT_EQ(sqliteType("INTEGE"), Type::Other);
  EXPECT_EQ(sqliteType("INTEGERS"), Type::Other);
  EXPECT_EQ(sqliteType(std::string(100'000, 'x')), Type::Other);
}

TEST(SqliteTypes, LooksPastSpaceModifiersAndArguments) {
  EXPECT_EQ(sqliteType("  integer\n\t"), Type::Integer);
  EXPECT_EQ(sqliteType("UNSIGNED BIG INT"), Type::Integer);
  EXPECT_EQ(sqliteType("int(11) unsigned zerofill"), Type::Integer);
  EXPECT_EQ(sqliteType("double   precision"), Type::Real);
  EXPECT_EQ(sqliteType("TIMESTAMP(3) WITH TIME ZONE"), Type::TimestampTz);
  EXPECT_EQ(sqliteType("timestamp without time zone"), Type::Timestamp);
  EXPECT_EQ(sqliteType("VARCHAR(255"), Type::Text);
  EXPECT_EQ(sqliteType("("), Type::Other);
  EXPECT_EQ(sqliteType("UNSIGNED"), Type::Other);
}

TEST(SqliteTypes, TakesTheScaleOfDecimalsOnly) {
  EXPECT_EQ(sqliteScale("DECIMAL(10,2)"), 2);
  EXPECT_EQ(sqliteScale("numeric( 10 , 0 )"), 0);
  EXPECT_EQ(sqliteScale("NUMERIC(10,+4)"), 4);
  EXPECT_EQ(sqliteScale("DECIMAL(10)"), -1);
  EXPECT_EQ(sqliteScale("NUMERIC"), -1);
  EXPECT_EQ(sqliteScale("NUMERIC(10,-2)"), -1);
  EXPECT_EQ(sqliteScale("NUMERIC(10,2.5)"), -1);
  EXPECT_EQ(sqliteScale("NUMERIC(10,99999999999)"), -1);
  EXPECT_EQ(sqliteScale("NUMERIC(10,"), -1);
  EXPECT_EQ(sqliteScale("FLOAT(10,2)"), -1);
  EXPECT_EQ(sqliteScale("INTEGER"), -1);
}

}  // namespace
}  // namespace sonde
