#include <gtest/gtest.h>

#include <chrono>
#include <sonde/dialects/sqlite/sqlite_ddl.hpp>
#include <string>
#include <vector>

namespace sonde::sqlite {
namespace {

using Names = std::vector<std::string>;

ParsedTable table(std::string_view sql) {
  auto parsed = parseCreateTable(sql);
  if (!parsed) ADD_FAILURE() << "not read: " << sql;
  return parsed ? *parsed : ParsedTable();
}

TEST(SqliteCreateTable, FindsNamesOfConstraints) {
  const ParsedTable parsed = table(
      "CREATE TABLE t(a INT CONSTRAINT pk PRIMARY KEY, b TEXT CONSTRAINT ub UNIQUE,"
      " c INT CONSTRAINT fc REFERENCES o(x), d INT CONSTRAINT cd CHECK (d > 0),"
      " CONSTRAINT u2 UNIQUE (a, b COLLATE NOCASE DESC),"
      " CONSTRAINT f2 FOREIGN KEY (a, b) REFERENCES p, CHECK (a <> b))");
  EXPECT_EQ(parsed.primaryKeyName, "pk");
  ASSERT_EQ(parsed.uniqueConstraints.size(), 2u);
  EXPECT_EQ(parsed.uniqueConstraints[0].name, "ub");
  EXPECT_EQ(parsed.uniqueConstraints[0].columns, (Names{"b"}));
  EXPECT_EQ(parsed.uniqueConstraints[1].name, "u2");
  EXPECT_EQ(parsed.uniqueConstraints[1].columns, (Names{"a", "b"}));
  ASSERT_EQ(parsed.foreignKeys.size(), 2u);
  EXPECT_EQ(parsed.foreignKeys[0].name, "fc");
  EXPECT_EQ(parsed.foreignKeys[0].table, "o");
  EXPECT_EQ(parsed.foreignKeys[0].columns, (Names{"c"}));
  EXPECT_EQ(parsed.foreignKeys[1].name, "f2");
  EXPECT_EQ(parsed.foreignKeys[1].columns, (Names{"a", "b"}));
  ASSERT_EQ(parsed.checks.size(), 2u);
  EXPECT_EQ(parsed.checks[0].name, "cd");
  EXPECT_EQ(parsed.checks[0].expression, "d > 0");
  EXPECT_EQ(parsed.checks[1].name, std::nullopt);
  EXPECT_EQ(parsed.checks[1].expression, "a <> b");
}

TEST(SqliteCreateTable, GivesANameToTheNextConstraintAndToEveryCheckUpToTheComma) {
  const ParsedTable parsed = table(
      "CREATE TABLE t(a INT CONSTRAINT nn NOT NULL UNIQUE CHECK (a > 0) CHECK (a < 9),"
      " b INT CHECK (b), c INT CONSTRAINT k PRIMARY KEY REFERENCES o)");
  EXPECT_EQ(parsed.uniqueConstraints.at(0).name, std::nullopt);
  ASSERT_EQ(parsed.checks.size(), 3u);
  EXPECT_EQ(parsed.checks[0].name, "nn");  // what SQLite says when the check fails
  EXPECT_EQ(parsed.checks[1].name, "nn");
  EXPECT_EQ(parsed.checks[2].name, std::nullopt);
  EXPECT_EQ(parsed.primaryKeyName, "k");
  EXPECT_EQ(parsed.foreignKeys.at(0).name, std::nullopt);
}

TEST(SqliteCreateTable, TakesConstraintsWithoutCommasBetween) {
  const ParsedTable parsed =
      table("CREATE TABLE t(a, b, UNIQUE (a) UNIQUE (b) CHECK (a) CONSTRAINT q CHECK (b))");
  ASSERT_EQ(parsed.uniqueConstraints.size(), 2u);
  EXPECT_EQ(parsed.uniqueConstraints[1].columns, (Names{"b"}));
  ASSERT_EQ(parsed.checks.size(), 2u);
  EXPECT_EQ(parsed.checks[0].name, std::nullopt);
  EXPECT_EQ(parsed.checks[1].name, "q");
}

TEST(SqliteCreateTable, ReadsDeferrableAsSqliteDoes) {
  const ParsedTable parsed = table(
      "CREATE TABLE t(a INT REFERENCES p DEFERRABLE INITIALLY DEFERRED,"
      " b INT REFERENCES p MATCH full ON DELETE SET NULL DEFERRABLE,"
      " c INT REFERENCES p NOT DEFERRABLE INITIALLY DEFERRED, d INT REFERENCES p,"
      " e INT DEFERRABLE INITIALLY DEFERRED)");
  ASSERT_EQ(parsed.foreignKeys.size(), 4u);
  EXPECT_TRUE(parsed.foreignKeys[0].deferrable);
  EXPECT_TRUE(parsed.foreignKeys[0].initiallyDeferred);
  EXPECT_TRUE(parsed.foreignKeys[1].deferrable);
  EXPECT_FALSE(parsed.foreignKeys[1].initiallyDeferred);
  EXPECT_EQ(parsed.foreignKeys[1].match, "FULL");
  EXPECT_FALSE(parsed.foreignKeys[2].deferrable);
  EXPECT_FALSE(parsed.foreignKeys[2].initiallyDeferred);
  // The clause of column e is about the last foreign key, that of d.
  EXPECT_TRUE(parsed.foreignKeys[3].initiallyDeferred);
}

TEST(SqliteCreateTable, KeepsExpressionsExact) {
  const ParsedTable parsed = table(
      "CREATE TABLE t(a INT, b INT GENERATED ALWAYS AS ( a*b /* ) */ + ')' ) STORED,\n"
      " c AS (coalesce(a, (b), ',')) VIRTUAL UNIQUE, PRIMARY KEY(a,b), CHECK(a /*x*/ > 0 -- y\n))");
  ASSERT_EQ(parsed.generated.size(), 2u);
  EXPECT_EQ(parsed.generated[0].column, "b");
  EXPECT_EQ(parsed.generated[0].expression, "a*b /* ) */ + ')'");
  EXPECT_EQ(parsed.generated[1].column, "c");
  EXPECT_EQ(parsed.generated[1].expression, "coalesce(a, (b), ',')");
  EXPECT_EQ(parsed.uniqueConstraints.at(0).columns, (Names{"c"}));
  EXPECT_EQ(parsed.checks.at(0).expression, "a /*x*/ > 0");
}

TEST(SqliteCreateTable, UnquotesNamesOfEveryStyle) {
  const ParsedTable parsed = table(
      "CREATE TABLE [main].\"t\"\"q\"('a b' UNIQUE, \"c,d\" UNIQUE, `e``f` UNIQUE, [g(h] UNIQUE,"
      " CONSTRAINT 'it''s' UNIQUE ([g(h], \"check\"))");
  ASSERT_EQ(parsed.uniqueConstraints.size(), 5u);
  EXPECT_EQ(parsed.uniqueConstraints[0].columns, (Names{"a b"}));
  EXPECT_EQ(parsed.uniqueConstraints[1].columns, (Names{"c,d"}));
  EXPECT_EQ(parsed.uniqueConstraints[2].columns, (Names{"e`f"}));
  EXPECT_EQ(parsed.uniqueConstraints[3].columns, (Names{"g(h"}));
  EXPECT_EQ(parsed.uniqueConstraints[4].columns, (Names{"g(h", "check"}));
  EXPECT_EQ(parsed.uniqueConstraints[4].name, "it's");
}

TEST(SqliteCreateTable, TakesQuotedKeywordsForNames) {
  const ParsedTable parsed = table(
      "CREATE TABLE IF NOT EXISTS t(a \"CHECK\" DEFAULT 'UNIQUE(a)', \"unique\" \"PRIMARY\"(3),"
      " [as] TEXT COLLATE \"REFERENCES\", match MATCH, /* UNIQUE */ key -- CHECK (0)\n)");
  EXPECT_TRUE(parsed.uniqueConstraints.empty());
  EXPECT_TRUE(parsed.checks.empty());
  EXPECT_TRUE(parsed.foreignKeys.empty());
  EXPECT_TRUE(parsed.generated.empty());
}

TEST(SqliteCreateTable, RefusesOtherTexts) {
  for (const std::string_view text : {"",
                                      "CREATE",
                                      "CREATE TABLE",
                                      "CREATE TABLE t",
                                      "CREATE TABLE t(",
                                      "CREATE TABLE t(a",
                                      "CREATE TABLE t()",
                                      "CREATE TABLE t(a,",
                                      "CREATE TABLE t(a CHECK",
                                      "CREATE TABLE t(a CHECK (",
                                      "CREATE TABLE t(a CONSTRAINT",
                                      "CREATE TABLE t(a, UNIQUE",
                                      "CREATE TABLE t(a, UNIQUE (",
                                      "CREATE TABLE t(a, FOREIGN KEY (a",
                                      "CREATE TABLE t(a REFERENCES",
                                      "CREATE TABLE t(a AS",
                                      "CREATE TABLE t(a 'b",
                                      "CREATE TABLE t(a /*",
                                      "CREATE TABLE t AS SELECT 1 (a)",
                                      "CREATE VIEW v(a) AS SELECT 1",
                                      "CREATE VIRTUAL TABLE t USING fts5(a)",
                                      "SELECT 1",
                                      ")(",
                                      "CREATE TABLE t(1)",
                                      "CREATE TABLE .t(a)",
                                      "CREATE TABLE m.(a)"}) {
    EXPECT_FALSE(parseCreateTable(text).has_value()) << text;
  }
}

TEST(SqliteCreateTable, TakesTimeInProportionToTheText) {
  const auto seconds = [](const std::string& sql) {
    const auto begin = std::chrono::steady_clock::now();
    static_cast<void>(parseCreateTable(sql));
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  };
  constexpr std::size_t kMega = 1 << 20;
  constexpr double kLong = 20;  // on a loaded machine; a quadratic reader would take hours
  const std::string parentheses(kMega, '(');
  EXPECT_LT(seconds("CREATE TABLE t(a INT" + std::string(kMega, ' ') + "CHECK (a))"), kLong);
  EXPECT_LT(seconds("CREATE TABLE t(a INT CHECK (" + std::string(kMega, '\n') + "a))"), kLong);
  EXPECT_LT(seconds("CREATE TABLE t(a CHECK (" + parentheses), kLong);
  EXPECT_LT(seconds("CREATE TABLE t(a CHECK (" + parentheses + std::string(kMega, ')') + "))"),
            kLong);
  EXPECT_LT(seconds("CREATE TABLE t(a" + std::string(kMega, ',')), kLong);
  std::string dashes = "CREATE TABLE t(a";
  for (std::size_t i = 0; i < kMega / 4; ++i) dashes += "--\n(";
  EXPECT_LT(seconds(dashes), kLong);
}

TEST(SqliteCreateIndex, KeepsPartsAndPredicateExact) {
  const auto parsed = parseCreateIndex(
      "CREATE UNIQUE INDEX main.i ON t(lower(a, ',') COLLATE NOCASE DESC, b asc, \"desc\", desc)"
      " WHERE b LIKE '% WHERE %' AND (c = 1) -- end");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->parts, (Names{"lower(a, ',') COLLATE NOCASE", "b", "\"desc\"", "desc"}));
  EXPECT_EQ(parsed->where, "b LIKE '% WHERE %' AND (c = 1)");
}

TEST(SqliteCreateIndex, RefusesOtherTexts) {
  for (const std::string_view text :
       {"", "CREATE INDEX", "CREATE INDEX i", "CREATE INDEX i ON", "CREATE INDEX i ON t",
        "CREATE INDEX i ON t(", "CREATE INDEX i ON t(a", "CREATE TABLE i(a)"}) {
    EXPECT_FALSE(parseCreateIndex(text).has_value()) << text;
  }
}

TEST(SqliteCreateTrigger, ReadsTheHead) {
  const auto after = parseCreateTrigger(
      "CREATE TRIGGER IF NOT EXISTS after AFTER UPDATE OF a, \"b,c\" ON main.[t] BEGIN SELECT 1; "
      "END");
  ASSERT_TRUE(after.has_value());
  EXPECT_EQ(after->timing, "AFTER");
  EXPECT_EQ(after->event, "UPDATE");
  EXPECT_EQ(after->columns, (Names{"a", "b,c"}));
  EXPECT_EQ(after->schema, "main");
  EXPECT_EQ(after->table, "t");
  const auto plain = parseCreateTrigger("CREATE TRIGGER x delete on 't' BEGIN SELECT 1; END");
  ASSERT_TRUE(plain.has_value());
  EXPECT_EQ(plain->timing, "BEFORE");
  EXPECT_EQ(plain->event, "DELETE");
  EXPECT_EQ(plain->table, "t");
  const auto instead =
      parseCreateTrigger("CREATE TEMP TRIGGER x INSTEAD OF INSERT ON v BEGIN SELECT 1; END");
  ASSERT_TRUE(instead.has_value());
  EXPECT_EQ(instead->timing, "INSTEAD OF");
  EXPECT_EQ(instead->event, "INSERT");
  EXPECT_FALSE(parseCreateTrigger("CREATE TRIGGER x AFTER").has_value());
  EXPECT_FALSE(parseCreateTrigger("CREATE TRIGGER x AFTER TRUNCATE ON t").has_value());
}

TEST(SqliteDefault, TellsLiteralsFromExpressions) {
  const auto literal = [](std::string_view text) -> std::string {
    const auto parsed = parseDefault(text);
    if (!parsed) return "none";
    return (parsed->kind == ColumnDefault::Kind::Literal ? "literal " : "expression ") +
           parsed->text;
  };
  EXPECT_EQ(literal("null"), "none");
  EXPECT_EQ(literal("NULL"), "none");
  EXPECT_EQ(literal(""), "none");
  EXPECT_EQ(literal("\"dq\""), "literal 'dq'");
  EXPECT_EQ(literal("\"it's\""), "literal 'it''s'");
  EXPECT_EQ(literal("[br]"), "literal 'br'");
  EXPECT_EQ(literal("bare"), "literal 'bare'");
  EXPECT_EQ(literal("'it''s'"), "literal 'it''s'");
  EXPECT_EQ(literal("''"), "literal ''");
  EXPECT_EQ(literal("'NULL'"), "literal 'NULL'");
  EXPECT_EQ(literal("-1"), "literal -1");
  EXPECT_EQ(literal("- 1"), "literal - 1");
  EXPECT_EQ(literal("+1.5e3"), "literal +1.5e3");
  EXPECT_EQ(literal("0x10"), "literal 0x10");
  EXPECT_EQ(literal("x'00'"), "literal x'00'");
  EXPECT_EQ(literal("/*c*/ 8 /*d*/"), "literal 8");
  EXPECT_EQ(literal("true"), "literal true");
  EXPECT_EQ(literal("1+1"), "expression 1+1");
  EXPECT_EQ(literal("CURRENT_TIMESTAMP"), "expression CURRENT_TIMESTAMP");
  EXPECT_EQ(literal("current_date"), "expression current_date");
  EXPECT_EQ(literal("'a' || 'b'"), "expression 'a' || 'b'");
  EXPECT_EQ(literal("datetime('now')"), "expression datetime('now')");
  EXPECT_EQ(literal("-'a'"), "expression -'a'");
  EXPECT_EQ(literal("(1)"), "expression (1)");
}

}  // namespace
}  // namespace sonde::sqlite
