#include <sonde/core/suggest.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde {
namespace {

using Names = std::vector<std::string>;

TEST(EditDistance, CountsInsertionsDeletionsReplacementsAndSwaps) {
  EXPECT_EQ(editDistance("", "", 5), 0U);
  EXPECT_EQ(editDistance("abc", "", 5), 3U);
  EXPECT_EQ(editDistance("email", "emial", 5), 1U);
  EXPECT_EQ(editDistance("email", "mail", 5), 1U);
  EXPECT_EQ(editDistance("email", "emails", 5), 1U);
  EXPECT_EQ(editDistance("email", "Email", 5), 0U);
  EXPECT_EQ(editDistance("kitten", "sitting", 5), 3U);
  EXPECT_EQ(editDistance("ca", "abc", 5), 3U);  // optimal string alignment, not full Damerau
  EXPECT_EQ(editDistance("abcdef", "badcfe", 5), 3U);
}

TEST(EditDistance, StopsAboveItsLimit) {
  EXPECT_EQ(editDistance("abcdefgh", "zzzzzzzz", 2), 3U);
  EXPECT_EQ(editDistance("a", "abcdefgh", 2), 3U);
  EXPECT_EQ(editDistance("ab", "ba", 1), 1U);
  EXPECT_EQ(editDistance("xabx", "xbax", 1), 1U);
  EXPECT_EQ(editDistance("ab", "cd", 0), 1U);
}

TEST(EditDistance, AgreesWithThePlainRecurrence) {
  const auto plain = [](const std::string& a, const std::string& b) {
    std::vector<std::vector<std::size_t>> d(a.size() + 1, std::vector<std::size_t>(b.size() + 1));
    for (std::size_t i = 0; i <= a.size(); ++i) {
      for (std::size_t j = 0; j <= b.size(); ++j) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        d[i][j] = std::min(
            {d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0U : 1U)});
        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
          d[i][j] = std::min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.size()][b.size()];
  };
  // Every pair of words of up to four letters over two letters, under every limit.
  std::vector<std::string> words = {""};
  for (std::size_t at = 0; at < words.size() && words[at].size() < 4; ++at) {
    words.push_back(words[at] + 'a');
    words.push_back(words[at] + 'b');
  }
  for (const std::string& a : words) {
    for (const std::string& b : words) {
      for (std::size_t limit = 0; limit < 5; ++limit) {
        ASSERT_EQ(editDistance(a, b, limit), std::min(plain(a, b), limit + 1)) << a << " " << b;
      }
    }
  }
}

TEST(Nearest, FindsSlipsOfThePen) {
  const Names columns = {"id", "email", "first_name", "last_name", "created_at", "user_id"};
  EXPECT_EQ(nearest("emial", columns), Names{"email"});
  EXPECT_EQ(nearest("createdAt", columns), Names{"created_at"});
  EXPECT_EQ(nearest("EMAIL", columns), Names{"email"});
  EXPECT_EQ(nearest("frist_name", columns).front(), "first_name");
  EXPECT_EQ(nearest("name", columns), (Names{"last_name", "first_name"}));
  EXPECT_EQ(nearest("userid", columns).front(), "user_id");
}

TEST(Nearest, SeesThroughPlurals) {
  const Names tables = {"users", "category", "address", "orders"};
  EXPECT_EQ(nearest("user", tables), Names{"users"});
  EXPECT_EQ(nearest("categories", tables), Names{"category"});
  EXPECT_EQ(nearest("order", tables), Names{"orders"});
}

TEST(Nearest, GivesNothingWhereNothingIsNear) {
  const Names columns = {"id", "email", ""};
  EXPECT_EQ(nearest("zebra", columns), Names{});
  EXPECT_EQ(nearest("", columns), Names{});
  EXPECT_EQ(nearest("xy", columns), Names{});
  EXPECT_EQ(nearest("email", Names{}), Names{});
  EXPECT_EQ(nearest(std::string(10'000, 'e'), columns), Names{});
}

TEST(Nearest, GivesAtMostAsManyAsAskedAndNoneTwice) {
  const Names columns = {"name1", "name2", "name3", "name4", "name1"};
  EXPECT_EQ(nearest("name", columns).size(), 3U);
  EXPECT_EQ(nearest("name", columns, 10).size(), 4U);
  EXPECT_EQ(nearest("name", columns, 0).size(), 0U);
}

TEST(DidYouMean, ListsNames) {
  EXPECT_EQ(didYouMean(Names{}), "");
  EXPECT_EQ(didYouMean(Names{"a"}), R"(; did you mean "a"?)");
  EXPECT_EQ(didYouMean(Names{"a", "b"}), R"(; did you mean "a" or "b"?)");
  EXPECT_EQ(didYouMean(Names{"a", "b", "c"}), R"(; did you mean "a", "b" or "c"?)");
}

TEST(QuoteForMessage, MakesAnyNameFitForAMessage) {
  EXPECT_EQ(quoteForMessage("plain"), "\"plain\"");
  EXPECT_EQ(quoteForMessage("a\"b\\c"), R"("a\"b\\c")");
  EXPECT_EQ(quoteForMessage("a\nb\tc"), R"("a\nb\tc")");
  EXPECT_EQ(quoteForMessage(std::string_view("\0\x1B[31m", 6)), R"("\x00\x1b[31m")");
  EXPECT_EQ(quoteForMessage("\xFF"), R"("\xff")");
  EXPECT_EQ(quoteForMessage("\xC2\x9B"), R"("\xc2\x9b")");  // a control character of two bytes
  EXPECT_EQ(quoteForMessage("größe"), "\"größe\"");
  EXPECT_EQ(quoteForMessage(std::string(80, 'x')), '"' + std::string(80, 'x') + '"');
  EXPECT_EQ(quoteForMessage(std::string(10'000, 'x')), '"' + std::string(80, 'x') + "...\"");
}

}  // namespace
}  // namespace sonde
