// The types that columns of one PostgreSQL database use: what they are called and what they mean.
//
// Invariant: filled from pg_type, pg_enum and format_type() first, then only asked. Domains are
// followed to the type they stand for: a domain over a NOT NULL domain is NOT NULL itself. Used by
// the catalog reader.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "../../introspect/schema.hpp"
#include "postgres_catalog_sql.hpp"
#include "postgres_result.hpp"

namespace sonde::postgres {

inline constexpr std::uint32_t kDatabaseCollation = 100;  ///< "default", by pg_collation.dat.

/// A row of pg_type.
struct CatalogType {
  std::string schema;
  std::string name;
  std::string plainName;  ///< By format_type(), without modifier.
  char kind = 'b';        ///< typtype: b, c, d, e, m, p or r.
  bool isArray = false;
  bool notNull = false;
  bool listed = false;          ///< Whether it is the user's own, and an enum or a domain.
  std::uint32_t element = 0;    ///< Of arrays.
  std::uint32_t base = 0;       ///< Of domains.
  std::int32_t modifier = -1;   ///< Of the base of domains.
  std::uint32_t collation = 0;  ///< 0 where the type has none.
  std::vector<std::string> labels;
  std::string defaultText;  ///< Of domains, as an expression; empty for none.
  std::vector<Check> checks;
};

/// What a type says of the columns declared with it.
struct ColumnType {
  Column column;  ///< Everything that follows from the type alone.
  std::uint32_t collation = 0;
  std::string baseName;  ///< The type that its domains stand for, without modifier.
  std::string error;     ///< Why its name is not known; empty when it is.
};

/// See the file comment.
class CatalogTypes {
 public:
  /// @return The number of this use of a type: the same for the same type and modifier.
  [[nodiscard]] std::uint32_t use(std::uint32_t oid, std::int32_t modifier);
  [[nodiscard]] const std::vector<TypeUse>& uses() const noexcept { return uses_; }
  /// @return The OIDs of all uses.
  [[nodiscard]] std::vector<std::uint32_t> usedOids() const;

  void take(const PostgresResult& rows);
  void takeLabels(const PostgresResult& rows);
  void takeDefaults(const PostgresResult& rows);
  void takeNames(const PostgresResult& rows);
  /// Adds a check to a domain.
  void addCheck(std::uint32_t domain, Check check);
  /// Remembers why a use of a type could not be named.
  void broke(std::size_t use, std::string why) { errors_[use] = std::move(why); }

  /// Counts what the listed domains are made of among the uses. Called once all are there.
  void useDomainBases();
  /// @return What columns of this use have in common. Lives as long as this does.
  [[nodiscard]] const ColumnType& describe(std::uint32_t use);
  /// Lists enums and domains but those that belong to extensions, by schema and name.
  void list(Catalog& catalog, const std::unordered_set<std::uint32_t>& ofExtensions);

 private:
  [[nodiscard]] const CatalogType* find(std::uint32_t oid) const;
  [[nodiscard]] ColumnType make(std::uint32_t use) const;
  void setScalar(Column& column, std::uint32_t oid, std::int32_t modifier) const;
  void setElement(Column& column, const CatalogType& array) const;
  [[nodiscard]] Domain domainOf(const CatalogType& type);

  std::unordered_map<std::uint32_t, CatalogType> types_;
  std::unordered_map<std::uint64_t, std::uint32_t> places_;  // type and modifier → use
  std::vector<TypeUse> uses_;
  std::vector<std::string> names_;  // by use
  std::unordered_map<std::size_t, std::string> errors_;
  std::vector<std::optional<ColumnType>> described_;  // by use
};

}  // namespace sonde::postgres
