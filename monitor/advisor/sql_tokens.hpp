// The tokens of one statement with their parentheses matched: what the reader of query shapes walks
// over.
//
// Invariant: significant tokens only; they point into the text, which must outlive this. Linear
// time and memory for any text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../../query/lexer.hpp"

namespace sonde::advisor {

/// A stretch of tokens: from `begin` up to, but not including, `end`.
struct TokenRange {
  std::size_t begin = 0;
  std::size_t end = 0;
  [[nodiscard]] bool empty() const noexcept { return begin >= end; }
  [[nodiscard]] std::size_t size() const noexcept { return empty() ? 0 : end - begin; }
};

/// @return The place behind `at`, within a range that ends at `end`.
[[nodiscard]] constexpr std::size_t behind(std::size_t at, std::size_t end) noexcept {
  return at < end ? at + 1 : end;
}

/// See the file comment.
class SqlTokens {
 public:
  SqlTokens(std::string_view sql, const query::LexerRules& rules);

  [[nodiscard]] std::size_t size() const noexcept { return tokens_.size(); }
  /// @return Whether a quote or comment does not end, or a byte belongs to no token.
  [[nodiscard]] bool broken() const noexcept { return broken_; }
  [[nodiscard]] TokenRange all() const noexcept { return {0, tokens_.size()}; }
  [[nodiscard]] const query::Token& operator[](std::size_t i) const noexcept { return tokens_[i]; }
  [[nodiscard]] query::TokenKind kind(std::size_t i) const noexcept {
    return i < tokens_.size() ? tokens_[i].kind : query::TokenKind::Unknown;
  }
  [[nodiscard]] std::string_view text(std::size_t i) const noexcept {
    return i < tokens_.size() ? tokens_[i].text : std::string_view();
  }

  /// @return Whether token `i` is this keyword: a plain word that no dot makes the name of a
  /// column.
  [[nodiscard]] bool is(std::size_t i, std::string_view keyword) const noexcept;
  /// @return Whether it is an operator, comma or parenthesis of exactly this text.
  [[nodiscard]] bool isSign(std::size_t i, std::string_view sign) const noexcept {
    return text(i) == sign && kind(i) != query::TokenKind::String;
  }
  /// @return Whether it may be a name: a word or a quoted identifier.
  [[nodiscard]] bool isName(std::size_t i) const noexcept {
    return kind(i) == query::TokenKind::Word || kind(i) == query::TokenKind::QuotedIdentifier;
  }
  [[nodiscard]] bool isOpen(std::size_t i) const noexcept {
    return kind(i) == query::TokenKind::Open;
  }
  /// @return The name without its quotes.
  [[nodiscard]] std::string name(std::size_t i) const { return unquote(tokens_[i], *rules_); }
  /// @return The text that a string literal stands for.
  [[nodiscard]] std::string literal(std::size_t i) const { return unquote(tokens_[i], *rules_); }

  /// @return The token behind `i`; behind its closing parenthesis where `i` opens one.
  [[nodiscard]] std::size_t after(std::size_t i) const noexcept {
    return isOpen(i) ? closing_[i] + 1 : i + 1;
  }
  /// @return What stands in the parentheses that `i` opens.
  [[nodiscard]] TokenRange inside(std::size_t i) const noexcept { return {i + 1, closing_[i]}; }
  /// @return The range without parentheses around all of it.
  [[nodiscard]] TokenRange stripped(TokenRange range) const noexcept;
  /// @return Whether SELECT, WITH or VALUES begins the range, inside any number of parentheses.
  [[nodiscard]] bool startsQuery(TokenRange range) const noexcept;
  /// @return Whether nothing stands between token `i` and the one behind it.
  [[nodiscard]] bool touches(std::size_t i) const noexcept;

  /// @return The first token of the range, outside parentheses, that is one of the keywords; its
  /// end when there is none.
  template <class Words>
  [[nodiscard]] std::size_t find(TokenRange range, const Words& words) const noexcept {
    for (std::size_t i = range.begin; i < range.end; i = after(i)) {
      for (const std::string_view word : words) {
        if (is(i, word)) return i;
      }
    }
    return range.end;
  }
  /// @return Whether one of the keywords stands anywhere in the range, parentheses included.
  template <class Words>
  [[nodiscard]] bool holds(TokenRange range, const Words& words) const noexcept {
    for (std::size_t i = range.begin; i < range.end; ++i) {
      for (const std::string_view word : words) {
        if (is(i, word)) return true;
      }
    }
    return false;
  }
  /// @return The items between the commas of a range that stand outside parentheses.
  [[nodiscard]] std::vector<TokenRange> list(TokenRange range) const;

 private:
  const query::LexerRules* rules_;
  std::vector<query::Token> tokens_;
  bool broken_ = false;
  std::vector<std::size_t> closing_;  // of an opening parenthesis; the number of tokens for none
};

}  // namespace sonde::advisor
