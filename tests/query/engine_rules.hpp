// The lexer's rules of three engines, as the tests of this folder want them.
#pragma once

#include <sonde/query/lexer.hpp>

namespace sonde::query::test {

inline LexerRules sqlite() {
  LexerRules rules;
  rules.backtickIdentifiers = rules.bracketIdentifiers = true;
  rules.namedParameters = rules.numberedParameters = true;
  return rules;
}

inline LexerRules mysql() {
  LexerRules rules;
  rules.backtickIdentifiers = rules.doubleQuoteStrings = true;
  rules.backslashEscapes = rules.hashComments = true;
  return rules;
}

inline LexerRules postgres() {
  LexerRules rules;
  rules.dollarQuotes = rules.escapeStrings = rules.nestedComments = true;
  rules.dollarParameters = true;
  return rules;
}

}  // namespace sonde::query::test
