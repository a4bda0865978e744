// What a statement seems to do, judged by its words: the tables it touches, whether it writes.
#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "../core/text.hpp"
#include "lexer.hpp"

namespace sonde::query {

namespace {

template <std::size_t N>
bool isOneOf(const Token& token, const std::array<std::string_view, N>& words) noexcept {
  return token.kind == TokenKind::Word &&
         std::any_of(words.begin(), words.end(),
                     [&](std::string_view w) { return text::equalsIgnoreCase(token.text, w); });
}

constexpr std::array<std::string_view, 5> kBeforeTable = {"FROM", "JOIN", "INTO", "UPDATE",
                                                          "TABLE"};
// Words that may stand between one of those and the name.
constexpr std::array<std::string_view, 9> kNoise = {"ONLY", "IF",     "NOT",  "EXISTS",  "OR",
                                                    "TEMP", "IGNORE", "FAIL", "ROLLBACK"};
constexpr std::array<std::string_view, 9> kNoName = {
    "SET", "SELECT", "VALUES", "LATERAL", "CASCADE", "NO", "OF", "RESTRICT", "WHERE"};
// What ends a list of tables after FROM.
constexpr std::array<std::string_view, 11> kAfterFrom = {"WHERE", "GROUP",  "ORDER", "HAVING",
                                                         "LIMIT", "UNION",  "SET",   "RETURNING",
                                                         "ON",    "WINDOW", "USING"};

/// Collects the names of tables while it is shown the tokens of a statement.
class TableFinder {
 public:
  explicit TableFinder(const LexerRules& rules) : rules_(rules) {}

  void see(const Token& token) {
    if (state_ == State::Name) {
      seeName(token);
    } else if (state_ == State::AfterName) {
      seeAfterName(token);
    }
    if (state_ == State::None) seeElse(token);
    noteDepth(token);
    noteCte(token);
    previous_ = token;
  }

  std::vector<std::string> finish() {
    if (state_ == State::AfterName) keep();
    // A name that WITH gave to a query is no table.
    const auto isCte = [&](const std::string& name) {
      return std::any_of(ctes_.begin(), ctes_.end(),
                         [&](const std::string& cte) { return text::equalsIgnoreCase(name, cte); });
    };
    names_.erase(std::remove_if(names_.begin(), names_.end(), isCte), names_.end());
    return std::move(names_);
  }

 private:
  enum class State { None, Name, AfterName };

  static bool isName(const Token& token) noexcept {
    return token.kind == TokenKind::Word || token.kind == TokenKind::QuotedIdentifier;
  }

  void seeElse(const Token& token) {
    const bool listed = token.kind == TokenKind::Comma && inFrom_ && depth_ == fromDepth_;
    if (isOneOf(token, kAfterFrom)) inFrom_ = false;
    const bool clause = isOneOf(token, kBeforeTable) && !isWord(previous_, "DISTINCT") &&
                        !isWord(previous_, "FOR") && !isWord(previous_, "ON");
    if (!listed && !clause) return;
    state_ = State::Name;
    if (isWord(token, "FROM")) {
      inFrom_ = true;
      fromDepth_ = depth_;
    }
  }

  void seeName(const Token& token) {
    if (isOneOf(token, kNoise)) return;
    if (!isName(token) || isOneOf(token, kNoName)) {
      state_ = State::None;
      return;
    }
    name_ += unquote(token, rules_);
    state_ = State::AfterName;
  }

  void seeAfterName(const Token& token) {
    if (token.text == ".") {
      name_ += '.';
      state_ = State::Name;
      return;
    }
    // INTO t (a, b) is a table, FROM f(x) is a function.
    if (token.kind == TokenKind::Open && inFrom_) name_.clear();
    keep();
    state_ = State::None;
  }

  void keep() {
    if (!name_.empty() && seen_.insert(name_).second) names_.push_back(std::move(name_));
    name_.clear();
  }

  void noteDepth(const Token& token) noexcept {
    if (token.kind == TokenKind::Open) ++depth_;
    if (token.kind == TokenKind::Close && depth_ > 0) {
      --depth_;
      if (depth_ < fromDepth_) inFrom_ = false;
    }
  }

  // WITH name [(columns)] AS [NOT] [MATERIALIZED] (
  void noteCte(const Token& token) {
    if (isWord(token, "WITH")) {
      with_ = true;
      withDepth_ = depth_;
      cte_.clear();
    } else if (with_ && depth_ == withDepth_ && isWord(token, "AS")) {
      if (!cte_.empty()) ctes_.insert(text::lower(cte_));
    } else if (with_ && depth_ == withDepth_ && isName(token)) {
      cte_ = unquote(token, rules_);
    }
  }

  const LexerRules& rules_;
  std::vector<std::string> names_;
  std::unordered_set<std::string> seen_;
  std::unordered_set<std::string> ctes_;  // in lower case
  std::string name_;
  std::string cte_;
  Token previous_;
  State state_ = State::None;
  std::size_t depth_ = 0;
  std::size_t fromDepth_ = 0;
  std::size_t withDepth_ = 0;
  bool inFrom_ = false;
  bool with_ = false;
};

/// Whether a word that changes data begins a statement anywhere in the text, a subquery included.
bool holdsWrite(Lexer lexer) {
  static constexpr std::array<std::string_view, 6> kWrites = {"INSERT", "UPDATE",  "DELETE",
                                                              "MERGE",  "REPLACE", "INTO"};
  static constexpr std::array<std::string_view, 3> kNotStatement = {"FOR", "ON", "DO"};
  Token token;
  Token previous;
  while (lexer.nextSignificant(token)) {
    // replace(…) is a function.
    const bool call = isWord(previous, "REPLACE") && token.kind == TokenKind::Open;
    if (isOneOf(previous, kWrites) && !call) return true;
    // FOR UPDATE only locks; after a point stands a column.
    const bool word = !isOneOf(previous, kNotStatement) && previous.text != ".";
    previous = word ? token : Token();
  }
  return false;
}

bool partWrites(std::string_view sql, const LexerRules& rules) {
  static constexpr std::array<std::string_view, 3> kSearch = {"SELECT", "WITH", "EXPLAIN"};
  static constexpr std::array<std::string_view, 14> kReads = {
      "VALUES", "SHOW", "DESCRIBE", "DESC",      "TABLE",   "BEGIN", "START",
      "COMMIT", "END",  "ROLLBACK", "SAVEPOINT", "RELEASE", "USE",   "SET"};
  Lexer lexer(sql, rules);
  Token token;
  do {
    if (!lexer.nextSignificant(token)) return false;
  } while (token.kind == TokenKind::Open);
  if (isOneOf(token, kReads)) return false;
  if (isOneOf(token, kSearch)) return holdsWrite(lexer);
  if (!isWord(token, "PRAGMA")) return true;
  while (lexer.nextSignificant(token)) {
    if (token.text == "=") return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> tablesTouched(std::string_view sql, const LexerRules& rules) {
  TableFinder finder(rules);
  Lexer lexer(sql, rules);
  for (Token token; lexer.nextSignificant(token);) finder.see(token);
  return finder.finish();
}

bool looksLikeWrite(std::string_view sql, const LexerRules& rules) {
  const std::vector<ScriptPart> parts = splitScript(sql, rules);
  return std::any_of(parts.begin(), parts.end(),
                     [&](const ScriptPart& part) { return partWrites(part.sql, rules); });
}

}  // namespace sonde::query
