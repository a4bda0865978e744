// Columns: what their types, defaults, domains, identities and collations say.
#include <gmock/gmock.h>

#include "postgres_catalog_fixture.hpp"

namespace sonde {
namespace {

using test::Names;
using test::namesOf;
using test::PostgresCatalog;
using Kind = ColumnDefault::Kind;

std::string defaultOf(const Table& table, const char* column) {
  const auto& value = table.column(column).defaultValue;
  if (!value) return "none";
  return (value->kind == Kind::Literal ? "literal " : "expression ") + value->text;
}

TEST_F(PostgresCatalog, ColumnsSayWhatTheyHold) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a smallint, b bigint NOT NULL, c varchar(50), d char(3), e text, "
      "f numeric(10,2), g numeric, h numeric(7), i real, j boolean, k bytea, l uuid, m date, "
      "n time(3), o timestamp, p timestamptz(6), q interval, r json, s jsonb, t inet, u bit(5), "
      "v int4range, w interval day to second(3), x numeric(5,-2), y oid, z timetz)");
  const Table& table = schema->table("t");
  const auto typeOf = [&](const char* name) {
    const Column& column = table.column(name);
    std::string text = column.declaredType + " " + std::string(typeName(column.type));
    if (column.length) text += " length " + std::to_string(*column.length);
    if (column.precision) text += " precision " + std::to_string(*column.precision);
    if (column.scale) text += " scale " + std::to_string(*column.scale);
    return text;
  };
  EXPECT_EQ(typeOf("a"), "smallint integer");
  EXPECT_EQ(typeOf("b"), "bigint integer");
  EXPECT_EQ(typeOf("c"), "character varying(50) text length 50");
  EXPECT_EQ(typeOf("d"), "character(3) text length 3");
  EXPECT_EQ(typeOf("e"), "text text");
  EXPECT_EQ(typeOf("f"), "numeric(10,2) decimal precision 10 scale 2");
  EXPECT_EQ(typeOf("g"), "numeric decimal");
  EXPECT_EQ(typeOf("h"), "numeric(7,0) decimal precision 7 scale 0");
  EXPECT_EQ(typeOf("i"), "real real");
  EXPECT_EQ(typeOf("j"), "boolean boolean");
  EXPECT_EQ(typeOf("k"), "bytea blob");
  EXPECT_EQ(typeOf("l"), "uuid uuid");
  EXPECT_EQ(typeOf("m"), "date date");
  EXPECT_EQ(typeOf("n"), "time(3) without time zone time precision 3");
  EXPECT_EQ(typeOf("o"), "timestamp without time zone timestamp");
  EXPECT_EQ(typeOf("p"), "timestamp(6) with time zone timestamptz precision 6");
  EXPECT_EQ(typeOf("q"), "interval interval");
  EXPECT_EQ(typeOf("r"), "json json");
  EXPECT_EQ(typeOf("s"), "jsonb json");
  EXPECT_EQ(typeOf("t"), "inet other");
  EXPECT_EQ(typeOf("u"), "bit(5) other length 5");
  EXPECT_EQ(typeOf("v"), "int4range other");
  EXPECT_EQ(typeOf("w"), "interval day to second(3) interval precision 3");
  EXPECT_EQ(typeOf("x"), "numeric(5,-2) decimal precision 5 scale -2");
  EXPECT_EQ(typeOf("y"), "oid integer");
  EXPECT_EQ(typeOf("z"), "time with time zone time");
  EXPECT_TRUE(table.column("a").nullable);
  EXPECT_FALSE(table.column("b").nullable);
  EXPECT_EQ(table.column("b").position, 2);
}

TEST_F(PostgresCatalog, ADroppedColumnIsInvisible) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a int, gone int DEFAULT 1, b text DEFAULT 'x', c int UNIQUE);"
      "COMMENT ON COLUMN t.c IS 'the third'; ALTER TABLE t DROP COLUMN gone;"
      "ALTER TABLE t ALTER COLUMN a SET NOT NULL;");
  const Table& table = schema->table("t");
  EXPECT_EQ(namesOf(table.columns), (Names{"a", "b", "c"}));
  EXPECT_EQ(table.column("c").position, 3);
  EXPECT_EQ(table.column("c").comment, "the third");
  EXPECT_EQ(defaultOf(table, "b"), "literal 'x'");
  EXPECT_FALSE(table.column("a").nullable);
  ASSERT_EQ(table.uniqueConstraints.size(), 1u);
  EXPECT_EQ(table.uniqueConstraints[0].columns, Names{"c"});
}

