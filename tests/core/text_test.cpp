#include <sonde/core/text.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sonde::text {
namespace {

TEST(Utf8, AcceptsEveryCodePointAndNothingElse) {
  for (char32_t point = 0; point <= 0x10FFFF; ++point) {
    std::string text;
    if (point < 0x80) {
      text += static_cast<char>(point);
    } else if (point < 0x800) {
      text += static_cast<char>(0xC0 | point >> 6);
      text += static_cast<char>(0x80 | (point & 63));
    } else if (point < 0x10000) {
      text += static_cast<char>(0xE0 | point >> 12);
      text += static_cast<char>(0x80 | (point >> 6 & 63));
      text += static_cast<char>(0x80 | (point & 63));
    } else {
      text += static_cast<char>(0xF0 | point >> 18);
      text += static_cast<char>(0x80 | (point >> 12 & 63));
      text += static_cast<char>(0x80 | (point >> 6 & 63));
      text += static_cast<char>(0x80 | (point & 63));
    }
    const bool surrogate = point >= 0xD800 && point < 0xE000;
    ASSERT_EQ(findInvalidUtf8(text), surrogate ? 0 : std::string_view::npos)
        << std::hex << static_cast<unsigned>(point);
  }
}

TEST(Utf8, FindsTheFirstBadByte) {
  const std::string prefix = "twelve bytes";
  for (const std::string bad :
       {"\x80", "\xBF", "\xC0\x80", "\xC1\xBF", "\xC3", "\xC3(", "\xE0\x80\x80", "\xE0\x9F\xBF",
        "\xE2\x82", "\xE2\x82(", "\xED\xA0\x80", "\xF0\x80\x80\x80", "\xF0\x8F\xBF\xBF",
        "\xF0\x9F\x98", "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFE", "\xFF"}) {
    EXPECT_EQ(findInvalidUtf8(bad), 0U);
    EXPECT_EQ(findInvalidUtf8(prefix + bad + prefix), prefix.size());
    EXPECT_EQ(findInvalidUtf8("é" + bad), 2U);
  }
  EXPECT_EQ(findInvalidUtf8(std::string(100, '\0')), std::string_view::npos);
  EXPECT_EQ(findInvalidUtf8(""), std::string_view::npos);
}

TEST(Ascii, ComparesAndTrims) {
  EXPECT_EQ(lower("ÀB[C"), "Àb[c");
  EXPECT_TRUE(equalsIgnoreCase("Email", "eMAIL"));
  EXPECT_FALSE(equalsIgnoreCase("email", "emai"));
  EXPECT_FALSE(equalsIgnoreCase("[", "{"));  // 32 apart, as letters are
  EXPECT_EQ(trim(" \t\r\n a b \v\f"), "a b");
  EXPECT_EQ(trim("  "), "");
}

TEST(Base64, FollowsTheTestVectorsOfRfc4648) {
  const auto encode = [](std::string_view text) {
    std::string out = ">";
    appendBase64(out, std::as_bytes(std::span(text)));
    return out;
  };
  EXPECT_EQ(encode(""), ">");
  EXPECT_EQ(encode("f"), ">Zg==");
  EXPECT_EQ(encode("fo"), ">Zm8=");
  EXPECT_EQ(encode("foo"), ">Zm9v");
  EXPECT_EQ(encode("foob"), ">Zm9vYg==");
  EXPECT_EQ(encode("fooba"), ">Zm9vYmE=");
  EXPECT_EQ(encode("foobar"), ">Zm9vYmFy");
  EXPECT_EQ(encode("\xFB\xFF\xBF"), ">+/+/");
}

TEST(Case, TurnsCamelIntoSnake) {
  EXPECT_EQ(toSnakeCase("createdAt"), "created_at");
  EXPECT_EQ(toSnakeCase("CreatedAt"), "created_at");
  EXPECT_EQ(toSnakeCase("created_at"), "created_at");
  EXPECT_EQ(toSnakeCase("HTTPServerID"), "http_server_id");
  EXPECT_EQ(toSnakeCase("address2Line"), "address2_line");
  EXPECT_EQ(toSnakeCase("NAME"), "name");
  EXPECT_EQ(toSnakeCase("_id"), "_id");
  EXPECT_EQ(toSnakeCase(""), "");
}

TEST(Case, TurnsSnakeIntoCamel) {
  EXPECT_EQ(toCamelCase("created_at"), "createdAt");
  EXPECT_EQ(toCamelCase("CREATED_AT"), "createdAt");
  EXPECT_EQ(toCamelCase("createdAt"), "createdAt");
  EXPECT_EQ(toCamelCase("FirstName"), "firstName");
  EXPECT_EQ(toCamelCase("_id"), "_id");
  EXPECT_EQ(toCamelCase("a__b_"), "aB");
  EXPECT_EQ(toCamelCase("line_2"), "line2");
  EXPECT_EQ(toCamelCase(""), "");
  EXPECT_EQ(toCamelCase("___"), "___");
}

TEST(DisplayWidth, CountsTerminalCells) {
  EXPECT_EQ(displayWidth("plain"), 5U);
  EXPECT_EQ(displayWidth("größe"), 5U);
  EXPECT_EQ(displayWidth("e\xCC\x81"), 1U);  // e and a combining acute
  EXPECT_EQ(displayWidth("漢字"), 4U);
  EXPECT_EQ(displayWidth("한국"), 4U);
  EXPECT_EQ(displayWidth("😀"), 2U);
  EXPECT_EQ(displayWidth("Ａ"), 2U);  // full width
  EXPECT_EQ(displayWidth("a\u200Bb"), 2U);
  EXPECT_EQ(displayWidth("\xFF"), 1U);
  EXPECT_EQ(displayWidth("\n"), 0U);
  EXPECT_EQ(displayWidth(""), 0U);
}

}  // namespace
}  // namespace sonde::text
