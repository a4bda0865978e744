#include <sonde/core/error.hpp>

#include <gtest/gtest.h>

#include <cctype>
#include <set>
#include <sonde/core/function_ref.hpp>
#include <sonde/core/type.hpp>
#include <string>
#include <type_traits>

namespace sonde {
namespace {

static_assert(std::is_nothrow_copy_constructible_v<SchemaError>);
static_assert(std::is_nothrow_copy_constructible_v<ValidationError>);
static_assert(std::is_nothrow_copy_constructible_v<ConstraintError>);

TEST(Error, IsCaughtByItsClassAndByItsRoot) {
  try {
    throw NotFound("nothing", {.table = "users"});
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), ErrorCode::NotFound);
    EXPECT_EQ(error.table(), "users");
    EXPECT_STREQ(error.what(), "nothing");
  }
  EXPECT_THROW(throw Timeout("late"), std::runtime_error);
}

TEST(Error, CarriesWhatTheEngineKnows) {
  const ConstraintError error(ConstraintKind::Unique, "email is taken",
                              {.sqlState = "23505",
                               .nativeCode = 2067,
                               .sql = "INSERT …",
                               .table = "users",
                               .constraint = "users_email_key",
                               .columns = {"email"},
                               .hint = "choose another"});
  const ConstraintError copy = error;
  EXPECT_EQ(copy.kind(), ConstraintKind::Unique);
  EXPECT_EQ(copy.code(), ErrorCode::Constraint);
  EXPECT_EQ(copy.sqlState(), "23505");
  EXPECT_EQ(copy.nativeCode(), 2067);
  EXPECT_EQ(copy.sql(), "INSERT …");
  EXPECT_EQ(copy.constraint(), "users_email_key");
  EXPECT_EQ(copy.columns(), std::vector<std::string>{"email"});
  EXPECT_EQ(copy.hint(), "choose another");
}

TEST(Error, HasANameAndAPublicMessageForEveryCode) {
  std::set<std::string_view> names;
  for (int i = 0; i <= static_cast<int>(ErrorCode::ResultTooLarge); ++i) {
    const auto name = errorCodeName(static_cast<ErrorCode>(i));
    EXPECT_FALSE(name.empty());
    EXPECT_TRUE(std::islower(static_cast<unsigned char>(name[0])));
    names.insert(name);
  }
  EXPECT_EQ(names.size(), 20U);
  EXPECT_EQ(errorCodeName(ErrorCode::ResultTooLarge), "resultTooLarge");
  EXPECT_EQ(errorCodeName(ErrorCode::PoolTimeout), "poolTimeout");
  EXPECT_EQ(errorCodeName(ErrorCode::Conversion), "conversion");
  EXPECT_EQ(constraintKindName(ConstraintKind::PrimaryKey), "primaryKey");
  EXPECT_EQ(constraintKindName(ConstraintKind::Other), "other");
}

TEST(Error, PublicMessageTellsNothingOfTheInside) {
  const QueryError error("no such table: secrets", {.sql = "SELECT * FROM secrets"});
  EXPECT_EQ(error.publicMessage().find("secret"), std::string_view::npos);
  EXPECT_FALSE(error.publicMessage().empty());
}

TEST(Type, HasOneNameThatReadsBack) {
  for (int i = 0; i <= static_cast<int>(Type::Array); ++i) {
    const auto type = static_cast<Type>(i);
    EXPECT_EQ(typeFromName(typeName(type)), type);
  }
  EXPECT_EQ(typeName(Type::TimestampTz), "timestamptz");
  EXPECT_EQ(typeName(Type::Uuid), "uuid");
  EXPECT_EQ(typeFromName("Text"), std::nullopt);
  EXPECT_EQ(typeFromName(""), std::nullopt);
}

int twice(int number) { return number * 2; }

TEST(FunctionRef, CallsWhatItWasMadeFrom) {
  int calls = 0;
  auto counting = [&calls](int add) { return calls += add; };
  const FunctionRef<int(int)> ref(counting);
  EXPECT_EQ(ref(2), 2);
  EXPECT_EQ(ref(3), 5);
  const FunctionRef<int(int)> copy = ref;
  EXPECT_EQ(copy(1), 6);
  EXPECT_EQ(FunctionRef<int(int)>(twice)(4), 8);
  const FunctionRef<void(int)> discarding(counting);
  discarding(4);
  EXPECT_EQ(calls, 10);
}

}  // namespace
}  // namespace sonde
