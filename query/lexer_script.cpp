// What is done with whole texts of SQL, apart from fingerprints: splitting, placeholders, checks.
#include <array>
#include <string>

#include "../core/error.hpp"
#include "../core/text.hpp"
#include "lexer.hpp"

namespace sonde::query {

namespace {

/// Follows one statement and knows whether a semicolon would end it: inside the body of a CREATE
/// TRIGGER it does not, until the END that closes BEGIN. That END begins a statement of the body,
/// as SQLite's own sqlite3_complete() has it, so that CASE … END and columns of that name do not
/// count.
class StatementEnd {
 public:
  void see(const Token& token) noexcept {
    if (ending_) closeBlock(token);
    if (stage_ == Stage::Start) {
      stage_ = isWord(token, "CREATE") ? Stage::Create : Stage::Plain;
    } else if (stage_ == Stage::Create) {
      seeAfterCreate(token);
    } else if (stage_ == Stage::Trigger) {
      if (isWord(token, "BEGIN") && !named_) enterBlock();
    } else if (stage_ == Stage::Body) {
      seeInBody(token);
    }
    // What follows these is a name, whatever it looks like.
    named_ = token.text == "." || token.kind == TokenKind::Comma || isWord(token, "OF");
  }

  /// Whether a semicolon here ends the statement.
  [[nodiscard]] bool endsHere() const noexcept {
    return stage_ != Stage::Body || (ending_ && blocks_ == 1);
  }

 private:
  enum class Stage { Start, Plain, Create, Trigger, Body };

  // CREATE [OR REPLACE] [DEFINER = …] [TEMP | TEMPORARY] TRIGGER
  void seeAfterCreate(const Token& token) noexcept {
    static constexpr std::array<std::string_view, 5> kOthers = {"TABLE", "INDEX", "VIEW", "UNIQUE",
                                                                "VIRTUAL"};
    if (isWord(token, "TRIGGER")) {
      stage_ = Stage::Trigger;
      return;
    }
    for (const std::string_view word : kOthers) {
      if (isWord(token, word)) stage_ = Stage::Plain;
    }
  }

  void enterBlock() noexcept {
    stage_ = Stage::Body;
    ++blocks_;
    atStart_ = true;
  }

  void seeInBody(const Token& token) noexcept {
    if (atStart_ && isWord(token, "BEGIN")) {
      enterBlock();
      return;
    }
    ending_ = atStart_ && isWord(token, "END");
    atStart_ = token.kind == TokenKind::Semicolon;
  }

  /// The word after END says what ended: a block, or a statement of a stored program.
  void closeBlock(const Token& token) noexcept {
    static constexpr std::array<std::string_view, 5> kStatements = {"IF", "CASE", "LOOP", "WHILE",
                                                                    "REPEAT"};
    ending_ = false;
    for (const std::string_view word : kStatements) {
      if (isWord(token, word)) return;
    }
    if (--blocks_ == 0) stage_ = Stage::Plain;
  }

  Stage stage_ = Stage::Start;
  std::size_t blocks_ = 0;
  bool named_ = false;    // the next word is a name
  bool atStart_ = false;  // the next word begins a statement of the body
  bool ending_ = false;   // the last word was an END that may close a block
};

}  // namespace

std::vector<ScriptPart> splitScript(std::string_view sql, const LexerRules& rules) {
  std::vector<ScriptPart> parts;
  Lexer lexer(sql, rules);
  Token token;
  StatementEnd end;
  std::size_t first = std::string_view::npos;
  std::size_t last = 0;
  const auto flush = [&] {
    if (first != std::string_view::npos) parts.push_back({sql.substr(first, last - first), first});
    first = std::string_view::npos;
    end = StatementEnd();
  };
  while (lexer.nextSignificant(token)) {
    if (token.kind == TokenKind::Semicolon && end.endsHere()) {
      flush();
      continue;
    }
    end.see(token);
    if (first == std::string_view::npos) first = token.offset;
    last = token.offset + token.text.size();
  }
  flush();
  return parts;
}

BoundSql rewritePlaceholders(std::string_view sql, const LexerRules& rules) {
  BoundSql bound;
  bound.sql.reserve(sql.size() + 16);
  Lexer lexer(sql, rules);
  Token token;
  while (lexer.next(token)) {
    if (token.kind == TokenKind::Parameter) {
      if (token.text != "?") {
        throw ValidationError("placeholders are written `?`, not \"" + std::string(token.text) +
                              "\" (byte " + std::to_string(token.offset) + ")");
      }
      ++bound.parameters;
      if (rules.dollarParameters) {
        bound.sql += '$';
        bound.sql += std::to_string(bound.parameters);
      } else {
        bound.sql += '?';
      }
    } else {
      bound.sql += token.text == "??" ? std::string_view("?") : token.text;
    }
  }
  return bound;
}

void checkFragment(std::string_view sql, const LexerRules& rules) {
  const auto refuse = [](const std::string& what) {
    throw ValidationError("a raw SQL fragment " + what);
  };
  Lexer lexer(sql, rules);
  Token token;
  std::size_t open = 0;
  bool empty = true;
  while (lexer.nextSignificant(token)) {
    empty = false;
    if (token.kind == TokenKind::Semicolon) refuse("cannot hold a semicolon");
    if (token.kind == TokenKind::Unknown) {
      refuse("has an unknown character or an unterminated quote or comment at byte " +
             std::to_string(token.offset));
    }
    if (token.kind == TokenKind::Open) ++open;
    if (token.kind == TokenKind::Close && open-- == 0) {
      refuse("closes a parenthesis that it did not open");
    }
  }
  if (empty) refuse("is empty");
  if (open != 0) refuse("leaves a parenthesis open");
}

}  // namespace sonde::query
