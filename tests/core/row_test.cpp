#include <sonde/core/row.hpp>

#include <gtest/gtest.h>

#include <chrono>
#include <nlohmann/json.hpp>
#include <optional>
#include <sonde/core/arg.hpp>
#include <sonde/core/error.hpp>
#include <sonde/core/record.hpp>
#include <sonde/core/result_set.hpp>
#include <string>
#include <vector>

#include "block_builder.hpp"

namespace sonde {
namespace {

using testing::BlockBuilder;

static_assert(sizeof(ValueView) == 16 && std::is_trivially_copyable_v<ValueView>);
static_assert(std::is_trivially_copyable_v<RowView>);
static_assert(!std::is_convertible_v<Row, RowView>, "a view of a temporary row would dangle");
static_assert(std::is_convertible_v<const Row&, RowView>);

ResultSet user() {
  BlockBuilder builder({{.name = "id", .type = Type::Integer, .table = "users"},
                        {.name = "active", .type = Type::Boolean, .table = "users"},
                        {.name = "balance", .type = Type::Decimal, .table = "users", .scale = 2},
                        {.name = "name", .type = Type::Text, .table = "users"},
                        {.name = "seen", .type = Type::Timestamp, .table = "users"},
                        {.name = "photo", .type = Type::Blob, .table = "users"},
                        {.name = "data", .type = Type::Json, .table = "users"},
                        {.name = "nothing", .table = "users"}});
  builder.integer(7).integer(1).real(12.5).text("Ada").text("2024-01-02 03:04:05");
  builder.blob(std::string_view("\0\1", 2)).text(R"({"a":1})").null();
  return builder.rows();
}

TEST(ValueView, SaysWhatAValueMeans) {
  const ResultSet rows = user();
  const Row row = rows.front();
  EXPECT_EQ(row["id"].kind(), Value::Kind::Integer);
  EXPECT_EQ(row["active"].kind(), Value::Kind::Boolean);
  EXPECT_EQ(row["active"].storage(), Storage::Integer);
  EXPECT_EQ(row["balance"].kind(), Value::Kind::Real);
  EXPECT_EQ(row["name"].kind(), Value::Kind::Text);
  EXPECT_EQ(row["photo"].kind(), Value::Kind::Blob);
  EXPECT_TRUE(row["nothing"].isNull());
  EXPECT_EQ(row["seen"].type(), Type::Timestamp);
  EXPECT_EQ(row["seen"].column().name, "seen");
}

TEST(ValueView, ConvertsAsAsked) {
  const ResultSet rows = user();
  const Row row = rows.front();
  EXPECT_EQ(row["id"].as<short>(), 7);
  EXPECT_TRUE(row["active"].as<bool>());
  EXPECT_EQ(row["active"].as<std::string>(), "true");
  EXPECT_EQ(row["active"].as<int>(), 1);
  EXPECT_EQ(row["balance"].as<double>(), 12.5);
  EXPECT_EQ(row["balance"].as<std::string>(), "12.50");
  EXPECT_EQ(row["name"].as<std::string_view>(), "Ada");
  EXPECT_EQ(row["photo"].as<Blob>().bytes.size(), 2U);
  EXPECT_EQ(row["data"].as<nlohmann::json>()["a"], 1);
  EXPECT_EQ(row["balance"].as<nlohmann::json>(), "12.50");
  EXPECT_EQ(row["seen"].as<nlohmann::json>(), "2024-01-02T03:04:05");
  EXPECT_EQ(row["nothing"].as<std::optional<int>>(), std::nullopt);
  EXPECT_EQ(row["nothing"].as<nlohmann::json>(), nullptr);
  using Time = std::chrono::sys_time<std::chrono::microseconds>;
  EXPECT_EQ(row["seen"].as<Time>().time_since_epoch(), std::chrono::seconds(1704164645));
}

TEST(ValueView, GivesOwningValuesWithTheirLogicalType) {
  const Row row = user().front();
  EXPECT_EQ(row["active"].value(), Value(true));
  EXPECT_EQ(row["balance"].value(), Value::decimal("12.50"));
  EXPECT_EQ(row["balance"].value().type(), Type::Decimal);
  EXPECT_EQ(row["seen"].value().type(), Type::Timestamp);
  EXPECT_EQ(row["photo"].value(), Value(Blob(std::string_view("\0\1", 2))));
  EXPECT_EQ(row["nothing"].value(), Value());
  const Value name = row["name"];
  EXPECT_EQ(name.type(), Type::Text);
}

TEST(ValueView, NamesTheColumnOfAFailedConversion) {
  const Row row = user().front();
  try {
    static_cast<void>(row["name"].as<int>());
    FAIL() << "expected a ConversionError";
  } catch (const ConversionError& error) {
    EXPECT_STREQ(
        error.what(),
        R"(column "name" of table "users" holds text, which cannot be converted to a 64-bit )"
        "integer");
    EXPECT_EQ(error.hint(), R"(the value is "Ada")");
    EXPECT_EQ(error.table(), "users");
    EXPECT_EQ(error.columns(), std::vector<std::string>{"name"});
  }
  try {
    static_cast<void>(row["seen"].as<bool>());
    FAIL() << "expected a ConversionError";
  } catch (const ConversionError& error) {
    EXPECT_EQ(std::string(error.what()).find("2024"), std::string::npos);
    EXPECT_NE(std::string(error.what()).find("text (timestamp)"), std::string::npos);
  }
  EXPECT_THROW(static_cast<void>(row["id"].text()), ConversionError);
  EXPECT_THROW(static_cast<void>(row["nothing"].text()), ConversionError);
}

TEST(ValueView, KeepsNulBytesInText) {
  BlockBuilder builder({{.name = "t"}});
  builder.text(std::string_view("a\0b", 3));
  const Row row = builder.rows().front();
  EXPECT_EQ(row[0].text(), std::string_view("a\0b", 3));
  EXPECT_EQ(row[0].as<std::string>().size(), 3U);
  EXPECT_EQ(row[0].value().text().size(), 3U);
}

TEST(Row, SuggestsTheNearestColumn) {
  const Row row = user().front();
  EXPECT_TRUE(row.has("name"));
  EXPECT_FALSE(row.has("Name"));
  try {
    static_cast<void>(row["balanec"]);
    FAIL() << "expected a SchemaError";
  } catch (const SchemaError& error) {
    EXPECT_STREQ(error.what(), R"(the result has no column "balanec"; did you mean "balance"?)");
    EXPECT_EQ(error.suggestions(), std::vector<std::string>{"balance"});
  }
}

TEST(Columns, FindsTheFirstOfEqualNamesWhateverTheirNumber) {
  for (const std::size_t count : {1U, 16U, 17U, 100U, 2000U}) {
    std::vector<ColumnInfo> infos;
    for (std::size_t i = 0; i < count; ++i) infos.push_back({.name = "c" + std::to_string(i)});
    infos.push_back({.name = "c0"});
    infos.push_back({.name = ""});
    const auto columns = Columns::make(std::move(infos));
    for (std::size_t i = 0; i < count; ++i) {
      ASSERT_EQ(columns->find("c" + std::to_string(i)), i);
      ASSERT_EQ(columns->index("c" + std::to_string(i)), i);
    }
    EXPECT_EQ(columns->find(""), count + 1);
    EXPECT_EQ(columns->find("C0"), Columns::npos);
    EXPECT_THROW(static_cast<void>(columns->index("nowhere at all")), SchemaError);
    EXPECT_EQ(columns->jsonKey(0), "\"c0\":");
    EXPECT_EQ(columns->jsonKey(count + 1), "\"\":");
  }
}

TEST(Columns, RefusesMoreThanACellCanName) {
  EXPECT_NO_THROW(Columns(std::vector<ColumnInfo>(kMaxColumns)));
  EXPECT_THROW(Columns(std::vector<ColumnInfo>(kMaxColumns + 1)), Error);
}

/// Two authors, the first with two books, the second with none; the first has a country.
ResultSet authors() {
  BlockBuilder books({{.name = "title"}});
  books.text("A").text("B");
  BlockBuilder countries({{.name = "code"}});
  countries.text("GB");
  BlockBuilder authors({{.name = "id"}});
  authors.integer(1).integer(2);
  authors.block().addChild({.relation = "books", .block = books.take(), .firsts = {0, 2, 2}});
  authors.block().addChild(
      {.relation = "country", .block = countries.take(), .firsts = {0, 1, 1}, .single = true});
  return authors.rows();
}

TEST(Row, GivesTheRowsOfALoadedRelation) {
  const ResultSet rows = authors();
  const Row ada = rows[0];
  const RelatedRows books = ada.related("books");
  ASSERT_EQ(books.size(), 2U);
  EXPECT_EQ(books[1]["title"].text(), "B");
  std::string titles;
  for (const RowView book : books) titles += book["title"].text();
  EXPECT_EQ(titles, "AB");
  const Row other = rows[1];
  EXPECT_TRUE(other.related("books").empty());
}

TEST(Row, WritesLoadedRelationsAfterTheColumns) {
  const ResultSet rows = authors();
  const std::string expected =
      R"([{"id":1,"books":[{"title":"A"},{"title":"B"}],"country":{"code":"GB"}},)"
      R"({"id":2,"books":[],"country":null}])";
  EXPECT_EQ(rows.json(), expected);
  EXPECT_EQ(rows.toJson().dump(), expected);
}

TEST(Row, KeepsRelationsAliveWithTheirParent) {
  std::optional<Row> row;
  {
    const ResultSet rows = authors();
    row = rows[0];
  }
  const RelatedRows books = row->related("books");
  EXPECT_EQ(books[0]["title"].text(), "A");
}

TEST(Row, SaysWhichRelationsWereLoaded) {
  const Row row = authors().front();
  try {
    static_cast<void>(row.related("book"));
    FAIL() << "expected a SchemaError";
  } catch (const SchemaError& error) {
    EXPECT_STREQ(error.what(),
                 R"(relation "book" was not loaded with this row; did you mean "books"?)");
  }
  try {
    static_cast<void>(row.related("publishers"));
    FAIL() << "expected a SchemaError";
  } catch (const SchemaError& error) {
    EXPECT_STREQ(
        error.what(),
        R"(relation "publishers" was not loaded with this row; loaded were "books", "country")");
  }
  const ResultSet rows = user();
  EXPECT_THROW(static_cast<void>(rows[0].view().related("books")), SchemaError);
}

TEST(Record, KeepsOrderAndReplacesInPlace) {
  Record record{{"b", 1}, {"a", 2}};
  record.set("b", "new").set("c", nullptr);
  ASSERT_EQ(record.size(), 3U);
  EXPECT_EQ(record[0].first, "b");
  EXPECT_EQ(*record.find("b"), Value("new"));
  EXPECT_EQ(record.find("d"), nullptr);
  EXPECT_EQ(record.toJson().dump(), R"({"b":"new","a":2,"c":null})");
  EXPECT_TRUE(Record().empty());
}

TEST(Record, RefusesRepeatedNames) {
  EXPECT_THROW((Record{{"a", 1}, {"a", 2}}), ValidationError);
  std::vector<Record::Field> many;
  for (int i = 0; i < 50; ++i) many.emplace_back("c" + std::to_string(i), i);
  EXPECT_EQ(Record(many).size(), 50U);
  many.emplace_back("c0", 1);
  try {
    const Record record(many);
    FAIL() << "expected a ValidationError";
  } catch (const ValidationError& error) {
    ASSERT_EQ(error.problems().size(), 1U);
    EXPECT_EQ(error.problems()[0].field, "c0");
  }
}

TEST(Record, ComesFromJsonObjectsAndRows) {
  const Record record = Record::fromJson(nlohmann::json::parse(R"({"a":[1],"b":null})"));
  EXPECT_EQ(record, (Record{{"a", Value::array({1})}, {"b", nullptr}}));
  EXPECT_THROW(static_cast<void>(Record::fromJson(nlohmann::json::array())), ValidationError);
  EXPECT_THROW(static_cast<void>(Record::fromJson(nlohmann::json(5))), ValidationError);
  BlockBuilder builder({{.name = "id"}, {.name = "name"}, {.name = "id"}});
  builder.integer(1).text("x").integer(2);
  const Row row = builder.rows().front();
  EXPECT_EQ(Record::fromRow(row), (Record{{"id", 1}, {"name", "x"}}));
}

TEST(Arg, RefersToWhatItIsGiven) {
  const std::string text = "text";
  EXPECT_EQ(Arg(text).text().data(), text.data());
  EXPECT_EQ(Arg().kind(), Arg::Kind::Null);
  EXPECT_EQ(Arg(true).kind(), Arg::Kind::Boolean);
  EXPECT_EQ(Arg(5U).integer(), 5);
  EXPECT_EQ(Arg(18446744073709551615U).unsignedInteger(), 18446744073709551615U);
  EXPECT_EQ(Arg(1.5F).real(), 1.5);
  EXPECT_EQ(Arg(std::optional<int>()).kind(), Arg::Kind::Null);
  EXPECT_EQ(Arg(std::optional<int>(3)).integer(), 3);
  EXPECT_EQ(Arg("2024-01-01", Type::Date).type(), Type::Date);
  static_assert(!std::is_constructible_v<Arg, char>);
  static_assert(!std::is_constructible_v<Arg, int*>);
}

TEST(Arg, CopiesBackToTheSameValue) {
  const std::vector<Value> values = {Value(),
                                     true,
                                     -1,
                                     18446744073709551615U,
                                     0.5,
                                     "text",
                                     Value::decimal("1.50"),
                                     Blob("b"),
                                     Value::array({1, 2}),
                                     Value::object({{"a", 1}})};
  for (const Value& value : values) {
    const Arg arg(value);
    EXPECT_EQ(arg.toValue(), value);
    EXPECT_EQ(arg.toValue().type(), value.type());
  }
  EXPECT_EQ(Arg(values).toValue(), Value::array(values));
  EXPECT_EQ(Arg(values[8]).kind(), Arg::Kind::Document);
}

TEST(Arg, TakesValuesOfRows) {
  const Row row = user().front();
  EXPECT_EQ(Arg(row["id"]).integer(), 7);
  EXPECT_EQ(Arg(row["active"]).kind(), Arg::Kind::Boolean);
  EXPECT_EQ(Arg(row["name"]).text(), "Ada");
  EXPECT_EQ(Arg(row["photo"]).bytes().size(), 2U);
  EXPECT_TRUE(Arg(row["nothing"]).isNull());
}

}  // namespace
}  // namespace sonde
