#include "lexer.hpp"

#include <array>

#include "../core/text.hpp"

namespace sonde::query {

namespace {

constexpr bool isSpace(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

constexpr bool isHexDigit(char c) noexcept {
  return isDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// Letters, underscore, and every byte of a multi-byte character.
constexpr bool isWordStart(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

constexpr bool isWordPart(char c) noexcept { return isWordStart(c) || isDigit(c) || c == '$'; }

/// Reads one token at the start of the text that is left.
class Scan {
 public:
  Scan(std::string_view rest, const LexerRules& rules) noexcept : rest_(rest), rules_(rules) {}

  TokenKind kind() noexcept {
    const char c = rest_[0];
    if (isSpace(c)) return space();
    if (startsComment()) return comment();
    if (c == '\'') return quoted(1, '\'', rules_.backslashEscapes, TokenKind::String);
    if (c == '"') {
      const bool string = rules_.doubleQuoteStrings;
      return quoted(1, '"', string && rules_.backslashEscapes,
                    string ? TokenKind::String : TokenKind::QuotedIdentifier);
    }
    if (c == '`' && rules_.backtickIdentifiers) {
      return quoted(1, '`', false, TokenKind::QuotedIdentifier);
    }
    if (c == '[' && rules_.bracketIdentifiers) return bracketed();
    if (isWordStart(c)) return word();
    if (isDigit(c) || (c == '.' && isDigit(at(1)))) return number();
    if (c == '$') return dollar();
    if (c == '?') return question();
    if ((c == ':' || c == '@') && rules_.namedParameters) return named();
    return sign(c);
  }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  [[nodiscard]] char at(std::size_t i) const noexcept { return i < rest_.size() ? rest_[i] : '\0'; }

  TokenKind take(std::size_t size, TokenKind kind) noexcept {
    size_ = size;
    return kind;
  }

  template <class Test>
  [[nodiscard]] std::size_t endOf(std::size_t from, Test test) const noexcept {
    while (from < rest_.size() && test(rest_[from])) ++from;
    return from;
  }

  TokenKind space() noexcept { return take(endOf(1, isSpace), TokenKind::Space); }

  [[nodiscard]] bool startsComment() const noexcept {
    const char c = rest_[0];
    if (c == '#') return rules_.hashComments;
    if (c == '/') return at(1) == '*';
    if (c != '-' || at(1) != '-') return false;
    // MySQL wants white space after the dashes, or `5--1` would lose its end.
    return !rules_.hashComments || rest_.size() == 2 || isSpace(at(2));
  }

  TokenKind comment() noexcept {
    if (rest_[0] != '/') {
      const std::size_t end = rest_.find('\n');
      return take(end == std::string_view::npos ? rest_.size() : end, TokenKind::Comment);
    }
    std::size_t depth = 1;
    for (std::size_t i = 2; i < rest_.size(); ++i) {
      if (rest_[i] == '*' && at(i + 1) == '/') {
        ++i;
        if (--depth == 0) return take(i + 1, TokenKind::Comment);
      } else if (rules_.nestedComments && rest_[i] == '/' && at(i + 1) == '*') {
        ++i;
        ++depth;
      }
    }
    return take(rest_.size(), TokenKind::Unknown);
  }

  /// From the first byte inside the quotes to the closing one, which stands doubled for itself.
  TokenKind quoted(std::size_t from, char quote, bool backslash, TokenKind kind) noexcept {
    for (std::size_t i = from; i < rest_.size(); ++i) {
      if (rest_[i] == '\\' && backslash) {
        ++i;
      } else if (rest_[i] == quote) {
        if (at(i + 1) != quote || i + 1 >= rest_.size()) return take(i + 1, kind);
        ++i;
      }
    }
    return take(rest_.size(), TokenKind::Unknown);
  }

  TokenKind bracketed() noexcept {
    const std::size_t end = rest_.find(']');
    if (end == std::string_view::npos) return take(rest_.size(), TokenKind::Unknown);
    return take(end + 1, TokenKind::QuotedIdentifier);
  }

  TokenKind word() noexcept {
    const char c = rest_[0];
    if (at(1) == '\'') {
      if (c == 'x' || c == 'X') return quoted(2, '\'', false, TokenKind::Blob);
      if (rules_.escapeStrings && (c == 'e' || c == 'E')) {
        return quoted(2, '\'', true, TokenKind::String);
      }
      if (c == 'b' || c == 'B' || c == 'n' || c == 'N') {
        return quoted(2, '\'', rules_.backslashEscapes, TokenKind::String);
      }
    }
    return take(endOf(1, isWordPart), TokenKind::Word);
  }

  TokenKind number() noexcept {
    if (rest_[0] == '0' && (at(1) == 'x' || at(1) == 'X') && isHexDigit(at(2))) {
      return take(endOf(2, isHexDigit), TokenKind::Number);
    }
    const auto digitOrGap = [](char c) { return isDigit(c) || c == '_'; };
    std::size_t end = endOf(0, digitOrGap);
    if (at(end) == '.') end = endOf(end + 1, digitOrGap);
    if (at(end) == 'e' || at(end) == 'E') {
      const std::size_t sign = at(end + 1) == '+' || at(end + 1) == '-' ? 1 : 0;
      if (isDigit(at(end + 1 + sign))) end = endOf(end + 1 + sign, isDigit);
    }
    return take(end, TokenKind::Number);
  }

  TokenKind dollar() noexcept {
    if (rules_.dollarParameters && isDigit(at(1))) {
      return take(endOf(1, isDigit), TokenKind::Parameter);
    }
    const std::size_t tagEnd = endOf(1, [](char c) { return isWordStart(c) || isDigit(c); });
    if (rules_.dollarQuotes && at(tagEnd) == '$' && !isDigit(at(1))) {
      const std::string_view tag = rest_.substr(0, tagEnd + 1);
      const std::size_t end = rest_.find(tag, tag.size());
      if (end == std::string_view::npos) return take(rest_.size(), TokenKind::Unknown);
      return take(end + tag.size(), TokenKind::String);
    }
    if (rules_.namedParameters && tagEnd > 1) return take(tagEnd, TokenKind::Parameter);
    return take(1, TokenKind::Unknown);
  }

  TokenKind question() noexcept {
    if (at(1) == '?') return take(2, TokenKind::Operator);  // a literal question mark
    if (rules_.numberedParameters && isDigit(at(1))) {
      return take(endOf(1, isDigit), TokenKind::Parameter);
    }
    return take(1, TokenKind::Parameter);
  }

  TokenKind named() noexcept {
    if (rest_[0] == ':' && at(1) == ':') return take(2, TokenKind::Operator);  // a cast
    const std::size_t end = endOf(1, [](char c) { return isWordPart(c); });
    if (end > 1) return take(end, TokenKind::Parameter);
    return take(1, TokenKind::Operator);
  }

  TokenKind sign(char c) noexcept {
    switch (c) {
      case ';':
        return take(1, TokenKind::Semicolon);
      case '(':
        return take(1, TokenKind::Open);
      case ')':
        return take(1, TokenKind::Close);
      case ',':
        return take(1, TokenKind::Comma);
      default:
        break;
    }
    static constexpr std::array<std::string_view, 14> kLong = {
        "->>", "<=>", "#>>", "->", "#>", "<>", "<=", ">=", "!=", "==", "||", "::", "<<", ">>"};
    for (const std::string_view op : kLong) {
      if (rest_.starts_with(op)) return take(op.size(), TokenKind::Operator);
    }
    static constexpr std::string_view kSingle = "+-*/%<>=!&|^~.@#:[]{}\\`";
    const bool known = kSingle.find(c) != std::string_view::npos;
    return take(1, known ? TokenKind::Operator : TokenKind::Unknown);
  }

  std::string_view rest_;
  const LexerRules& rules_;
  std::size_t size_ = 1;
};

/// A text between quotes, doubled quotes and, where they escape, backslashes undone.
std::string unescape(std::string_view inside, char quote, bool backslash) {
  std::string out;
  out.reserve(inside.size());
  for (std::size_t i = 0; i < inside.size(); ++i) {
    const bool doubled = inside[i] == quote && i + 1 < inside.size() && inside[i + 1] == quote;
    const bool escaped = inside[i] == '\\' && backslash && i + 1 < inside.size();
    if (doubled || escaped) ++i;
    out += inside[i];
  }
  return out;
}

}  // namespace

bool Lexer::next(Token& token) noexcept {
  if (at_ >= sql_.size()) return false;
  Scan scan(sql_.substr(at_), *rules_);
  token.kind = scan.kind();
  token.text = sql_.substr(at_, scan.size());
  token.offset = at_;
  at_ += scan.size();
  return true;
}

bool Lexer::nextSignificant(Token& token) noexcept {
  while (next(token)) {
    if (token.kind != TokenKind::Space && token.kind != TokenKind::Comment) return true;
  }
  return false;
}

bool isWord(const Token& token, std::string_view word) noexcept {
  return token.kind == TokenKind::Word && text::equalsIgnoreCase(token.text, word);
}

std::string unquote(const Token& token, const LexerRules& rules) {
  std::string_view text = token.text;
  if (token.kind == TokenKind::QuotedIdentifier && text.size() >= 2) {
    const std::string_view inside = text.substr(1, text.size() - 2);
    return text[0] == '[' ? std::string(inside) : unescape(inside, text[0], false);
  }
  if (token.kind != TokenKind::String || text.size() < 2) return std::string(text);
  if (text[0] == '$') {
    const std::size_t tag = text.find('$', 1) + 1;
    return std::string(text.substr(tag, text.size() - 2 * tag));
  }
  bool backslash = rules.backslashEscapes;
  if (text[0] != '\'' && text[0] != '"') {
    backslash = backslash || ((text[0] == 'e' || text[0] == 'E') && rules.escapeStrings);
    text.remove_prefix(1);
  }
  return unescape(text.substr(1, text.size() - 2), text[0], backslash);
}

}  // namespace sonde::query
