#include "postgres_type_cache.hpp"

#include <algorithm>

#include "postgres_handle.hpp"

namespace sonde {
namespace {

// A domain is told by results as its base type, but not inside an array: there its chain is
// followed to the end. A domain over an array needs nothing of this: the array itself is told.
// int2vector and oidvector (22, 30) have elements, but are written without braces.
constexpr const char* kTypesSql =
    "WITH RECURSIVE asked AS ("
    "SELECT t.oid, CASE WHEN t.typlen = -1 AND t.oid NOT IN (22, 30) THEN t.typelem ELSE 0 END "
    "AS element "
    "FROM pg_catalog.pg_type t WHERE t.oid = ANY($1::oid[])), "
    "chain AS ("
    "SELECT a.oid, e.oid AS base, e.typtype, e.typbasetype, e.typdelim FROM asked a "
    "JOIN pg_catalog.pg_type e ON e.oid = CASE WHEN a.element <> 0 THEN a.element ELSE a.oid END "
    "UNION ALL "
    "SELECT c.oid, b.oid, b.typtype, b.typbasetype, b.typdelim FROM chain c "
    "JOIN pg_catalog.pg_type b ON b.oid = c.typbasetype WHERE c.typtype = 'd') "
    "SELECT a.oid, c.base, c.typtype, a.element, c.typdelim FROM asked a "
    "JOIN chain c ON c.oid = a.oid AND c.typtype <> 'd'";

constexpr const char* kColumnsSql =
    "SELECT a.attrelid, a.attnum, c.relname, a.attname, "
    "pg_catalog.format_type(a.atttypid, a.atttypmod) "
    "FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid "
    "WHERE a.attrelid = ANY($1::oid[]) AND NOT a.attisdropped";

// Names may change by the hand of others without a word to this driver.
constexpr std::chrono::seconds kNamesHold{30};

std::string oidList(const std::vector<std::uint32_t>& oids) {
  std::string list = "{";
  for (const std::uint32_t oid : oids) {
    if (list.size() > 1) list += ',';
    list += std::to_string(oid);
  }
  return list + '}';
}

/// The type of one row of kTypesSql.
PostgresType readType(const PostgresResult& rows, std::size_t row) {
  PostgresType type;
  const auto base = static_cast<std::uint32_t>(rows.integer(row, 1));
  const PostgresType* builtIn = findPostgresType(base);
  const bool isEnum = rows.text(row, 2) == "e";
  if (builtIn != nullptr) {
    type = *builtIn;
  } else if (isEnum) {
    type.type = Type::Enum;
    type.codec = PostgresCodec::Text;
  }
  if (rows.integer(row, 3) != 0) {
    type.element = builtIn != nullptr && builtIn->isArray() ? builtIn->element : base;
    type.type = Type::Array;
    type.codec = PostgresCodec::Array;
    const std::string_view delimiter = rows.text(row, 4);
    type.delimiter = delimiter.empty() ? ',' : delimiter.front();
  }
  type.oid = static_cast<std::uint32_t>(rows.integer(row, 0));
  return type;
}

}  // namespace

bool PostgresTypeCache::find(std::uint32_t oid, PostgresType& type) {
  if (const PostgresType* builtIn = findPostgresType(oid)) {
    type = *builtIn;
    return true;
  }
  const std::lock_guard lock(mutex_);
  const auto found = types_.find(oid);
  if (found == types_.end()) return false;
  type = found->second;
  return true;
}

std::vector<PostgresType> PostgresTypeCache::types(PostgresHandle& handle,
                                                   std::span<const std::uint32_t> oids) {
  std::vector<PostgresType> types(oids.size());
  std::vector<std::uint32_t> unknown;
  for (std::size_t i = 0; i < oids.size(); ++i) {
    types[i].oid = oids[i];
    if (oids[i] != 0 && !find(oids[i], types[i])) unknown.push_back(oids[i]);
  }
  if (unknown.empty()) return types;
  const std::string list = oidList(unknown);
  const char* parameter = list.c_str();
  const PostgresResult rows = handle.exec(kTypesSql, {&parameter, 1});
  const bool keep = !handle.inTransaction();
  for (std::size_t row = 0; row < rows.rows(); ++row) {
    const PostgresType read = readType(rows, row);
    for (PostgresType& type : types) {
      if (type.oid == read.oid) type = read;
    }
    if (!keep) continue;
    const std::lock_guard lock(mutex_);
    types_.insert_or_assign(read.oid, read);
  }
  return types;
}

std::vector<PostgresColumnName> PostgresTypeCache::columns(
    PostgresHandle& handle, std::span<const std::pair<std::uint32_t, int>> places) {
  std::unordered_map<std::uint32_t, Columns> known;
  std::vector<std::uint32_t> unknown;
  {
    const std::lock_guard lock(mutex_);
    if (Clock::now() - tablesSince_ > kNamesHold) {
      tables_.clear();
      tablesSince_ = Clock::now();
    }
    for (const auto& [table, number] : places) {
      if (table == 0 || known.contains(table)) continue;
      const auto found = tables_.find(table);
      if (found != tables_.end()) {
        known.insert(*found);
      } else {
        known.try_emplace(table);
        unknown.push_back(table);
      }
    }
  }
  if (!unknown.empty()) {
    const std::string list = oidList(unknown);
    const char* parameter = list.c_str();
    const PostgresResult rows = handle.exec(kColumnsSql, {&parameter, 1});
    for (std::size_t row = 0; row < rows.rows(); ++row) {
      const auto table = static_cast<std::uint32_t>(rows.integer(row, 0));
      known[table][static_cast<int>(rows.integer(row, 1))] = {std::string(rows.text(row, 2)),
                                                              std::string(rows.text(row, 3)),
                                                              std::string(rows.text(row, 4))};
    }
    if (!handle.inTransaction()) {
      const std::lock_guard lock(mutex_);
      for (const std::uint32_t table : unknown) tables_.insert_or_assign(table, known[table]);
    }
  }
  std::vector<PostgresColumnName> names(places.size());
  for (std::size_t i = 0; i < places.size(); ++i) {
    const auto table = known.find(places[i].first);
    if (table == known.end()) continue;
    const auto column = table->second.find(places[i].second);
    if (column != table->second.end()) names[i] = column->second;
  }
  return names;
}

void PostgresTypeCache::clear() {
  const std::lock_guard lock(mutex_);
  types_.clear();
  tables_.clear();
}

}  // namespace sonde
