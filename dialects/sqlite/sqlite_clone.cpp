#include "sqlite_clone.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/suggest.hpp"
#include "../../core/text.hpp"
#include "../../query/sql_check.hpp"
#include "sqlite_owned_statement.hpp"
#include "sqlite_text.hpp"

namespace sonde {
namespace {

std::string textOf(sqlite3_stmt* statement, int column) {
  const auto* const text = reinterpret_cast<const char*>(sqlite3_column_text(statement, column));
  return text == nullptr
             ? std::string()
             : std::string(text, static_cast<std::size_t>(sqlite3_column_bytes(statement, column)));
}

/// Prepares the one statement of `sql`.
SqliteOwnedStatement prepareOne(SqliteHandle& handle, std::string_view sql) {
  sqlite3_stmt* statement = nullptr;
  const char* tail = nullptr;
  handle.started();
  const int code =
      sqlite3_prepare_v2(handle.db(), sql.data(), static_cast<int>(sql.size()), &statement, &tail);
  SqliteOwnedStatement owned(statement);
  if (code != SQLITE_OK) handle.fail(code, sql);
  if (statement == nullptr) query::refuseSql("there is no statement in the SQL", sql);
  for (std::string_view rest = sql.substr(static_cast<std::size_t>(tail - sql.data()));
       !rest.empty();) {
    sqlite3_stmt* second = nullptr;
    const char* end = nullptr;
    handle.check(
        sqlite3_prepare_v2(handle.db(), rest.data(), static_cast<int>(rest.size()), &second, &end),
        rest);
    const SqliteOwnedStatement ownedSecond(second);
    if (second != nullptr) query::refuseSql("the SQL holds more than one statement", sql);
    rest = rest.substr(static_cast<std::size_t>(end - rest.data()));
  }
  return owned;
}

std::shared_ptr<SqliteHandle> openEmpty() {
  sqlite3* db = nullptr;
  const int code = sqlite3_open_v2(
      ":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nullptr);
  auto handle = std::make_shared<SqliteHandle>(db, std::chrono::milliseconds(0));
  handle->check(code, "");
  // An order that the application made: the clone compares nothing, it only has to know the name.
  sqlite3_collation_needed(db, nullptr, [](void*, sqlite3* clone, int, const char* name) {
    sqlite3_create_collation(clone, name, SQLITE_UTF8, nullptr,
                             [](void*, int aSize, const void* a, int bSize, const void* b) {
                               const int order = std::memcmp(
                                   a, b, static_cast<std::size_t>(std::min(aSize, bSize)));
                               return order != 0 ? order : aSize - bSize;
                             });
  });
  return handle;
}

struct SchemaEntry {
  std::string type;
  std::string name;
  std::string sql;
};

std::vector<SchemaEntry> readEntries(SqliteHandle& source, const std::string& schema) {
  const std::string sql = "SELECT type, name, sql FROM " + sqliteQuote(schema) +
                          ".sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid";
  const SqliteOwnedStatement statement = prepareOne(source, sql);
  std::vector<SchemaEntry> entries;
  int code = sqlite3_step(statement.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
    entries.push_back(
        {textOf(statement.get(), 0), textOf(statement.get(), 1), textOf(statement.get(), 2)});
  }
  if (code != SQLITE_DONE) source.fail(code, sql);
  return entries;
}

int execute(sqlite3* db, const std::string& sql) noexcept {
  return sqlite3_exec(db, sql.c_str(), nullptr, nullptr, nullptr);
}

/// Runs the first statement of an entry of the schema. What a forged one holds after it is not run.
int executeFirst(sqlite3* db, const std::string& sql) noexcept {
  sqlite3_stmt* statement = nullptr;
  int code = sqlite3_prepare_v2(db, sql.c_str(), -1, &statement, nullptr);
  const SqliteOwnedStatement owned(statement);
  if (code != SQLITE_OK || statement == nullptr) return code;
  code = sqlite3_step(statement);
  return code == SQLITE_DONE ? SQLITE_OK : code;
}

/// Makes in `db` what the entries say; a virtual table makes its own shadow tables, so what is
/// there already is no failure.
void makeEntries(sqlite3* db, const std::vector<SchemaEntry>& entries, const std::string& schema,
                 std::vector<std::string>& leftOut) {
  for (const std::string_view type : {"table", "index", "view", "trigger"}) {
    for (const SchemaEntry& entry : entries) {
      if (entry.type != type || entry.name.starts_with("sqlite_")) continue;
      if (executeFirst(db, entry.sql) == SQLITE_OK) continue;
      const std::string why = sqlite3_errmsg(db);
      if (why.ends_with("already exists")) continue;
      leftOut.push_back(entry.type + " " + quoteForMessage(schema + "." + entry.name) +
                        " could not be copied: " + why);
    }
  }
}

/// Puts the contents of an in-memory database in the place of `schema` in another.
void moveInto(sqlite3* from, SqliteHandle& clone, const std::string& schema) {
  clone.check(execute(clone.db(), "ATTACH ':memory:' AS " + sqliteQuote(schema)), "ATTACH");
  sqlite3_int64 size = 0;
  unsigned char* const bytes = sqlite3_serialize(from, "main", &size, 0);
  if (bytes == nullptr) return;  // An empty schema.
  clone.check(sqlite3_deserialize(clone.db(), schema.c_str(), bytes, size, size,
                                  SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_RESIZEABLE),
              "ATTACH");
}

/// Collects the tables that a statement reads or writes while it is prepared.
int onAuthorize(void* tables, int action, const char* first, const char*, const char* schema,
                const char*) noexcept {
  const bool touches = action == SQLITE_READ || action == SQLITE_UPDATE ||
                       action == SQLITE_DELETE || action == SQLITE_INSERT;
  if (touches && first != nullptr && schema != nullptr) {
    try {
      static_cast<std::vector<std::string>*>(tables)->push_back(
          text::lower(std::string(schema) + "." + first));
    } catch (...) {
      return SQLITE_DENY;
    }
  }
  return SQLITE_OK;
}

}  // namespace

SqliteClone::SqliteClone(SqliteHandle& source) : handle_(openEmpty()) {
  // So that deletes show how they look for children.
  run("PRAGMA foreign_keys = ON");
  const SqliteOwnedStatement list = prepareOne(source, "PRAGMA database_list");
  std::vector<std::string> schemas;
  while (sqlite3_step(list.get()) == SQLITE_ROW) schemas.push_back(textOf(list.get(), 1));
  for (const std::string& schema : schemas) {
    if (schema == "temp") {
      if (!readEntries(source, schema).empty())
        leftOut_.emplace_back("temporary tables are left out");
    } else {
      copy(source, schema);
    }
  }
}

void SqliteClone::copy(SqliteHandle& source, const std::string& schema) {
  const std::vector<SchemaEntry> entries = readEntries(source, schema);
  if (schema == "main") {
    makeEntries(handle_->db(), entries, schema, leftOut_);
  } else {
    // The texts name no schema, so they run where theirs is the main one.
    const std::shared_ptr<SqliteHandle> other = openEmpty();
    makeEntries(other->db(), entries, schema, leftOut_);
    moveInto(other->db(), *handle_, schema);
  }
  run("ANALYZE " + sqliteQuote(schema));  // Makes sqlite_stat1, which is empty as the tables are.
}

void SqliteClone::run(const std::string& sql) {
  handle_->started();
  handle_->check(execute(handle_->db(), sql), sql);
}

void SqliteClone::run(std::string_view sql, const std::vector<std::string>& values) {
  const SqliteOwnedStatement statement = prepareOne(*handle_, sql);
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (values[i].empty()) continue;
    sqlite3_bind_text(statement.get(), static_cast<int>(i) + 1, values[i].c_str(),
                      static_cast<int>(values[i].size()), SQLITE_STATIC);
  }
  const int code = sqlite3_step(statement.get());
  if (code != SQLITE_DONE && code != SQLITE_ROW) handle_->fail(code, sql);
}

std::vector<std::string> SqliteClone::column(std::string_view sql) {
  const SqliteOwnedStatement statement = prepareOne(*handle_, sql);
  std::vector<std::string> values;
  int code = sqlite3_step(statement.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
    values.push_back(textOf(statement.get(), 0));
  }
  if (code != SQLITE_DONE) handle_->fail(code, sql);
  return values;
}

std::vector<SqlitePlanStep> SqliteClone::explainOnly(std::string_view sql) {
  const std::string explaining = "EXPLAIN QUERY PLAN " + std::string(sql);
  const SqliteOwnedStatement statement = prepareOne(*handle_, explaining);
  std::vector<SqlitePlanStep> steps;
  int code = sqlite3_step(statement.get());
  for (; code == SQLITE_ROW; code = sqlite3_step(statement.get())) {
    steps.push_back({sqlite3_column_int(statement.get(), 0), sqlite3_column_int(statement.get(), 1),
                     textOf(statement.get(), 3)});
  }
  if (code != SQLITE_DONE) handle_->fail(code, explaining);
  return steps;
}

SqliteExplained SqliteClone::explain(std::string_view sql) {
  SqliteExplained explained;
  {
    const SqliteOwnedStatement statement = prepareOne(*handle_, sql);
    explained.readOnly = sqlite3_stmt_readonly(statement.get()) != 0;
  }
  explained.steps = explainOnly(sql);
  if (explained.readOnly) return explained;
  sqlite3_db_config(handle_->db(), SQLITE_DBCONFIG_TRIGGER_EQP, 1, nullptr);
  std::vector<SqlitePlanStep> all;
  try {
    all = explainOnly(sql);
  } catch (...) {
    sqlite3_db_config(handle_->db(), SQLITE_DBCONFIG_TRIGGER_EQP, 0, nullptr);
    throw;
  }
  sqlite3_db_config(handle_->db(), SQLITE_DBCONFIG_TRIGGER_EQP, 0, nullptr);
  // Triggers come after the statement's own steps.
  if (all.size() > explained.steps.size()) {
    explained.triggered.assign(all.begin() + static_cast<std::ptrdiff_t>(explained.steps.size()),
                               all.end());
  }
  return explained;
}

std::vector<std::string> SqliteClone::tablesOf(std::string_view sql) {
  std::vector<std::string> tables;
  sqlite3_set_authorizer(handle_->db(), &onAuthorize, &tables);
  try {
    static_cast<void>(prepareOne(*handle_, sql));
  } catch (...) {
    sqlite3_set_authorizer(handle_->db(), nullptr, nullptr);
    throw;
  }
  sqlite3_set_authorizer(handle_->db(), nullptr, nullptr);
  std::sort(tables.begin(), tables.end());
  tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
  return tables;
}

}  // namespace sonde
