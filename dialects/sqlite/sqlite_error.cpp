#include "sqlite_error.hpp"

#include <sqlite3.h>

#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "../../core/suggest.hpp"

namespace sonde {
namespace {

// Where a statement of a script cannot be read, nobody knows where it ends.
constexpr std::size_t kMostOfAScript = 1000;

constexpr int primaryCode(int code) noexcept { return code & 0xFF; }

bool contains(std::string_view text, std::string_view part) noexcept {
  return text.find(part) != std::string_view::npos;
}

/// How SQLite words its generic SQLITE_ERROR, and the SQLSTATE of each wording.
struct Wording {
  std::string_view text;
  bool atStart;
  std::string_view sqlState;
};

constexpr std::array<Wording, 18> kWordings{{
    {"no such table: ", true, "42P01"},
    {"no such view: ", true, "42P01"},
    {"no such column: ", true, "42703"},
    {" has no column named ", false, "42703"},
    {"no such function: ", true, "42883"},
    {"wrong number of arguments to function", true, "42883"},
    {"no such index: ", true, "42704"},
    {"no such module: ", true, "42704"},
    {"no such collation sequence: ", true, "42704"},
    {"no such savepoint: ", true, "3B001"},
    {"ambiguous column name: ", true, "42702"},
    {": syntax error", false, "42601"},
    {"incomplete input", true, "42601"},
    {"unrecognized token: ", true, "42601"},
    {" already exists", false, "42P07"},
    {"cannot start a transaction within a transaction", true, "25001"},
    {" - no transaction is active", false, "25P01"},
    {"integer overflow", true, "22003"},
}};

/// SQLSTATEs by result code, the extended ones before the primary one that covers the rest.
struct CodeState {
  int code;
  std::string_view sqlState;
};

constexpr std::array<CodeState, 30> kCodeStates{{
    {SQLITE_CONSTRAINT_UNIQUE, "23505"},
    {SQLITE_CONSTRAINT_PRIMARYKEY, "23505"},
    {SQLITE_CONSTRAINT_ROWID, "23505"},
    {SQLITE_CONSTRAINT_NOTNULL, "23502"},
    {SQLITE_CONSTRAINT_FOREIGNKEY, "23503"},
    {SQLITE_CONSTRAINT_CHECK, "23514"},
    {SQLITE_CONSTRAINT_DATATYPE, "42804"},
    {SQLITE_CONSTRAINT, "23000"},
    {SQLITE_BUSY_SNAPSHOT, "40001"},
    {SQLITE_BUSY, "55P03"},
    {SQLITE_LOCKED, "55P03"},
    {SQLITE_PROTOCOL, "55P03"},
    {SQLITE_INTERRUPT, "57014"},
    {SQLITE_ABORT, "25P02"},
    {SQLITE_CORRUPT, "XX001"},
    {SQLITE_NOTADB, "XX001"},
    {SQLITE_FORMAT, "XX001"},
    {SQLITE_CANTOPEN, "58030"},
    {SQLITE_IOERR, "58030"},
    {SQLITE_FULL, "53100"},
    {SQLITE_NOMEM, "53200"},
    {SQLITE_READONLY, "25006"},
    {SQLITE_TOOBIG, "54000"},
    {SQLITE_SCHEMA, "0A000"},
    {SQLITE_MISMATCH, "42804"},
    {SQLITE_AUTH, "42501"},
    {SQLITE_PERM, "42501"},
    {SQLITE_RANGE, "22023"},
    {SQLITE_MISUSE, "XX000"},
    {SQLITE_INTERNAL, "XX000"},
}};

ConstraintKind constraintKind(int code) noexcept {
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
      return ConstraintKind::Unique;
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return ConstraintKind::PrimaryKey;
    case SQLITE_CONSTRAINT_FOREIGNKEY:
      return ConstraintKind::ForeignKey;
    case SQLITE_CONSTRAINT_NOTNULL:
      return ConstraintKind::NotNull;
    case SQLITE_CONSTRAINT_CHECK:
      return ConstraintKind::Check;
    default:
      return ConstraintKind::Other;
  }
}

bool columnExists(sqlite3* db, const std::string& table, const std::string& column) {
  return sqlite3_table_column_metadata(db, nullptr, table.c_str(), column.c_str(), nullptr, nullptr,
                                       nullptr, nullptr, nullptr) == SQLITE_OK;
}

/// Cuts "t.a, t.b" into a table and its columns, taking the part before the dot at `dot` as the
/// table. Names may hold dots and commas, so each separator must be followed by the same table.
std::vector<std::string> columnsAfter(std::string_view list, std::size_t dot) {
  const std::string separator = ", " + std::string(list.substr(0, dot + 1));
  std::vector<std::string> columns;
  std::size_t from = dot + 1;
  while (true) {
    const std::size_t end = list.find(separator, from);
    columns.emplace_back(list.substr(from, end == std::string_view::npos ? end : end - from));
    if (end == std::string_view::npos) return columns;
    from = end + separator.size();
  }
}

/// Reads "t.a, t.b" into the details. SQLite quotes nothing here, so where a name holds a dot the
/// catalog decides where the table ends.
void readColumnList(sqlite3* db, std::string_view list, ErrorDetails& details) {
  const std::size_t firstDot = list.find('.');
  if (firstDot == std::string_view::npos) return;
  std::size_t dot = firstDot;
  for (; dot != std::string_view::npos; dot = list.find('.', dot + 1)) {
    const std::string table(list.substr(0, dot));
    const std::vector<std::string> columns = columnsAfter(list, dot);
    bool all = true;
    for (const std::string& column : columns) all = all && columnExists(db, table, column);
    if (all) break;
  }
  if (dot == std::string_view::npos) dot = firstDot;
  details.table = list.substr(0, dot);
  details.columns = columnsAfter(list, dot);
}

std::optional<std::string_view> after(std::string_view text, std::string_view part) noexcept {
  const std::size_t at = text.find(part);
  if (at == std::string_view::npos) return std::nullopt;
  return text.substr(at + part.size());
}

[[noreturn]] void throwConstraint(sqlite3* db, int code, const std::string& message,
                                  ErrorDetails details) {
  if (const auto failed = after(message, " constraint failed: ")) {
    if (code == SQLITE_CONSTRAINT_CHECK) {
      details.constraint = *failed;
    } else if (const auto index = after(*failed, "index '"); index && failed->front() == 'i') {
      details.constraint = index->substr(0, index->size() - 1);
    } else {
      readColumnList(db, *failed, details);
    }
  } else if (code == SQLITE_CONSTRAINT_DATATYPE) {
    // "cannot store TEXT value in INTEGER column t.c"
    if (const auto column = after(message, " column ")) readColumnList(db, *column, details);
  }
  throw ConstraintError(constraintKind(code), message, std::move(details));
}

bool quotesParameter(std::string_view part, const SqliteScene& scene) {
  if (part.empty() || contains(scene.sql, part)) return false;
  for (const Arg& arg : scene.args) {
    if (arg.kind() == Arg::Kind::Text && contains(arg.text(), part)) return true;
  }
  return false;
}

/// Takes values of parameters out of a message: functions and virtual tables quote what they could
/// not read ("fts5: syntax error near …", "JSON path error near …", "no such column: …").
std::string withoutParameters(std::string message, const SqliteScene& scene) {
  if (scene.args.empty()) return message;
  for (const char quote : {'"', '\''}) {
    for (std::size_t open = message.find(quote); open != std::string::npos;) {
      const std::size_t close = message.find(quote, open + 1);
      if (close == std::string::npos) break;
      const std::string_view inside = std::string_view(message).substr(open + 1, close - open - 1);
      std::size_t next = close;
      if (quotesParameter(inside, scene)) {
        message.replace(open + 1, close - open - 1, "...");
        next = open + 4;
      }
      open = message.find(quote, next + 1);
    }
  }
  const std::size_t colon = message.find(": ");
  if (colon != std::string::npos &&
      quotesParameter(std::string_view(message).substr(colon + 2), scene)) {
    message.replace(colon + 2, std::string::npos, "...");
  }
  return message;
}

/// " (line 2, column 5)"; empty when SQLite does not say where.
std::string position(const SqliteScene& scene, int offset) {
  if (offset < 0 || static_cast<std::size_t>(offset) > scene.sql.size()) return {};
  const std::string_view whole = scene.script.empty() ? scene.sql : scene.script;
  const std::string_view before =
      whole.substr(0, whole.size() - scene.sql.size() + static_cast<std::size_t>(offset));
  std::size_t line = 1;
  for (const char c : before) line += c == '\n' ? 1 : 0;
  const std::size_t lineStart = before.rfind('\n');
  const std::size_t column =
      lineStart == std::string_view::npos ? before.size() + 1 : before.size() - lineStart;
  return " (line " + std::to_string(line) + ", column " + std::to_string(column) + ")";
}

/// The names nearest to one that SQLite could not find, as a hint. Runs only after a failure.
std::string nearestTable(sqlite3* db, std::string_view wrong) {
  const std::size_t dot = wrong.find('.');
  if (dot != std::string_view::npos) wrong.remove_prefix(dot + 1);
  sqlite3_stmt* raw = nullptr;
  static constexpr const char* kSql =
      "SELECT name FROM pragma_table_list WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
  if (sqlite3_prepare_v2(db, kSql, -1, &raw, nullptr) != SQLITE_OK) return {};
  std::vector<std::string> names;
  while (sqlite3_step(raw) == SQLITE_ROW) {
    const auto* name = reinterpret_cast<const char*>(sqlite3_column_text(raw, 0));
    if (name != nullptr) names.emplace_back(name);
  }
  sqlite3_finalize(raw);
  const std::string suggestion = didYouMean(nearest(wrong, names));
  return suggestion.empty() ? suggestion : suggestion.substr(2);
}

[[noreturn]] void throwGeneric(sqlite3* db, const std::string& message, const SqliteScene& scene,
                               ErrorDetails details, int offset) {
  if (const auto table = after(message, "no such table: ")) {
    details.table = *table;
    details.hint = nearestTable(db, *table);
  } else if (const auto column = after(message, "no such column: ")) {
    details.columns.emplace_back(*column);
  }
  const std::string hint = details.hint.empty() ? std::string() : "; " + details.hint;
  throw QueryError(message + position(scene, offset) + hint, std::move(details));
}

[[noreturn]] void throwBusy(int code, const SqliteScene& scene, ErrorDetails details) {
  if (scene.stop == SqliteStop::LockWait) {
    details.hint = "another connection holds the lock: end its transaction, or raise busy_timeout";
    throw Timeout("the database is locked by another connection; waited " +
                      std::to_string(scene.busyTimeout.count()) + " ms",
                  std::move(details));
  }
  if (code == SQLITE_BUSY_SNAPSHOT) {
    details.hint = "begin transactions that write with TransactionMode::Write";
    throw TransactionError(
        "the transaction read a snapshot that another connection has written over since", true,
        std::move(details));
  }
  details.hint = "run the transaction again";
  throw TransactionError(
      "the database is locked by another connection, and waiting could end in a deadlock", true,
      std::move(details));
}

[[noreturn]] void throwInterrupted(const SqliteScene& scene, ErrorDetails details) {
  if (scene.stop == SqliteStop::Deadline) {
    throw Timeout("the deadline passed while the statement ran", std::move(details));
  }
  throw Cancelled(scene.stop == SqliteStop::Cancelled ? "the statement was cancelled"
                                                      : "the statement was interrupted",
                  std::move(details));
}

std::string hintFor(int code) {
  switch (primaryCode(code)) {
    case SQLITE_CORRUPT:
      return "run PRAGMA integrity_check, and restore from a backup or .recover with the sqlite3 "
             "shell";
    case SQLITE_NOTADB:
      return "the file was replaced or overwritten, or is encrypted";
    case SQLITE_CANTOPEN:
      return "see whether the folder exists and may be written, and how many files are open";
    case SQLITE_IOERR:
      return "see the disk, the file system and its quota";
    case SQLITE_FULL:
      return "free space on the disk, or raise max_page_count";
    case SQLITE_READONLY:
      return "open the database for writing, and see the rights on the file and its folder";
    case SQLITE_LOCKED:
      return "finish the statements of this connection that still read the table";
    default:
      return {};
  }
}

}  // namespace

