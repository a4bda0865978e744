#include <sonde/core/value.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <sonde/core/error.hpp>
#include <string>
#include <type_traits>
#include <vector>

namespace sonde {
namespace {

constexpr std::int64_t kMinInt = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMaxInt = std::numeric_limits<std::int64_t>::max();
constexpr std::uint64_t kMaxUnsigned = std::numeric_limits<std::uint64_t>::max();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

enum Unscoped { First };
enum class Scoped { First };

// What would silently become true, a number of a character, or an address.
static_assert(!std::is_constructible_v<Value, int*>);
static_assert(!std::is_constructible_v<Value, const void*>);
static_assert(!std::is_constructible_v<Value, Value*>);
static_assert(!std::is_constructible_v<Value, char>);
static_assert(!std::is_constructible_v<Value, wchar_t>);
static_assert(!std::is_constructible_v<Value, char8_t>);
static_assert(!std::is_constructible_v<Value, char32_t>);
static_assert(!std::is_constructible_v<Value, Unscoped>);
static_assert(!std::is_constructible_v<Value, Scoped>);
static_assert(!std::is_constructible_v<Value, long double>);
static_assert(!std::is_constructible_v<Value, std::vector<int>>);
static_assert(std::is_constructible_v<Value, bool>);
static_assert(std::is_constructible_v<Value, signed char>);
static_assert(std::is_constructible_v<Value, float>);
static_assert(std::is_nothrow_move_constructible_v<Value>);

TEST(Value, HasTheKindOfWhatItWasMadeFrom) {
  EXPECT_EQ(Value().kind(), Value::Kind::Null);
  EXPECT_EQ(Value(nullptr).kind(), Value::Kind::Null);
  EXPECT_EQ(Value(std::nullopt).kind(), Value::Kind::Null);
  EXPECT_EQ(Value(true).kind(), Value::Kind::Boolean);
  EXPECT_EQ(Value(0).kind(), Value::Kind::Integer);
  EXPECT_EQ(Value(std::uint8_t{7}).kind(), Value::Kind::Integer);
  EXPECT_EQ(Value(1.5F).kind(), Value::Kind::Real);
  EXPECT_EQ(Value("text").kind(), Value::Kind::Text);
  EXPECT_EQ(Value(std::string_view("text")).kind(), Value::Kind::Text);
  EXPECT_EQ(Value(Blob("bytes")).kind(), Value::Kind::Blob);
  EXPECT_EQ(Value::array({}).kind(), Value::Kind::Array);
  EXPECT_EQ(Value::object({}).kind(), Value::Kind::Object);
  EXPECT_EQ(Value(std::optional<int>()).kind(), Value::Kind::Null);
  EXPECT_EQ(Value(std::optional<std::string>("x")).text(), "x");
}

TEST(Value, IsUnsignedOnlyAboveTheSignedRange) {
  EXPECT_EQ(Value(std::uint64_t{1}).kind(), Value::Kind::Integer);
  EXPECT_EQ(Value(std::uint64_t{1}), Value(1));
  EXPECT_EQ(Value(static_cast<std::uint64_t>(kMaxInt)).kind(), Value::Kind::Integer);
  EXPECT_EQ(Value(static_cast<std::uint64_t>(kMaxInt) + 1).kind(), Value::Kind::Unsigned);
  EXPECT_EQ(Value(kMaxUnsigned).as<std::uint64_t>(), kMaxUnsigned);
}

TEST(Value, ConvertsBetweenNumericKindsWhereNothingIsLost) {
  EXPECT_EQ(Value(200).as<std::uint8_t>(), 200);
  EXPECT_EQ(Value(42.0).as<int>(), 42);
  EXPECT_EQ(Value(-0.0).as<std::uint64_t>(), 0U);
  EXPECT_EQ(Value(true).as<int>(), 1);
  EXPECT_EQ(Value(7).as<double>(), 7.0);
  EXPECT_EQ(Value(1).as<bool>(), true);
  EXPECT_EQ(Value(0.0).as<bool>(), false);
  EXPECT_EQ(Value("12.00").as<int>(), 12);
  EXPECT_EQ(Value("1.2e1").as<int>(), 12);
  EXPECT_EQ(Value("1200e-2").as<int>(), 12);
  EXPECT_EQ(Value("1.25").as<double>(), 1.25);
  EXPECT_EQ(Value("TRUE").as<bool>(), true);
  EXPECT_EQ(Value("f").as<bool>(), false);
}

TEST(Value, KeepsIntegersAtTheEdges) {
  EXPECT_EQ(Value(kMinInt).as<std::int64_t>(), kMinInt);
  EXPECT_EQ(Value(std::to_string(kMinInt)).as<std::int64_t>(), kMinInt);
  EXPECT_EQ(Value(std::to_string(kMaxInt)).as<std::int64_t>(), kMaxInt);
  EXPECT_EQ(Value(std::to_string(kMaxUnsigned)).as<std::uint64_t>(), kMaxUnsigned);
  EXPECT_EQ(Value(-9223372036854775808.0).as<std::int64_t>(), kMinInt);
  EXPECT_THROW(static_cast<void>(Value(9223372036854775808.0).as<std::int64_t>()), ConversionError);
  EXPECT_EQ(Value(9223372036854775808.0).as<std::uint64_t>(), std::uint64_t{1} << 63);
  EXPECT_THROW(static_cast<void>(Value(18446744073709551616.0).as<std::uint64_t>()),
               ConversionError);
  EXPECT_THROW(static_cast<void>(Value("9223372036854775808").as<std::int64_t>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("18446744073709551616").as<std::uint64_t>()),
               ConversionError);
  EXPECT_THROW(static_cast<void>(Value(kMaxUnsigned).as<std::int64_t>()), ConversionError);
}

TEST(Value, RefusesNarrowingThatLosesDigits) {
  EXPECT_THROW(static_cast<void>(Value(256).as<std::uint8_t>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(-1).as<unsigned>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(1.5).as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("1.5").as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(std::nan("")).as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(kInfinity).as<std::int64_t>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(1e300).as<float>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("1e999").as<double>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(2).as<bool>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("yes please").as<bool>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("").as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(" 1").as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("1 ").as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("0x10").as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value().as<int>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(1).as<Blob>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value::array({1}).as<int>()), ConversionError);
}

}  // namespace
}  // namespace sonde
