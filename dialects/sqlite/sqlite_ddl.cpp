#include "sqlite_ddl.hpp"

#include <utility>

#include "../../core/text.hpp"
#include "../../query/lexer.hpp"
#include "sqlite_dialect.hpp"

namespace sonde::sqlite {
namespace {

using query::Token;
using query::TokenKind;

const query::LexerRules& rules() noexcept { return SqliteDialect::instance().lexerRules(); }

/// Stands on one significant token of the text.
class Cursor {
 public:
  explicit Cursor(std::string_view sql) : sql_(sql), lexer_(sql, rules()) { advance(); }

  [[nodiscard]] bool done() const noexcept { return done_; }
  [[nodiscard]] bool at(TokenKind kind) const noexcept { return !done_ && token_.kind == kind; }
  /// @return Whether it stands on this keyword, given in upper case.
  [[nodiscard]] bool at(std::string_view keyword) const noexcept {
    return at(TokenKind::Word) && text::equalsIgnoreCase(token_.text, keyword);
  }
  [[nodiscard]] const Token& token() const noexcept { return token_; }
  [[nodiscard]] std::size_t begin() const noexcept { return token_.offset; }
  [[nodiscard]] std::size_t end() const noexcept { return token_.offset + token_.text.size(); }
  [[nodiscard]] std::string_view between(std::size_t begin, std::size_t end) const noexcept {
    return sql_.substr(begin, end - begin);
  }

  void advance() noexcept { done_ = done_ || !lexer_.nextSignificant(token_); }
  bool skip(std::string_view keyword) noexcept {
    if (!at(keyword)) return false;
    advance();
    return true;
  }
  bool skip(TokenKind kind) noexcept {
    if (!at(kind)) return false;
    advance();
    return true;
  }
  bool skip(char symbol) noexcept {
    if (done_ || token_.text.size() != 1 || token_.text.front() != symbol) return false;
    advance();
    return true;
  }

  /// Takes a name in any of the ways SQLite lets it be written, strings included.
  std::optional<std::string> takeName() {
    if (!at(TokenKind::Word) && !at(TokenKind::QuotedIdentifier) && !at(TokenKind::String)) {
      return std::nullopt;
    }
    std::string name = query::unquote(token_, rules());
    advance();
    return name;
  }

  /// Standing on an opening parenthesis, passes the closing one. @return What is between them, from
  /// the first token to the last; empty when the text ends before.
  std::optional<std::string_view> takeGroup() {
    advance();
    const std::size_t first = begin();
    std::size_t last = first;
    for (std::size_t depth = 1; !done_; advance()) {
      if (token_.kind == TokenKind::Open) ++depth;
      if (token_.kind == TokenKind::Close && --depth == 0) {
        advance();
        return between(first, last);
      }
      last = end();
    }
    return std::nullopt;
  }

  /// Standing on an opening parenthesis, takes the parts of the list, each from its first token to
  /// its last but for a closing ASC or DESC, and passes the closing parenthesis.
  /// @return Empty when the text ends before.
  std::optional<std::vector<std::string>> takeList();

  /// The same, but takes the name that each part begins with.
  std::optional<std::vector<std::string>> takeNames();

