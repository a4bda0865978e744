#include <gtest/gtest.h>
#include <sonde/query/lexer.hpp>

#include <algorithm>
#include <ctime>
#include <limits>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "engine_rules.hpp"

namespace sonde::query {
namespace {

using test::mysql;
using test::postgres;
using test::sqlite;

using Kinds = std::vector<std::pair<TokenKind, std::string>>;

Kinds tokens(std::string_view sql, const LexerRules& rules) {
  Kinds found;
  Lexer lexer(sql, rules);
  for (Token token; lexer.nextSignificant(token);) {
    found.emplace_back(token.kind, std::string(token.text));
  }
  return found;
}

Token first(std::string_view sql, const LexerRules& rules) {
  Lexer lexer(sql, rules);
  Token token;
  EXPECT_TRUE(lexer.next(token));
  return token;
}

TEST(Lexer, CutsAStatement) {
  EXPECT_EQ(tokens("SELECT a.\"b c\", 'it''s' FROM t1 WHERE x>=1.5e-3;", sqlite()),
            (Kinds{{TokenKind::Word, "SELECT"},
                   {TokenKind::Word, "a"},
                   {TokenKind::Operator, "."},
                   {TokenKind::QuotedIdentifier, "\"b c\""},
                   {TokenKind::Comma, ","},
                   {TokenKind::String, "'it''s'"},
                   {TokenKind::Word, "FROM"},
                   {TokenKind::Word, "t1"},
                   {TokenKind::Word, "WHERE"},
                   {TokenKind::Word, "x"},
                   {TokenKind::Operator, ">="},
                   {TokenKind::Number, "1.5e-3"},
                   {TokenKind::Semicolon, ";"}}));
}

TEST(Lexer, FindsTheEndOfEveryKindOfToken) {
  struct Case {
    LexerRules rules;
    std::string token;  // followed by something that is not part of it
    TokenKind kind;
  };
  const std::vector<Case> cases = {
      {sqlite(), "`a``b`", TokenKind::QuotedIdentifier},
      {sqlite(), "[a\"b]", TokenKind::QuotedIdentifier},
      {sqlite(), "x'00fF'", TokenKind::Blob},
      {sqlite(), "X''", TokenKind::Blob},
      {sqlite(), "''", TokenKind::String},
      {sqlite(), "'a\\'", TokenKind::String},
      {sqlite(), "?12", TokenKind::Parameter},
      {sqlite(), ":name", TokenKind::Parameter},
      {sqlite(), "@name", TokenKind::Parameter},
      {sqlite(), "$name", TokenKind::Parameter},
      {sqlite(), "0x1F", TokenKind::Number},
      {sqlite(), ".5", TokenKind::Number},
      {sqlite(), "5.", TokenKind::Number},
      {sqlite(), "1_000", TokenKind::Number},
      {sqlite(), "->>", TokenKind::Operator},
      {sqlite(), "?\?", TokenKind::Operator},
      {sqlite(), "/* /* */", TokenKind::Comment},
      {sqlite(),
       "gr\xc3\xb6\xc3\x9f"
       "e$1",
       TokenKind::Word},
      {mysql(), "\"text\"", TokenKind::String},
      {mysql(), "'it\\'s'", TokenKind::String},
      {mysql(), "?", TokenKind::Parameter},
      {mysql(), "n'x'", TokenKind::String},
      {postgres(), "$1", TokenKind::Parameter},
      {postgres(), "$$ it's $ not '$$", TokenKind::String},
      {postgres(), "$a$ $$ $b$ $a$", TokenKind::String},
      {postgres(), "E'it\\'s'", TokenKind::String},
      {postgres(), "'it\\'", TokenKind::String},
      {postgres(), "/* a /* b */ c */", TokenKind::Comment},
      {postgres(), "::", TokenKind::Operator},
  };
  for (const Case& c : cases) {
    const std::string sql = c.token + " ,";
    const Token token = first(sql, c.rules);
    EXPECT_EQ(token.text, c.token);
    EXPECT_EQ(token.kind, c.kind) << c.token;
  }
}

TEST(Lexer, CommentsEndAtTheLineEnd) {
  EXPECT_EQ(first("-- a 'b\nc", sqlite()).text, "-- a 'b");
  EXPECT_EQ(first("# a\nb", mysql()).text, "# a");
  EXPECT_EQ(first("# a\nb", sqlite()).kind, TokenKind::Operator);
  EXPECT_EQ(first("--1", mysql()).kind, TokenKind::Operator);
  EXPECT_EQ(first("--1", sqlite()).kind, TokenKind::Comment);
}

TEST(Lexer, WhatIsNotEndedReachesToTheEnd) {
  for (const char* sql : {"'abc ; --", "\"abc ;", "/* abc ;", "`abc", "[abc", "x'ab"}) {
    const Token token = first(sql, sqlite());
    EXPECT_EQ(token.kind, TokenKind::Unknown) << sql;
    EXPECT_EQ(token.text, sql);
  }
  EXPECT_EQ(first("$a$ abc $b$", postgres()).kind, TokenKind::Unknown);
  EXPECT_EQ(first("'abc''", sqlite()).kind, TokenKind::Unknown);
  EXPECT_EQ(first("'abc\\'", mysql()).kind, TokenKind::Unknown);
}

TEST(Lexer, UnquotesNamesAndStrings) {
  EXPECT_EQ(unquote(first("\"a\"\"b\"", sqlite()), sqlite()), "a\"b");
  EXPECT_EQ(unquote(first("`a``b`", sqlite()), sqlite()), "a`b");
  EXPECT_EQ(unquote(first("[a\"\"b]", sqlite()), sqlite()), "a\"\"b");
  EXPECT_EQ(unquote(first("'it''s'", sqlite()), sqlite()), "it's");
  EXPECT_EQ(unquote(first("'it\\'s'", mysql()), mysql()), "it's");
  EXPECT_EQ(unquote(first("E'it\\'s'", postgres()), postgres()), "it's");
  EXPECT_EQ(unquote(first("$t$a'b$t$", postgres()), postgres()), "a'b");
  EXPECT_EQ(unquote(first("name", sqlite()), sqlite()), "name");
  EXPECT_EQ(unquote(first("\"\"", sqlite()), sqlite()), "");
}

TEST(Lexer, TokensCoverAnyBytesWithoutGaps) {
  static constexpr std::string_view kBytes = "'\"`[]$?:@#-/*xXeE01.;(),\\ \nab_\0\xff\xc3|<>=~";
  std::mt19937 random(20261121);
  std::uniform_int_distribution<std::size_t> pick(0, kBytes.size() - 1);
  const LexerRules all[] = {sqlite(), mysql(), postgres(), LexerRules{}};
  for (int round = 0; round < 20000; ++round) {
    std::string sql;
    for (std::size_t i = 0, n = pick(random); i < n; ++i) sql += kBytes[pick(random)];
    const LexerRules& rules = all[round % 4];
    std::string joined;
    Lexer lexer(sql, rules);
    for (Token token; lexer.next(token);) {
      ASSERT_FALSE(token.text.empty());
      ASSERT_EQ(token.offset, joined.size());
      ASSERT_EQ(token.text.data(), sql.data() + joined.size());
      joined += token.text;
    }
    ASSERT_EQ(joined, sql);
    // What stands on the lexer must not read outside the text either; sanitizers would tell.
    (void)normalizeSql(sql, rules);
    (void)tablesTouched(sql, rules);
    (void)looksLikeWrite(sql, rules);
    (void)splitScript(sql, rules);
  }
}

/// Processor seconds that everything which reads SQL takes on a text, the better of two runs.
double secondsFor(const std::string& sql, const LexerRules& rules) {
  double best = std::numeric_limits<double>::max();
  for (int run = 0; run < 2; ++run) {
    const std::clock_t start = std::clock();
    (void)normalizeSql(sql, rules);
    (void)splitScript(sql, rules);
    (void)tablesTouched(sql, rules);
    (void)looksLikeWrite(sql, rules);
    best = std::min(best, static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
  }
  return best;
}

TEST(Lexer, NeedsTimeInProportionToItsInput) {
  LexerRules rules = postgres();
  rules.backtickIdentifiers = rules.bracketIdentifiers = rules.namedParameters = true;
  int number = 0;
  const auto repeated = [&](std::string_view part, std::size_t size) {
    std::string text;
    while (text.size() < size) {
      text += part;
      if (part.ends_with('#')) text.replace(text.size() - 1, 1, std::to_string(++number) + ",");
    }
    return text;
  };
  // Each of these takes a careless reader time in proportion to the square.
  for (const std::string_view part :
       {"'", "''", "\"a", "/*", "/**/", "$a$", "$a", "(", "IN (", "VALUES (", "IN(1,", "BEGIN;",
        "WITH a AS (", "x'", "CREATE TRIGGER a BEGIN ", "((1),(1))", "FROM a#",
        "WITH a AS (a) #"}) {
    const double small = secondsFor(repeated(part, 20'000), rules);
    const double large = secondsFor(repeated(part, 160'000), rules);
    EXPECT_LT(large, 8 * 3 * small + 0.05) << part;
  }
}

}  // namespace
}  // namespace sonde::query