TEST_F(PostgresCatalog, ATableWithoutColumnsIsListed) {
  const auto schema = schemaOf("CREATE TABLE nothing();");
  EXPECT_TRUE(schema->table("nothing").columns.empty());
  EXPECT_EQ(schema->table("nothing").kind, TableKind::Table);
}

TEST_F(PostgresCatalog, SixteenHundredColumnsAreRead) {
  std::string sql = "CREATE TABLE wide(c1 int";
  for (int i = 2; i <= 1600; ++i) sql += ", c" + std::to_string(i) + " int";
  const auto schema = schemaOf(sql + "); ALTER TABLE wide ALTER c3 SET NOT NULL");
  const Table& wide = schema->table("wide");
  ASSERT_EQ(wide.columns.size(), 1600u);
  EXPECT_EQ(wide.columns[2].name, "c3");
  EXPECT_EQ(wide.columns.back().name, "c1600");
  EXPECT_EQ(wide.columns.back().position, 1600);
}

TEST_F(PostgresCatalog, ColumnsOfCreateTableAsHaveTheirTypes) {
  const auto schema = schemaOf(
      "CREATE TABLE s(a int NOT NULL, c varchar(9));"
      "CREATE TABLE t AS SELECT a, c, 1.5 AS d, 'x' AS e FROM s");
  const Table& table = schema->table("t");
  EXPECT_TRUE(table.column("a").nullable);
  EXPECT_EQ(table.column("c").length, 9);
  EXPECT_EQ(table.column("d").type, Type::Decimal);
  EXPECT_EQ(table.column("e").type, Type::Text);
  EXPECT_EQ(table.primaryKey, std::nullopt);
}

TEST_F(PostgresCatalog, DefaultsAreLiteralsOrExpressions) {
  const auto schema = schemaOf(
      "CREATE TYPE mood AS ENUM ('sad', 'glad');"
      "CREATE TABLE t(a text DEFAULT 'it''s', b varchar(9) DEFAULT 'x', c int DEFAULT -1, "
      "d bigint DEFAULT 5, e numeric(9,2) DEFAULT 1.50, f boolean DEFAULT true, "
      "g timestamptz DEFAULT now(), h date DEFAULT '2020-01-02', i jsonb DEFAULT '{}', "
      "j mood DEFAULT 'glad', k text DEFAULT NULL, l int DEFAULT (1 + 1), m text DEFAULT '', "
      "n text[] DEFAULT '{a,b}', o bytea DEFAULT '\\x00', p text DEFAULT 'a' || 'b', "
      "q timestamp DEFAULT CURRENT_TIMESTAMP, r text DEFAULT 'abc'::varchar(2), "
      "s oid DEFAULT 'pg_class'::regclass, t char(3) DEFAULT 'a', u double precision DEFAULT 1.5, "
      "v interval DEFAULT '1 day', w text DEFAULT 'null', x int, y bit(3) DEFAULT B'101', "
      "z timestamptz DEFAULT '2020-01-02 03:04:05+01')");
  const Table& table = schema->table("t");
  EXPECT_EQ(defaultOf(table, "a"), "literal 'it''s'");
  EXPECT_EQ(defaultOf(table, "b"), "literal 'x'");
  EXPECT_EQ(defaultOf(table, "c"), "literal -1");
  EXPECT_EQ(defaultOf(table, "d"), "literal 5");
  EXPECT_EQ(defaultOf(table, "e"), "literal 1.50");
  EXPECT_EQ(defaultOf(table, "f"), "literal true");
  EXPECT_EQ(defaultOf(table, "g"), "expression now()");
  EXPECT_EQ(defaultOf(table, "h"), "literal '2020-01-02'");
  EXPECT_EQ(defaultOf(table, "i"), "literal '{}'");
  EXPECT_EQ(defaultOf(table, "j"), "literal 'glad'");
  EXPECT_EQ(defaultOf(table, "k"), "none");
  EXPECT_EQ(defaultOf(table, "l"), "expression (1 + 1)");
  EXPECT_EQ(defaultOf(table, "m"), "literal ''");
  EXPECT_EQ(defaultOf(table, "n"), "literal '{a,b}'");
  EXPECT_EQ(defaultOf(table, "o"), "literal '\\x00'");
  EXPECT_EQ(defaultOf(table, "p"), "expression ('a'::text || 'b'::text)");
  EXPECT_EQ(defaultOf(table, "q"), "expression CURRENT_TIMESTAMP");
  EXPECT_EQ(defaultOf(table, "r"), "expression 'abc'::character varying(2)");
  EXPECT_EQ(defaultOf(table, "s"), "expression 'pg_class'::regclass");
  EXPECT_EQ(defaultOf(table, "t"), "literal 'a'");
  EXPECT_EQ(defaultOf(table, "u"), "literal 1.5");
  EXPECT_EQ(defaultOf(table, "v"), "literal '1 day'");
  EXPECT_EQ(defaultOf(table, "w"), "literal 'null'");
  EXPECT_EQ(defaultOf(table, "x"), "none");
  EXPECT_EQ(defaultOf(table, "y"), "literal '101'");
  EXPECT_EQ(defaultOf(table, "z"), "literal '2020-01-02 02:04:05+00'");
}

