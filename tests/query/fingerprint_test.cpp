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
