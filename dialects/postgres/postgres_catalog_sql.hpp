// The statements that read PostgreSQL's catalog, and how their columns are numbered.
//
// Invariant: a fixed number of statements. Each catalog is read once and joined by the reader; what
// PostgreSQL turns back into text (defaults, predicates, views …) stands in statements of its own,
// because a function of a missing extension library makes such a statement fail. Used by the
// catalog reader.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace sonde::postgres {

/// A statement that PostgreSQL's deparsers work in. `key` tells its rows apart, and `owner` is the
/// OID of the relation or type that a row is about, so that rows can be asked for in part.
struct Deparse {
  std::string fields;
  std::string from;  ///< Ends with a condition, so that another can follow.
  std::string key;
  std::string owner;

  /// @return The statement for all rows.
  [[nodiscard]] std::string all() const;
  /// @return The statement that lists key and owner of all rows, and runs no deparser.
  [[nodiscard]] std::string keys() const;
  /// @return The statement for the rows of these keys. `keys` is not empty.
  [[nodiscard]] std::string some(const std::vector<std::int64_t>& keys) const;
};

/// A type as a column declares it: OID and modifier.
using TypeUse = std::pair<std::uint32_t, std::int32_t>;

/// The statements for one server version (150018 for 15.18). Column numbers are those that the
/// reader uses; "own" relations are all but the system's and those of other sessions.
namespace sql {

/// Makes deparsed text the same in every session, until the transaction or savepoint ends.
[[nodiscard]] std::string settings();
/// name: the schemas on the search path, in order.
[[nodiscard]] std::string searchPath();
/// objid: relations and types that belong to extensions.
[[nodiscard]] std::string extensionMembers();
/// oid, schema, name, relkind, relispartition, row estimate.
[[nodiscard]] std::string tables(int version);
/// attrelid, attnum, attname, atttypid, atttypmod, attnotnull, attidentity or attgenerated,
/// attcollation where it is none of the usual two.
[[nodiscard]] std::string columns();
/// conrelid, conname, contype, conindid, conkey, confrelid, confkey, confupdtype, confdeltype,
/// confmatchtype, condeferrable, condeferred, convalidated, confdelsetcols.
[[nodiscard]] std::string keys(int version);
/// indrelid, indexrelid, relname, amname, indisunique, valid, indnullsnotdistinct, indnkeyatts,
/// indkey, indoption, indcollation, indclass, whether it has a predicate.
[[nodiscard]] std::string indexes(int version);
/// tgrelid, oid, tgname, tgtype, tgattr.
[[nodiscard]] std::string triggers();
/// inhrelid, inhparent.
[[nodiscard]] std::string inheritance();
/// objoid, objsubid, description of relations and columns.
[[nodiscard]] std::string comments();
/// oid, schema, name, owner's OID, owner's attnum, how a serial default writes it.
[[nodiscard]] std::string sequences();
/// oid, schema, name, typtype, typcategory, typelem, typbasetype, typtypmod, typnotnull,
/// typcollation, plain name, listed: every enum and domain.
[[nodiscard]] std::string namedTypes();
/// The same of these types, with what they are made of.
[[nodiscard]] std::string types(const std::vector<std::uint32_t>& oids);
/// enumtypid, enumlabel, in order.
[[nodiscard]] std::string enumLabels();
/// oid, name.
[[nodiscard]] std::string collations(const std::vector<std::uint32_t>& oids);
/// oid, name as SQL: of those that are no type's default.
[[nodiscard]] std::string operatorClasses(const std::vector<std::uint32_t>& oids);

/// adrelid, adnum, expression.
[[nodiscard]] Deparse defaults();
/// conrelid, contypid, contype, conname, text, convalidated: checks and exclusions.
[[nodiscard]] Deparse rules();
/// indexrelid, position from 1 or 0 for the predicate, text.
[[nodiscard]] Deparse indexParts();
/// oid, definition, whether rows can be written: views and partitions.
[[nodiscard]] Deparse definitions();
/// oid, definition.
[[nodiscard]] Deparse triggerDefinitions();
/// oid, expression.
[[nodiscard]] Deparse domainDefaults();
/// position in `uses`, name.
[[nodiscard]] Deparse typeNames(const std::vector<TypeUse>& uses);

}  // namespace sql
}  // namespace sonde::postgres