std::string_view sqliteSqlState(int code, std::string_view message) noexcept {
  for (const CodeState& entry : kCodeStates) {
    if (entry.code == code) return entry.sqlState;
  }
  for (const CodeState& entry : kCodeStates) {
    if (entry.code == primaryCode(code)) return entry.sqlState;
  }
  for (const Wording& wording : kWordings) {
    if (wording.atStart ? message.starts_with(wording.text) : contains(message, wording.text)) {
      return wording.sqlState;
    }
  }
  return "42000";
}

bool sqliteConnectionLost(int code) noexcept {
  return primaryCode(code) == SQLITE_IOERR || primaryCode(code) == SQLITE_NOTADB ||
         code == SQLITE_READONLY_DBMOVED;
}

void throwSqliteError(sqlite3* db, int code, const SqliteScene& scene) {
  const int offset = sqlite3_error_offset(db);
  const std::string original = sqlite3_errmsg(db);
  const std::string message = withoutParameters(original, scene);
  ErrorDetails details;
  // A "no such column" that came out of a parameter (a full-text query) is no stale schema.
  details.sqlState = message == original ? sqliteSqlState(code, message) : "22023";
  details.nativeCode = code;
  details.sql = scene.script.empty() ? scene.sql : scene.sql.substr(0, kMostOfAScript);
  details.hint = hintFor(code);
  switch (primaryCode(code)) {
    case SQLITE_CONSTRAINT:
      throwConstraint(db, code, message, std::move(details));
    case SQLITE_BUSY:
      if (scene.stop == SqliteStop::Deadline || scene.stop == SqliteStop::Cancelled) {
        throwInterrupted(scene, std::move(details));
      }
      throwBusy(code, scene, std::move(details));
    case SQLITE_INTERRUPT:
      throwInterrupted(scene, std::move(details));
    case SQLITE_LOCKED:
      throw TransactionError(message, false, std::move(details));
    case SQLITE_PROTOCOL:
      throw TransactionError(message, true, std::move(details));
    case SQLITE_AUTH:
      throw AuthorizationError(message, std::move(details));
    case SQLITE_NOTADB:
    case SQLITE_IOERR:
      throw ConnectionError(message, std::move(details));
    case SQLITE_ERROR:
      throwGeneric(db, message, scene, std::move(details), offset);
    default:
      if (sqliteConnectionLost(code)) throw ConnectionError(message, std::move(details));
      throw QueryError(message, std::move(details));
  }
}

}  // namespace sonde
