#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sonde/introspect/words.hpp>

namespace sonde::detail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Words, AreSplitAtUnderscoresSpacesAndCapitals) {
  EXPECT_THAT(splitWords("support_rep_id"), ElementsAre("support", "rep", "id"));
  EXPECT_THAT(splitWords("SupportRepId"), ElementsAre("support", "rep", "id"));
  EXPECT_THAT(splitWords("supportRepID"), ElementsAre("support", "rep", "id"));
  EXPECT_THAT(splitWords("Order Details"), ElementsAre("order", "details"));
  EXPECT_THAT(splitWords("__a--b..c "), ElementsAre("a", "b", "c"));
}

TEST(Words, KeepAnAbbreviationTogether) {
  EXPECT_THAT(splitWords("HTTPServerID"), ElementsAre("http", "server", "id"));
  EXPECT_THAT(splitWords("CUSTOMER_ID"), ElementsAre("customer", "id"));
  EXPECT_THAT(splitWords("aB"), ElementsAre("a", "b"));
  EXPECT_THAT(splitWords("AB"), ElementsAre("ab"));
}

TEST(Words, KeepDigitsAndBytesOutsideAsciiWithTheirWord) {
  EXPECT_THAT(splitWords("line2_text"), ElementsAre("line2", "text"));
  EXPECT_THAT(splitWords("straße_größe"), ElementsAre("straße", "größe"));
  EXPECT_THAT(splitWords("表"), ElementsAre("表"));
}

TEST(Words, AreNoneInATextOfPunctuation) {
  EXPECT_THAT(splitWords(""), IsEmpty());
  EXPECT_THAT(splitWords("\"'\n%("), IsEmpty());
}

TEST(Words, JoinInLowerCamelCase) {
  EXPECT_EQ(camelCase({"support", "rep"}), "supportRep");
  EXPECT_EQ(camelCase({"line", "2nd"}), "line2nd");
  EXPECT_EQ(camelCase({"größe", "über"}), "größeüber");
  EXPECT_EQ(camelCase({}), "unnamed");
}

struct Number {
  const char* one;
  const char* many;
};

class EnglishNumber : public testing::TestWithParam<Number> {};

TEST_P(EnglishNumber, GoesBothWaysAndIsIdempotent) {
  const std::string one = GetParam().one;
  const std::string many = GetParam().many;
  EXPECT_EQ(plural(one), many);
  EXPECT_EQ(plural(many), many);
  EXPECT_EQ(singular(many), one);
  EXPECT_EQ(singular(one), one);
}

INSTANTIATE_TEST_SUITE_P(Words, EnglishNumber,
                         testing::Values(Number{"post", "posts"}, Number{"category", "categories"},
                                         Number{"key", "keys"}, Number{"address", "addresses"},
                                         Number{"box", "boxes"}, Number{"branch", "branches"},
                                         Number{"cache", "caches"}, Number{"status", "statuses"},
                                         Number{"alias", "aliases"}, Number{"analysis", "analyses"},
                                         Number{"person", "people"}, Number{"child", "children"},
                                         Number{"movie", "movies"}, Number{"tie", "ties"},
                                         Number{"expense", "expenses"}, Number{"house", "houses"},
                                         Number{"archive", "archives"},
                                         Number{"database", "databases"}, Number{"size", "sizes"},
                                         Number{"quiz", "quizzes"}, Number{"index", "indexes"},
                                         Number{"film", "films"}, Number{"data", "data"},
                                         Number{"series", "series"}, Number{"news", "news"}));

TEST(Words, LeaveAbbreviationsAndOtherScriptsAsTheyAre) {
  for (const char* word : {"crs", "gps", "db", "id", "größe", "größes", "表", "table2"}) {
    EXPECT_EQ(singular(std::string_view(word)), word);
    EXPECT_EQ(plural(std::string_view(word)), word);
  }
}

TEST(Words, AlsoReadTheSecondPluralOfIndex) {
  EXPECT_EQ(singular("indices"), "index");
  EXPECT_EQ(plural("indices"), "indices");
}

TEST(Words, InflectTheLastWordOnly) {
  EXPECT_THAT(plural(Words{"sales", "person"}), ElementsAre("sales", "people"));
  EXPECT_THAT(singular(Words{"order", "details"}), ElementsAre("order", "detail"));
  EXPECT_THAT(plural(Words{}), IsEmpty());
}

}  // namespace
}  // namespace sonde::detail
