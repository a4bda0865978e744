// Cutting and padding text to terminal cells, and words of the command line as values.
#include <gtest/gtest.h>
#include <sonde/cli/argument.hpp>
#include <sonde/cli/row_printer.hpp>
#include <sonde/core/error.hpp>

namespace sonde::test {
namespace {

using cli::fitted;
using cli::guessValue;
using cli::listFor;
using cli::valueFor;

TEST(Fitted, PadsOnTheSideAskedFor) {
  EXPECT_EQ(fitted("ab", 4, false), "ab  ");
  EXPECT_EQ(fitted("ab", 4, true), "  ab");
  EXPECT_EQ(fitted("abcd", 4, true), "abcd");
}

TEST(Fitted, CutsBetweenCharactersAndMarksTheCut) {
  EXPECT_EQ(fitted("abcdef", 4, false), "abc…");
  EXPECT_EQ(fitted("ééééé", 3, false), "éé…");
  EXPECT_EQ(fitted("日本語", 4, false), "日… ");
  EXPECT_EQ(fitted("abc", 0, false), "");
}

TEST(Argument, IsOfTheColumnsTypeWhereItReadsAsOne) {
  EXPECT_EQ(valueFor(Type::Integer, "42"), Value(42));
  EXPECT_EQ(valueFor(Type::Integer, "forty"), Value("forty"));
  EXPECT_EQ(valueFor(Type::Text, "42"), Value("42"));
  EXPECT_EQ(valueFor(Type::Boolean, "TRUE"), Value(true));
  EXPECT_EQ(valueFor(Type::Real, "2.5"), Value(2.5));
  EXPECT_EQ(valueFor(Type::Decimal, "2.50"), Value::decimal("2.50"));
  EXPECT_EQ(valueFor(Type::Integer, "text:42"), Value("42"));
  EXPECT_EQ(valueFor(Type::Integer, "18446744073709551615"), Value(UINT64_MAX));
}

TEST(Argument, GuessesOnlyWhatIsWrittenAsProgramsWriteIt) {
  EXPECT_EQ(guessValue("42"), Value(42));
  EXPECT_EQ(guessValue("-4.5"), Value(-4.5));
  EXPECT_EQ(guessValue("007"), Value("007"));
  EXPECT_EQ(guessValue("1e3"), Value("1e3"));
  EXPECT_EQ(guessValue("0.5"), Value(0.5));
  EXPECT_EQ(guessValue("1."), Value("1."));
  EXPECT_EQ(guessValue("1.2.3"), Value("1.2.3"));
  EXPECT_TRUE(guessValue("null").isNull());
  EXPECT_EQ(guessValue("text:null"), Value("null"));
  EXPECT_EQ(guessValue("x'4100'"), Value(Blob(std::string_view("A\0", 2))));
  EXPECT_EQ(guessValue("x'4'"), Value("x'4'"));
  EXPECT_EQ(guessValue(""), Value(""));
}

TEST(Argument, ReadsListsWithCommasOrAsJson) {
  EXPECT_EQ(listFor(Type::Integer, "1,2"), (Value::Array{1, 2}));
  EXPECT_EQ(listFor(Type::Text, "a,"), (Value::Array{"a", ""}));
  EXPECT_EQ(listFor(Type::Text, R"(["a,b","c"])"), (Value::Array{"a,b", "c"}));
  EXPECT_TRUE(listFor(Type::Text, "").empty());
  EXPECT_THROW((void)listFor(Type::Text, "[1,"), Error);
}

}  // namespace
}  // namespace sonde::test
