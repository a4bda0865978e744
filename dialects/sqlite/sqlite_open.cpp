#include "sqlite_open.hpp"

#include <sqlite3.h>

#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"
#include "sqlite_file.hpp"

namespace sonde {
namespace {

/// Keeps SQLite from reading a file called "file:…" as one of its URIs.
std::string literalName(const std::string& path) {
  return path.starts_with("file:") ? "./" + path : path;
}

/// SQLite's own URI for a file that nobody writes.
std::string immutableName(const std::string& path) {
  static constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string uri = path.starts_with('/') ? "file://" : "file:";
  for (const char c : path) {
    if (c == '%' || c == '?' || c == '#') {
      const auto byte = static_cast<unsigned char>(c);
      uri += '%';
      uri += kHex[byte >> 4U];
      uri += kHex[byte & 0xFU];
    } else {
      uri += c;
    }
  }
  return uri + "?immutable=1";
}

bool opensReadOnly(const SqliteRequests& requests, TransactionMode mode) noexcept {
  return requests.access == AccessMode::ReadOnly || mode == TransactionMode::Read;
}

SqliteFileUse fileUse(const SqliteRequests& requests, TransactionMode mode) noexcept {
  if (opensReadOnly(requests, mode)) return SqliteFileUse::Read;
  return requests.access == AccessMode::CreateIfMissing ? SqliteFileUse::Create
                                                        : SqliteFileUse::Write;
}

int openFlags(SqliteHome home, SqliteFileUse use) noexcept {
  // A leased connection has one thread, so SQLite's own mutexes would only cost.
  static constexpr int kAlways = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  if (home != SqliteHome::File || use == SqliteFileUse::Create) {
    return kAlways | SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
  }
  return kAlways | (use == SqliteFileUse::Read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
}

[[noreturn]] void failOpening(SqliteHandle& handle, int code, const std::string& path) {
  // A lock is no fault of the file: that error is the same as later on.
  if ((code & 0xFF) == SQLITE_BUSY) handle.fail(code, {});
  throwSqliteOpenFailure(path, {code, sqlite3_errmsg(handle.db())});
}

void execute(SqliteHandle& handle, const char* sql) {
  handle.started();
  handle.check(sqlite3_exec(handle.db(), sql, nullptr, nullptr, nullptr), sql);
}

/// Reads the schema: SELECT 1 would succeed on a file of random bytes.
void readSchema(SqliteHandle& handle, const std::string& path) {
  handle.started();
  const int code = sqlite3_exec(handle.db(), "SELECT 1 FROM main.sqlite_schema LIMIT 1", nullptr,
                                nullptr, nullptr);
  if (code != SQLITE_OK) failOpening(handle, code, path);
}

void checkAttachmentName(const Attachment& attachment, const DriverOptions& options) {
  const std::string& name = attachment.name;
  std::size_t same = 0;
  for (const Attachment& other : options.attachments) {
    same += text::equalsIgnoreCase(other.name, name) ? 1 : 0;
  }
  if (name.empty() || name.find('\0') != std::string::npos || same > 1 ||
      text::equalsIgnoreCase(name, "main") || text::equalsIgnoreCase(name, "temp")) {
    throw ConfigError("an attached database cannot be called " + quoteForMessage(name) +
                      "; give each a name of its own that is not main or temp");
  }
}

/// Under AccessMode::ReadOnly a -wal that was not there before must not stay; see the handle.
void leaveNoWal(SqliteHandle& handle, const SqliteRequests& requests, const std::string& path,
                bool walWasThere) {
  if (requests.access == AccessMode::ReadOnly && !walWasThere) handle.removeEmptyWalOnClose(path);
}

/// ATTACH DATABASE ? AS ?
void attach(SqliteHandle& handle, const Attachment& attachment, const SqliteRequests& requests,
            SqliteFileUse use) {
  const bool inFile = sqliteHome(attachment.path) == SqliteHome::File;
  if (inFile) {
    checkSqliteFile(attachment.path, use);
    leaveNoWal(handle, requests, attachment.path, sqliteWalExists(attachment.path));
  }
  static constexpr const char* kSql = "ATTACH DATABASE ? AS ?";
  const std::string path = literalName(attachment.path);
  handle.started();
  sqlite3_stmt* statement = nullptr;
  handle.check(sqlite3_prepare_v2(handle.db(), kSql, -1, &statement, nullptr), kSql);
  sqlite3_bind_text(statement, 1, path.c_str(), -1, SQLITE_STATIC);
  sqlite3_bind_text(statement, 2, attachment.name.c_str(), -1, SQLITE_STATIC);
  const int code = sqlite3_step(statement);
  const int result = sqlite3_finalize(statement);
  if (code != SQLITE_DONE)
    failOpening(handle, result == SQLITE_OK ? code : result, attachment.path);
}

}  // namespace

SqliteHome sqliteHome(std::string_view path) noexcept {
  if (path == ":memory:") return SqliteHome::Memory;
  return path.empty() ? SqliteHome::Temporary : SqliteHome::File;
}

std::shared_ptr<SqliteHandle> openSqlite(const DriverOptions& options,
                                         const SqliteRequests& requests, TransactionMode mode) {
  const std::string& path = options.uri.path;
  const SqliteHome home = sqliteHome(path);
  const SqliteFileUse use = fileUse(requests, mode);
  if (path.find('\0') != std::string::npos) {
    throw ConfigError("the path of a database cannot hold a NUL byte");
  }
  const bool inFile = home == SqliteHome::File;
  if (inFile) checkSqliteFile(path, use);
  for (const Attachment& attachment : options.attachments) {
    checkAttachmentName(attachment, options);
  }
  const bool walWasThere = inFile && sqliteWalExists(path);

  const bool immutable = inFile && requests.immutable;
  const std::string name = immutable ? immutableName(path) : literalName(path);
  sqlite3* db = nullptr;
  const int flags = openFlags(home, use) | (immutable ? SQLITE_OPEN_URI : 0);
  const int opened = sqlite3_open_v2(name.c_str(), &db, flags, nullptr);
  if (db == nullptr) throw std::bad_alloc();
  auto handle = std::make_shared<SqliteHandle>(db, requests.busyTimeout);
  if (opened != SQLITE_OK) failOpening(*handle, opened, path);

  // Or a column that another process renamed would be read as a string of its old name, without an
  // error.
  sqlite3_db_config(db, SQLITE_DBCONFIG_DQS_DML, 0, nullptr);
  applySqliteGuards(*handle, requests);
  readSchema(*handle, path);
  if (inFile) {
    // SQLite falls back to reading where the system refuses more than the file's rights tell.
    if (use != SqliteFileUse::Read && sqlite3_db_readonly(db, "main") == 1) {
      refuseSqliteWrites(path);
    }
    handle->setFileBacked(true);
    leaveNoWal(*handle, requests, path, immutable || walWasThere);
  }
  applySqliteSettings(*handle, requests, use != SqliteFileUse::Read);
  for (const Attachment& attachment : options.attachments)
    attach(*handle, attachment, requests, use);
  if (!inFile && use == SqliteFileUse::Read) execute(*handle, "PRAGMA query_only = on");
  return handle;
}

}  // namespace sonde
