#include "postgres_error.hpp"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <utility>

namespace sonde {
namespace {

using std::string_view;

// What is kept of a statement in an error: the end of a long script says nothing.
constexpr std::size_t kMostSql = 4000;

string_view field(const PGresult* result, int code) noexcept {
  const char* text = PQresultErrorField(result, code);
  return text == nullptr ? string_view() : string_view(text);
}

bool contains(string_view text, string_view part) noexcept {
  return text.find(part) != string_view::npos;
}

/// The text that a parameter went to the server as, where the server could quote it.
std::string shownText(const Arg& arg) {
  switch (arg.kind()) {
    case Arg::Kind::Text:
      return std::string(arg.text());
    case Arg::Kind::Integer:
      return std::to_string(arg.integer());
    case Arg::Kind::Unsigned:
      return std::to_string(arg.unsignedInteger());
    case Arg::Kind::Real:
    case Arg::Kind::Document: {
      const Value value = arg.toValue();
      return value.dump();
    }
    default:
      return {};
  }
}

/// Whether a quoted part of a message comes from a parameter. What the statement itself says may be
/// shown. The server shortens and reformats what it quotes, so a number counts by any digits.
bool quotesParameter(string_view part, const PostgresScene& scene) {
  if (part.empty() || contains(scene.sql, part)) return false;
  if (scene.hideValues) return true;
  for (const Arg& arg : scene.args) {
    const std::string text = shownText(arg);
    if (!text.empty() && (contains(text, part) || contains(part, text))) return true;
    if (arg.kind() == Arg::Kind::Document || arg.kind() == Arg::Kind::Real ||
        arg.kind() == Arg::Kind::Blob) {
      return true;  // Not sent as it reads here, so it cannot be compared.
    }
  }
  return false;
}

/// Takes values of parameters out of a message: `invalid input syntax for type integer: "…"`.
std::string withoutParameters(std::string message, const PostgresScene& scene) {
  // A value may hold quotes itself, so what reaches up to the last quote is looked at first.
  const std::size_t last = message.rfind('"');
  if (last == std::string::npos || (scene.args.empty() && !scene.hideValues)) return message;
  constexpr int kMostQuotes = 32;
  int quotes = 0;
  for (std::size_t open = message.find('"'); open < last && quotes++ < kMostQuotes;
       open = message.find('"', open + 1)) {
    if (!quotesParameter(string_view(message).substr(open + 1, last - open - 1), scene)) continue;
    return message.replace(open + 1, last - open - 1, "...");
  }
  for (std::size_t open = message.find('"'); open != std::string::npos;) {
    const std::size_t close = message.find('"', open + 1);
    if (close == std::string::npos) break;
    std::size_t next = close;
    if (quotesParameter(string_view(message).substr(open + 1, close - open - 1), scene)) {
      message.replace(open + 1, close - open - 1, "...");
      next = open + 4;
    }
    open = message.find('"', next + 1);
  }
  return message;
}

/// 1 for the first byte of a character in UTF-8, 0 for the others.
std::size_t startsCharacter(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80 ? 0 : 1;
}

/// " (line 2, column 5)"; empty when the server does not say where.
std::string position(const PGresult* result, const PostgresScene& scene) {
  const string_view digits = field(result, PG_DIAG_STATEMENT_POSITION);
  std::size_t at = 0;  // In characters, from 1.
  std::from_chars(digits.data(), digits.data() + digits.size(), at);
  if (at == 0 || scene.sql.empty()) return {};
  // What stands before the statement in its script counts as well.
  string_view sql = scene.sql;
  if (!scene.script.empty()) {
    sql = scene.script;
    for (const char c : scene.script.substr(0, scene.scriptOffset)) at += startsCharacter(c);
  }
  std::size_t line = 1;
  std::size_t column = 1;
  std::size_t character = 1;
  for (const char c : sql) {
    if (startsCharacter(c) == 0) continue;
    if (character++ == at) break;
    if (c == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")";
}

ConstraintKind constraintKind(string_view sqlState, const ErrorDetails& details) noexcept {
  if (sqlState == "23505") {
    // The name PostgreSQL gives to a primary key by itself; the session knows the schema and
    // corrects one that was named otherwise.
    return details.constraint == details.table + "_pkey" ? ConstraintKind::PrimaryKey
                                                         : ConstraintKind::Unique;
  }
  if (sqlState == "23503" || sqlState == "23001") return ConstraintKind::ForeignKey;
  if (sqlState == "23502") return ConstraintKind::NotNull;
  if (sqlState == "23514") return ConstraintKind::Check;
  return ConstraintKind::Other;
}

/// Whether a cancelled statement was cancelled by hand (pg_cancel_backend) and not by
/// statement_timeout; both have the state 57014, and only the message differs.
bool byUserRequest(string_view message) noexcept { return contains(message, "user request"); }

[[noreturn]] void throwTransaction(const std::string& message, string_view sqlState,
                                   ErrorDetails details) {
  if (sqlState == "25P02") {
    details.hint = "roll back, to a savepoint where there is one; then go on";
    throw TransactionError(
        "an earlier statement of the transaction failed, and PostgreSQL takes "
        "no other until it is rolled back",
        false, std::move(details));
  }
  const bool retryable = sqlState == "40001" || sqlState == "40P01";
  if (retryable) details.hint = "run the transaction again";
  throw TransactionError(message, retryable, std::move(details));
}

[[noreturn]] void throwByState(const std::string& message, string_view sqlState,
                               ErrorDetails details) {
  const string_view stateClass = sqlState.substr(0, 2);
  // Of class 25, what concerns the statement alone (25001: not inside a transaction, 25006: read
  // only) is refused like any other statement.
  if (stateClass == "40" || sqlState == "25P01" || sqlState == "25P02") {
    throwTransaction(message, sqlState, std::move(details));
  }
  if (sqlState == "55P03") {
    throw Timeout("a lock was not had in time: " + message, std::move(details));
  }
  if (sqlState == "25P03" || sqlState == "57P05" || stateClass == "08" ||
      postgresSessionEnds(sqlState)) {
    throw ConnectionError(message, std::move(details));
  }
  if (sqlState == "42501") throw AuthorizationError(message, std::move(details));
  if (sqlState == "22021" || sqlState == "22P05") throw EncodingError(message, std::move(details));
  throw QueryError(message, std::move(details));
}

}  // namespace

string_view postgresSqlState(const PGresult* result) noexcept {
  return field(result, PG_DIAG_SQLSTATE);
}

bool postgresSessionEnds(string_view sqlState) noexcept {
  return sqlState.substr(0, 2) == "08" || sqlState == "57P01" || sqlState == "57P02" ||
         sqlState == "57P03" || sqlState == "57P04" || sqlState == "57P05" || sqlState == "25P03" ||
         sqlState == "53300";
}

string_view postgresHint(string_view sqlState) noexcept {
  static constexpr std::pair<string_view, string_view> kHints[] = {
      {"08", "see whether the server runs and the network is up"},
      {"25006",
       "begin the transaction for writing; where the server takes no writes, connect to the one "
       "that does (target_session_attrs=read-write)"},
      {"25P03", "shorten the transaction, or raise idle_in_transaction_session_timeout"},
      {"28000", "see the server's pg_hba.conf, and whether it wants sslmode=require"},
      {"28P01", "see the user's name and password"},
      {"3D000", "see the database's name"},
      {"53100", "free space on the server's disk, or raise the limit of its file system"},
      {"53200", "the server is out of memory: see work_mem and max_connections"},
      {"53300",
       "the server takes no more connections: make the pool smaller, or raise "
       "max_connections"},
      {"53400", "a limit that the server is configured with was reached"},
      {"55P03", "another session holds the lock: end its transaction, or raise lock_timeout"},
      {"57P01", "the server was told to end the session, or it shuts down"},
      {"57P02", "the server restarts after the crash of another session"},
      {"57P03", "the server is starting or shutting down: try again in a moment"},
      {"57P05", "the session was idle longer than idle_session_timeout allows"},
      {"58030", "see the server's disk and its log"},
  };
  for (const auto& [state, hint] : kHints) {
    if (sqlState.starts_with(state)) return hint;
  }
  return {};
}

void throwPostgresStop(const PostgresScene& scene, string_view sqlState) {
  ErrorDetails details;
  details.sqlState = sqlState;
  details.sql = scene.sql.substr(0, kMostSql);
  if (scene.stop == PostgresStop::Deadline) {
    throw Timeout("the deadline passed while the statement ran", std::move(details));
  }
  throw Cancelled(scene.stop == PostgresStop::Cancelled ? "the statement was cancelled"
                                                        : "the statement was interrupted",
                  std::move(details));
}

void throwPostgresError(const PGresult* result, const PostgresScene& scene) {
  const string_view sqlState = postgresSqlState(result);
  if (sqlState == "57014" && scene.stop != PostgresStop::None) {
    throwPostgresStop(scene, sqlState);
  }
  std::string primary(field(result, PG_DIAG_MESSAGE_PRIMARY));
  if (primary.empty()) primary = PQresultErrorMessage(result);
  while (!primary.empty() && primary.back() == '\n') primary.pop_back();
  // Only data exceptions quote values that were sent apart; others quote names.
  const bool quotesValues = !scene.args.empty() || sqlState.starts_with("22");
  std::string message =
      quotesValues ? withoutParameters(std::move(primary), scene) : std::move(primary);
  ErrorDetails details;
  details.sqlState = sqlState;
  details.sql = scene.sql.substr(0, kMostSql);
  details.table = field(result, PG_DIAG_TABLE_NAME);
  details.constraint = field(result, PG_DIAG_CONSTRAINT_NAME);
  const string_view column = field(result, PG_DIAG_COLUMN_NAME);
  if (!column.empty()) details.columns.emplace_back(column);
  details.hint = postgresHint(sqlState);
  if (sqlState.starts_with("23")) {
    const ConstraintKind kind = constraintKind(sqlState, details);
    throw ConstraintError(kind, message, std::move(details));
  }
  if (sqlState == "57014") {
    if (byUserRequest(message)) throw Cancelled(message, std::move(details));
    details.hint = "raise statement_timeout, or give the statement less to do";
    throw Timeout(message, std::move(details));
  }
  if (sqlState.starts_with("42")) {
    // The server's own hint names the nearest column or function, never a value.
    details.hint = field(result, PG_DIAG_MESSAGE_HINT);
  }
  message += position(result, scene);
  if (sqlState.starts_with("42") && !details.hint.empty()) message += "; " + details.hint;
  throwByState(message, sqlState, std::move(details));
}

}  // namespace sonde
