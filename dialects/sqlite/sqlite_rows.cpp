#include "sqlite_rows.hpp"

#include <sqlite3.h>

#include <utility>

#include "../../core/error.hpp"

namespace sonde {
namespace {

/// @return Whether a failure says nothing of the object being read, only of the connection.
bool concernsConnection(int code) noexcept {
  switch (code & 0xff) {
    case SQLITE_INTERRUPT:
    case SQLITE_NOMEM:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
    case SQLITE_IOERR:
    case SQLITE_NOTADB:
    case SQLITE_MISUSE:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string sqliteQuote(std::string_view text, char quote) {
  std::string quoted(1, quote);
  for (const char c : text) {
    quoted += c;
    if (c == quote) quoted += c;
  }
  return quoted += quote;
}

SqliteRows::SqliteRows(sqlite3* db, std::string sql) : db_(db), sql_(std::move(sql)) {
  const int code =
      sqlite3_prepare_v3(db_, sql_.data(), static_cast<int>(sql_.size()), 0, &statement_, nullptr);
  if (code != SQLITE_OK) fail(code);
}

SqliteRows::~SqliteRows() { sqlite3_finalize(statement_); }

bool SqliteRows::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(code);
  return false;
}

bool SqliteRows::tryStep() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  if (concernsConnection(code)) fail(code);
  failed_ = true;
  message_ = sqlite3_errmsg(db_);
  return false;
}

void SqliteRows::reset() noexcept {
  sqlite3_reset(statement_);
  failed_ = false;
  message_.clear();
}

void SqliteRows::bind(int parameter, std::string_view text) {
  const int code = sqlite3_bind_text64(statement_, parameter, text.data(), text.size(),
                                       SQLITE_TRANSIENT, SQLITE_UTF8);
  if (code != SQLITE_OK) fail(code);
}

bool SqliteRows::isNull(int column) const noexcept {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

std::int64_t SqliteRows::integer(int column) const noexcept {
  return sqlite3_column_int64(statement_, column);
}

std::string_view SqliteRows::text(int column) const noexcept {
  const unsigned char* bytes = sqlite3_column_text(statement_, column);
  if (bytes == nullptr) return {};
  const int length = sqlite3_column_bytes(statement_, column);
  return {reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length)};
}

void SqliteRows::fail(int code) const {
  ErrorDetails details;
  details.nativeCode = sqlite3_extended_errcode(db_);
  details.sql = sql_;
  throw QueryError(std::string(sqlite3_errmsg(db_)), std::move(details));
  static_cast<void>(code);
}

}  // namespace sonde
