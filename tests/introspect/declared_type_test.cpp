#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/introspect/declared_type.hpp>

namespace sonde {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(DeclaredType, GivesNameAndLength) {
  const DeclaredType type = parseDeclaredType("VARCHAR(255)");
  EXPECT_EQ(type.name, "varchar");
  EXPECT_EQ(type.number(0), 255);
  EXPECT_EQ(type.number(1), std::nullopt);
  EXPECT_FALSE(type.isUnsigned);
}

TEST(DeclaredType, GivesPrecisionAndScale) {
  const DeclaredType type = parseDeclaredType(" decimal ( 10 ,\n -2 ) ");
  EXPECT_EQ(type.name, "decimal");
  EXPECT_EQ(type.number(0), 10);
  EXPECT_EQ(type.number(1), -2);
  EXPECT_EQ(parseDeclaredType("numeric(+5)").number(0), 5);
}

TEST(DeclaredType, JoinsSeveralWordsAcrossSpacesAndArguments) {
  EXPECT_EQ(parseDeclaredType("DOUBLE\t  PRECISION").name, "double precision");
  const DeclaredType type = parseDeclaredType("timestamp(3) with time zone");
  EXPECT_EQ(type.name, "timestamp with time zone");
  EXPECT_EQ(type.number(0), 3);
}

TEST(DeclaredType, TakesSignednessOutOfTheName) {
  for (const char* text : {"UNSIGNED BIG INT", "big int unsigned", "BIG INT UNSIGNED ZEROFILL"}) {
    const DeclaredType type = parseDeclaredType(text);
    EXPECT_EQ(type.name, "big int") << text;
    EXPECT_TRUE(type.isUnsigned) << text;
  }
  EXPECT_FALSE(parseDeclaredType("int signed").isUnsigned);
  EXPECT_EQ(parseDeclaredType("int signed").name, "int");
}

TEST(DeclaredType, KeepsWhatItDoesNotKnow) {
  EXPECT_EQ(parseDeclaredType("INTEGER_OR_TEXT").name, "integer_or_text");
  EXPECT_EQ(parseDeclaredType("int[]").name, "int[]");
  EXPECT_EQ(parseDeclaredType("größe").name, "größe");
}

TEST(DeclaredType, OfNothingIsEmpty) {
  EXPECT_EQ(parseDeclaredType("").name, "");
  EXPECT_EQ(parseDeclaredType(" \t").name, "");
  EXPECT_THAT(parseDeclaredType("text()").arguments, IsEmpty());
}

TEST(DeclaredType, SaysNothingForAnArgumentThatIsNoNumber) {
  EXPECT_EQ(parseDeclaredType("varchar(max)").number(0), std::nullopt);
  EXPECT_EQ(parseDeclaredType("varchar(12x)").number(0), std::nullopt);
  EXPECT_EQ(parseDeclaredType("varchar(99999999999)").number(0), std::nullopt);
  EXPECT_THAT(parseDeclaredType("varchar(max)").arguments, ElementsAre("max"));
}

TEST(DeclaredType, ReadsQuotedLabelsExactly) {
  EXPECT_THAT(parseDeclaredType("enum('a', 'b,c','d''e','', ' ) ')").arguments,
              ElementsAre("a", "b,c", "d'e", "", " ) "));
}

TEST(DeclaredType, EndsAnOpenParenthesisWithTheText) {
  EXPECT_EQ(parseDeclaredType("varchar(20").number(0), 20);
  EXPECT_EQ(parseDeclaredType("varchar(").name, "varchar");
  EXPECT_THAT(parseDeclaredType("enum('a").arguments, ElementsAre("a"));
  EXPECT_EQ(parseDeclaredType("varchar)20").name, "varchar)20");
}

TEST(DeclaredType, KeepsInnerParenthesesInTheirArgument) {
  EXPECT_THAT(parseDeclaredType("t(f(a, b), 2)").arguments, ElementsAre("f(a, b)", "2"));
}

}  // namespace
}  // namespace sonde
