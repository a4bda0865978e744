#include "mysql_error.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "../../core/suggest.hpp"
#include "../../query/lexer.hpp"
#include "mysql_compiler.hpp"
#include "mysql_instant.hpp"

namespace sonde {
namespace {

// The numbers that decide; by name in errmsg.h and mysqld_error.h, which differ between MySQL and
// MariaDB where these do not.
constexpr unsigned kDiskFull = 1021;
constexpr unsigned kTooManyConnections = 1040;
constexpr unsigned kDenied = 1045;
constexpr unsigned kDeniedDatabase = 1044;
constexpr unsigned kColumnNull = 1048;
constexpr unsigned kUnknownDatabase = 1049;
constexpr unsigned kServerShutdown = 1053;
constexpr unsigned kUnknownColumn = 1054;
constexpr unsigned kDuplicate = 1062;
constexpr unsigned kTableFull = 1114;
constexpr unsigned kTableDenied = 1142;
constexpr unsigned kColumnDenied = 1143;
constexpr unsigned kUnknownTable = 1146;
constexpr unsigned kSpecificDenied = 1227;
constexpr unsigned kUserConnections = 1203;
constexpr unsigned kLockWait = 1205;
constexpr unsigned kDeadlock = 1213;
constexpr unsigned kForeignKeyNoParent = 1216;
constexpr unsigned kForeignKeyHasChild = 1217;
constexpr unsigned kInterrupted = 1317;
constexpr unsigned kRoutineDenied = 1370;
constexpr unsigned kNoDefault = 1364;
constexpr unsigned kHasChild = 1451;
constexpr unsigned kNoParent = 1452;
constexpr unsigned kNullToNotNull = 1263;
constexpr unsigned kDuplicateKeyName = 1586;
constexpr unsigned kUniqueOfPartition = 1761;
constexpr unsigned kForeignDuplicate = 1762;
constexpr unsigned kReadOnlyTransaction = 1792;
constexpr unsigned kMariaDbStatementTime = 1969;
constexpr unsigned kMariaDbKilled = 1927;
constexpr unsigned kMysqlExecutionTime = 3024;
constexpr unsigned kLockNoWait = 3572;
constexpr unsigned kManyRows = 1242;
constexpr unsigned kMysqlCheck = 3819;
constexpr unsigned kMariaDbCheck = 4025;
constexpr unsigned kClientFirst = 2000;
constexpr unsigned kGone = 2006;
constexpr unsigned kLost = 2013;
constexpr unsigned kLostExtended = 2055;
constexpr unsigned kClientLast = 2999;

std::optional<std::string_view> after(std::string_view text, std::string_view part) noexcept {
  const std::size_t at = text.find(part);
  if (at == std::string_view::npos) return std::nullopt;
  return text.substr(at + part.size());
}

/// What stands between the first pair of quotes of a kind; a doubled quote inside is one.
std::string quoted(std::string_view text, char quote) {
  std::string name;
  std::size_t at = text.find(quote);
  if (at == std::string_view::npos) return name;
  for (++at; at < text.size(); ++at) {
    if (text[at] == quote) {
      if (quote == '\'' || at + 1 == text.size() || text[at + 1] != quote) break;
      ++at;
    }
    name += text[at];
  }
  return name;
}

/// The names of a list such as "(`a`, `b`)", up to the closing parenthesis.
std::vector<std::string> quotedList(std::string_view text) {
  std::vector<std::string> names;
  std::size_t at = text.find('(');
  while (at != std::string_view::npos && at < text.size() && text[at] != ')') {
    const std::size_t open = text.find('`', at);
    if (open == std::string_view::npos) break;
    names.push_back(quoted(text.substr(open), '`'));
    at = open + 1;
    while (at < text.size() && (text[at] != '`' || (at + 1 < text.size() && text[at + 1] == '`'))) {
      at += text[at] == '`' ? 2 : 1;
    }
    ++at;
  }
  return names;
}

/// The table that a statement writes, as it seems: the first one it names.
std::string firstTable(std::string_view sql) {
  const std::vector<std::string> tables = query::tablesTouched(sql, mysqlLexerRules());
  if (tables.empty()) return {};
  const std::size_t dot = tables.front().rfind('.');
  return dot == std::string::npos ? tables.front() : tables.front().substr(dot + 1);
}

/// "… fails (`db`.`child`, CONSTRAINT `fk` FOREIGN KEY (`a`) REFERENCES `parent` (`id`) …)"
void readForeignKey(const MysqlFailure& failure, MysqlConstraint& broken) {
  broken.kind = ConstraintKind::ForeignKey;
  broken.message = failure.message;
  const auto open = after(failure.message, "(`");
  if (!open) return;
  const std::string_view inside =
      std::string_view(failure.message).substr(failure.message.size() - open->size() - 1);
  if (const auto table = after(inside, "`.`")) {
    broken.details.table = quoted(inside.substr(inside.size() - table->size() - 1), '`');
  }
  if (const auto name = after(inside, "CONSTRAINT "))
    broken.details.constraint = quoted(*name, '`');
  if (const auto columns = after(inside, "FOREIGN KEY ")) {
    broken.details.columns = quotedList(*columns);
  }
}

/// "Duplicate entry 'value' for key 'name'": the value is left out, MySQL's name has the table.
void readDuplicate(const MysqlFailure& failure, MysqlConstraint& broken) {
  const std::size_t at = failure.message.rfind("for key '");
  std::string key =
      at == std::string::npos ? std::string() : quoted(failure.message.substr(at), '\'');
  const std::size_t dot = key.find('.');
  if (dot != std::string::npos) {
    broken.details.table = key.substr(0, dot);
    key.erase(0, dot + 1);
  }
  broken.kind = key == "PRIMARY" ? ConstraintKind::PrimaryKey : ConstraintKind::Unique;
  broken.message = "the value is there already, and key " + quoteForMessage(key) + " is unique";
  broken.details.constraint = std::move(key);
}

/// "CONSTRAINT `name` failed for `db`.`table`", or "Check constraint 'name' is violated."
void readCheck(const MysqlFailure& failure, MysqlConstraint& broken) {
  broken.kind = ConstraintKind::Check;
  broken.message = failure.message;
  if (failure.code == kMysqlCheck) {
    broken.details.constraint = quoted(failure.message, '\'');
    return;
  }
  broken.details.constraint = quoted(failure.message, '`');
  if (const auto table = after(failure.message, " failed for ")) {
    const auto name = after(*table, "`.`");
    broken.details.table =
        name ? quoted(table->substr(table->size() - name->size() - 1), '`') : quoted(*table, '`');
  }
  // A check of one column has the name of "table.column" there, and the column's in the catalog.
  std::string& name = broken.details.constraint;
  const std::string prefix = broken.details.table + ".";
  if (prefix.size() > 1 && name.starts_with(prefix)) {
    name.erase(0, prefix.size());
    broken.details.columns = {name};
  }
}

bool quotesParameter(std::string_view part, const MysqlScene& scene) {
  if (part.empty() || scene.sql.find(part) != std::string_view::npos) return false;
  return std::any_of(scene.args.begin(), scene.args.end(), [&](const Arg& arg) {
    return arg.kind() != Arg::Kind::Text || arg.text().find(part) != std::string_view::npos ||
           part.find(arg.text()) != std::string_view::npos;
  });
}

/// Takes values out of a message: "Incorrect integer value: 'abc' for column `db`.`t`.`a`". Names
/// stand in the statement as well; whatever else is quoted may be a value.
std::string withoutValues(std::string message, const MysqlScene& scene) {
  static constexpr std::array<std::string_view, 4> kBefore = {"value: '", "value '", "entry '",
                                                              "Truncated incorrect "};
  for (const std::string_view before : kBefore) {
    const std::size_t at = message.find(before);
    if (at == std::string::npos) continue;
    const std::size_t open = message.find('\'', at);
    std::size_t close = message.rfind("' for ");
    if (close == std::string::npos || close <= open) close = message.rfind('\'');
    if (open == std::string::npos || close <= open) continue;
    message.replace(open + 1, close - open - 1, "...");
    return message;
  }
  for (std::size_t open = message.find('\''); open != std::string::npos;) {
    const std::size_t close = message.find('\'', open + 1);
    if (close == std::string::npos) break;
    std::size_t next = close;
    if (quotesParameter(std::string_view(message).substr(open + 1, close - open - 1), scene)) {
      message.replace(open + 1, close - open - 1, "...");
      next = open + 4;
    }
    open = message.find('\'', next + 1);
  }
  return message;
}

[[noreturn]] void throwStopped(MysqlStop stop, ErrorDetails details) {
  if (stop == MysqlStop::Deadline) {
    throw Timeout("the deadline passed while the statement ran", std::move(details));
  }
  if (stop == MysqlStop::Cancelled) {
    throw Cancelled("the statement was cancelled", std::move(details));
  }
  throw Cancelled("the statement was interrupted", std::move(details));
}

[[noreturn]] void throwLost(const MysqlFailure& failure, ErrorDetails details) {
  details.hint = failure.code == kMariaDbKilled
                     ? "the connection was killed on the server"
                     : "the server went away, restarted or closed the connection";
  throw ConnectionError("the connection to the server was lost: " + failure.message,
                        std::move(details));
}

ErrorDetails detailsOf(const MysqlFailure& failure, std::string_view sql) {
  ErrorDetails details;
  details.sqlState = failure.sqlState;
  details.nativeCode = static_cast<int>(failure.code);
  details.sql = sql;
  return details;
}

/// Whether the server had no room to write, by its own number or by the system's (ENOSPC) in the
/// message: `Error writing file '…' (Errcode: 28 "No space left on device")`.
bool saysDiskFull(const MysqlFailure& failure) noexcept {
  if (failure.code == kDiskFull || failure.code == kTableFull) return true;
  static constexpr std::array<std::string_view, 3> kSystem = {"Errcode: 28 ", "errno: 28 ",
                                                              "error 28 "};
  return std::any_of(kSystem.begin(), kSystem.end(), [&](std::string_view part) {
    return failure.message.find(part) != std::string::npos;
  });
}

[[noreturn]] void throwDiskFull(const std::string& message, ErrorDetails details) {
  // The server's own is HY000, which says nothing; this is what other engines say.
  details.sqlState = "53100";
  details.hint =
      "free space on the server's disk, or raise the limit of the tablespace (of a MEMORY table: "
      "max_heap_table_size)";
  throw QueryError("no space is left: " + message, std::move(details));
}

[[noreturn]] void throwNamed(const MysqlFailure& failure, const std::string& message,
                             const MysqlScene& scene, ErrorDetails details) {
  if (failure.code == kUnknownTable) {
    const std::string full = quoted(failure.message, '\'');
    const std::size_t dot = full.find('.');
    details.table = dot == std::string::npos ? full : full.substr(dot + 1);
  } else if (failure.code == kUnknownColumn) {
    details.columns.push_back(quoted(failure.message, '\''));
    details.table = firstTable(scene.sql);
  }
  throw QueryError(message, std::move(details));
}

}  // namespace

bool isMysqlConstraint(unsigned code) noexcept {
  switch (code) {
    case kColumnNull:
    case kNullToNotNull:
    case kNoDefault:
    case kDuplicate:
    case kDuplicateKeyName:
    case kForeignKeyNoParent:
    case kForeignKeyHasChild:
    case kHasChild:
    case kNoParent:
    case kUniqueOfPartition:
    case kForeignDuplicate:
    case kMysqlCheck:
    case kMariaDbCheck:
      return true;
    default:
      return false;
  }
}

bool isMysqlConnectionLost(unsigned code) noexcept {
  return code == kGone || code == kLost || code == kLostExtended || code == kServerShutdown ||
         code == kMariaDbKilled;
}

bool mayEndMysqlTransaction(unsigned code) noexcept {
  return !isMysqlConstraint(code) && code != kUnknownColumn && code != kUnknownTable &&
         code < kClientFirst;
}

MysqlConstraint readMysqlConstraint(const MysqlFailure& failure, std::string_view sql) {
  MysqlConstraint broken;
  broken.details = detailsOf(failure, sql);
  switch (failure.code) {
    case kColumnNull:
    case kNullToNotNull:
    case kNoDefault:
      broken.kind = ConstraintKind::NotNull;
      broken.message = failure.message;
      broken.details.columns.push_back(quoted(failure.message, '\''));
      break;
    case kMysqlCheck:
    case kMariaDbCheck:
      readCheck(failure, broken);
      break;
    case kHasChild:
    case kNoParent:
    case kForeignKeyNoParent:
    case kForeignKeyHasChild:
      readForeignKey(failure, broken);
      break;
    default:
      readDuplicate(failure, broken);
      break;
  }
  if (broken.details.table.empty()) broken.details.table = firstTable(sql);
  return broken;
}

void throwMysqlError(const MysqlFailure& failure, const MysqlScene& scene) {
  if (isMysqlConstraint(failure.code)) {
    MysqlConstraint broken = readMysqlConstraint(failure, scene.sql);
    throw ConstraintError(broken.kind, broken.message, std::move(broken.details));
  }
  ErrorDetails details = detailsOf(failure, scene.sql);
  if (failure.code == kManyRows && scene.sql.find(kMysqlOtherKey) != std::string_view::npos) {
    details.table = firstTable(scene.sql);
    const std::string message =
        "another row holds a value of another unique key of " + quoteForMessage(details.table);
    throw ConstraintError(ConstraintKind::Unique, message, std::move(details));
  }
  const bool lost = isMysqlConnectionLost(failure.code);
  if (scene.stop != MysqlStop::None && (lost || failure.code == kInterrupted)) {
    if (lost) details.hint = "the server did not answer in time, so the connection was given up";
    throwStopped(scene.stop, std::move(details));
  }
  if (lost) throwLost(failure, std::move(details));
  const std::string message = withoutValues(failure.message, scene);
  if (saysDiskFull(failure)) throwDiskFull(message, std::move(details));
  switch (failure.code) {
    case kInterrupted:
      throw Cancelled("the statement was interrupted on the server", std::move(details));
    case kMariaDbStatementTime:
    case kMysqlExecutionTime:
      details.hint = "the server's own limit (max_statement_time, max_execution_time) passed";
      throw Timeout(message, std::move(details));
    case kLockWait:
    case kLockNoWait:
      details.hint =
          "another connection holds the lock: end its transaction, or raise "
          "busy_timeout";
      throw Timeout(
          "a lock was not had within " + std::to_string(scene.busyTimeout.count()) + " ms",
          std::move(details));
    case kDeadlock:
      details.hint = "run the transaction again";
      throw TransactionError(
          "the transaction was rolled back by the server, because it stood in a deadlock", true,
          std::move(details));
    case kDenied:
    case kDeniedDatabase:
    case kTableDenied:
    case kColumnDenied:
    case kSpecificDenied:
    case kRoutineDenied:
      throw AuthorizationError(message, std::move(details));
    default:
      throwNamed(failure, message, scene, std::move(details));
  }
}

void throwMysqlConnectError(const MysqlFailure& failure, std::string_view where) {
  ErrorDetails details = detailsOf(failure, {});
  switch (failure.code) {
    case kTooManyConnections:
    case kUserConnections:
      details.hint = "raise max_connections on the server, or make the pools smaller";
      break;
    case kDenied:
    case 1698:
      details.hint = "see user, password and the host that the account may come from";
      break;
    case kUnknownDatabase:
      details.hint = "create the database, or name another one after the host";
      break;
    case 2002:
    case 2003:
      details.hint = "see whether the server runs and listens there";
      break;
    case 2005:
      details.hint = "see the name of the host";
      break;
    case 2026:
    case 3159:
      details.hint = "see ssl-mode, ssl-ca, ssl-cert and ssl-key";
      break;
    default:
      break;
  }
  std::string message = "cannot connect to " + std::string(where) + ": " + failure.message;
  if (!details.hint.empty()) message += "; " + details.hint;
  throw ConnectionError(message, std::move(details));
}

}  // namespace sonde