 private:
  std::string_view sql_;
  query::Lexer lexer_;
  Token token_;
  bool done_ = false;
};

std::optional<std::vector<std::string>> Cursor::takeList() {
  std::vector<std::string> parts;
  advance();
  std::size_t first = begin();
  std::size_t last = first;       // end of the part so far
  std::size_t unordered = first;  // its end without a closing ASC or DESC
  bool started = false;
  for (std::size_t depth = 1; !done_; advance()) {
    if (token_.kind == TokenKind::Open) ++depth;
    const bool closes = token_.kind == TokenKind::Close && --depth == 0;
    if (closes || (depth == 1 && token_.kind == TokenKind::Comma)) {
      parts.emplace_back(started ? between(first, unordered) : std::string_view());
      started = false;
      if (!closes) continue;
      advance();
      return parts;
    }
    const bool order = started && depth == 1 && (at("ASC") || at("DESC"));
    if (!started) first = begin();
    started = true;
    unordered = order ? last : end();
    last = end();
  }
  return std::nullopt;
}

std::optional<std::vector<std::string>> Cursor::takeNames() {
  std::vector<std::string> names;
  advance();
  bool begins = true;
  for (std::size_t depth = 1; !done_;) {
    if (begins) {
      auto name = takeName();
      if (!name) return std::nullopt;
      names.push_back(*std::move(name));
      begins = false;
      continue;
    }
    if (token_.kind == TokenKind::Open) ++depth;
    const bool closes = token_.kind == TokenKind::Close && --depth == 0;
    begins = depth == 1 && token_.kind == TokenKind::Comma;
    advance();
    if (closes) return names;
  }
  return std::nullopt;
}

/// Passes CREATE, the words that may follow it, the kind of object and IF NOT EXISTS.
/// @return Whether they were there.
bool skipHead(Cursor& cursor, std::string_view kind) {
  if (!cursor.skip("CREATE")) return false;
  while (cursor.skip("TEMP") || cursor.skip("TEMPORARY") || cursor.skip("UNIQUE")) {
  }
  if (!cursor.skip(kind)) return false;
  return !cursor.skip("IF") || (cursor.skip("NOT") && cursor.skip("EXISTS"));
}

struct QualifiedName {
  std::string schema;  ///< Empty when there is none.
  std::string name;
};

std::optional<QualifiedName> takeQualifiedName(Cursor& cursor) {
  auto first = cursor.takeName();
  if (!first) return std::nullopt;
  if (!cursor.skip('.')) return QualifiedName{{}, *std::move(first)};
  auto second = cursor.takeName();
  if (!second) return std::nullopt;
  return QualifiedName{*std::move(first), *std::move(second)};
}

/// Reads the list of columns and constraints of a CREATE TABLE. Everything it looks for begins with
/// a reserved word, which cannot be a name or part of a type unless it is quoted.
class TableReader {
 public:
  TableReader(Cursor& cursor, ParsedTable& table) : cursor_(cursor), table_(table) {}

  /// Standing on the opening parenthesis, reads to the closing one. @return Whether it is there.
  bool read() {
    cursor_.advance();
    if (!beginColumn()) return false;
    while (!cursor_.done()) {
      if (cursor_.at(TokenKind::Close)) return true;
      if (cursor_.skip(TokenKind::Comma)) {
        constraintName_.reset();
        nameIsFresh_ = false;
        inReferences_ = false;
        if (!inColumn_ || atTableConstraint()) {
          inColumn_ = false;
        } else if (!beginColumn()) {
          return false;
        }
      } else if (!readItem()) {
        return false;
      }
    }
    return false;
  }

 private:
  bool beginColumn() {
    auto name = cursor_.takeName();
    if (!name) return false;
    column_ = *std::move(name);
    return true;
  }

  [[nodiscard]] bool atTableConstraint() const noexcept {
    return cursor_.at("CONSTRAINT") || cursor_.at("PRIMARY") || cursor_.at("UNIQUE") ||
           cursor_.at("CHECK") || cursor_.at("FOREIGN");
  }

  /// Reads one constraint, or passes one token of something else. @return False for a broken text.
  bool readItem() {
    if (cursor_.at(TokenKind::Open)) return cursor_.takeGroup().has_value();
    if (!cursor_.at(TokenKind::Word)) {
      cursor_.advance();
      return true;
    }
    if (cursor_.skip("CONSTRAINT")) return readConstraintName();
    if (cursor_.skip("PRIMARY")) return readPrimaryKey();
    if (cursor_.skip("UNIQUE")) return readUnique();
    if (cursor_.skip("CHECK")) return readCheck();
    if (cursor_.skip("FOREIGN")) return readForeignKey();
    if (cursor_.skip("REFERENCES")) return readReferences();
    if (cursor_.skip("DEFERRABLE")) return readDeferrable();
    if (cursor_.skip("AS")) return readGenerated();
    if (inReferences_ && cursor_.skip("MATCH")) return readMatch();
    if (cursor_.skip("NOT")) {
      nameIsFresh_ = false;
      return !cursor_.skip("DEFERRABLE") || setDeferrable(false, false);
    }
    if (cursor_.at("NULL") || cursor_.at("DEFAULT") || cursor_.at("COLLATE")) {
      nameIsFresh_ = false;
    }
    cursor_.advance();
    return true;
  }

