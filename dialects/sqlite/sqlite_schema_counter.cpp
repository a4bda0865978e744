#include "sqlite_schema_counter.hpp"

#include <sqlite3.h>

#include <vector>

#include "sqlite_text.hpp"

namespace sonde {
namespace {

sqlite3_stmt* prepareKept(SqliteHandle& handle, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  handle.check(sqlite3_prepare_v3(handle.db(), sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT,
                                  &statement, nullptr),
               sql);
  return statement;
}

/// Steps, and resets the statement before it throws, so that no lock stays.
bool stepKept(SqliteHandle& handle, sqlite3_stmt* statement) {
  const int code = sqlite3_step(statement);
  if (code == SQLITE_ROW) return true;
  const int result = sqlite3_reset(statement);
  if (code != SQLITE_DONE) handle.fail(result != SQLITE_OK ? result : code, sqlite3_sql(statement));
  return false;
}

// FNV-1a (Fowler, Noll, Vo 1991).
std::uint64_t mix(std::uint64_t hash, std::string_view bytes) noexcept {
  for (const char c : bytes) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return hash;
}

}  // namespace

SqliteSchemaCounter::~SqliteSchemaCounter() {
  sqlite3_finalize(list_);
  for (const auto& [name, statement] : versions_) sqlite3_finalize(statement);
}

std::uint64_t SqliteSchemaCounter::read() {
  if (list_ == nullptr) list_ = prepareKept(handle_, "PRAGMA database_list");
  std::vector<std::string> names;
  while (stepKept(handle_, list_)) {
    names.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(list_, 1)));
  }
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const std::string& name : names) {
    if (name == "temp" && !countTemp_) continue;
    auto [at, isNew] = versions_.try_emplace(name, nullptr);
    if (at->second == nullptr) {
      at->second = prepareKept(handle_, "PRAGMA " + sqliteQuote(name) + ".schema_version");
    }
    std::int64_t version = 0;
    while (stepKept(handle_, at->second)) version = sqlite3_column_int64(at->second, 0);
    hash = mix(mix(hash, name), std::to_string(version));
  }
  if (hash != last_) {
    last_ = hash;
    ++generation_;
  }
  return hash;
}

}  // namespace sonde