TEST_F(PostgresCatalog, ADefaultWithCommasQuotesAndKeywordsIsWhole) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a text DEFAULT 'CHECK (a, b), UNIQUE(x) REFERENCES y', "
      "b text DEFAULT concat('a,b', ', ', 'c'), c text DEFAULT E'line\none', "
      "d text DEFAULT 'a''::text')");
  const Table& table = schema->table("t");
  EXPECT_EQ(defaultOf(table, "a"), "literal 'CHECK (a, b), UNIQUE(x) REFERENCES y'");
  EXPECT_EQ(defaultOf(table, "b"), "expression concat('a,b', ', ', 'c')");
  EXPECT_EQ(defaultOf(table, "c"), "literal 'line\none'");
  EXPECT_EQ(defaultOf(table, "d"), "literal 'a''::text'");
  EXPECT_TRUE(table.checks.empty());
  EXPECT_TRUE(table.foreignKeys.empty());
}

TEST_F(PostgresCatalog, DefaultsReadTheSameInEverySession) {
  db().run(
      "CREATE SCHEMA other; CREATE TYPE other.mood AS ENUM ('sad');"
      "CREATE TABLE t(a timestamptz DEFAULT '2020-01-02 03:04:05+01', b date DEFAULT '2020-01-02', "
      "c other.mood DEFAULT 'sad', d bigserial, e text DEFAULT 'back\\slash')");
  const auto plain = schema();
  const auto other = schema(
      "search_path=other,public&datestyle=German&timezone=Asia%2FTokyo&quote_all_identifiers=on&"
      "standard_conforming_strings=off&extra_float_digits=0");
  EXPECT_EQ(plain->fingerprint(), other->fingerprint());
  EXPECT_EQ(other->table("t").column("c").declaredType, "other.mood");
  EXPECT_EQ(defaultOf(other->table("t"), "b"), "literal '2020-01-02'");
}

TEST_F(PostgresCatalog, GeneratedColumnsAreReadOnly) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a int, b int, c int GENERATED ALWAYS AS (a * b) STORED, "
      "d text GENERATED ALWAYS AS (upper(a || ', ' || b)) STORED, PRIMARY KEY (a, b))");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("c").generated, Generated::Stored);
  EXPECT_EQ(table.column("c").generatedExpression, "a * b");
  EXPECT_EQ(table.column("d").generatedExpression, "upper(((a || ', '::text) || b))");
  EXPECT_TRUE(table.column("c").readOnly());
  EXPECT_EQ(defaultOf(table, "c"), "none");
  EXPECT_FALSE(table.column("a").readOnly());
}

TEST_F(PostgresCatalog, SerialAndIdentityAreToldApart) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a serial, b int GENERATED ALWAYS AS IDENTITY, "
      "c int GENERATED BY DEFAULT AS IDENTITY, d int);"
      "CREATE SEQUENCE loose; ALTER TABLE t ALTER d SET DEFAULT nextval('loose');");
  const Table& table = schema->table("t");
  EXPECT_TRUE(table.column("a").autoIncrement);
  EXPECT_EQ(table.column("a").identity, Identity::No);
  EXPECT_EQ(defaultOf(table, "a"), "expression nextval('public.t_a_seq'::regclass)");
  EXPECT_EQ(table.column("b").identity, Identity::Always);
  EXPECT_FALSE(table.column("b").autoIncrement);
  EXPECT_TRUE(table.column("b").readOnly());
  EXPECT_EQ(table.column("c").identity, Identity::ByDefault);
  EXPECT_FALSE(table.column("d").autoIncrement) << "the sequence belongs to no column";
  EXPECT_EQ(defaultOf(table, "d"), "expression nextval('public.loose'::regclass)");
  ASSERT_EQ(schema->sequences().size(), 4u);
  EXPECT_EQ(schema->sequences()[0].name, "loose");
  EXPECT_EQ(schema->sequences()[0].ownedBy, std::nullopt);
  EXPECT_EQ(schema->sequences()[1].name, "t_a_seq");
  EXPECT_EQ(schema->sequences()[1].ownedBy, "t.a");
  EXPECT_EQ(schema->sequences()[2].ownedBy, "t.b");
}

