#include "postgres_catalog.hpp"

#include <map>

#include "postgres_handle.hpp"

namespace sonde {
namespace {

constexpr const char* kColumns =
    "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
    "COALESCE(array_position(k.conkey, a.attnum), 0), c.oid, c.relkind "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
    "LEFT JOIN pg_constraint k ON k.conrelid = c.oid AND k.contype = 'p' "
    "WHERE c.relkind IN ('r', 'p', 'v') AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
    "AND n.nspname NOT LIKE 'pg\\_%' ORDER BY n.nspname, c.relname, a.attnum";

}  // namespace

Catalog readPostgresCatalog(PostgresHandle& handle) {
  Catalog catalog;
  catalog.dialect = "postgresql";
  catalog.serverVersion = handle.exec("SHOW server_version").text(0, 0);
  const PostgresResult path = handle.exec("SELECT unnest(current_schemas(false))");
  for (std::size_t i = 0; i < path.rows(); ++i) catalog.searchPath.emplace_back(path.text(i, 0));
  const PostgresResult rows = handle.exec(kColumns);
  std::map<std::int64_t, std::string> keyColumns;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const bool first = i == 0 || rows.integer(i, 6) != rows.integer(i - 1, 6);
    if (first) {
      keyColumns.clear();
      Table& table = catalog.tables.emplace_back();
      table.schema = rows.text(i, 0);
      table.name = rows.text(i, 1);
      if (rows.text(i, 7) == "v") table.kind = TableKind::View;
    }
    Table& table = catalog.tables.back();
    Column& column = table.columns.emplace_back();
    column.name = rows.text(i, 2);
    column.position = static_cast<int>(table.columns.size());
    column.declaredType = rows.text(i, 3);
    column.nullable = !rows.boolean(i, 4);
    if (rows.integer(i, 5) != 0) {
      keyColumns[rows.integer(i, 5)] = column.name;
      table.primaryKey.emplace();
      for (const auto& [place, name] : keyColumns) table.primaryKey->columns.push_back(name);
    }
  }
  return catalog;
}

}  // namespace sonde
