#include <sonde/core/json_writer.hpp>

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>
#include <sonde/core/error.hpp>
#include <sonde/core/result_set.hpp>
#include <string>
#include <vector>

#include "block_builder.hpp"

namespace sonde {
namespace {

using testing::BlockBuilder;

constexpr JsonOptions kStorage{.form = JsonForm::Storage};

std::string string(std::string_view text) {
  std::string out;
  EXPECT_TRUE(json::appendString(out, text));
  return out;
}

std::string real(double value) {
  std::string out;
  json::appendReal(out, value);
  return out;
}

/// Texts of every length around the widths the scanner works in, of everything that may stand in
/// one.
std::string randomText(std::mt19937& random, std::size_t size, unsigned specialPercent) {
  static const std::vector<std::string> kSpecial = {
      "\"",           "\\",          "/",    "\n", "\r", "\t", "\b", "\f", std::string(1, '\0'),
      "\x01",         "\x1F",        "\x7F", "é",  "ж",  "€",  "漢", "😀",  "\xF4\x8F\xBF\xBF",
      "\xEE\x80\x80", "\xED\x9F\xBF"};
  std::string text;
  while (text.size() < size) {
    if (random() % 100 < specialPercent) {
      text += kSpecial[random() % kSpecial.size()];
    } else {
      text += static_cast<char>('a' + random() % 26);
    }
  }
  return text;
}

TEST(JsonString, AgreesWithNlohmannOnRandomTexts) {
  std::mt19937 random(20240229);
  for (const unsigned special : {0U, 2U, 20U, 60U, 100U}) {
    for (std::size_t size = 0; size < 200; ++size) {
      const std::string text = randomText(random, size, special);
      ASSERT_EQ(string(text), nlohmann::json(text).dump()) << "size " << size;
    }
  }
}

TEST(JsonString, FindsASpecialByteAtEveryPlace) {
  for (std::size_t size = 1; size < 70; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (const char special : {'"', '\\', '\n', '\0', '\x1F'}) {
        std::string text(size, 'x');
        text[at] = special;
        ASSERT_EQ(string(text), nlohmann::json(text).dump()) << size << " " << at;
      }
      std::string text(size, ' ');
      text[at] = '\xE9';  // Latin-1, not UTF-8
      std::string out = "before";
      ASSERT_FALSE(json::appendString(out, text)) << size << " " << at;
      ASSERT_EQ(out, "before");
    }
  }
}

TEST(JsonString, GrowsWhenEveryByteIsEscaped) {
  const std::string text(100'000, '\x01');
  EXPECT_EQ(string(text), nlohmann::json(text).dump());
}

TEST(JsonString, ReplacesWhatIsNotUtf8AsNlohmannDoes) {
  std::mt19937 random(7);
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    const std::size_t size = random() % 40;
    for (std::size_t i = 0; i < size; ++i) {
      // Mostly lead and continuation bytes, so that broken sequences of all kinds occur.
      text += static_cast<char>(random() % 3 == 0 ? random() % 128 : 128 + random() % 128);
    }
    std::string out;
    ASSERT_TRUE(json::appendString(out, text, true));
    // nlohmann replaces byte by byte in some broken sequences; both are to read back as valid text
    // of the same valid characters.
    const auto parsed = nlohmann::json::parse(out).get<std::string>();
    const auto strip = [](std::string from) {
      const std::string mark = "\xEF\xBF\xBD";
      for (std::size_t at = 0; (at = from.find(mark)) != std::string::npos;) from.erase(at, 3);
      return from;
    };
    const std::string oracle =
        nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    ASSERT_EQ(strip(parsed), strip(nlohmann::json::parse(oracle).get<std::string>()));
  }
}

TEST(JsonString, ReplacesOneSequenceByOneMark) {
  const auto replaced = [](std::string_view text) {
    std::string out;
    EXPECT_TRUE(json::appendString(out, text, true));
    return out;
  };
  const std::string mark = "\xEF\xBF\xBD";
  EXPECT_EQ(replaced("a\xFF"
                     "b"),
            "\"a" + mark + "b\"");
  EXPECT_EQ(replaced("\xE2\x82"), "\"" + mark + "\"");         // cut short: one mark
  EXPECT_EQ(replaced("\xE2\x28"), "\"" + mark + "(\"");        // the second byte is its own
  EXPECT_EQ(replaced("\xC0\x80"), "\"" + mark + mark + "\"");  // overlong NUL
  EXPECT_EQ(replaced("\xED\xA0\x80"), "\"" + mark + mark + mark + "\"");  // surrogate
  EXPECT_EQ(replaced("\xF0\x9F\x98"), "\"" + mark + "\"");
  EXPECT_EQ(replaced("\xF5\x80"), "\"" + mark + mark + "\"");
}

TEST(JsonReal, ReadsBackAsTheSameNumber) {
  std::mt19937_64 random(42);
  for (int round = 0; round < 200'000; ++round) {
    double value = 0;
    const std::uint64_t bits = random();
    if (round % 2 == 0) {
      std::memcpy(&value, &bits, sizeof(value));
    } else {
      value = static_cast<double>(static_cast<std::int64_t>(bits) >> (bits % 60)) /
              std::pow(10.0, static_cast<double>(random() % 9));
    }
    if (!std::isfinite(value)) continue;
    const std::string text = real(value);
    const auto parsed = nlohmann::json::parse(text);
    ASSERT_TRUE(parsed.is_number_float()) << text;
    ASSERT_EQ(parsed.get<double>(), value) << text;
    ASSERT_EQ(std::signbit(parsed.get<double>()), std::signbit(value)) << text;
  }
}

TEST(JsonReal, IsAsShortAsItCanBe) {
  EXPECT_EQ(real(1.0), "1.0");
  EXPECT_EQ(real(-0.0), "-0.0");
  EXPECT_EQ(real(0.1), "0.1");
  EXPECT_EQ(real(0.99), "0.99");
  EXPECT_EQ(real(-123.456), "-123.456");
  EXPECT_EQ(real(100000.0), "100000.0");
  EXPECT_EQ(real(0.000001), "0.000001");
  EXPECT_EQ(real(0.1 + 0.2), "0.30000000000000004");
  EXPECT_EQ(real(1e15 + 0.5), "1000000000000000.5");
  EXPECT_EQ(real(9007199254740993.0), "9007199254740992.0");
  EXPECT_EQ(real(1e22), "1e+22");
  EXPECT_EQ(real(1.7976931348623157e308), "1.7976931348623157e+308");
  EXPECT_EQ(real(5e-324), "5e-324");
  EXPECT_EQ(real(999999999.999999), "999999999.999999");
  EXPECT_EQ(real(std::nan("")), R"("NaN")");
  EXPECT_EQ(real(std::numeric_limits<double>::infinity()), R"("Infinity")");
}

TEST(JsonRow, WritesEveryStorageInBothForms) {
  const double infinity = std::numeric_limits<double>::infinity();
  BlockBuilder builder({{.name = "n"},
                        {.name = "b"},
                        {.name = "i"},
                        {.name = "u"},
                        {.name = "r"},
                        {.name = "inf"},
                        {.name = "t"},
                        {.name = "x"}});
  builder.null().boolean(true).integer(std::numeric_limits<std::int64_t>::min());
  builder.unsignedInteger(std::numeric_limits<std::uint64_t>::max()).real(1).real(-infinity);
  builder.text(std::string_view("a\0\"", 3)).blob("text");
  const ResultSet rows = builder.rows();
  EXPECT_EQ(rows.json(),
            R"([{"n":null,"b":true,"i":-9223372036854775808,"u":18446744073709551615,"r":1.0,)"
            R"("inf":"-Infinity","t":"a\u0000\"","x":"dGV4dA=="}])");
  EXPECT_EQ(rows.json(kStorage),
            R"([{"n":null,"b":true,"i":-9223372036854775808,"u":18446744073709551615,"r":1.0,)"
            R"("inf":-1e999,"t":"a\u0000\"","x":"text"}])");
}

