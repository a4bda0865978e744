// The lexer's rules of three engines, as the tests of this folder want them.
#pragma once

#include <sonde/query/lexer.hpp>

namespace sonde::test {

inline query::LexerRules sqlite() {
  query::LexerRules rules;
  rules.backtickIdentifiers = rules.bracketIdentifiers = true;
  rules.namedParameters = rules.numberedParameters = true;
  return rules;
}

inline query::LexerRules mysql() {
  query::LexerRules rules;
  rules.backtickIdentifiers = rules.doubleQuoteStrings = true;
  rules.backslashEscapes = rules.hashComments = true;
  return rules;
}

inline query::LexerRules postgres() {
  query::LexerRules rules;
  rules.dollarQuotes = rules.escapeStrings = rules.nestedComments = true;
  rules.dollarParameters = true;
  return rules;
}

}  // namespace sonde::test
