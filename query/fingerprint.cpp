// What a statement looks like without its values, and what it seems to do.
#include <algorithm>
#include <array>
#include <string>

#include "../core/text.hpp"
#include "lexer.hpp"

namespace sonde::query {

namespace {

// Sorted. Words that are written in capitals in a normalised statement.
constexpr std::array<std::string_view, 124> kKeywords = {
    "ABORT",     "ADD",       "AFTER",      "ALL",        "ALTER",        "ANALYZE",   "AND",
    "ANY",       "ARRAY",     "AS",         "ASC",        "ATTACH",       "BEFORE",    "BEGIN",
    "BETWEEN",   "BY",        "CASCADE",    "CASE",       "CAST",         "CHECK",     "COLLATE",
    "COLUMN",    "COMMIT",    "CONFLICT",   "CONSTRAINT", "CREATE",       "CROSS",     "CURRENT",
    "DATABASE",  "DEFAULT",   "DEFERRABLE", "DELETE",     "DESC",         "DETACH",    "DISTINCT",
    "DO",        "DROP",      "DUPLICATE",  "EACH",       "ELSE",         "END",       "ESCAPE",
    "EXCEPT",    "EXISTS",    "EXPLAIN",    "FALSE",      "FETCH",        "FILTER",    "FIRST",
    "FOR",       "FOREIGN",   "FROM",       "FULL",       "GLOB",         "GROUP",     "HAVING",
    "IF",        "IGNORE",    "ILIKE",      "IN",         "INDEX",        "INNER",     "INSERT",
    "INTERSECT", "INTO",      "IS",         "ISNULL",     "JOIN",         "KEY",       "LAST",
    "LATERAL",   "LEFT",      "LIKE",       "LIMIT",      "MATERIALIZED", "NATURAL",   "NOT",
    "NOTHING",   "NOTNULL",   "NULL",       "NULLS",      "OF",           "OFFSET",    "ON",
    "ONLY",      "OR",        "ORDER",      "OUTER",      "OVER",         "PARTITION", "PRAGMA",
    "PRIMARY",   "RECURSIVE", "REFERENCES", "REGEXP",     "RELEASE",      "REPLACE",   "RETURNING",
    "RIGHT",     "ROLLBACK",  "ROW",        "ROWS",       "SAVEPOINT",    "SELECT",    "SET",
    "SHARE",     "TABLE",     "THEN",       "TO",         "TRANSACTION",  "TRIGGER",   "TRUE",
    "UNION",     "UNIQUE",    "UPDATE",     "USING",      "VALUES",       "VIEW",      "WHEN",
    "WHERE",     "WINDOW",    "WITH",       "WITHOUT",    "XOR"};

static_assert(std::is_sorted(kKeywords.begin(), kKeywords.end()));

/// The keyword a word is, in capitals; empty for any other word.
std::string_view keywordOf(std::string_view word) noexcept {
  static constexpr std::size_t kLongest = 12;
  if (word.size() > kLongest) return {};
  std::array<char, kLongest> upper{};
  for (std::size_t i = 0; i < word.size(); ++i) {
    const char c = word[i];
    upper[i] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  const std::string_view folded(upper.data(), word.size());
  const auto* found = std::lower_bound(kKeywords.begin(), kKeywords.end(), folded);
  return found != kKeywords.end() && *found == folded ? *found : std::string_view();
}

/// Writes a statement token by token, without values and without the repetitions of lists.
class Normalizer {
 public:
  explicit Normalizer(std::size_t size) { out_.reserve(size); }

  void add(const Token& token) {
    if (token.kind == TokenKind::Number && pendingSign_) {
      pendingSign_ = false;
      value();
      return;
    }
    flushSign();
    if (token.text == "[" || token.text == "]") {
      // Of arrays: int[], c[1].
      put(token.text, false, token.text == "]");
      glued_ = token.text == "[";
      return;
    }
    switch (token.kind) {
      case TokenKind::Number:
      case TokenKind::String:
      case TokenKind::Blob:
      case TokenKind::Parameter:
        value();
        break;
      case TokenKind::Word:
        word(token.text);
        break;
      case TokenKind::Open:
        open();
        break;
      case TokenKind::Close:
        close();
        break;
      case TokenKind::Comma:
        comma();
        break;
      case TokenKind::Operator:
        if ((token.text == "-" || token.text == "+") && !afterOperand_) {
          pendingSign_ = token.text[0];
        } else {
          put(token.text, token.text != "." && token.text != "::", false);
        }
        break;
      case TokenKind::Semicolon:
        put(";", false, false);
        break;
      default:
        put(token.text, true, true);
        break;
    }
  }

  std::string finish() {
    flushSign();
    while (!lists_.empty()) endList();
    while (!out_.empty() && out_.back() == ';') out_.pop_back();
    return std::move(out_);
  }

 private:
  /// A list whose equal neighbours are written once: what IN compares with, the rows of VALUES.
  struct List {
    std::size_t depth;                     // of the parentheses around its items
    bool rows;                             // of VALUES: ends with the first token that is no row
    std::size_t item = std::string::npos;  // where the item being written begins
    std::size_t previous = std::string::npos;  // where the one before begins
    std::size_t previousEnd = 0;
  };

  void put(std::string_view text, bool space, bool operand) {
    if (!lists_.empty() && lists_.back().rows && lists_.back().depth == depth_ && text != "(" &&
        text != ")" && text != ",") {
      endList();
    }
    if (space && !glued_ && !out_.empty()) out_ += ' ';
    if (!lists_.empty() && lists_.back().item == std::string::npos && text != ",") {
      lists_.back().item = out_.size();
    }
    out_ += text;
    glued_ = text == "." || text == "::";
    afterOperand_ = operand;
    lastWord_ = {};
  }

  void value() { put("?", true, true); }

  // A sign before anything but a number is an operator after all.
  void flushSign() {
    if (pendingSign_ == 0) return;
    put(pendingSign_ == '-' ? "-" : "+", true, false);
    pendingSign_ = 0;
  }

  void word(std::string_view text) {
    const std::string_view keyword = keywordOf(text);
    const std::string_view before = lastWord_;
    const bool constant = keyword == "NULL" || keyword == "TRUE" || keyword == "FALSE";
    if (constant && before != "IS" && before != "NOT" && before != "SET") {
      value();
      return;
    }
    put(keyword.empty() ? text : keyword, true, keyword.empty() || constant || keyword == "END");
    lastWord_ = keyword;
    if (keyword == "VALUES") lists_.push_back({depth_, true});
    // IN (SELECT …) is no list.
    if ((keyword == "SELECT" || keyword == "WITH") && !lists_.empty() && !lists_.back().rows &&
        lists_.back().depth == depth_ && lists_.back().previous == std::string::npos) {
      lists_.pop_back();
    }
  }

  void open() {
    const bool in = lastWord_ == "IN";
    // A call has no space before its parenthesis.
    put("(", !afterOperand_ || lastWord_ == "END", false);
    glued_ = true;
    ++depth_;
    if (in) lists_.push_back({depth_, false});
  }

  void close() {
    while (!lists_.empty() && lists_.back().depth == depth_) endList();
    if (depth_ > 0) --depth_;
    put(")", false, true);
  }

  void comma() {
    if (!lists_.empty() && lists_.back().depth == depth_) endItem();
    put(",", false, false);
  }

  void endItem() {
    List& list = lists_.back();
    if (list.item == std::string::npos) return;
    const std::string_view text(out_);
    if (list.previous != std::string::npos &&
        text.substr(list.previous, list.previousEnd - list.previous) == text.substr(list.item)) {
      out_.resize(list.previousEnd);
    } else {
      list.previous = list.item;
      list.previousEnd = out_.size();
    }
    list.item = std::string::npos;
  }

  void endList() {
    endItem();
    lists_.pop_back();
  }

  std::string out_;
  std::vector<List> lists_;
  std::size_t depth_ = 0;
  std::string_view lastWord_;  // the keyword written last, if it was the last thing written
  char pendingSign_ = 0;
  bool glued_ = false;
  bool afterOperand_ = false;
};

}  // namespace

std::string normalizeSql(std::string_view sql, const LexerRules& rules) {
  Normalizer normalizer(sql.size());
  Lexer lexer(sql, rules);
  for (Token token; lexer.nextSignificant(token);) normalizer.add(token);
  return normalizer.finish();
}

std::string maskLiterals(std::string_view sql, const LexerRules& rules) {
  std::string masked;
  masked.reserve(sql.size());
  Lexer lexer(sql, rules);
  for (Token token; lexer.next(token);) {
    switch (token.kind) {
      case TokenKind::Number:
      case TokenKind::String:
      case TokenKind::Blob:
        masked += '?';
        break;
      case TokenKind::Comment:
        masked += ' ';
        break;
      case TokenKind::Unknown:
        // The beginning of a literal that does not end, or a byte that means nothing.
        masked += token.text.size() == 1 ? token.text : std::string_view("?");
        break;
      default:
        masked += token.text;
        break;
    }
  }
  return masked;
}

std::uint64_t hashNormalized(std::string_view normalized) noexcept {
  std::uint64_t hash = 0xcbf29ce484222325U;  // FNV-1a
  for (const char c : normalized) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  }
  return hash;
}

std::uint64_t fingerprintSql(std::string_view sql, const LexerRules& rules) {
  return hashNormalized(normalizeSql(sql, rules));
}

}  // namespace sonde::query
