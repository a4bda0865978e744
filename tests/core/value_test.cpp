#include <sonde/core/value.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>
#include <sonde/core/error.hpp>
#include <string>
#include <string_view>
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

// A view of a temporary would dangle.
template <class V, class T>
concept Gives = requires(V value) {
  static_cast<V>(value).template as<T>();
};
static_assert(Gives<const Value&, std::string_view>);
static_assert(!Gives<Value&&, std::string_view>);
static_assert(!Gives<Value&&, std::optional<std::string_view>>);
static_assert(Gives<Value&&, std::string>);

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

TEST(Value, SaysWhatCouldNotBeConvertedButNotTheValueItself) {
  try {
    static_cast<void>(Value("secret stuff").as<int>());
    FAIL() << "expected a ConversionError";
  } catch (const ConversionError& error) {
    EXPECT_STREQ(error.what(), "the value is text, which cannot be converted to a 64-bit integer");
    EXPECT_EQ(error.hint(), "the value is \"secret stuff\"");
    EXPECT_EQ(error.code(), ErrorCode::Conversion);
  }
}

TEST(Value, GivesEmptyOptionalsForNull) {
  EXPECT_EQ(Value().as<std::optional<int>>(), std::nullopt);
  EXPECT_EQ(Value(3).as<std::optional<int>>(), 3);
  EXPECT_THROW(static_cast<void>(Value("x").as<std::optional<int>>()), ConversionError);
}

TEST(Value, SpellsScalarsAsText) {
  EXPECT_EQ(Value(12).as<std::string>(), "12");
  EXPECT_EQ(Value(kMaxUnsigned).as<std::string>(), "18446744073709551615");
  EXPECT_EQ(Value(true).as<std::string>(), "true");
  EXPECT_EQ(Value(2.0).as<std::string>(), "2.0");
  EXPECT_EQ(Value(0.1).as<std::string>(), "0.1");
  EXPECT_EQ(Value(-kInfinity).as<std::string>(), "-Infinity");
  EXPECT_THROW(static_cast<void>(Value().as<std::string>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(Blob("x")).as<std::string>()), ConversionError);
  const Value number = 1;
  EXPECT_THROW(static_cast<void>(number.as<std::string_view>()), ConversionError);
}

TEST(Value, ReadsSpecialNumbersFromText) {
  EXPECT_TRUE(std::isnan(Value("NaN").as<double>()));
  EXPECT_EQ(Value("Infinity").as<double>(), kInfinity);
  EXPECT_EQ(Value("-Infinity").as<double>(), -kInfinity);
  EXPECT_THROW(static_cast<void>(Value("nan(1)").as<double>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("--1").as<double>()), ConversionError);
  EXPECT_EQ(Value("+1.5").as<double>(), 1.5);
  EXPECT_TRUE(std::isinf(Value(kInfinity).as<float>()));
}

TEST(Value, ReadsPointsInTime) {
  using Time = std::chrono::sys_time<std::chrono::microseconds>;
  const Time expected = std::chrono::sys_days(std::chrono::year(2024) / 2 / 29) +
                        std::chrono::hours(1) + std::chrono::microseconds(5);
  EXPECT_EQ(Value("2024-02-29 01:00:00.000005").as<Time>(), expected);
  EXPECT_THROW(static_cast<void>(Value("2023-02-29").as<Time>()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(5).as<Time>()), ConversionError);
}

TEST(Value, KeepsDecimalDigits) {
  const Value price = Value::decimal("00012345678901234567890.123456789012345678900");
  EXPECT_EQ(price.type(), Type::Decimal);
  EXPECT_EQ(price.text(), "00012345678901234567890.123456789012345678900");
  EXPECT_EQ(Value::decimal("nan").text(), "NaN");
  EXPECT_EQ(Value::decimal("-inf").text(), "-Infinity");
  EXPECT_EQ(Value::decimal("-12.50e3").as<int>(), -12500);
  for (const char* wrong : {"", "-", ".", "1.2.3", "1e", "e1", "12a", "1,5", " 1", "0x1"}) {
    EXPECT_THROW(static_cast<void>(Value::decimal(wrong)), ConversionError) << wrong;
  }
}

TEST(Value, RefusesObjectsWithARepeatedName) {
  EXPECT_THROW(static_cast<void>(Value::object({{"a", 1}, {"b", 2}, {"a", 3}})), ValidationError);
  Value::Object many;
  for (int i = 0; i < 100; ++i) many.emplace_back("name " + std::to_string(i), i);
  EXPECT_EQ(Value::object(many).members().size(), 100U);
  many.emplace_back("name 50", 0);
  EXPECT_THROW(static_cast<void>(Value::object(many)), ValidationError);
}

TEST(Value, AccessorsRefuseOtherKinds) {
  EXPECT_THROW(static_cast<void>(Value(1).text()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(1).items()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value(1).members()), ConversionError);
  EXPECT_THROW(static_cast<void>(Value("x").blob()), ConversionError);
  EXPECT_EQ(Value(1).find("a"), nullptr);
  const Value object = Value::object({{"a", 1}});
  ASSERT_NE(object.find("a"), nullptr);
  EXPECT_EQ(*object.find("a"), Value(1));
  EXPECT_EQ(object.find("A"), nullptr);
}

TEST(Value, ComparesByKindAndContent) {
  EXPECT_EQ(Value(), Value(nullptr));
  EXPECT_NE(Value(1), Value(1.0));
  EXPECT_NE(Value(1), Value(true));
  EXPECT_NE(Value("1"), Value(1));
  EXPECT_NE(Value("a"), Value(Blob("a")));
  EXPECT_EQ(Value(std::nan("")), Value(std::nan("1")));
  EXPECT_EQ(Value(0.0), Value(-0.0));
  EXPECT_EQ(Value(std::string("a\0b", 3)), Value(std::string("a\0b", 3)));
  EXPECT_NE(Value(std::string("a\0b", 3)), Value("a"));
  EXPECT_EQ(Value::array({1, "x"}), Value::array({1, "x"}));
  EXPECT_NE(Value::array({1, "x"}), Value::array({"x", 1}));
  EXPECT_EQ(Value::object({{"a", 1}, {"b", 2}}), Value::object({{"b", 2}, {"a", 1}}));
  EXPECT_NE(Value::object({{"a", 1}, {"b", 2}}), Value::object({{"a", 1}, {"c", 2}}));
  EXPECT_NE(Value::object({{"a", 1}}), Value::object({{"a", 1}, {"b", 2}}));
}

TEST(Value, SharesArraysBetweenCopies) {
  const Value original = Value::array(Value::Array(1000, Value("item")));
  const Value copy = original;  // NOLINT(performance-unnecessary-copy-initialization)
  EXPECT_EQ(&copy.items(), &original.items());
}

}  // namespace
}  // namespace sonde
