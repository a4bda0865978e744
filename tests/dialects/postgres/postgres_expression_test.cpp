// What PostgreSQL's own way of writing expressions means, without a server.
#include <gtest/gtest.h>

#include <sonde/dialects/postgres/postgres_expression.hpp>

namespace sonde::postgres {
namespace {

using Kind = ColumnDefault::Kind;

std::string read(std::string_view expression, std::string_view typeName, Type type) {
  const auto value = readDefault(expression, typeName, type);
  if (!value) return "none";
  return (value->kind == Kind::Literal ? "literal " : "expression ") + value->text;
}

TEST(PostgresExpression, LosesParenthesesThatEncloseAllOfIt) {
  EXPECT_EQ(withoutParentheses("(a > 0)"), "a > 0");
  EXPECT_EQ(withoutParentheses("((a > 0) AND (b > 0))"), "(a > 0) AND (b > 0)");
  EXPECT_EQ(withoutParentheses("((a + 1))"), "a + 1");
  EXPECT_EQ(withoutParentheses("(a) + (b)"), "(a) + (b)");
  EXPECT_EQ(withoutParentheses("lower(a)"), "lower(a)");
  EXPECT_EQ(withoutParentheses("(a = ')'::text)"), "a = ')'::text");
  EXPECT_EQ(withoutParentheses("(\")\" > 0)"), "\")\" > 0");
  EXPECT_EQ(withoutParentheses("('it''s)' = a)"), "'it''s)' = a");
  EXPECT_EQ(withoutParentheses("(a = ')'::text) OR (b)"), "(a = ')'::text) OR (b)");
  EXPECT_EQ(withoutParentheses("('open)"), "('open)");
  EXPECT_EQ(withoutParentheses("()"), "");
  EXPECT_EQ(withoutParentheses("("), "(");
  EXPECT_EQ(withoutParentheses(""), "");
}

TEST(PostgresDefault, OfNullIsNone) {
  EXPECT_EQ(read("NULL", "text", Type::Text), "none");
  EXPECT_EQ(read("NULL::character varying", "character varying", Type::Text), "none");
  EXPECT_EQ(read("'NULL'::text", "text", Type::Text), "literal 'NULL'");
  EXPECT_EQ(read("NULLIF(1, 2)", "integer", Type::Integer), "expression NULLIF(1, 2)");
}

TEST(PostgresDefault, LosesACastThatChangesNothing) {
  EXPECT_EQ(read("'x'::text", "text", Type::Text), "literal 'x'");
  EXPECT_EQ(read("'x'::text", "character varying", Type::Text), "literal 'x'");
  EXPECT_EQ(read("'x'::character varying", "text", Type::Text), "literal 'x'");
  EXPECT_EQ(read("'it''s'::text", "text", Type::Text), "literal 'it''s'");
  EXPECT_EQ(read("'{}'::text[]", "text[]", Type::Array), "literal '{}'");
  EXPECT_EQ(read("'a'::public.mood", "public.mood", Type::Enum), "literal 'a'");
  EXPECT_EQ(read("B'1'::\"bit\"", "\"bit\"", Type::Other), "literal B'1'");
}

TEST(PostgresDefault, KeepsACastThatChangesTheValue) {
  EXPECT_EQ(read("'abc'::character varying(2)", "text", Type::Text),
            "expression 'abc'::character varying(2)");
  EXPECT_EQ(read("'a  '::bpchar", "text", Type::Text), "expression 'a  '::bpchar");
  EXPECT_EQ(read("'t'::regclass", "oid", Type::Integer), "expression 't'::regclass");
  EXPECT_EQ(read("'a'::text || 'b'::text", "text", Type::Text),
            "expression 'a'::text || 'b'::text");
}

TEST(PostgresDefault, OfANumberIsWrittenWithoutQuotes) {
  EXPECT_EQ(read("0", "integer", Type::Integer), "literal 0");
  EXPECT_EQ(read("1.50", "numeric", Type::Decimal), "literal 1.50");
  EXPECT_EQ(read("'-1'::integer", "integer", Type::Integer), "literal -1");
  EXPECT_EQ(read("'-1'::integer", "bigint", Type::Integer), "literal -1");
  EXPECT_EQ(read("'1e+20'::double precision", "double precision", Type::Real), "literal 1e+20");
  EXPECT_EQ(read("'NaN'::numeric", "numeric", Type::Decimal), "literal 'NaN'");
  EXPECT_EQ(read("'1'::text", "text", Type::Text), "literal '1'");
  EXPECT_EQ(read("1.5::numeric(3,0)", "numeric", Type::Decimal), "expression 1.5::numeric(3,0)");
  EXPECT_EQ(read("1.", "numeric", Type::Decimal), "expression 1.");
  EXPECT_EQ(read("-", "numeric", Type::Decimal), "expression -");
}

TEST(PostgresDefault, OfASerialNamesItsSequence) {
  EXPECT_EQ(nextvalOf("public.t_a_seq"), "nextval('public.t_a_seq'::regclass)");
  EXPECT_EQ(nextvalOf("public.\"it's\""), "nextval('public.\"it''s\"'::regclass)");
}

TEST(PostgresDefault, ThatIsCutShortStaysAnExpression) {
  for (const char* text : {"'", "'x", "'x'::", "B'", "B", "'x''", ""}) {
    EXPECT_EQ(read(text, "text", Type::Text), std::string("expression ") + text);
  }
}

}  // namespace
}  // namespace sonde::postgres
