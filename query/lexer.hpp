// Cuts SQL into tokens, well enough to rewrite placeholders, split files, fingerprint statements
// and find the tables they touch. Not a parser: it never fails, unknown bytes are tokens of their
// own.
//
// Invariant: tokens cover the input without gaps and point into it; linear time for any input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::query {

/// Where the SQL of engines differs lexically.
struct LexerRules {
  bool backtickIdentifiers = false;  ///< `name`
  bool bracketIdentifiers = false;   ///< [name]
  bool doubleQuoteStrings = false;   ///< "text" is a string (MySQL without ANSI_QUOTES).
  bool backslashEscapes = false;     ///< 'it\'s'
  bool dollarQuotes = false;         ///< $tag$ … $tag$
  bool escapeStrings = false;        ///< E'…' takes backslashes.
  bool hashComments = false;         ///< # to the end of the line.
  bool nestedComments = false;       ///< /* /* */ */
  bool dollarParameters = false;     ///< $1
  bool namedParameters = false;      ///< :name @name $name
  bool numberedParameters = false;   ///< ?1
  bool questionOperator = false;     ///< A `?` operator exists (jsonb), written `??`.
};

enum class TokenKind : std::uint8_t {
  Space,
  Comment,
  Word,  ///< Keyword or plain identifier.
  QuotedIdentifier,
  String,
  Blob,  ///< x'00'
  Number,
  Parameter,
  Operator,
  Semicolon,
  Open,   ///< (
  Close,  ///< )
  Comma,
  Unknown,  ///< Includes an unterminated quote or comment, to the end.
};

struct Token {
  TokenKind kind = TokenKind::Unknown;
  std::string_view text;
  std::size_t offset = 0;
};

/// Gives the tokens of a text one by one. The text must outlive the lexer.
class Lexer {
 public:
  Lexer(std::string_view sql, const LexerRules& rules) noexcept : sql_(sql), rules_(&rules) {}

  /// Reads the next token, white space and comments included. @return False at the end.
  [[nodiscard]] bool next(Token& token) noexcept;
  /// Reads the next token that is neither white space nor a comment. @return False at the end.
  [[nodiscard]] bool nextSignificant(Token& token) noexcept;

 private:
  std::string_view sql_;
  const LexerRules* rules_;
  std::size_t at_ = 0;
};

/// @return Whether the token is this bare word, in whatever case.
[[nodiscard]] bool isWord(const Token& token, std::string_view word) noexcept;

/// @return The identifier or string a token stands for, without quotes and with doubled ones
/// undone.
[[nodiscard]] std::string unquote(const Token& token, const LexerRules& rules);

/// One statement of a script.
struct ScriptPart {
  std::string_view sql;  ///< Without the semicolon and the space around it.
  std::size_t offset = 0;
};

/// @return The statements of a script in order; semicolons in quotes, comments and the bodies of
/// CREATE TRIGGER … BEGIN … END do not split. Empty statements are left out. Thread-safe.
[[nodiscard]] std::vector<ScriptPart> splitScript(std::string_view sql, const LexerRules& rules);

/// Raw SQL of a user with `?` placeholders, in the engine's own form.
struct BoundSql {
  std::string sql;
  std::size_t parameters = 0;
};

/// @return `sql` with every `?` placeholder in the engine's form (`$1` where dollarParameters) and
/// `??` as a literal `?`. @throws ValidationError when it holds other kinds of placeholders.
/// Thread-safe.
[[nodiscard]] BoundSql rewritePlaceholders(std::string_view sql, const LexerRules& rules);

/// Checks that a text can stand inside a statement: it ends where it seems to.
/// @throws ValidationError when it has a semicolon, an unterminated quote or comment, or
/// parentheses that do not match. Thread-safe.
void checkFragment(std::string_view sql, const LexerRules& rules);

/// @return The statement with literals as `?`, lists and rows of values collapsed, comments gone,
/// space and keyword case made even: equal for statements that differ only in values. Thread-safe.
[[nodiscard]] std::string normalizeSql(std::string_view sql, const LexerRules& rules);
/// @return The statement as it is written, but with `?` for every literal and a space for every
/// comment: fit to be shown. Thread-safe.
[[nodiscard]] std::string maskLiterals(std::string_view sql, const LexerRules& rules);
/// @return A hash of what normalizeSql gave. Thread-safe.
[[nodiscard]] std::uint64_t hashNormalized(std::string_view normalized) noexcept;
/// @return A hash of normalizeSql. Thread-safe.
[[nodiscard]] std::uint64_t fingerprintSql(std::string_view sql, const LexerRules& rules);

/// @return The names after FROM, JOIN, INTO, UPDATE and TABLE, unquoted, without duplicates: the
/// tables a statement seems to touch. Thread-safe.
[[nodiscard]] std::vector<std::string> tablesTouched(std::string_view sql, const LexerRules& rules);

/// @return Whether the statement can change data or schema, judged by its first words (WITH …
/// looked through). Engines know better; this is for messages. Thread-safe.
[[nodiscard]] bool looksLikeWrite(std::string_view sql, const LexerRules& rules);

}  // namespace sonde::query
