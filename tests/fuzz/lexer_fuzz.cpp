// Any text as SQL, under the lexical rules that the first byte picks: tokens cover it without gaps,
// and everything built on them stays inside it.
#include <sonde/core/error.hpp>
#include <sonde/query/lexer.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.hpp"

namespace {

namespace query = sonde::query;

query::LexerRules rulesOf(unsigned bits) {
  query::LexerRules rules;
  rules.backtickIdentifiers = (bits & 1U) != 0;
  rules.bracketIdentifiers = (bits & 2U) != 0;
  rules.doubleQuoteStrings = (bits & 4U) != 0;
  rules.backslashEscapes = (bits & 8U) != 0;
  rules.dollarQuotes = rules.escapeStrings = (bits & 16U) != 0;
  rules.hashComments = (bits & 32U) != 0;
  rules.nestedComments = rules.dollarParameters = (bits & 64U) != 0;
  rules.namedParameters = rules.numberedParameters = (bits & 128U) != 0;
  return rules;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const query::LexerRules rules = rulesOf(data[0]);
  const std::string_view sql(reinterpret_cast<const char*>(data) + 1, size - 1);

  std::size_t end = 0;
  query::Lexer lexer(sql, rules);
  for (query::Token token; lexer.next(token);) {
    require(token.offset == end && !token.text.empty());
    require(token.text.data() == sql.data() + end);
    end += token.text.size();
  }
  require(end == sql.size());

  end = 0;
  for (const query::ScriptPart& part : query::splitScript(sql, rules)) {
    require(part.offset >= end && !part.sql.empty());
    end = part.offset + part.sql.size();
    require(end <= sql.size());
  }

  (void)query::normalizeSql(sql, rules);
  (void)query::maskLiterals(sql, rules);
  (void)query::tablesTouched(sql, rules);
  (void)query::looksLikeWrite(sql, rules);
  try {
    (void)query::rewritePlaceholders(sql, rules);
  } catch (const sonde::ValidationError&) {
    return 0;
  }
  return 0;
}