  bool readConstraintName() {
    constraintName_ = cursor_.takeName();
    nameIsFresh_ = constraintName_.has_value();
    return nameIsFresh_;
  }

  /// @return The name for the constraint that begins here; empty when another one took it.
  std::optional<std::string> takeConstraintName() {
    inReferences_ = false;
    if (!nameIsFresh_) return std::nullopt;
    nameIsFresh_ = false;
    return constraintName_;
  }

  bool readPrimaryKey() {
    table_.primaryKeyName = takeConstraintName();
    return cursor_.skip("KEY");
  }

  bool readUnique() {
    UniqueConstraint unique;
    unique.name = takeConstraintName();
    if (inColumn_) {
      unique.columns.push_back(column_);
    } else {
      if (!cursor_.at(TokenKind::Open)) return false;
      auto columns = cursor_.takeNames();
      if (!columns) return false;
      unique.columns = *std::move(columns);
    }
    table_.uniqueConstraints.push_back(std::move(unique));
    return true;
  }

  bool readCheck() {
    static_cast<void>(takeConstraintName());
    if (!cursor_.at(TokenKind::Open)) return false;
    const auto expression = cursor_.takeGroup();
    if (!expression) return false;
    table_.checks.push_back({constraintName_, std::string(*expression)});
    return true;
  }

  /// FOREIGN KEY (…) of a table; REFERENCES follows as an item of its own.
  bool readForeignKey() {
    if (!cursor_.skip("KEY") || !cursor_.at(TokenKind::Open)) return false;
    auto columns = cursor_.takeNames();
    if (!columns) return false;
    foreignColumns_ = *std::move(columns);
    return true;
  }

  bool readReferences() {
    ParsedForeignKey key;
    key.name = takeConstraintName();
    if (inColumn_) {
      key.columns.push_back(column_);
    } else {
      key.columns = std::exchange(foreignColumns_, {});
    }
    auto target = cursor_.takeName();
    if (!target) return false;
    key.table = *std::move(target);
    table_.foreignKeys.push_back(std::move(key));
    inReferences_ = true;
    return true;
  }

  bool readMatch() {
    const auto match = cursor_.takeName();
    if (!match) return false;
    std::string& out = table_.foreignKeys.back().match;
    out.clear();
    for (const char c : *match) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    return true;
  }

  bool readDeferrable() {
    return setDeferrable(true, cursor_.skip("INITIALLY") && cursor_.at("DEFERRED"));
  }

  /// As in SQLite it is about the last foreign key of the table so far, wherever it stands.
  bool setDeferrable(bool deferrable, bool deferred) {
    if (table_.foreignKeys.empty()) return true;
    table_.foreignKeys.back().deferrable = deferrable;
    table_.foreignKeys.back().initiallyDeferred = deferred;
    return true;
  }

  bool readGenerated() {
    nameIsFresh_ = false;
    if (!inColumn_ || !cursor_.at(TokenKind::Open)) return false;
    const auto expression = cursor_.takeGroup();
    if (!expression) return false;
    table_.generated.push_back({column_, std::string(*expression)});
    return true;
  }

  Cursor& cursor_;
  ParsedTable& table_;
  bool inColumn_ = true;  // until the first constraint of the table
  std::string column_;
  std::optional<std::string> constraintName_;
  bool nameIsFresh_ = false;
  bool inReferences_ = false;
  std::vector<std::string> foreignColumns_;
};

/// @return The text as a string literal.
std::string quoteString(std::string_view text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') out += c;
    out += c;
  }
  return out += '\'';
}

}  // namespace

std::optional<ParsedTable> parseCreateTable(std::string_view sql) {
  Cursor cursor(sql);
  if (!skipHead(cursor, "TABLE") || !takeQualifiedName(cursor)) return std::nullopt;
  if (!cursor.at(TokenKind::Open)) return std::nullopt;
  ParsedTable table;
  if (!TableReader(cursor, table).read()) return std::nullopt;
  return table;
}

