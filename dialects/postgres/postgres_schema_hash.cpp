#include "postgres_schema_hash.hpp"

#include <libpq-fe.h>

#include <array>
#include <string>
#include <string_view>

#include "postgres_handle.hpp"

namespace sonde {
namespace {

/// The relations whose changes count. Names of catalogs are qualified because a temporary table of
/// that name would come first.
constexpr const char* kOwn =
    "WITH own AS MATERIALIZED (SELECT c.oid, c.relname, c.relnamespace, c.relkind, "
    "c.relispartition FROM pg_catalog.pg_class c WHERE c.relpersistence <> 't' "
    "AND c.relkind IN ('r','p','v','m','f','S','i','I') AND c.relnamespace IN "
    "(SELECT n.oid FROM pg_catalog.pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%' "
    "AND n.nspname <> 'information_schema'))";

/// Rows that count, and what of them. A row that DDL writes anew has the transaction as its xmin;
/// statistics are written in place, and TRUNCATE and REFRESH write in pg_class alone.
struct Part {
  std::string_view row;
  std::string_view from;
};

constexpr std::array<Part, 11> kParts = {{
    {"c.oid, c.relname, c.relnamespace, c.relkind, c.relispartition", "own c"},
    {"a.attrelid, a.attnum, a.xmin",
     "pg_catalog.pg_attribute a JOIN own c ON c.oid = a.attrelid "
     "WHERE a.attnum > 0 AND c.relkind NOT IN ('S','i','I')"},
    {"d.oid, d.xmin", "pg_catalog.pg_attrdef d WHERE d.adrelid IN (SELECT oid FROM own)"},
    {"k.oid, k.xmin",
     "pg_catalog.pg_constraint k WHERE k.conrelid = 0 OR k.conrelid IN (SELECT oid FROM own)"},
    {"i.indexrelid, i.xmin", "pg_catalog.pg_index i WHERE i.indrelid IN (SELECT oid FROM own)"},
    {"t.oid, t.xmin", "pg_catalog.pg_trigger t WHERE t.tgrelid IN (SELECT oid FROM own)"},
    {"r.oid, r.xmin", "pg_catalog.pg_rewrite r WHERE r.ev_class IN (SELECT oid FROM own)"},
    {"i.inhrelid, i.xmin", "pg_catalog.pg_inherits i WHERE i.inhrelid IN (SELECT oid FROM own)"},
    {"t.oid, t.xmin", "pg_catalog.pg_type t WHERE t.typtype IN ('d','e') AND t.oid >= 16384"},
    {"e.oid, e.xmin", "pg_catalog.pg_enum e"},
    {"n.oid, n.nspname", "pg_catalog.pg_namespace n WHERE n.nspname NOT LIKE 'pg\\_%'"},
}};

std::string hashStatement(int version) {
  constexpr int kVersion14 = 140000;  // the first with hash_record_extended()
  std::string sql = std::string(kOwn) +
                    " SELECT hashtextextended(string_agg(coalesce(p.hash, 0)::text, ',' "
                    "ORDER BY p.part), 0) FROM (";
  for (std::size_t i = 0; i < kParts.size(); ++i) {
    sql += i == 0 ? "SELECT " : " UNION ALL SELECT ";
    sql += std::to_string(i) + " AS part, sum(";
    sql += version >= kVersion14 ? "hash_record_extended(ROW(" : "hashtextextended(ROW(";
    sql.append(kParts[i].row).append(version >= kVersion14 ? "), 0)" : ")::text, 0)");
    sql.append(") AS hash FROM ").append(kParts[i].from);
  }
  return sql + ") AS p";
}

}  // namespace

std::uint64_t postgresSchemaHash(PostgresHandle& handle) {
  const std::string sql = hashStatement(PQserverVersion(handle.connection()));
  return static_cast<std::uint64_t>(handle.exec(sql).integer(0, 0));
}

}  // namespace sonde