TEST(JsonRow, GivesDeclaredBooleansAsBooleans) {
  BlockBuilder builder({{.name = "b", .type = Type::Boolean}});
  builder.integer(0).integer(1).integer(2).text("yes").null().real(1);
  const ResultSet rows = builder.rows();
  EXPECT_EQ(rows.json(), R"([{"b":false},{"b":true},{"b":2},{"b":"yes"},{"b":null},{"b":1.0}])");
  EXPECT_EQ(rows.json(kStorage), R"([{"b":0},{"b":1},{"b":2},{"b":"yes"},{"b":null},{"b":1.0}])");
}

TEST(JsonRow, GivesDecimalsAtTheirScaleWithoutDroppingDigits) {
  BlockBuilder builder({{.name = "d", .type = Type::Decimal, .scale = 2}});
  builder.real(0.99).integer(1).real(0.5).real(1.2345).integer(-7).text("12.5").text("3");
  builder.real(1e20).unsignedInteger(18446744073709551615U).text("abc").text("1e5").null();
  builder.real(std::nan("")).real(1e-7);
  const std::vector<std::string> expected = {R"("0.99")",
                                             R"("1.00")",
                                             R"("0.50")",
                                             R"("1.2345")",
                                             R"("-7.00")",
                                             R"("12.50")",
                                             R"("3.00")",
                                             R"("100000000000000000000.00")",
                                             R"("18446744073709551615.00")",
                                             R"("abc")",
                                             R"("1e5")",
                                             "null",
                                             R"("NaN")",
                                             R"("0.0000001")"};
  const ResultSet rows = builder.rows();
  for (std::size_t i = 0; i < expected.size(); ++i) {
    std::string out;
    json::appendCell(out, rows[i].view().cells()[0], rows.columns(), {});
    EXPECT_EQ(out, expected[i]);
  }
  const auto numbers = rows.toJson({.decimalsAsNumbers = true});
  EXPECT_EQ(numbers[0]["d"], 0.99);
  EXPECT_EQ(numbers[9]["d"], "abc");
  EXPECT_EQ(numbers[12]["d"], "NaN");
  std::string number;
  rows[1].writeJson(number, {.decimalsAsNumbers = true});
  EXPECT_EQ(number, R"({"d":1.00})");
  std::string stored;
  rows[0].writeJson(stored, kStorage);
  EXPECT_EQ(stored, R"({"d":0.99})");
}

