#include "sql_tokens.hpp"

#include <algorithm>

#include "../../core/text.hpp"

namespace sonde::advisor {

SqlTokens::SqlTokens(std::string_view sql, const query::LexerRules& rules) : rules_(&rules) {
  query::Lexer lexer(sql, rules);
  std::vector<std::size_t> open;
  for (query::Token token; lexer.nextSignificant(token);) {
    if (token.kind == query::TokenKind::Open) open.push_back(tokens_.size());
    if (token.kind == query::TokenKind::Close && !open.empty()) {
      closing_[open.back()] = tokens_.size();
      open.pop_back();
    }
    broken_ = broken_ || token.kind == query::TokenKind::Unknown;
    tokens_.push_back(token);
    closing_.push_back(0);
  }
  for (const std::size_t i : open) closing_[i] = tokens_.size();
}

bool SqlTokens::is(std::size_t i, std::string_view keyword) const noexcept {
  return kind(i) == query::TokenKind::Word && text::equalsIgnoreCase(tokens_[i].text, keyword) &&
         (i == 0 || tokens_[i - 1].text != ".");
}

TokenRange SqlTokens::stripped(TokenRange range) const noexcept {
  while (!range.empty() && isOpen(range.begin) && closing_[range.begin] + 1 == range.end) {
    range = inside(range.begin);
  }
  return range;
}

bool SqlTokens::startsQuery(TokenRange range) const noexcept {
  std::size_t i = range.begin;
  while (i < range.end && isOpen(i)) ++i;
  return i < range.end && (is(i, "SELECT") || is(i, "WITH") || is(i, "VALUES"));
}

bool SqlTokens::touches(std::size_t i) const noexcept {
  return i + 1 < tokens_.size() &&
         tokens_[i].offset + tokens_[i].text.size() == tokens_[i + 1].offset;
}

std::vector<TokenRange> SqlTokens::list(TokenRange range) const {
  std::vector<TokenRange> items;
  std::size_t begin = range.begin;
  for (std::size_t i = range.begin; i < range.end; i = after(i)) {
    if (kind(i) != query::TokenKind::Comma) continue;
    items.push_back({begin, i});
    begin = i + 1;
  }
  if (begin < range.end) items.push_back({begin, range.end});
  return items;
}

}  // namespace sonde::advisor
