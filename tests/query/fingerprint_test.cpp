#include <gtest/gtest.h>
#include <sonde/query/lexer.hpp>

#include <string>
#include <utility>
#include <vector>

#include "engine_rules.hpp"

namespace sonde::query {
namespace {

using test::mysql;
using test::postgres;
using test::sqlite;

TEST(NormalizedSql, HasItsValuesTakenOut) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"select  a\n from t where b = 'x'", "SELECT a FROM t WHERE b = ?"},
      {"SELECT a FROM t WHERE b='it''s -- no'", "SELECT a FROM t WHERE b = ?"},
      {"SELECT x'00ff', 0x1F, 1.5e-3, .5", "SELECT ?, ?, ?, ?"},
      {"SELECT -5, +5, a - 5, (a) -5, - 5, a - -5", "SELECT ?, ?, a - ?, (a) - ?, ?, a - ?"},
      {"SELECT -a, - (1)", "SELECT - a, - (?)"},
      {"WHERE a = NULL AND b IS NULL AND c IS NOT NULL AND d = true",
       "WHERE a = ? AND b IS NULL AND c IS NOT NULL AND d = ?"},
      {"a = ? AND b = ?2 AND c = :d AND e = @f", "a = ? AND b = ? AND c = ? AND e = ?"},
      {"SELECT t1.c2, u_3 FROM t1", "SELECT t1.c2, u_3 FROM t1"},
      {"SELECT \"a 1\", `b2`, [c 3]", "SELECT \"a 1\", `b2`, [c 3]"},
      {"SELECT count ( * ) FROM t;", "SELECT count(*) FROM t"},
      {"a /* x */ b -- y\n c", "a b c"},
      {"LIMIT 10 OFFSET 20", "LIMIT ? OFFSET ?"},
      {"CASE WHEN a THEN 1 ELSE 2 END - 1", "CASE WHEN a THEN ? ELSE ? END - ?"},
      {"SELECT 1;;", "SELECT ?"},
  };
  for (const auto& [sql, expected] : cases) EXPECT_EQ(normalizeSql(sql, sqlite()), expected);
}

TEST(NormalizedSql, WritesListsOnce) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {"a IN (1, 2, 3)", "a IN (?)"},
      {"a in (1)", "a IN (?)"},
      {"a NOT IN (-1, 'x', ?) AND b IN (1,2)", "a NOT IN (?) AND b IN (?)"},
      {"(a, b) IN ((1, 2), (3, 4))", "(a, b) IN ((?, ?))"},
      {"a IN (1, b, 2)", "a IN (?, b, ?)"},
      {"a IN (SELECT 1, 1, 1)", "a IN (SELECT ?, ?, ?)"},
      {"a IN (f(1, 2), f(3, 4))", "a IN (f(?, ?))"},
      {"INSERT INTO t VALUES (1, 'a'), (2, 'b'),(3,NULL)", "INSERT INTO t VALUES (?, ?)"},
      {"INSERT INTO t (a) VALUES (1), (now()), (2)", "INSERT INTO t(a) VALUES (?), (now()), (?)"},
      {"VALUES (1), (2) ON CONFLICT DO NOTHING", "VALUES (?) ON CONFLICT DO NOTHING"},
      {"SELECT * FROM (VALUES (1), (2)) v", "SELECT * FROM (VALUES (?)) v"},
      {"VALUES (1 IN (1, 2)), (3 IN (4))", "VALUES (? IN (?))"},
      {"UPDATE a = VALUES(a), b = VALUES(b)", "UPDATE a = VALUES (a), b = VALUES (b)"},
  };
  for (const auto& [sql, expected] : cases) EXPECT_EQ(normalizeSql(sql, sqlite()), expected);
}

TEST(NormalizedSql, FollowsTheRulesOfTheEngine) {
  EXPECT_EQ(normalizeSql("SELECT E'it\\'s', $$a 'b$$, $t$x$t$, $1::int", postgres()),
            "SELECT ?, ?, ?, ?::int");
  EXPECT_EQ(normalizeSql("SELECT /* a /* b */ c */ 1", postgres()), "SELECT ?");
  EXPECT_EQ(normalizeSql("SELECT \"text\", 'it\\'s' # x\n FROM `t`", mysql()),
            "SELECT ?, ? FROM `t`");
}

