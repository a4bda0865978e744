// Values of every type, as they come and go.
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include "postgres_fixture.hpp"

namespace sonde::test {
namespace {

using testing::HasSubstr;

class PostgresValues : public PostgresTest {
 protected:
  /// The value of an expression, with the text that the server itself writes for it, read in binary
  /// form and, beside a column that has none, in text form.
  void expectAsTheServerWrites(const std::string& expression) {
    const std::string server = query(db(), "SELECT (" + expression + ")::text AS x")[0]["x"].text();
    const ResultSet binary = query(db(), "SELECT " + expression + " AS x");
    const ResultSet text = query(db(), "SELECT " + expression + " AS x, '1.2.3.4'::inet AS y");
    EXPECT_EQ(binary[0]["x"].text(), server) << expression;
    EXPECT_EQ(text[0]["x"].text(), server) << expression;
    EXPECT_EQ(binary[0]["x"].type(), text[0]["x"].type()) << expression;
  }
  std::string json(const std::string& sql) { return query(db(), sql)[0].toJson()["x"].dump(); }
};

TEST_F(PostgresValues, ReadsTextualTypesAsTheServerWritesThem) {
  for (const char* expression : {"'2024-02-29'::date",
                                 "'0001-01-01'::date",
                                 "'0044-03-15 BC'::date",
                                 "'12345-06-07'::date",
                                 "'infinity'::date",
                                 "'-infinity'::date",
                                 "'2000-01-01'::date",
                                 "'1999-12-31'::date",
                                 "'4714-11-24 BC'::date",
                                 "'5874897-12-31'::date",
                                 "'00:00'::time",
                                 "'24:00'::time",
                                 "'12:34:56.7'::time",
                                 "'12:34:56.000001'::time",
                                 "'12:34:56+05:30'::timetz",
                                 "'12:34:56.5-03'::timetz",
                                 "'12:34:56+05:30:15'::timetz",
                                 "'2024-01-02 03:04:05.6'::timestamp",
                                 "'1969-12-31 23:59:59.999999'::timestamp",
                                 "'0001-12-31 23:59:59 BC'::timestamp",
                                 "'infinity'::timestamp",
                                 "'-infinity'::timestamp",
                                 "'294276-12-31 23:59:59.999999'::timestamp",
                                 "'2024-01-02 03:04:05.06+05:30'::timestamptz",
                                 "'0044-03-15 12:00:00 BC'::timestamptz",
                                 "'infinity'::timestamptz",
                                 "'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid",
                                 "'P1Y2M3DT4H5M6.5S'::interval",
                                 "'0'::interval",
                                 "'-1 year -2 mons +3 days -04:05:06.5'::interval",
                                 "'1 day'::interval",
                                 "'14 mons'::interval",
                                 "'-14 mons'::interval",
                                 "'-0.5 seconds'::interval",
                                 "'100 hours'::interval",
                                 "'00:00:00.000001'::interval",
                                 "'-00:01:30'::interval"}) {
    expectAsTheServerWrites(expression);
  }
}

TEST_F(PostgresValues, LosesNoDigitOfANumeric) {
  for (const char* expression :
       {"0::numeric", "0.00::numeric", "12.50::numeric(10,2)", "-12.50::numeric",
        "0.00001234::numeric", "10000::numeric", "100000000::numeric", "99990000::numeric",
        "12345678901234567890123456789.123456789012345678901234567890::numeric", "1e100::numeric",
        "1e-50::numeric", "-0.1::numeric", "0.0001::numeric", "1.0000::numeric", "'NaN'::numeric",
        "'Infinity'::numeric", "'-Infinity'::numeric", "10000.0001::numeric",
        "20240::numeric(7,-1)"}) {
    expectAsTheServerWrites(expression);
  }
  EXPECT_EQ(json("SELECT 12.5::numeric(10,2) AS x"), R"("12.50")");
  EXPECT_EQ(query(db(), "SELECT 3::numeric AS x")[0]["x"].as<int>(), 3);
}

TEST_F(PostgresValues, KeepsTheExtremesOfNumbers) {
  const Row row =
      query(db(),
            "SELECT 32767::int2 a, (-32768)::int2 b, 2147483647 c, (-2147483648)::int4 d, "
            "9223372036854775807 e, (-9223372036854775807 - 1) f, 4294967295::oid g, "
            "1.1::float4 h, 1.7976931348623157e308::float8 i, 5e-324::float8 j, "
            "'NaN'::float8 k, '-Infinity'::float4 l, true m, false n")
          .front();
  EXPECT_EQ(row["a"].as<int>(), 32767);
  EXPECT_EQ(row["b"].as<int>(), -32768);
  EXPECT_EQ(row["c"].as<int>(), 2147483647);
  EXPECT_EQ(row["d"].as<std::int64_t>(), -2147483648LL);
  EXPECT_EQ(row["e"].as<std::int64_t>(), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(row["f"].as<std::int64_t>(), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(row["g"].as<std::uint32_t>(), 4294967295U);
  EXPECT_EQ(row["h"].as<double>(), 1.1);
  EXPECT_EQ(row["i"].as<double>(), std::numeric_limits<double>::max());
  EXPECT_EQ(row["j"].as<double>(), std::numeric_limits<double>::denorm_min());
  EXPECT_TRUE(std::isnan(row["k"].as<double>()));
  EXPECT_EQ(row["l"].as<double>(), -std::numeric_limits<double>::infinity());
  EXPECT_TRUE(row["m"].as<bool>());
  EXPECT_FALSE(row["n"].as<bool>());
}

TEST_F(PostgresValues, GivesTheSameInTextFormAsInBinary) {
  const std::string columns =
      "SELECT 1::int2 a, 2 b, 3::int8 c, 1.1::float4 d, 2.5::float8 e, 'NaN'::float8 f, true g, "
      "'\\x00ff'::bytea h, '{\"k\": [1]}'::json i, '{\"k\": [1]}'::jsonb j, 'x'::varchar(5) k, "
      "'y'::char(3) l, 'z'::name m, NULL::int n, ''::text o, ''::bytea p, 'q'::\"char\" q";
  const auto binary = query(db(), columns)[0].toJson();
  auto text = query(db(), columns + ", '10.0.0.1'::inet z")[0].toJson();
  EXPECT_EQ(text["z"], "10.0.0.1");
  text.erase("z");
  EXPECT_EQ(binary, text);
  EXPECT_EQ(binary["l"], "y  ");
  EXPECT_EQ(binary["h"], "AP8=");
  EXPECT_TRUE(binary["n"].is_null());
  EXPECT_EQ(binary["o"], "");
}

TEST_F(PostgresValues, ReadsArraysAsJson) {
  EXPECT_EQ(json("SELECT ARRAY[1,NULL,3] AS x"), "[1,null,3]");
  EXPECT_EQ(json("SELECT '{}'::int[] AS x"), "[]");
  EXPECT_EQ(json("SELECT ARRAY[[1,2],[3,4]] AS x"), "[[1,2],[3,4]]");
  EXPECT_EQ(json("SELECT '[0:1]={5,6}'::int[] AS x"), "[5,6]");
  EXPECT_EQ(json(R"(SELECT ARRAY['a','b c','"','\','NULL',NULL,'','{,}'] AS x)"),
            R"(["a","b c","\"","\\","NULL",null,"","{,}"])");
  EXPECT_EQ(json("SELECT ARRAY[true,false] AS x"), "[true,false]");
  EXPECT_EQ(json("SELECT ARRAY[1.5,'NaN']::float8[] AS x"), R"([1.5,"NaN"])");
  EXPECT_EQ(json("SELECT ARRAY[1.50]::numeric(5,2)[] AS x"), R"(["1.50"])");
  EXPECT_EQ(json("SELECT ARRAY['\\x00ff'::bytea] AS x"), R"(["AP8="])");
  EXPECT_EQ(json(R"(SELECT ARRAY['{"a": 1}'::jsonb] AS x)"), R"([{"a":1}])");
  EXPECT_EQ(json("SELECT ARRAY['2024-01-02 03:04:05+00'::timestamptz] AS x"),
            R"(["2024-01-02T03:04:05Z"])");
}

TEST_F(PostgresValues, KnowsEnumsDomainsAndOthersByTheCatalog) {
  db().executeScript(
      "CREATE TYPE mood AS ENUM ('sad', 'it''s ok');"
      "CREATE DOMAIN positive AS int CHECK (VALUE > 0);"
      "CREATE DOMAIN small AS positive;"
      "CREATE DOMAIN numbers AS int[];"
      "CREATE TYPE pair AS (a int, b text)");
  const ResultSet rows =
      query(db(),
            "SELECT 'it''s ok'::mood m, 5::small d, '{1,2}'::numbers n, ARRAY['sad']::mood[] ms, "
            "ARRAY[1]::small[] ds, '(1,x)'::pair p, '[1,5)'::int4range r");
  EXPECT_EQ(rows.columns()[0].type, Type::Enum);
  EXPECT_EQ(rows.columns()[1].type, Type::Integer);
  EXPECT_EQ(rows.columns()[2].type, Type::Array);
  const auto row = rows[0].toJson();
  EXPECT_EQ(row["m"], "it's ok");
  EXPECT_EQ(row["d"], 5);
  EXPECT_EQ(row["n"], nlohmann::ordered_json::parse("[1,2]"));
  EXPECT_EQ(row["ms"], nlohmann::ordered_json::parse(R"(["sad"])"));
  EXPECT_EQ(row["ds"], nlohmann::ordered_json::parse("[1]"));
  EXPECT_EQ(row["p"], "(1,x)");
  EXPECT_EQ(row["r"], "[1,5)");
}

TEST_F(PostgresValues, NamesTheTableAndColumnOfAResult) {
  db().executeScript("CREATE TABLE t (id int, price numeric(8,3), name varchar(20))");
  const ResultSet rows = query(db(), "SELECT price AS p, name, 1 + 1 AS two FROM t");
  EXPECT_EQ(rows.columns()[0].table, "t");
  EXPECT_EQ(rows.columns()[0].origin, "price");
  EXPECT_EQ(rows.columns()[0].scale, 3);
  EXPECT_EQ(rows.columns()[1].declaredType, "character varying(20)");
  EXPECT_EQ(rows.columns()[2].table, "");
}

TEST_F(PostgresValues, BindsWhatTheColumnsTake) {
  db().executeScript(
      "CREATE TABLE t (b boolean, s smallint, i int, l bigint, f real, d double precision, "
      "n numeric, t text, y bytea, u uuid, j jsonb, a int[], z timestamptz, e date)");
  const Blob blob(std::string_view("\0\xff", 2));
  const Value object = Value::object({{"k", Value::array({Value(1), Value(nullptr)})}});
  const Value list = Value::array({Value(1), Value(nullptr), Value(3)});
  run(db(), "INSERT INTO t VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,$14)",
      {true, 1, 2, std::int64_t{3}, 1.5, 2.0, "12.340", "a\xc3\xa4\xf0\x9f\x98\x80", blob,
       "a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11", object, list, "2024-01-02T03:04:05+02:00",
       "2024-02-29"});
  const auto row = query(db(), "SELECT * FROM t")[0].toJson();
  EXPECT_EQ(row.dump(),
            R"({"b":true,"s":1,"i":2,"l":3,"f":1.5,"d":2.0,"n":"12.340","t":"aä😀","y":"AP8=",)"
            R"("u":"a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11","j":{"k":[1,null]},"a":[1,null,3],)"
            R"("z":"2024-01-02T01:04:05Z","e":"2024-02-29"})");
}

TEST_F(PostgresValues, ComparesNumbersThatAColumnCannotHold) {
  db().executeScript(
      "CREATE TABLE t (i int, b boolean); INSERT INTO t VALUES (1, true), (2, false)");
  const auto count = [&](std::string_view where, Arg arg) {
    return query(db(), "SELECT count(*) AS n FROM t WHERE " + std::string(where), {arg})[0]["n"]
        .as<int>();
  };
  EXPECT_EQ(count("i = $1", 1.5), 0);
  EXPECT_EQ(count("i < $1", 1.5), 1);
  EXPECT_EQ(count("i = $1", 2.0), 1);
  EXPECT_EQ(count("i < $1", std::int64_t{5'000'000'000}), 2);
  EXPECT_EQ(count("i < $1", std::numeric_limits<std::uint64_t>::max()), 2);
  EXPECT_EQ(count("i = $1", true), 1);
  EXPECT_EQ(count("b = $1", 1), 1);
  EXPECT_EQ(count("b = $1", false), 1);
  // Storing is another matter: nothing may be rounded in silence.
  EXPECT_THROW(run(db(), "INSERT INTO t (i) VALUES ($1)", {1.5}), QueryError);
  EXPECT_THROW(run(db(), "INSERT INTO t (i) VALUES ($1)", {std::int64_t{5'000'000'000}}),
               QueryError);
}

TEST_F(PostgresValues, BindsWhereTheTypeHasToBeInferred) {
  EXPECT_EQ(query(db(), "SELECT lower($1) AS x", {"ABC"})[0]["x"].text(), "abc");
  EXPECT_EQ(query(db(), "SELECT $1 AS x", {5})[0]["x"].text(), "5");
  EXPECT_EQ(
      query(db(), "SELECT g FROM generate_series(1, 5) g ORDER BY g LIMIT $1 OFFSET $2", {2, 1})
          .size(),
      2U);
  EXPECT_EQ(query(db(), "SELECT 1 AS x WHERE 3 = ANY($1)", {"{1,3}"}).size(), 1U);
  EXPECT_TRUE(query(db(), "SELECT coalesce($1, $2) AS x", {nullptr, nullptr})[0]["x"].isNull());
  const auto error = caught<QueryError>([&] { (void)query(db(), "SELECT $1 IS NULL", {1}); });
  ASSERT_TRUE(error);
  EXPECT_EQ(error->sqlState(), "42P18");
}

TEST_F(PostgresValues, RefusesTextWithANulBeforeItIsSent) {
  const std::string text("a\0b", 3);
  const auto error = caught<ValidationError>([&] { (void)query(db(), "SELECT $1 AS x", {text}); });
  ASSERT_TRUE(error);
  EXPECT_THAT(error->what(), HasSubstr("parameter 1"));
  EXPECT_THROW(query(db(), "SELECT $1 AS x", {"\xff"}), EncodingError);
}

TEST_F(PostgresValues, ShowsTimesInTheZoneThatWasAskedFor) {
  const auto other = open("timezone=Asia/Kolkata");
  EXPECT_EQ(query(*other, "SELECT '2024-01-02 00:00+00'::timestamptz AS x")[0].toJson()["x"],
            "2024-01-02T05:30:00+05:30");
  // The server's own zone (+05:30) does not show.
  EXPECT_EQ(query(db(), "SELECT '2024-01-02 00:00+00'::timestamptz AS x")[0].toJson()["x"],
            "2024-01-02T00:00:00Z");
}

}  // namespace
}  // namespace sonde::test