TEST_F(PostgresCatalog, ARenamedOrQuotedSequenceIsStillTheColumns) {
  const auto schema = schemaOf(
      "CREATE TABLE t(a serial, b serial); ALTER SEQUENCE t_a_seq RENAME TO \"It's A \"\"seq\"\"\";"
      "CREATE SCHEMA \"Odd\"; CREATE TABLE \"Odd\".\"Mixed\"(\"Id\" bigserial);");
  EXPECT_TRUE(schema->table("t").column("a").autoIncrement);
  EXPECT_TRUE(schema->table("t").column("b").autoIncrement);
  EXPECT_TRUE(schema->findTable("Odd", "Mixed")->column("Id").autoIncrement);
}

TEST_F(PostgresCatalog, NotNullAndDefaultsComeThroughDomainsOverDomains) {
  const auto schema = schemaOf(
      "CREATE DOMAIN base AS varchar(20) NOT NULL DEFAULT 'none' CHECK (VALUE <> '');"
      "CREATE DOMAIN middle AS base CONSTRAINT short CHECK (length(VALUE) < 9);"
      "CREATE DOMAIN top AS middle; CREATE DOMAIN free AS numeric(5,1);"
      "CREATE TABLE t(a top, b free, c top DEFAULT 'own', d text)");
  const Table& table = schema->table("t");
  const Column& a = table.column("a");
  EXPECT_FALSE(a.nullable);
  EXPECT_EQ(a.domain, "public.top");
  EXPECT_EQ(a.declaredType, "public.top");
  EXPECT_EQ(a.type, Type::Text);
  EXPECT_EQ(a.length, 20);
  EXPECT_EQ(defaultOf(table, "a"), "literal 'none'");
  EXPECT_EQ(defaultOf(table, "c"), "literal 'own'");
  EXPECT_TRUE(table.column("b").nullable);
  EXPECT_EQ(table.column("b").type, Type::Decimal);
  EXPECT_EQ(table.column("b").scale, 1);
  EXPECT_EQ(table.column("d").domain, std::nullopt);
  ASSERT_EQ(namesOf(schema->domains()), (Names{"base", "free", "middle", "top"}));
  const Domain& base = schema->domains()[0];
  EXPECT_EQ(base.declaredType, "character varying(20)");
  EXPECT_FALSE(base.nullable);
  EXPECT_EQ(base.defaultValue->text, "'none'");
  ASSERT_EQ(base.checks.size(), 1u);
  EXPECT_EQ(base.checks[0].expression, "(VALUE)::text <> ''::text");
  const Domain& middle = schema->domains()[2];
  EXPECT_EQ(middle.declaredType, "public.base");
  EXPECT_FALSE(middle.nullable) << "the domain below is NOT NULL";
  EXPECT_EQ(middle.checks[0].name, "short");
}

TEST_F(PostgresCatalog, AViewMayGiveNullForADomainThatIsNotNull) {
  const auto schema = schemaOf(
      "CREATE DOMAIN needed AS int NOT NULL; CREATE TABLE t(a int, b needed);"
      "CREATE VIEW v AS SELECT x.a, y.b FROM t x LEFT JOIN t y ON y.a = x.a + 1");
  EXPECT_TRUE(schema->table("v").column("b").nullable);
  EXPECT_FALSE(schema->table("t").column("b").nullable);
}

