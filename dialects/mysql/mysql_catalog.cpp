#include "mysql_catalog.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../core/error.hpp"
#include "../../introspect/hash128.hpp"
#include "mysql_catalog_builder.hpp"
#include "mysql_catalog_server.hpp"
#include "mysql_handle.hpp"

namespace sonde {
namespace {

/// @throws Unsupported for a server whose information_schema lacks what the reader asks for.
mysql::CatalogServer readServer(MysqlHandle& handle) {
  mysql::CatalogServer server;
  server.product = handle.product();
  server.version = handle.serverVersion();
  const unsigned long oldest = server.isMariaDb() ? 100600 : 80016;
  if (handle.versionNumber() < oldest) {
    throw Unsupported("sonde reads the catalogs of MariaDB 10.6, MySQL 8.0.16 and later; this is " +
                      server.version);
  }
  MysqlRows rows = handle.query("SELECT DATABASE(), @@lower_case_table_names");
  if (rows.next()) {
    if (!rows.isNull(0)) server.database = rows.text(0);
    server.lowerCaseTableNames = static_cast<int>(rows.integer(1));
  }
  return server;
}

}  // namespace

Catalog readMysqlCatalog(MysqlHandle& handle) {
  mysql::CatalogBuilder builder(readServer(handle));
  std::vector<std::optional<std::string_view>> fields;
  for (const mysql::CatalogQuery query : mysql::kCatalogQueries) {
    const std::string sql = mysql::catalogSql(query, builder.server());
    if (sql.empty()) continue;
    MysqlRows rows = handle.query(sql);
    fields.resize(rows.width());
    while (rows.next()) {
      for (unsigned i = 0; i < rows.width(); ++i) {
        fields[i] = rows.isNull(i) ? std::nullopt : std::optional(rows.text(i));
      }
      builder.add(query, fields);
    }
  }
  return builder.finish();
}

std::uint64_t mysqlSchemaHash(MysqlHandle& handle) {
  MysqlRows rows = handle.query(mysql::catalogHashSql(readServer(handle)));
  return rows.next() ? detail::hash128(rows.text(0)).low : 0;
}

}  // namespace sonde