TEST(JsonRow, AddsNoDigitsToDecimalsWithoutAScale) {
  BlockBuilder builder({{.name = "d", .type = Type::Decimal}});
  builder.real(0.5).integer(3).text("1.10");
  EXPECT_EQ(builder.rows().json(), R"([{"d":"0.5"},{"d":"3"},{"d":"1.10"}])");
}

TEST(JsonRow, GivesTimestampsInIsoFormAndOtherTextAsStored) {
  BlockBuilder builder(
      {{.name = "t", .type = Type::Timestamp}, {.name = "z", .type = Type::TimestampTz}});
  builder.text("2009-01-01 00:00:00").text("2009-01-01 00:00:00+02");
  builder.text("2009-13-01 00:00:00").text("2009-01-01 00:00:00.25-0330");
  builder.text("2009-01-01 00:00:00Z").text("2009-01-01 00:00:00");
  builder.text("now").integer(1700000000);
  const ResultSet rows = builder.rows();
  EXPECT_EQ(rows.json(), R"([{"t":"2009-01-01T00:00:00","z":"2009-01-01T00:00:00+02:00"},)"
                         R"({"t":"2009-13-01 00:00:00","z":"2009-01-01T00:00:00.25-03:30"},)"
                         R"({"t":"2009-01-01 00:00:00Z","z":"2009-01-01T00:00:00"},)"
                         R"({"t":"now","z":1700000000}])");
  EXPECT_EQ(rows[0].toJson(kStorage)["t"], "2009-01-01 00:00:00");
}

