#include <gtest/gtest.h>
#include <sonde/core/error.hpp>
#include <sonde/query/lexer.hpp>

#include <string>
#include <vector>

#include "engine_rules.hpp"

namespace sonde::query {
namespace {

using test::sqlite;

std::vector<std::string> parts(std::string_view sql) {
  std::vector<std::string> found;
  for (const ScriptPart& part : splitScript(sql, sqlite())) {
    EXPECT_EQ(sql.substr(part.offset, part.sql.size()), part.sql);
    found.emplace_back(part.sql);
  }
  return found;
}

TEST(Script, SplitsAtSemicolonsOnly) {
  EXPECT_EQ(parts("a; b ;c"), (std::vector<std::string>{"a", "b", "c"}));
  EXPECT_EQ(parts("a ';' \";\" /*;*/ --;\n b; [;] c"),
            (std::vector<std::string>{"a ';' \";\" /*;*/ --;\n b", "[;] c"}));
}

TEST(Script, LeavesOutWhatIsEmpty) {
  EXPECT_TRUE(parts("").empty());
  EXPECT_TRUE(parts(" ; ;; -- only a comment\n").empty());
  EXPECT_EQ(parts(";;a;;"), std::vector<std::string>{"a"});
}

TEST(Script, KeepsTheBodyOfATriggerTogether) {
  const std::vector<std::string> triggers = {
      "CREATE TRIGGER t AFTER INSERT ON a BEGIN INSERT INTO b VALUES (1); DELETE FROM c; END",
      "create temp trigger if not exists t before update of begin, x on a when new.begin > 1 "
      "begin select case when 1 then 2 else 3 end; update b set x = case y when 1 then 2 end; end",
      "CREATE TEMPORARY TRIGGER \"begin\" INSTEAD OF DELETE ON v BEGIN SELECT old.end; END",
      "CREATE TRIGGER t AFTER DELETE ON a FOR EACH ROW WHEN CASE old.x WHEN 1 THEN 2 END = 2 "
      "BEGIN SELECT 1; END",
  };
  for (const std::string& trigger : triggers) {
    EXPECT_EQ(parts(trigger + "; SELECT 2;"), (std::vector<std::string>{trigger, "SELECT 2"}));
  }
}

TEST(Script, ABeginThatIsNoTriggerSplits) {
  EXPECT_EQ(parts("BEGIN; INSERT INTO a VALUES (1); END; SELECT 1"),
            (std::vector<std::string>{"BEGIN", "INSERT INTO a VALUES (1)", "END", "SELECT 1"}));
  EXPECT_EQ(parts("CREATE TABLE trigger_log (begin, x); SELECT 1"),
            (std::vector<std::string>{"CREATE TABLE trigger_log (begin, x)", "SELECT 1"}));
}

TEST(Script, KeepsNestedBlocksOfStoredPrograms) {
  const std::string trigger =
      "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN IF new.x THEN SET @a = 1; END IF; "
      "BEGIN SET @b = 2; END; END";
  EXPECT_EQ(parts(trigger + "; SELECT 1"), (std::vector<std::string>{trigger, "SELECT 1"}));
}

TEST(Placeholders, BecomeTheEnginesOwn) {
  LexerRules dollars;
  dollars.dollarParameters = true;
  const BoundSql numbered = rewritePlaceholders("a = ? AND b = '?' AND c ?? ? -- ?\n", dollars);
  EXPECT_EQ(numbered.sql, "a = $1 AND b = '?' AND c ? $2 -- ?\n");
  EXPECT_EQ(numbered.parameters, 2U);
  EXPECT_EQ(rewritePlaceholders("a = ?", sqlite()).sql, "a = ?");
}

TEST(Placeholders, OfOtherKindsAreRefused) {
  for (const char* sql : {"a = ?1", "a = :a", "a = @a", "a = $a"}) {
    EXPECT_THROW((void)rewritePlaceholders(sql, sqlite()), ValidationError) << sql;
  }
  LexerRules dollars;
  dollars.dollarParameters = true;
  EXPECT_THROW((void)rewritePlaceholders("a = $1", dollars), ValidationError);
}

TEST(Fragments, MustEndWhereTheySeemTo) {
  for (const char* good : {"a", "a = (b + 1)", "'('", "a -- )"}) {
    EXPECT_NO_THROW(checkFragment(good, sqlite())) << good;
  }
  for (const char* bad : {"", " -- a", "a;", "(a", "a)", "a) OR (b", "'a", "/*", "\"a"}) {
    EXPECT_THROW(checkFragment(bad, sqlite()), ValidationError) << bad;
  }
}

TEST(TablesTouched, AreFoundInEveryClause) {
  const auto tables = [](std::string_view sql) { return tablesTouched(sql, sqlite()); };
  using Names = std::vector<std::string>;
  EXPECT_EQ(tables("SELECT * FROM a JOIN \"b c\" ON 1 LEFT JOIN main.d USING (x)"),
            (Names{"a", "b c", "main.d"}));
  EXPECT_EQ(tables("SELECT * FROM a AS x, b y, (SELECT * FROM c, d) WHERE e, f"),
            (Names{"a", "b", "c", "d"}));
  EXPECT_EQ(tables("INSERT OR REPLACE INTO a (b) SELECT c FROM a"), (Names{"a"}));
  EXPECT_EQ(tables("UPDATE OR IGNORE a SET b = 1"), (Names{"a"}));
  EXPECT_EQ(tables("INSERT INTO a VALUES (1) ON CONFLICT DO UPDATE SET b = 2"), (Names{"a"}));
  EXPECT_EQ(tables("DELETE FROM a WHERE b IN (SELECT c FROM d)"), (Names{"a", "d"}));
  EXPECT_EQ(tables("CREATE TABLE IF NOT EXISTS a (b REFERENCES c ON UPDATE CASCADE)"),
            (Names{"a"}));
  EXPECT_EQ(tables("SELECT * FROM json_each(?)"), Names{});
  EXPECT_EQ(tables("WITH x AS (SELECT * FROM a) SELECT * FROM x, b"), (Names{"a", "b"}));
  EXPECT_EQ(tables("SELECT a IS DISTINCT FROM b FROM c FOR UPDATE"), (Names{"c"}));
  EXPECT_EQ(tables("SELECT 'FROM x' -- FROM y\n FROM z"), (Names{"z"}));
}

TEST(LooksLikeWrite, JudgesByTheFirstWords) {
  for (const char* read :
       {"", "SELECT 1", "  -- x\n (select 1)", "VALUES (1)", "EXPLAIN DELETE_LOG", "BEGIN",
        "PRAGMA table_info(x)", "WITH a AS (SELECT 1) SELECT * FROM a",
        "SELECT replace(a, b, c) FROM t", "SELECT a.update FROM a FOR UPDATE"}) {
    EXPECT_FALSE(looksLikeWrite(read, sqlite())) << read;
  }
  for (const char* write :
       {"INSERT INTO a VALUES (1)", "update a set b = 1", "DELETE FROM a",
        "REPLACE INTO a VALUES (1)", "CREATE TABLE a (b)", "DROP TABLE a",
        "PRAGMA journal_mode = WAL", "VACUUM", "WITH a AS (SELECT 1) DELETE FROM b",
        "WITH a AS (DELETE FROM b RETURNING *) SELECT 1", "SELECT * INTO b FROM a",
        "EXPLAIN ANALYZE DELETE FROM a", "SELECT 1; DROP TABLE a", "ATTACH 'x' AS y"}) {
    EXPECT_TRUE(looksLikeWrite(write, sqlite())) << write;
  }
}

}  // namespace
}  // namespace sonde::query
