#include "sqlite_rows.hpp"

#include <sqlite3.h>

#include <utility>

#include "sqlite_error.hpp"
#include "sqlite_handle.hpp"

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

SqliteRows::SqliteRows(sqlite3* db, SqliteHandle* handle, std::string sql)
    : db_(db), handle_(handle), sql_(std::move(sql)) {
  if (handle_ != nullptr) handle_->started();
  const int code =
      sqlite3_prepare_v3(db_, sql_.data(), static_cast<int>(sql_.size()), 0, &statement_, nullptr);
  if (code != SQLITE_OK) fail(code);
}

SqliteRows::SqliteRows(sqlite3* db, SqliteHandle* handle, std::string sql, std::string_view first)
    : SqliteRows(db, handle, std::move(sql)) {
  bind(1, first);
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
  if (handle_ != nullptr) handle_->fail(code, sql_);
  SqliteScene scene;
  scene.sql = sql_;
  throwSqliteError(db_, code, scene);
}

}  // namespace sonde
