#include "raw_sql.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "../core/error.hpp"
#include "../core/text.hpp"

namespace sonde {

namespace {

using query::Lexer;
using query::Token;
using query::TokenKind;

bool isOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::any_of(words.begin(), words.end(),
                     [&](std::string_view w) { return text::equalsIgnoreCase(word, w); });
}

void refuseTransactionControl(std::string_view firstWord) {
  if (!isOneOf(firstWord,
               {"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "START"})) {
    return;
  }
  ErrorDetails details;
  details.hint = "use db.transaction(fn) or db.begin(); tx.transaction(fn) is a savepoint";
  throw TransactionError("transactions are not controlled by raw SQL (" + text::lower(firstWord) +
                             "), because a statement runs on any connection",
                         false, std::move(details));
}

// The target of INSERT INTO t, REPLACE INTO t, UPDATE t and DELETE FROM t; in a WITH statement the
// first of these outside parentheses.
void findWrittenTable(std::string_view sql, const query::LexerRules& rules, RawStatement& out) {
  Lexer lexer(sql, rules);
  Token token;
  int depth = 0;
  bool wantsName = false;
  while (lexer.nextSignificant(token)) {
    if (token.kind == TokenKind::Open) ++depth;
    if (token.kind == TokenKind::Close) --depth;
    if (depth != 0) continue;
    const bool word = token.kind == TokenKind::Word;
    if (!out.operation) {
      if (!word) continue;
      if (isOneOf(token.text, {"INSERT", "REPLACE"})) out.operation = query::Operation::Insert;
      if (isOneOf(token.text, {"DELETE"})) out.operation = query::Operation::Delete;
      if (isOneOf(token.text, {"UPDATE"})) {
        out.operation = query::Operation::Update;
        wantsName = true;
      }
      continue;
    }
    if (word && isOneOf(token.text, {"INTO", "FROM"})) {
      wantsName = true;
    } else if (word && isOneOf(token.text, {"OR"})) {
      if (!lexer.nextSignificant(token)) return;  // UPDATE OR IGNORE t
    } else if (wantsName) {
      out.writtenTable = query::unquote(token, rules);
      // The last part of schema.table.
      while (lexer.nextSignificant(token) && token.text == "." && lexer.nextSignificant(token)) {
        out.writtenTable = query::unquote(token, rules);
      }
      return;
    }
  }
}

struct Words {
  std::string first;
  std::string second;
  bool returning = false;
  bool touchesSession = false;  // mentions what outlives the statement in its session
};

// Temporary tables, and functions that take locks or set something for the session.
bool namesSessionState(std::string_view text) {
  const std::string word = text::lower(text);
  return isOneOf(word, {"set_config", "get_lock", "release_lock", "temp", "temporary"}) ||
         word.starts_with("pg_advisory_") || word.starts_with("pg_try_advisory_");
}

// Statements whose effect is on the database, or on nothing; any other may change its session.
bool leavesSessionAlone(std::string_view firstWord) {
  return isOneOf(firstWord, {"SELECT",  "WITH",    "VALUES",   "TABLE",   "INSERT",   "UPDATE",
                             "DELETE",  "REPLACE", "MERGE",    "EXPLAIN", "SHOW",     "DESCRIBE",
                             "DESC",    "CREATE",  "ALTER",    "DROP",    "TRUNCATE", "RENAME",
                             "COMMENT", "GRANT",   "REVOKE",   "ANALYZE", "VACUUM",   "REINDEX",
                             "CLUSTER", "REFRESH", "OPTIMIZE", "CHECK",   "REPAIR"});
}

Words readWords(std::string_view sql, const query::LexerRules& rules) {
  Words words;
  Lexer lexer(sql, rules);
  Token token;
  bool afterAt = false;
  while (lexer.nextSignificant(token)) {
    const bool variable = std::exchange(afterAt, token.text == "@");  // MySQL's @name
    if (token.kind != TokenKind::Word) continue;
    if (variable || namesSessionState(token.text)) words.touchesSession = true;
    if (words.first.empty()) {
      words.first = std::string(token.text);
    } else if (words.second.empty()) {
      words.second = std::string(token.text);
    }
    if (text::equalsIgnoreCase(token.text, "RETURNING")) words.returning = true;
  }
  if (!leavesSessionAlone(words.first)) words.touchesSession = true;
  return words;
}

}  // namespace

RawStatementPtr RawStatements::find(std::string_view sql) {
  const std::lock_guard lock(mutex_);
  const auto found = byText_.find(sql);
  if (found == byText_.end()) return nullptr;
  newestFirst_.splice(newestFirst_.begin(), newestFirst_, found->second);
  return found->second->statement;
}

RawStatementPtr RawStatements::learn(std::string_view sql, Connection& connection) {
  const Words words = readWords(sql, rules_);
  refuseTransactionControl(words.first);
  auto bound = query::rewritePlaceholders(sql, rules_);
  auto statement = std::make_shared<RawStatement>();
  query::Plan& plan = statement->plan;
  plan.id = query::nextPlanId();
  plan.sql = std::move(bound.sql);
  plan.argumentCount = static_cast<std::uint32_t>(bound.parameters);
  plan.cacheable = isOneOf(words.first, {"SELECT", "WITH", "VALUES", "INSERT", "UPDATE", "DELETE",
                                         "REPLACE", "MERGE", "TABLE"});
  statement->changesSchema =
      isOneOf(words.first, {"CREATE", "ALTER", "DROP", "RENAME", "TRUNCATE", "REINDEX", "ANALYZE"});
  statement->attaches = isOneOf(words.first, {"ATTACH", "DETACH"});
  statement->makesTemporary =
      isOneOf(words.first, {"CREATE"}) && isOneOf(words.second, {"TEMP", "TEMPORARY"});
  plan.write = !connection.prepare(plan.sql, false)->readOnly();
  for (auto& name : query::tablesTouched(sql, rules_)) {
    plan.tables.push_back({{}, std::move(name), false});
  }
  if (plan.write && plan.cacheable) findWrittenTable(sql, rules_, *statement);
  plan.touchesSession = words.touchesSession;
  for (query::TableUse& use : plan.tables) {
    use.written = text::equalsIgnoreCase(use.table, statement->writtenTable);
  }
  plan.returnsRows = !statement->operation || words.returning;

  if (plan.cacheable && capacity_ != 0) {
    const std::lock_guard lock(mutex_);
    if (const auto other = byText_.find(sql); other != byText_.end()) {
      return other->second->statement;
    }
    while (byText_.size() >= capacity_) {
      byText_.erase(newestFirst_.back().sql);
      newestFirst_.pop_back();
    }
    newestFirst_.push_front({std::string(sql), statement});
    byText_.emplace(newestFirst_.front().sql, newestFirst_.begin());
  }
  return statement;
}

}  // namespace sonde
