#include <gtest/gtest.h>

#include <cmath>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>
#include <sonde/core/error.hpp>
#include <sonde/core/value.hpp>
#include <string>

namespace sonde {
namespace {

TEST(ValueJson, KeepsNumbersExactlyBothWays) {
  for (const char* text : {"0", "-1", "9223372036854775807", "-9223372036854775808",
                           "9223372036854775808", "18446744073709551615", "0.1", "1e+300", "5e-324",
                           "-0.0", "123456789.123456", "0.30000000000000004"}) {
    EXPECT_EQ(Value::parseJson(text).dump(), text);
    EXPECT_EQ(Value::fromJson(nlohmann::json::parse(text)).dump(), text);
  }
  EXPECT_EQ(Value::parseJson("18446744073709551615").kind(), Value::Kind::Unsigned);
  EXPECT_EQ(Value::parseJson("1.0").kind(), Value::Kind::Real);
  EXPECT_EQ(Value::parseJson("1.0").dump(), "1.0");
}

TEST(ValueJson, KeepsIntegersBeyond64BitsAsDecimals) {
  const Value huge = Value::parseJson("-123456789012345678901234567890");
  EXPECT_EQ(huge.type(), Type::Decimal);
  EXPECT_EQ(huge.text(), "-123456789012345678901234567890");
  EXPECT_EQ(huge.dump(), R"("-123456789012345678901234567890")");
}

TEST(ValueJson, WritesDecimalsSpecialNumbersAndBlobsAsText) {
  EXPECT_EQ(Value::decimal("12.50").dump(), R"("12.50")");
  EXPECT_EQ(Value(std::nan("")).dump(), R"("NaN")");
  EXPECT_EQ(Value(std::numeric_limits<double>::infinity()).dump(), R"("Infinity")");
  EXPECT_EQ(Value(-std::numeric_limits<double>::infinity()).toJson(), "-Infinity");
  EXPECT_EQ(Value(Blob(std::string_view("\0\xFF", 2))).dump(), R"("AP8=")");
  EXPECT_EQ(Value::typed("2024-01-02 03:04:05", Type::Timestamp).toJson(), "2024-01-02T03:04:05");
  EXPECT_EQ(Value::typed(R"({"a":[1]})", Type::Json).toJson(),
            nlohmann::json::parse(R"({"a":[1]})"));
  EXPECT_EQ(Value::typed("{no json", Type::Json).toJson(), "{no json");
}

TEST(ValueJson, KeepsTheOrderOfMembers) {
  const std::string text = R"({"z":1,"a":[null,true,{"y":"é"}],"m":{}})";
  EXPECT_EQ(Value::parseJson(text).dump(), text);
  EXPECT_EQ(Value::parseJson(text).toJson(), nlohmann::json::parse(text));
}

TEST(ValueJson, TakesTheLastOfRepeatedMembers) {
  EXPECT_EQ(Value::parseJson(R"({"a":1,"b":2,"a":3})").dump(), R"({"a":3,"b":2})");
  std::string many = "{";
  for (int i = 0; i < 200; ++i)
    many += "\"k" + std::to_string(i % 100) + "\":" + std::to_string(i) + ",";
  many.back() = '}';
  const Value object = Value::parseJson(many);
  ASSERT_EQ(object.members().size(), 100U);
  EXPECT_EQ(*object.find("k7"), Value(107));
}

TEST(ValueJson, SaysWhereTextIsNotJson) {
  try {
    static_cast<void>(Value::parseJson(R"({"password": secret})"));
    FAIL() << "expected a ConversionError";
  } catch (const ConversionError& error) {
    EXPECT_STREQ(error.what(), "the text is not JSON: error at byte 14");
  }
  for (const char* wrong : {"", "{", "[1,]", "nul", "01", "\"\xFF\"", "1 2", "NaN"}) {
    EXPECT_THROW(static_cast<void>(Value::parseJson(wrong)), ConversionError) << wrong;
  }
  EXPECT_THROW(static_cast<void>(Value::parseJson("1e999")), ConversionError);
}

TEST(ValueJson, LimitsTheDepthOfDocuments) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_NO_THROW(static_cast<void>(Value::parseJson(nested(Value::kMaxJsonDepth))));
  EXPECT_THROW(static_cast<void>(Value::parseJson(nested(Value::kMaxJsonDepth + 1))),
               ConversionError);
  EXPECT_THROW(static_cast<void>(Value::parseJson(std::string(1'000'000, '['))), ConversionError);
  const auto dom = nlohmann::json::parse(nested(Value::kMaxJsonDepth + 1));
  EXPECT_THROW(static_cast<void>(Value::fromJson(dom)), ConversionError);
}

TEST(ValueJson, RefusesTextThatIsNotUtf8) {
  EXPECT_THROW(static_cast<void>(Value("\xC3").toJson()), EncodingError);
  EXPECT_THROW(static_cast<void>(Value("\xC3").dump()), EncodingError);
  EXPECT_THROW(static_cast<void>(Value::object({{"\xC3", 1}}).dump()), EncodingError);
  EXPECT_THROW(static_cast<void>(Value::object({{"\xC3", 1}}).toJson()), EncodingError);
}

TEST(ValueJson, ReadsTextAsADocumentOnRequest) {
  EXPECT_EQ(Value("[1,2]").as<nlohmann::json>(), nlohmann::json({1, 2}));
  EXPECT_THROW(static_cast<void>(Value("[1,").as<nlohmann::json>()), ConversionError);
  EXPECT_EQ(Value(5).as<nlohmann::json>(), 5);
  EXPECT_EQ(Value::array({1}).as<nlohmann::json>(), nlohmann::json({1}));
  EXPECT_EQ(Value::typed("x", Type::Uuid).as<nlohmann::json>(), "x");
}

}  // namespace
}  // namespace sonde