std::optional<ParsedIndex> parseCreateIndex(std::string_view sql) {
  Cursor cursor(sql);
  if (!skipHead(cursor, "INDEX") || !takeQualifiedName(cursor)) return std::nullopt;
  if (!cursor.skip("ON") || !cursor.takeName() || !cursor.at(TokenKind::Open)) return std::nullopt;
  ParsedIndex index;
  auto parts = cursor.takeList();
  if (!parts) return std::nullopt;
  index.parts = *std::move(parts);
  if (cursor.skip("WHERE")) {
    const std::size_t first = cursor.begin();
    std::size_t last = first;
    for (; !cursor.done() && !cursor.at(TokenKind::Semicolon); cursor.advance())
      last = cursor.end();
    index.where = std::string(cursor.between(first, last));
  }
  return index;
}

std::optional<ParsedTrigger> parseCreateTrigger(std::string_view sql) {
  Cursor cursor(sql);
  if (!skipHead(cursor, "TRIGGER") || !takeQualifiedName(cursor)) return std::nullopt;
  ParsedTrigger trigger;
  trigger.timing = "BEFORE";
  if (cursor.skip("AFTER")) {
    trigger.timing = "AFTER";
  } else if (cursor.skip("INSTEAD")) {
    if (!cursor.skip("OF")) return std::nullopt;
    trigger.timing = "INSTEAD OF";
  } else {
    cursor.skip("BEFORE");
  }
  for (const std::string_view event : {"INSERT", "UPDATE", "DELETE"}) {
    if (!cursor.skip(event)) continue;
    trigger.event = event;
    break;
  }
  if (trigger.event.empty()) return std::nullopt;
  if (cursor.skip("OF")) {
    do {
      auto column = cursor.takeName();
      if (!column) return std::nullopt;
      trigger.columns.push_back(*std::move(column));
    } while (cursor.skip(TokenKind::Comma));
  }
  if (!cursor.skip("ON")) return std::nullopt;
  auto table = takeQualifiedName(cursor);
  if (!table) return std::nullopt;
  trigger.schema = std::move(table->schema);
  trigger.table = std::move(table->name);
  return trigger;
}

std::optional<ColumnDefault> parseDefault(std::string_view text) {
  using Kind = ColumnDefault::Kind;
  Cursor cursor(text);
  if (cursor.done()) return std::nullopt;
  const std::size_t first = cursor.begin();
  bool isSigned = false;
  while (cursor.skip('-') || cursor.skip('+')) isSigned = true;
  const Token token = cursor.token();
  const std::string_view whole = cursor.between(first, cursor.end());
  cursor.advance();
  if (!cursor.done()) return ColumnDefault{Kind::Expression, std::string(text::trim(text))};
  if (token.kind == TokenKind::Number) return ColumnDefault{Kind::Literal, std::string(whole)};
  if (isSigned) return ColumnDefault{Kind::Expression, std::string(whole)};
  switch (token.kind) {
    case TokenKind::String:
    case TokenKind::Blob:
      return ColumnDefault{Kind::Literal, std::string(whole)};
    case TokenKind::QuotedIdentifier:
      return ColumnDefault{Kind::Literal, quoteString(query::unquote(token, rules()))};
    case TokenKind::Word:
      break;
    default:
      return ColumnDefault{Kind::Expression, std::string(whole)};
  }
  if (text::equalsIgnoreCase(token.text, "NULL")) return std::nullopt;
  for (const std::string_view constant : {"TRUE", "FALSE"}) {
    if (text::equalsIgnoreCase(token.text, constant)) {
      return ColumnDefault{Kind::Literal, std::string(token.text)};
    }
  }
  for (const std::string_view now : {"CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME"}) {
    if (text::equalsIgnoreCase(token.text, now)) {
      return ColumnDefault{Kind::Expression, std::string(token.text)};
    }
  }
  return ColumnDefault{Kind::Literal, quoteString(token.text)};
}

}  // namespace sonde::sqlite
