#include <gtest/gtest.h>
#include <sonde/core/arg.hpp>
#include <sonde/core/error.hpp>
#include <sonde/dialects/mock/mock_driver.hpp>
#include <sonde/query/bind_text.hpp>
#include <sonde/query/pattern.hpp>

#include <limits>
#include <vector>

namespace sonde::query {
namespace {

TEST(Patterns, EscapePlainTextForLike) {
  EXPECT_EQ(likePattern(BindTransform::StartsWith, "50%_\\"), R"(50\%\_\\%)");
  EXPECT_EQ(likePattern(BindTransform::EndsWith, "a"), "%a");
  EXPECT_EQ(likePattern(BindTransform::Contains, "*?["), "%*?[%");
  EXPECT_EQ(likePattern(BindTransform::Contains, ""), "%%");
}

TEST(Patterns, KeepTheCallersLikePattern) {
  EXPECT_EQ(likePattern(BindTransform::Like, R"(a%b_c\%d)"), R"(a%b_c\%d)");
  // An escape at the end, or before what needs none, stands for plain text on every engine.
  EXPECT_EQ(likePattern(BindTransform::Like, R"(a\)"), R"(a\\)");
  EXPECT_EQ(likePattern(BindTransform::Like, R"(\a)"), "a");
  EXPECT_EQ(likePattern(BindTransform::Like, R"(\\)"), R"(\\)");
}

TEST(Patterns, BecomeGlobs) {
  EXPECT_EQ(globPattern(BindTransform::StartsWith, "a*?[]"), "a[*][?][[]]*");
  EXPECT_EQ(globPattern(BindTransform::EndsWith, "50%"), "*50%");
  EXPECT_EQ(globPattern(BindTransform::Contains, "_"), "*_*");
  EXPECT_EQ(globPattern(BindTransform::Like, R"(a%b_\%\_\\*)"), R"(a*b?%_\[*])");
  EXPECT_EQ(globPattern(BindTransform::Like, R"(a\)"), R"(a\)");
}

TEST(Patterns, TakeTextAndNumbersOnly) {
  const SqlCompiler& compiler = MockDialect::instance().compiler();
  Slot slot;
  slot.transform = BindTransform::StartsWith;
  EXPECT_EQ(bindText(slot, "a", compiler), "a%");
  EXPECT_EQ(bindText(slot, 19, compiler), "19%");
  EXPECT_THROW((void)bindText(slot, true, compiler), ValidationError);
  EXPECT_THROW((void)bindText(slot, Blob("a"), compiler), ValidationError);
}

TEST(JsonLists, HoldTheValuesWithoutNulls) {
  const std::vector<Value> values = {1,
                                     nullptr,
                                     "a\"b",
                                     true,
                                     0.1,
                                     Value::decimal("1.50"),
                                     std::numeric_limits<std::int64_t>::min()};
  EXPECT_EQ(jsonList(values), R"([1,"a\"b",true,0.1,"1.50",-9223372036854775808])");
  const Value array = Value::array({1, 2});
  EXPECT_EQ(jsonList(array.items()), "[1,2]");
  EXPECT_EQ(jsonList(std::vector<Value>{}), "[]");
}

TEST(JsonLists, RefuseWhatJsonCannotSay) {
  EXPECT_THROW((void)jsonList(std::vector<Value>{Blob("a")}), ValidationError);
  EXPECT_THROW((void)jsonList(std::vector<Value>{std::numeric_limits<double>::infinity()}),
               ValidationError);
  EXPECT_THROW((void)jsonList(std::vector<Value>{"\xff"}), EncodingError);
}

TEST(BindText, RefusesASingleValueWhereAListIsWanted) {
  Slot slot;
  slot.transform = BindTransform::List;
  EXPECT_EQ(bindText(slot, std::vector<Value>{1, 2}, MockDialect::instance().compiler()), "[1,2]");
  EXPECT_THROW((void)bindText(slot, 1, MockDialect::instance().compiler()), ValidationError);
}

}  // namespace
}  // namespace sonde::query
