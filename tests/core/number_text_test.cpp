#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <sonde/core/number_text.hpp>
#include <string>

namespace sonde::number {
namespace {

std::optional<std::string> exact(std::string_view text) {
  const auto number = exactInteger(text);
  if (!number) return std::nullopt;
  return (number->negative ? "-" : "") + std::to_string(number->magnitude);
}

TEST(ExactInteger, ReadsWhatHasNoFraction) {
  EXPECT_EQ(exact("0"), "0");
  EXPECT_EQ(exact("-0"), "0");
  EXPECT_EQ(exact("+12"), "12");
  EXPECT_EQ(exact("007"), "7");
  EXPECT_EQ(exact("12."), "12");
  EXPECT_EQ(exact(".0"), "0");
  EXPECT_EQ(exact("12.000"), "12");
  EXPECT_EQ(exact("1.5e1"), "15");
  EXPECT_EQ(exact("15E+2"), "1500");
  EXPECT_EQ(exact("1500e-2"), "15");
  EXPECT_EQ(exact("0e999999999999"), "0");
  EXPECT_EQ(exact("18446744073709551615"), "18446744073709551615");
  EXPECT_EQ(exact("1844674407370955161.5e1"), "18446744073709551615");
  EXPECT_EQ(exact("0.00000000000000000000018446744073709551615e41"), "18446744073709551615");
}

TEST(ExactInteger, RefusesEverythingElse) {
  for (const char* text : {"",
                           "+",
                           "-",
                           ".",
                           "e1",
                           "1e",
                           "1e+",
                           "1.5",
                           "15e-1",
                           "1e20",
                           "18446744073709551616",
                           "1e999999999999",
                           "1e-1",
                           "--1",
                           "1 ",
                           "1x",
                           "NaN",
                           "0x1",
                           "1.5.0",
                           "1_000"}) {
    EXPECT_EQ(exact(text), std::nullopt) << text;
  }
}

TEST(Decimal, PadsToItsScaleAndKeepsEveryDigit) {
  const auto decimal = [](auto value, int scale) {
    std::string out;
    appendDecimal(out, value, scale);
    return out;
  };
  EXPECT_EQ(decimal(std::int64_t{5}, 2), "5.00");
  EXPECT_EQ(decimal(std::int64_t{-5}, 0), "-5");
  EXPECT_EQ(decimal(std::int64_t{5}, -1), "5");
  EXPECT_EQ(decimal(std::numeric_limits<std::uint64_t>::max(), 1), "18446744073709551615.0");
  EXPECT_EQ(decimal(0.1, 5), "0.10000");
  EXPECT_EQ(decimal(0.123456, 2), "0.123456");
  EXPECT_EQ(decimal(-0.0, 1), "-0.0");
  EXPECT_EQ(decimal(5e-324, 0).size(), 326U);
  EXPECT_EQ(decimal(-std::numeric_limits<double>::max(), 2).size(), 313U);
  EXPECT_EQ(decimal(std::numeric_limits<double>::infinity(), 2), "Infinity");
  EXPECT_EQ(decimal(std::string_view("1."), 2), "1.00");
  EXPECT_EQ(decimal(std::string_view("x"), 2), "x");
}

TEST(JsonNumber, IsStricterThanANumber) {
  for (const char* text : {"0", "-0", "12", "1.50", "1e5", "1E-5", "-1.5e+5"}) {
    EXPECT_TRUE(isJsonNumber(text)) << text;
  }
  for (const char* text : {"+1", "01", ".5", "5.", "-.5", "1e", "NaN", "Infinity", "", "-"}) {
    EXPECT_FALSE(isJsonNumber(text)) << text;
  }
  EXPECT_TRUE(isNumber("+01."));
  EXPECT_FALSE(isNumber("NaN"));
}

TEST(Real, RefusesTextBeyondItsRange) {
  EXPECT_EQ(parseReal("1.5"), 1.5);
  EXPECT_EQ(parseReal("1e308"), 1e308);
  EXPECT_EQ(parseReal("1e309"), std::nullopt);
  EXPECT_EQ(parseReal("+inf"), std::numeric_limits<double>::infinity());
  EXPECT_EQ(parseReal("+-1"), std::nullopt);
  EXPECT_EQ(parseReal("-+1"), std::nullopt);
  EXPECT_EQ(parseReal("1.5 "), std::nullopt);
  EXPECT_EQ(parseReal(""), std::nullopt);
  EXPECT_EQ(parseReal("5."), 5.0);
  EXPECT_EQ(parseReal(".5"), 0.5);
}

}  // namespace
}  // namespace sonde::number