TEST_F(PostgresCatalog, ArraysKnowTheirElements) {
  const auto schema = schemaOf(
      "CREATE TYPE mood AS ENUM ('sad', 'glad'); CREATE DOMAIN code AS varchar(3);"
      "CREATE DOMAIN codes AS text[]; CREATE DOMAIN matrix AS codes;"
      "CREATE TABLE t(a int[], b mood[], c code[], d codes, e matrix, f timestamptz[][], "
      "g codes[], h int4range[])");
  const Table& table = schema->table("t");
  for (const char* name : {"a", "b", "c", "d", "e", "f", "g", "h"}) {
    EXPECT_EQ(table.column(name).type, Type::Array) << name;
  }
  EXPECT_EQ(table.column("a").elementType, Type::Integer);
  EXPECT_EQ(table.column("b").elementType, Type::Enum);
  EXPECT_EQ(table.column("b").enumValues, (Names{"sad", "glad"}));
  EXPECT_EQ(table.column("b").declaredType, "public.mood[]");
  EXPECT_EQ(table.column("c").elementType, Type::Text);
  EXPECT_EQ(table.column("d").elementType, Type::Text);
  EXPECT_EQ(table.column("d").domain, "public.codes");
  EXPECT_EQ(table.column("e").elementType, Type::Text);
  EXPECT_EQ(table.column("f").elementType, Type::TimestampTz);
  EXPECT_EQ(table.column("g").elementType, Type::Array);
  EXPECT_EQ(table.column("h").elementType, Type::Other);
}

TEST_F(PostgresCatalog, EnumLabelsAreExact) {
  const auto schema = schemaOf(
      "CREATE TYPE odd AS ENUM ('b,c', 'd''e', '\"q\"', '{x}', '', 'a'); CREATE TYPE hollow AS "
      "ENUM ();"
      "CREATE DOMAIN odder AS odd; ALTER TYPE odd ADD VALUE 'first' BEFORE 'b,c';"
      "CREATE TABLE t(a odd, b hollow, c odder)");
  const Names labels{"first", "b,c", "d'e", "\"q\"", "{x}", "", "a"};
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("a").type, Type::Enum);
  EXPECT_EQ(table.column("a").enumValues, labels);
  EXPECT_EQ(table.column("b").type, Type::Enum);
  EXPECT_TRUE(table.column("b").enumValues.empty());
  EXPECT_EQ(table.column("c").type, Type::Enum);
  EXPECT_EQ(table.column("c").enumValues, labels);
  ASSERT_EQ(namesOf(schema->enums()), (Names{"hollow", "odd"}));
  EXPECT_EQ(schema->enums()[1].values, labels);
  EXPECT_EQ(schema->enums()[0].schema, "public");
}

TEST_F(PostgresCatalog, ATypeNamedLikeABuiltInIsItself) {
  const auto schema = schemaOf(
      "CREATE TYPE interval_kind AS ENUM ('short'); CREATE DOMAIN \"integer\" AS text;"
      "CREATE TYPE point AS (x int, y int);"
      "CREATE TABLE t(a interval_kind, b public.\"integer\", c interval, d public.point)");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("a").type, Type::Enum);
  EXPECT_EQ(table.column("b").type, Type::Text);
  EXPECT_EQ(table.column("b").declaredType, "public.\"integer\"");
  EXPECT_EQ(table.column("b").domain, "public.integer");
  EXPECT_EQ(table.column("c").type, Type::Interval);
  EXPECT_EQ(table.column("d").type, Type::Other);
  EXPECT_EQ(table.column("d").declaredType, "public.point");
}

TEST_F(PostgresCatalog, CollationsAreToldWhereTheyDiffer) {
  const auto schema = schemaOf(
      "CREATE DOMAIN plain AS text COLLATE \"C\";"
      "CREATE TABLE t(a text, b text COLLATE \"C\", c text COLLATE \"default\", d name, e plain, "
      "f plain COLLATE \"POSIX\", g plain COLLATE \"default\", h int)");
  const Table& table = schema->table("t");
  EXPECT_EQ(table.column("a").collation, std::nullopt);
  EXPECT_EQ(table.column("b").collation, "C");
  EXPECT_EQ(table.column("c").collation, std::nullopt);
  EXPECT_EQ(table.column("d").collation, std::nullopt) << "names have a collation of their own";
  EXPECT_EQ(table.column("e").collation, std::nullopt) << "as its domain has it";
  EXPECT_EQ(table.column("f").collation, "POSIX");
  EXPECT_EQ(table.column("g").collation, "default");
  EXPECT_EQ(table.column("h").collation, std::nullopt);
}

}  // namespace
}  // namespace sonde
