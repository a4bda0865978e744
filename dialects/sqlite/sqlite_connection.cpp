#include "sqlite_connection.hpp"

#include <sqlite3.h>

#include <map>
#include <utility>

#include "../../core/error.hpp"
#include "../../query/sql_check.hpp"
#include "sqlite_catalog.hpp"
#include "sqlite_owned_statement.hpp"
#include "sqlite_statement.hpp"

namespace sonde {
namespace {

void checkText(std::string_view sql) {
  // SQLite stops reading at a NUL, which would hide what follows.
  query::checkNoNul(sql);
  if (!std::in_range<int>(sql.size())) query::refuseSql("the SQL is longer than SQLite reads", {});
}

void runToEnd(SqliteHandle& handle, SqliteOwnedStatement statement, std::string_view sql) {
  handle.started();
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement.get());
  if (code == SQLITE_DONE) return;
  sqlite3_reset(statement.get());
  handle.fail(code, sql);
}

}  // namespace

SqliteConnection::SqliteConnection(std::shared_ptr<SqliteHandle> handle, SqliteRequests requests)
    : handle_(std::move(handle)),
      requests_(std::move(requests)),
      transactions_(*handle_),
      // In WAL mode there are several connections, and the temp schema of one is not that of
      // another.
      schemaCounter_(std::make_shared<SqliteSchemaCounter>(
          *handle_, sqliteJournalMode(*handle_, "main") != "wal")) {
  schemaCounter_->read();
}

SqliteConnection::~SqliteConnection() = default;

sqlite3_stmt* SqliteConnection::prepareFirst(std::string_view sql, unsigned flags,
                                             std::string_view& rest, std::string_view script) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  handle_->started();
  const int code = sqlite3_prepare_v3(handle_->db(), sql.data(), static_cast<int>(sql.size()),
                                      flags, &statement, &tail);
  if (code != SQLITE_OK) handle_->fail(code, sql, {}, script);
  rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
  return statement;
}

sqlite3_stmt* SqliteConnection::prepareOnly(std::string_view sql, unsigned flags) {
  checkText(sql);
  std::string_view rest = sql;
  SqliteOwnedStatement statement(sql.empty() ? nullptr : prepareFirst(sql, flags, rest));
  while (statement == nullptr && !rest.empty()) statement.reset(prepareFirst(rest, flags, rest));
  if (statement == nullptr) query::refuseSql("there is no statement in the SQL", sql);
  while (!rest.empty()) {
    const SqliteOwnedStatement second(prepareFirst(rest, 0, rest));
    if (second != nullptr) query::refuseSql("the SQL holds more than one statement", sql);
  }
  return statement.release();
}

std::unique_ptr<Statement> SqliteConnection::prepare(std::string_view sql, bool persistent) {
  SqliteOwnedStatement statement(prepareOnly(sql, persistent ? SQLITE_PREPARE_PERSISTENT : 0));
  auto prepared = std::make_unique<SqliteStatement>(handle_, statement.get(), schemaCounter_);
  static_cast<void>(statement.release());
  return prepared;
}

void SqliteConnection::executeScript(std::string_view sql) {
  checkText(sql);
  for (std::string_view rest = sql; !rest.empty();) {
    const std::string_view from = rest;
    SqliteOwnedStatement statement(prepareFirst(from, 0, rest, sql));
    if (statement == nullptr) continue;  // Only a comment or white space.
    const std::string_view text = from.substr(0, from.size() - rest.size());
    if (sqlite3_bind_parameter_count(statement.get()) != 0) {
      query::refuseSql("a statement of the script has placeholders", text);
    }
    runToEnd(*handle_, std::move(statement), text);
  }
}

std::int64_t SqliteConnection::lastInsertId() const noexcept {
  return sqlite3_last_insert_rowid(handle_->db());
}

bool SqliteConnection::readOnly() const noexcept {
  return sqlite3_db_readonly(handle_->db(), "main") == 1 ||
         requests_.access == AccessMode::ReadOnly;
}

Catalog SqliteConnection::readCatalog() { return readSqliteCatalog(*handle_); }

std::optional<std::uint64_t> SqliteConnection::schemaCounter() { return schemaCounter_->read(); }

std::vector<SettingReport> SqliteConnection::settings() {
  return reportSqliteSettings(*handle_, requests_);
}

std::vector<std::string> SqliteConnection::explain(std::string_view sql) {
  // Refuses several statements before the prefix would apply to the first of them only.
  sqlite3_finalize(prepareOnly(sql, 0));
  const std::string explaining = "EXPLAIN QUERY PLAN " + std::string(sql);
  const SqliteOwnedStatement statement(prepareOnly(explaining, 0));
  std::vector<std::string> lines;
  std::map<int, std::size_t> depths;  // Step → how deep it stands; 0 is the root.
  handle_->started();
  int code = sqlite3_step(statement.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
    const int id = sqlite3_column_int(statement.get(), 0);
    const int parent = sqlite3_column_int(statement.get(), 1);
    const auto above = depths.find(parent);
    const std::size_t depth = above == depths.end() ? 0 : above->second + 1;
    depths[id] = depth;
    const auto* detail = reinterpret_cast<const char*>(sqlite3_column_text(statement.get(), 3));
    lines.push_back(std::string(depth * 2, ' ') + (detail == nullptr ? "" : detail));
  }
  if (code != SQLITE_DONE) {
    sqlite3_reset(statement.get());
    handle_->fail(code, explaining);
  }
  return lines;
}

}  // namespace sonde
