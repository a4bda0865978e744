// Values at their edges: what goes in comes out, is found again, and is the same JSON everywhere.
// Where an engine cannot hold a value the test says what it does instead.
#include <chrono>
#include <cstdint>
#include <limits>
#include <nlohmann/json.hpp>

#include <sonde/core/error.hpp>

#include "conformance_fixture.hpp"

namespace sonde::conformance {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr std::int64_t kMin = std::numeric_limits<std::int64_t>::min();
constexpr std::int64_t kMax = std::numeric_limits<std::int64_t>::max();

class Values : public Conformance {
 protected:
  void SetUp() override {
    Conformance::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    make(R"(
      CREATE TABLE v (
        id {key},
        flag BOOLEAN,
        small SMALLINT,
        big BIGINT,
        number {real},
        price DECIMAL(15,4),
        long_price DECIMAL(30,10),
        body {longtext},
        word {text},
        exact {exact},
        bytes {blob},
        day DATE,
        clock {time},
        moment {timestamp},
        instant {timestamptz},
        doc {json},
        uid {uuid}
      )
    )");
  }
  [[nodiscard]] Repository table() { return repo("v"); }

  /// Stores the value and expects it back: in the row that create() gives, in one that is read, in
  /// JSON, and when it is looked for.
  void expectKept(const std::string& column, const Value& value, const std::string& json) {
    SCOPED_TRACE(column + " " + json.substr(0, 60));
    const Row created = table().create({{column, value}});
    const Row found = table().getById(created["id"].as<std::int64_t>());
    EXPECT_EQ(created.toJson()[column].dump(), json);
    EXPECT_EQ(found.toJson()[column].dump(), json);
    EXPECT_EQ(found[column].value(), created[column].value());
    std::string streamed;
    table().streamJson({.where = {{"id", created["id"].as<std::int64_t>()}}, .columns = {column}},
                       [&](std::string_view piece) { streamed += piece; });
    EXPECT_EQ(streamed, "[{\"" + column + "\":" + json + "}]");
    if (column != "doc") {
      EXPECT_EQ(table().count({{"id", created["id"].as<std::int64_t>()}, {column, value}}), 1U)
          << "it is not found again";
    }
  }
};

SONDE_ON_EVERY_ENGINE(Values);

TEST_P(Values, OfEveryTypeMayBeMissing) {
  const Row row = table().create({});
  for (const Column& column : table().table()->columns) {
    if (column.name == "id") continue;
    EXPECT_TRUE(row[column.name].isNull()) << column.name;
    EXPECT_EQ(table().count({{column.name, nullptr}}), 1U) << column.name;
    EXPECT_EQ(table().count({{column.name, isNotNull()}}), 0U) << column.name;
  }
}

TEST_P(Values, BooleansAreTrueAndFalse) {
  expectKept("flag", true, "true");
  expectKept("flag", false, "false");
  EXPECT_EQ(table().call("countByFlagTrue").count(), 1U);
  EXPECT_EQ(table().call("countByFlagFalse").count(), 1U);
}

TEST_P(Values, IntegersKeepEveryDigit) {
  expectKept("big", kMin, "-9223372036854775808");
  expectKept("big", kMax, "9223372036854775807");
  expectKept("big", kMax - 1, "9223372036854775806");
  expectKept("big", 0, "0");
  expectKept("small", -32768, "-32768");
  expectKept("small", 32767, "32767");
  EXPECT_EQ(table().findOneBy("big", kMin)->operator[]("big").as<std::int64_t>(), kMin);
}

TEST_P(Values, IntegersThatDoNotFitAreRefusedOrKeptButNeverCut) {
  // SQLite's SMALLINT is an integer of 64 bits.
  if (on("Sqlite")) {
    expectKept("small", 40000, "40000");
  } else {
    EXPECT_THROW(table().create({{"small", 40000}}), Error);
    EXPECT_EQ(table().count(), 0U);
  }
  EXPECT_THROW((void)table().create({{"big", 1}})["big"].text(), ConversionError);
}

TEST_P(Values, RealsKeepEveryBit) {
  expectKept("number", 0.1, "0.1");
  expectKept("number", -1.5, "-1.5");
  expectKept("number", 1.7976931348623157e308, "1.7976931348623157e+308");
  expectKept("number", 2.2250738585072014e-308, "2.2250738585072014e-308");
  expectKept("number", 0.30000000000000004, "0.30000000000000004");
  EXPECT_EQ(table().create({{"number", 3}})["number"].as<double>(), 3.0);
}

TEST_P(Values, RealsThatAreNoNumbers) {
  const double infinity = std::numeric_limits<double>::infinity();
  if (on("MariaDb")) {
    EXPECT_THROW(table().create({{"number", infinity}}), Error);
    return;
  }
  expectKept("number", infinity, "\"Infinity\"");
  expectKept("number", -infinity, "\"-Infinity\"");
  const Record none = {{"number", std::numeric_limits<double>::quiet_NaN()}};
  if (on("Sqlite")) {
    EXPECT_THROW(table().create(none), Error) << "it would become null";
  } else {
    EXPECT_EQ(table().create(none).toJson()["number"].dump(), R"("NaN")");
  }
}

TEST_P(Values, DecimalsAreTextAtTheirScale) {
  expectKept("price", Value::decimal("12.5"), "\"12.5000\"");
  expectKept("price", Value::decimal("-0.0001"), "\"-0.0001\"");
  expectKept("price", Value::decimal("12345678901.2345"), "\"12345678901.2345\"");
  expectKept("price", 7, "\"7.0000\"");
  EXPECT_EQ(table().getOneBy("price", Value::decimal("-0.0001"))["price"].as<std::string>(),
            "-0.0001");
}

// SQLite's columns of this type keep 15 digits; a column declared TEXT keeps all of them there.
TEST_P(Values, DecimalsKeepEveryDigitOnServers) {
  if (on("Sqlite")) {
    const Row row = table().create({{"body", Value::decimal("12345678901234567890.0123456789")}});
    EXPECT_EQ(row["body"].text(), "12345678901234567890.0123456789");
    return;
  }
  expectKept("long_price", Value::decimal("12345678901234567890.0123456789"),
             "\"12345678901234567890.0123456789\"");
  expectKept("long_price", Value::decimal("-99999999999999999999.9999999999"),
             "\"-99999999999999999999.9999999999\"");
  expectKept("long_price", Value::decimal("0.0000000001"), "\"0.0000000001\"");
}

TEST_P(Values, TextIsKeptToTheLastCharacter) {
  expectKept("body", "", R"("")");
  expectKept("body", " ", R"(" ")");
  expectKept("body", "trailing  ", R"("trailing  ")");
  expectKept("body", "\ttab\r\nline", R"("\ttab\r\nline")");
  expectKept("body", "'; DROP TABLE v; --", R"("'; DROP TABLE v; --")");
  expectKept("body", "back\\slash \"quote\" %_?", R"("back\\slash \"quote\" %_?")");
  expectKept("body", "🐬𝄞 outside the plane", R"("🐬𝄞 outside the plane")");
  expectKept("body", "e\u0301 is not \u00E9", "\"e\u0301 is not \u00E9\"");
  expectKept("word", "ʷᵒʳᵈ 李 Ω", R"("ʷᵒʳᵈ 李 Ω")");
  const std::string large(3'000'000, 'y');
  EXPECT_EQ(table().create({{"body", large}})["body"].text(), large);
}

TEST_P(Values, TextWithANulIsKeptOrRefusedButNeverCut) {
  const std::string text("a\0b", 3);
  if (on("Postgres")) {
    EXPECT_THROW(table().create({{"body", text}}), Error);
    EXPECT_EQ(table().count(), 0U);
  } else {
    expectKept("body", text, R"("a\u0000b")");
  }
}

TEST_P(Values, AnEmptyTextIsNotNull) {
  table().insertMany({{{"word", ""}}, {{"word", nullptr}}, {{"word", "x"}}});
  EXPECT_EQ(table().count({{"word", ""}}), 1U);
  EXPECT_EQ(table().count({{"word", isNull()}}), 1U);
  EXPECT_EQ(table().count({{"word", ne("x")}}), 1U);
  EXPECT_FALSE(table().getOneBy("word", "")["word"].isNull());
}

TEST_P(Values, BytesOfEveryKindAreKept) {
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  expectKept("bytes", Blob(""), R"("")");
  expectKept("bytes", Blob(std::string_view("\0\0", 2)), R"("AAA=")");
  expectKept("bytes", Blob("\\x41 '"), R"("XHg0MSAn")");
  EXPECT_EQ(table().create({{"bytes", Blob(all)}})["bytes"].as<Blob>(), Blob(all));
  EXPECT_EQ(table().count({{"bytes", Blob(all)}}), 1U);
  const Blob large(std::string(2'000'000, '\xFF'));
  EXPECT_EQ(table().create({{"bytes", large}})["bytes"].as<Blob>(), large);
}

TEST_P(Values, DatesReachFromTheFirstYearToTheLast) {
  for (const char* day : {"0001-01-01", "1582-10-10", "1970-01-01", "2024-02-29", "9999-12-31"}) {
    expectKept("day", Value::typed(day, Type::Date), "\"" + std::string(day) + "\"");
  }
  expectKept("day", "1999-12-31", R"("1999-12-31")");
}

TEST_P(Values, TimesKeepMicroseconds) {
  expectKept("clock", "00:00:00", R"("00:00:00")");
  expectKept("clock", "23:59:59.999999", R"("23:59:59.999999")");
  expectKept("clock", "12:34:56.5", R"("12:34:56.5")");
}

TEST_P(Values, TimestampsKeepMicrosecondsAndNoZone) {
  expectKept("moment", "2024-02-29 12:34:56", R"("2024-02-29T12:34:56")");
  expectKept("moment", "2024-02-29 12:34:56.000001", R"("2024-02-29T12:34:56.000001")");
  expectKept("moment", "2024-02-29 12:34:56.5", R"("2024-02-29T12:34:56.5")");
  expectKept("moment", "0001-01-01 00:00:00", R"("0001-01-01T00:00:00")");
  expectKept("moment", "9999-12-31 23:59:59.999999", R"("9999-12-31T23:59:59.999999")");
  // An hour that does not exist in many zones.
  expectKept("moment", "2024-03-31 02:30:00", R"("2024-03-31T02:30:00")");
}

// The servers keep a time zone of their own (+05:30); it must not show.
TEST_P(Values, InstantsAreTheSameMomentWhateverTheZone) {
  using std::chrono::microseconds;
  using Instant = std::chrono::sys_time<microseconds>;
  const Instant expected{std::chrono::sys_days{std::chrono::year(2024) / 7 / 1} +
                         std::chrono::hours(10) + microseconds(250000)};
  for (const char* text : {"2024-07-01 10:00:00.25+00:00", "2024-07-01T12:00:00.25+02:00",
                           "2024-07-01T10:00:00.25Z", "2024-07-01 15:30:00.25+05:30"}) {
    const Row row = table().create({{"instant", text}});
    EXPECT_EQ(row["instant"].as<Instant>(), expected) << text;
    EXPECT_EQ(table().getById(row["id"].as<int>())["instant"].as<Instant>(), expected) << text;
  }
  expectKept("instant", "2024-01-02 03:04:05+00:00", R"("2024-01-02T03:04:05Z")");
  expectKept("instant", "2024-01-02 03:04:05.000001+00:00", R"("2024-01-02T03:04:05.000001Z")");
}

TEST_P(Values, DocumentsAreEmbedded) {
  const auto kept = [&](const char* text) {
    // A text is taken as the document that it spells, so a document that is a text says so.
    const Row row = table().create({{"doc", Value::typed(text, Type::Json)}});
    EXPECT_EQ(row.toJson()["doc"], nlohmann::ordered_json::parse(text)) << text;
    EXPECT_EQ(table().getById(row["id"].as<int>()).toJson()["doc"],
              nlohmann::ordered_json::parse(text))
        << text;
  };
  kept(R"({"a":[1,2.5,null,true,"x"],"b":{}})");
  kept(R"([])");
  kept(R"("text")");
  kept(R"(9007199254740993)");
  kept(R"({"key 🐬":"\u0001 \" \\ /"})");
  const Row row = table().create({{"doc", Value::parseJson(R"({"a":[1,{"b":"🐬"}]})")}});
  EXPECT_EQ(row.toJson()["doc"].dump(), R"({"a":[1,{"b":"🐬"}]})");
}

TEST_P(Values, UuidsAreText) {
  expectKept("uid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11",
             R"("a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11")");
  expectKept("uid", "00000000-0000-0000-0000-000000000000",
             R"("00000000-0000-0000-0000-000000000000")");
}

// What the engine itself thinks of equal. sonde leaves that to the column's collation, and says
// which one it is.
TEST_P(Values, EqualityOfTextIsTheColumnsOwn) {
  table().insertMany({{{"word", "Ada"}}, {{"word", "Ada "}}, {{"word", "ada"}}});
  const bool loose = on("MariaDb");  // utf8mb4_general_ci: neither case nor trailing spaces count
  EXPECT_EQ(table().count({{"word", "Ada"}}), loose ? 3U : 1U);
  EXPECT_EQ(table().count({{"word", in({"ada", "x"})}}), loose ? 3U : 1U);
  EXPECT_EQ(table().count({{"word", eq("ADA").ignoreCase()}}), loose ? 3U : 2U);
  // Patterns go by characters on every engine.
  EXPECT_EQ(table().count({{"word", startsWith("Ada")}}), 2U);
  EXPECT_EQ(table().count({{"word", endsWith(" ")}}), 1U);
  EXPECT_EQ(table().count({{"word", contains("ada")}}), 1U);
}

TEST_P(Values, ACollationThatIsChosenIsToldAndKeptTo) {
  table().insertMany({{{"exact", "Ada"}}, {{"exact", "Ada "}}, {{"exact", "ada"}}});
  EXPECT_EQ(table().count({{"exact", "Ada"}}), 1U);
  EXPECT_EQ(table().count({{"exact", in({"ada", "Ada "})}}), 2U);
  EXPECT_THAT(texts(table().findAll({.orderBy = {"exact"}}), "exact"),
              ElementsAre("Ada", "Ada ", "ada"));
  const std::map<std::string, std::optional<std::string>> told = {
      {"Sqlite", std::nullopt}, {"Postgres", "C"}, {"MariaDb", "utf8mb4_nopad_bin"}};
  EXPECT_EQ(table().table()->findColumn("exact")->collation, told.at(GetParam()));
}

TEST_P(Values, IgnoringCaseReachesBeyondAscii) {
  table().insertMany({{{"word", "ÉCOLE"}}, {{"word", "école"}}, {{"word", "Straße"}}});
  // SQLite knows the case of ASCII only.
  EXPECT_EQ(table().count({{"word", startsWith("École").ignoreCase()}}), on("Sqlite") ? 1U : 2U);
  EXPECT_EQ(table().count({{"word", contains("STRA").ignoreCase()}}), 1U);
}

TEST_P(Values, SurviveAnUpsertAnUpdateAndABulkInsert) {
  const Record record = {{"id", 1},
                         {"flag", true},
                         {"big", kMax},
                         {"number", 0.1},
                         {"price", Value::decimal("1.5000")},
                         {"body", "🐬\\'\""},
                         {"bytes", Blob(std::string_view("\0x", 2))},
                         {"day", "2024-02-29"},
                         {"moment", "2024-02-29 12:34:56.000001"},
                         {"doc", Value::parseJson(R"({"a":[1]})")},
                         {"uid", "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11"}};
  const std::string first = table().create(record).toJson().dump();
  EXPECT_EQ(table().upsert(record).toJson().dump(), first);
  EXPECT_EQ(table().update(1, record)->toJson().dump(), first);
  table().deleteById(1);
  EXPECT_EQ(table().insertMany({record}), 1U);
  EXPECT_EQ(table().getById(1).toJson().dump(), first);
  table().deleteById(1);
  EXPECT_EQ(table().createMany({record})[0].toJson().dump(), first);
}

}  // namespace
}  // namespace sonde::conformance
