#include "postgres_catalog_sql.hpp"

#include <cstddef>

namespace sonde::postgres {
namespace {

constexpr int kVersion14 = 140000;
constexpr int kVersion15 = 150000;

/// The schemas of the system and of other sessions' temporary tables.
constexpr const char* kForeignSchemas =
    "(SELECT n.oid FROM pg_namespace n WHERE n.nspname = 'information_schema' OR "
    "(n.nspname LIKE 'pg\\_%' AND n.oid <> pg_my_temp_schema()))";

constexpr const char* kTypeFields =
    "t.oid, n.nspname, t.typname, t.typtype, t.typcategory, t.typelem, t.typbasetype, "
    "t.typtypmod, t.typnotnull, t.typcollation, format_type(t.oid, -1)";

template <typename Numbers>
std::string listed(const Numbers& numbers) {
  std::string out;
  for (const auto number : numbers) {
    if (!out.empty()) out += ',';
    out += std::to_string(number);
  }
  return out;
}

std::string oidArray(const std::vector<std::uint32_t>& oids) {
  return "'{" + listed(oids) + "}'::oid[]";
}

}  // namespace

std::string Deparse::all() const { return "SELECT " + fields + " FROM " + from; }

std::string Deparse::keys() const {
  return "SELECT DISTINCT " + key + "::bigint, " + owner + "::bigint FROM " + from;
}

std::string Deparse::some(const std::vector<std::int64_t>& keys) const {
  return all() + " AND " + key + "::bigint IN (" + listed(keys) + ")";
}

namespace sql {

// pg_temp stands last, or a temporary table named like a catalog would be read in its place. The
// others are what constants are written by; and JIT would cost more than these statements do.
std::string settings() {
  return "SELECT pg_catalog.set_config(name, value, true) FROM (VALUES "
         "('search_path', 'pg_catalog, pg_temp'), ('quote_all_identifiers', 'off'), "
         "('standard_conforming_strings', 'on'), ('datestyle', 'ISO, MDY'), "
         "('intervalstyle', 'postgres'), ('timezone', 'UTC'), ('bytea_output', 'hex'), "
         "('extra_float_digits', '1'), ('lc_monetary', 'C'), ('jit', 'off')) AS s(name, value)";
}

std::string searchPath() {
  return "SELECT name FROM pg_catalog.unnest(pg_catalog.current_schemas(false)) "
         "WITH ORDINALITY AS s(name, place) ORDER BY place";
}

std::string extensionMembers() {
  return "SELECT d.objid FROM pg_depend d WHERE d.refclassid = 'pg_extension'::regclass "
         "AND d.deptype = 'e' AND d.classid IN ('pg_class'::regclass, 'pg_type'::regclass)";
}

// Before version 14 a table that was never looked at counted as empty.
std::string tables(int version) {
  const std::string known = version >= kVersion14 ? "c.reltuples >= 0" : "c.relpages > 0";
  return "SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition, "
         "CASE WHEN c.relkind <> 'v' AND " +
         known +
         " THEN c.reltuples::bigint END, CASE WHEN c.relkind = 'p' THEN pg_get_partkeydef(c.oid) "
         "END, "
         "pg_get_expr(c.relpartbound, c.oid) FROM pg_class c "
         "JOIN pg_namespace n ON n.oid = c.relnamespace "
         "WHERE c.relkind IN ('r','p','v','m','f') AND c.relnamespace NOT IN " +
         kForeignSchemas;
}

// Most of what there is to read, so what is usual comes as NULL, which costs neither side much. The
// letters of identity and generation differ, and no column has both; 0 is no collation and 100 that
// of the database.
std::string columns() {
  return std::string(
             "SELECT a.attrelid, a.attnum, a.attname, a.atttypid, nullif(a.atttypmod, -1), "
             "nullif(a.attnotnull, false), "
             "CASE WHEN a.attidentity <> '' THEN a.attidentity "
             "ELSE nullif(a.attgenerated, '') END, "
             "CASE WHEN a.attcollation NOT IN (0, 100) THEN a.attcollation END "
             "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid "
             "WHERE a.attnum > 0 AND NOT a.attisdropped "
             "AND c.relkind IN ('r','p','v','m','f') AND c.relnamespace NOT IN ") +
         kForeignSchemas;
}

// A foreign key to a partitioned table has a clone for each of its partitions, on the table that it
// is on itself. One that a partition inherits from its own parent is on another table.
std::string keys(int version) {
  const std::string setColumns = version >= kVersion15 ? "k.confdelsetcols" : "NULL";
  return "SELECT k.conrelid, k.conname, k.contype, k.conindid, k.conkey, k.confrelid, k.confkey, "
         "k.confupdtype, k.confdeltype, k.confmatchtype, k.condeferrable, k.condeferred, "
         "k.convalidated, " +
         setColumns +
         " FROM pg_constraint k WHERE k.contype IN ('p','u','f','x') AND "
         "(k.contype <> 'f' OR k.conparentid = 0 OR k.conrelid <> "
         "(SELECT p.conrelid FROM pg_constraint p WHERE p.oid = k.conparentid))";
}

std::string indexes(int version) {
  const std::string nulls = version >= kVersion15 ? "i.indnullsnotdistinct" : "false";
  return "SELECT i.indrelid, i.indexrelid, x.relname, m.amname, i.indisunique, "
         "i.indisvalid AND i.indisready AND i.indislive, " +
         nulls +
         ", i.indnkeyatts, i.indkey, i.indoption, i.indcollation, i.indclass, "
         "i.indpred IS NOT NULL, i.indisreplident, x.relispartition "
         "FROM pg_index i JOIN pg_class x ON x.oid = i.indexrelid "
         "JOIN pg_am m ON m.oid = x.relam WHERE x.relnamespace NOT IN " +
         kForeignSchemas;
}

std::string triggers() {
  return "SELECT t.tgrelid, t.oid, t.tgname, t.tgtype, t.tgattr FROM pg_trigger t "
         "WHERE NOT t.tgisinternal";
}

std::string inheritance() {
  return "SELECT i.inhrelid, i.inhparent FROM pg_inherits i ORDER BY i.inhrelid, i.inhseqno";
}

// By catalog too: objects of two catalogs may have the same OID.
std::string comments() {
  return "SELECT d.objoid, d.objsubid, d.description FROM pg_description d "
         "WHERE d.classoid = 'pg_class'::regclass";
}

std::string sequences() {
  return std::string(
             "SELECT c.oid, n.nspname, c.relname, d.refobjid, d.refobjsubid, "
             "CASE WHEN d.deptype = 'a' THEN c.oid::regclass::text END "
             "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
             "LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid "
             "AND d.objsubid = 0 AND d.refclassid = 'pg_class'::regclass AND d.refobjsubid > 0 "
             "AND d.deptype IN ('a', 'i') "
             "WHERE c.relkind = 'S' AND c.relnamespace NOT IN ") +
         kForeignSchemas;
}

std::string namedTypes() {
  return std::string("SELECT ") + kTypeFields + ", t.typnamespace NOT IN " + kForeignSchemas +
         " FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace "
         "WHERE t.typtype IN ('d', 'e')";
}

std::string types(const std::vector<std::uint32_t>& oids) {
  return "WITH RECURSIVE used(oid) AS (SELECT unnest(" + oidArray(oids) +
         ") UNION SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END "
         "FROM used u JOIN pg_type t ON t.oid = u.oid "
         "WHERE t.typtype = 'd' OR t.typcategory = 'A') SELECT " +
         kTypeFields +
         ", false FROM used u JOIN pg_type t ON t.oid = u.oid "
         "JOIN pg_namespace n ON n.oid = t.typnamespace";
}

std::string enumLabels() {
  return "SELECT e.enumtypid, e.enumlabel FROM pg_enum e ORDER BY e.enumtypid, e.enumsortorder";
}

std::string collations(const std::vector<std::uint32_t>& oids) {
  return "SELECT c.oid, c.collname FROM pg_collation c WHERE c.oid = ANY(" + oidArray(oids) + ")";
}

std::string operatorClasses(const std::vector<std::uint32_t>& oids) {
  return "SELECT o.oid, CASE WHEN n.nspname = 'pg_catalog' THEN '' "
         "ELSE quote_ident(n.nspname) || '.' END || quote_ident(o.opcname) "
         "FROM pg_opclass o JOIN pg_namespace n ON n.oid = o.opcnamespace "
         "WHERE NOT o.opcdefault AND o.oid = ANY(" +
         oidArray(oids) + ")";
}

Deparse defaults() {
  return {"d.adrelid, d.adnum, pg_get_expr(d.adbin, d.adrelid)", "pg_attrdef d WHERE true", "d.oid",
          "d.adrelid"};
}

Deparse rules() {
  return {
      "k.conrelid, k.contypid, k.contype, k.conname, CASE k.contype WHEN 'c' THEN "
      "pg_get_expr(k.conbin, k.conrelid) ELSE pg_get_constraintdef(k.oid) END, k.convalidated",
      "pg_constraint k WHERE k.contype IN ('c', 'x')", "k.oid", "k.conrelid"};
}

Deparse indexParts() {
  return {
      "i.indexrelid, k.n, CASE k.n WHEN 0 THEN pg_get_expr(i.indpred, i.indrelid) "
      "ELSE pg_get_indexdef(i.indexrelid, k.n, false) END",
      "pg_index i CROSS JOIN LATERAL generate_series(0, i.indnkeyatts::int) AS k(n) "
      "WHERE (i.indpred IS NOT NULL OR i.indexprs IS NOT NULL) AND CASE k.n "
      "WHEN 0 THEN i.indpred IS NOT NULL ELSE i.indkey[k.n - 1] = 0 END",
      "i.indexrelid", "i.indrelid"};
}

// 28 are the bits of UPDATE, INSERT and DELETE.
Deparse definitions() {
  return {
      "c.oid, CASE WHEN c.relkind IN ('v', 'm') THEN pg_get_viewdef(c.oid) ELSE "
      "concat_ws(' ', pg_get_expr(c.relpartbound, c.oid), 'PARTITION BY ' || "
      "CASE c.relkind WHEN 'p' THEN pg_get_partkeydef(c.oid) END) END, "
      "CASE c.relkind WHEN 'v' THEN pg_relation_is_updatable(c.oid, true) & 28 <> 0 END",
      std::string("pg_class c WHERE (c.relkind IN ('v', 'm', 'p') OR "
                  "c.relispartition AND c.relkind IN ('r', 'f')) AND c.relnamespace NOT IN ") +
          kForeignSchemas,
      "c.oid", "c.oid"};
}

Deparse triggerDefinitions() {
  return {"t.oid, pg_get_triggerdef(t.oid)", "pg_trigger t WHERE NOT t.tgisinternal", "t.oid",
          "t.tgrelid"};
}

Deparse domainDefaults() {
  return {"t.oid, pg_get_expr(t.typdefaultbin, 0)",
          "pg_type t WHERE t.typtype = 'd' AND t.typdefaultbin IS NOT NULL", "t.oid", "0"};
}

Deparse typeNames(const std::vector<TypeUse>& uses) {
  std::string values;
  for (std::size_t i = 0; i < uses.size(); ++i) {
    values += i == 0 ? "(" : ",(";
    values += std::to_string(i) + ',' + std::to_string(uses[i].first) + ',' +
              std::to_string(uses[i].second) + ')';
  }
  return {"p.place, format_type(p.type::oid, p.modifier)",
          "(VALUES " + values + ") AS p(place, type, modifier) WHERE true", "p.place", "0"};
}

}  // namespace sql
}  // namespace sonde::postgres