TEST(JsonRow, EmbedsJsonAndGivesWhatIsNoneAsText) {
  BlockBuilder builder({{.name = "j", .type = Type::Json}});
  builder.text(R"({"a": [1, 12345678901234567890123]})").text("{oops").text("").text("\"x\"");
  const ResultSet rows = builder.rows();
  EXPECT_EQ(rows.json(),
            R"([{"j":{"a": [1, 12345678901234567890123]}},{"j":"{oops"},{"j":""},{"j":"x"}])");
  EXPECT_EQ(rows[0].toJson(kStorage)["j"], R"({"a": [1, 12345678901234567890123]})");
}

TEST(JsonRow, KeepsBlobsThatAreNoTextInStorageForm) {
  BlockBuilder builder({{.name = "x"}});
  builder.blob(std::string_view("\0\xFF\x41", 3)).blob("").blob("\xC3\xA9");
  const ResultSet rows = builder.rows();
  EXPECT_EQ(rows.json(kStorage), R"([{"x":{"base64":"AP9B"}},{"x":""},{"x":"é"}])");
  EXPECT_EQ(rows.json(), R"([{"x":"AP9B"},{"x":""},{"x":"w6k="}])");
  EXPECT_EQ(rows[0].toJson({.form = JsonForm::Storage, .replaceInvalidUtf8 = true})["x"],
            std::string("\0\xEF\xBF\xBD"
                        "A",
                        5));
}

TEST(JsonRow, NamesTheColumnWhoseTextIsNotUtf8AndWritesNothing) {
  BlockBuilder builder({{.name = "id"}, {.name = "name", .table = "users"}});
  builder.integer(1).text("caf\xE9");
  const ResultSet rows = builder.rows();
  std::string out = "kept";
  try {
    rows[0].writeJson(out);
    FAIL() << "expected an EncodingError";
  } catch (const EncodingError& error) {
    EXPECT_STREQ(error.what(), R"(column "name" of table "users" holds text that is not UTF-8)");
    EXPECT_EQ(error.table(), "users");
    EXPECT_EQ(error.columns(), std::vector<std::string>{"name"});
    EXPECT_NE(error.hint().find("byte 4"), std::string::npos);
  }
  EXPECT_EQ(out, "kept");
  EXPECT_THROW(static_cast<void>(rows.toJson()), EncodingError);
  EXPECT_EQ(rows.toJson({.replaceInvalidUtf8 = true})[0]["name"], "caf\xEF\xBF\xBD");
}

TEST(JsonRow, EscapesColumnNames) {
  BlockBuilder builder({{.name = "a \"b\"\n"},
                        {.name = ""},
                        {.name = "bad \xFF"},
                        {.name = "a name that is longer than sixteen bytes"}});
  builder.integer(1).integer(2).integer(3).integer(4);
  const ResultSet rows = builder.rows();
  const auto parsed = nlohmann::ordered_json::parse(rows.json());
  EXPECT_EQ(parsed, rows.toJson());
  EXPECT_EQ(parsed[0]["a \"b\"\n"], 1);
  EXPECT_EQ(parsed[0][""], 2);
  EXPECT_EQ(parsed[0]["bad \xEF\xBF\xBD"], 3);
  EXPECT_EQ(parsed[0]["a name that is longer than sixteen bytes"], 4);
}

TEST(JsonRow, WritesTheSameAsTheDocument) {
  std::mt19937_64 random(3);
  BlockBuilder builder({{.name = "plain"},
                        {.name = "bool", .type = Type::Boolean},
                        {.name = "price", .type = Type::Decimal, .scale = 3},
                        {.name = "at", .type = Type::Timestamp},
                        {.name = "doc", .type = Type::Json}});
  std::mt19937 texts(4);
  for (int row = 0; row < 500; ++row) {
    for (int column = 0; column < 5; ++column) {
      switch (random() % 6) {
        case 0:
          builder.null();
          break;
        case 1:
          builder.integer(static_cast<std::int64_t>(random() >> (random() % 64)));
          break;
        case 2:
          builder.real(static_cast<double>(random() % 100'000) / 64);
          break;
        case 3:
          builder.text(randomText(texts, random() % 50, 20));
          break;
        case 4:
          builder.text("[1, {\"a\": null}]");
          break;
        default:
          builder.blob(randomText(texts, random() % 20, 20));
          break;
      }
    }
  }
  const ResultSet rows = builder.rows();
  EXPECT_EQ(nlohmann::ordered_json::parse(rows.json()), rows.toJson());
  EXPECT_EQ(nlohmann::ordered_json::parse(rows.json(kStorage)), rows.toJson(kStorage));
}

TEST(JsonRow, WritesInPiecesThatMakeOneText) {
  BlockBuilder builder({{.name = "t"}});
  for (int i = 0; i < 1000; ++i) builder.text(std::string(500, 'x'));
  const ResultSet rows = builder.rows();
  std::string whole;
  std::size_t pieces = 0;
  rows.writeJson([&](std::string_view piece) {
    whole += piece;
    ++pieces;
    EXPECT_LT(piece.size(), 66U << 10);
  });
  EXPECT_EQ(whole, rows.json());
  EXPECT_EQ(pieces, 8U);
  EXPECT_EQ(nlohmann::json::parse(whole).size(), 1000U);
}

TEST(JsonRow, WritesNoRowsAsAnEmptyArray) {
  BlockBuilder builder({{.name = "t"}});
  EXPECT_EQ(builder.rows().json(), "[]");
}

TEST(ArrayWriter, LeavesOutARowThatCannotBeWritten) {
  BlockBuilder builder({{.name = "t"}});
  builder.text("\xFF").text("a").text("\xFF").text("b");
  const ResultSet rows = builder.rows();
  std::string text;
  const auto sink = [&text](std::string_view piece) { text += piece; };
  json::ArrayWriter writer(sink, {});
  EXPECT_THROW(writer.add(rows[0].view()), EncodingError);
  writer.add(*++rows.begin());
  EXPECT_THROW(writer.add(rows[2].view()), EncodingError);
  const Row last = rows[3];
  writer.add(last);
  writer.finish();
  EXPECT_EQ(text, R"([{"t":"a"},{"t":"b"}])");
}

TEST(TextOut, KeepsTextOverGrowth) {
  TextBuffer buffer;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    const std::string piece = std::to_string(i);
    buffer.append(piece);
    buffer.append(',');
    expected += piece + ',';
  }
  EXPECT_EQ(buffer.view(), expected);
  buffer.truncate(3);
  EXPECT_EQ(buffer.view(), "0,1");
  buffer.clear();
  EXPECT_EQ(buffer.view(), "");
}

TEST(TextOut, LeavesAStringAsItWasWithoutCommit) {
  std::string text = "kept";
  {
    StringOut out(text);
    out.append("lost");
  }
  EXPECT_EQ(text, "kept");
  {
    StringOut out(text);
    out.append(" and more");
    out.commit();
    out.append("lost");
  }
  EXPECT_EQ(text, "kept and more");
}

}  // namespace
}  // namespace sonde