// What digests of query logs are known to get wrong.
TEST(NormalizedSql, EndsEachLiteralWhereItsEngineDoes) {
  const std::vector<std::pair<std::string, std::string>> everywhere = {
      {"a = 'it''s' AND b = ''", "a = ? AND b = ?"},
      {"a = 'x -- y' AND b = 'x /* y' AND c = 1", "a = ? AND b = ? AND c = ?"},
      {"a = '1' OR '1' = '1'", "a = ? OR ? = ?"},
      {"a = X'0f' OR b = 0", "a = ? OR b = ?"},
      {"a > -1.5e+10 AND b < .5 AND c = 1.", "a > ? AND b < ? AND c = ?"},
      {"t1.c2 = t3.c4", "t1.c2 = t3.c4"},
      {"a=1--2\n AND b=2", "a = ? AND b = ?"},
  };
  for (const auto& [sql, expected] : everywhere) {
    EXPECT_EQ(normalizeSql(sql, sqlite()), expected);
    EXPECT_EQ(normalizeSql(sql, postgres()), expected);
  }
  const std::vector<std::pair<std::string, std::string>> inMysql = {
      {R"(a = 'it\'s' AND b = "say \"x\"" AND c = "a""b")", "a = ? AND b = ? AND c = ?"},
      {R"(a = '\\' AND b = 'x')", "a = ? AND b = ?"},
      {"a = 0xFF AND b = x'ff' # 'c\n AND c = 1", "a = ? AND b = ? AND c = ?"},
      {"SELECT `a``b`, `c 1` FROM `t`", "SELECT `a``b`, `c 1` FROM `t`"},
      {"a IN ('x', \"y\", 3)", "a IN (?)"},
      {"INSERT INTO t VALUES ('a', 1), (\"b\", NULL)", "INSERT INTO t VALUES (?, ?)"},
  };
  for (const auto& [sql, expected] : inMysql) EXPECT_EQ(normalizeSql(sql, mysql()), expected);
  const std::vector<std::pair<std::string, std::string>> inPostgres = {
      {R"(a = E'it\'s' AND b = 'x\' AND c = 1)", "a = ? AND b = ? AND c = ?"},
      {"a = $$it's$$ AND b = $x$ $$ $x$ AND c = $1", "a = ? AND b = ? AND c = ?"},
      {"a /* 1 /* 2 */ 'b */ = 1 AND c = '2'", "a = ? AND c = ?"},
      {"a = $1 AND b = ANY ($2::int[]) AND c[1] = 2", "a = ? AND b = ANY (?::int[]) AND c[?] = ?"},
      {"a = ARRAY [1, 2] AND b = c [ -1 ]", "a = ARRAY[?, ?] AND b = c[?]"},
      {"a IN ($1, $2, $3)", "a IN (?)"},
  };
  for (const auto& [sql, expected] : inPostgres) EXPECT_EQ(normalizeSql(sql, postgres()), expected);
  EXPECT_EQ(normalizeSql("a = :a AND b = @b AND c = ?1 AND d = ?", sqlite()),
            "a = ? AND b = ? AND c = ? AND d = ?");
}

TEST(MaskedSql, IsTheStatementWithoutItsLiterals) {
  EXPECT_EQ(maskLiterals("SELECT  a FROM t\n WHERE b IN (1, 'x', X'00') -- note", sqlite()),
            "SELECT  a FROM t\n WHERE b IN (?, ?, ?)  ");
  EXPECT_EQ(maskLiterals("SELECT $1, $$x$$, -5 /* 7 */", postgres()), "SELECT $1, ?, -?  ");
  EXPECT_EQ(maskLiterals("SELECT 'never ends", sqlite()), "SELECT ?");
}

TEST(NormalizedSql, IsItsOwnNormalForm) {
  for (const char* sql :
       {"select a from t where b in (1,2) and c = -1", "insert into t values (1),(2)",
        "SELECT t.a::text, f(x) FROM t ORDER BY 1 - 2", "a IN ((1,2),(3,4)) - -3"}) {
    const std::string once = normalizeSql(sql, postgres());
    LexerRules rules = postgres();
    EXPECT_EQ(normalizeSql(once, rules), once);
  }
}

TEST(Fingerprint, IsEqualForStatementsThatDifferInValuesOnly) {
  const auto print = [](std::string_view sql) { return fingerprintSql(sql, sqlite()); };
  EXPECT_EQ(print("SELECT a FROM t WHERE b = 1"), print("select a  from t where b='x' -- c"));
  EXPECT_NE(print("SELECT a FROM t1"), print("SELECT a FROM t2"));
  EXPECT_NE(print("SELECT a, b FROM t"), print("SELECT b, a FROM t"));
  EXPECT_NE(print("SELECT a FROM t WHERE b IS NULL"), print("SELECT a FROM t WHERE b IS NOT NULL"));
}

}  // namespace
}  // namespace sonde::query
