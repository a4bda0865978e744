// The schema of a database: an immutable snapshot of all its tables.
//
// Invariant: built once by Schema::build from what a catalog reader found, then only read; it is
// held by shared_ptr<const Schema> and swapped whole on refresh, so readers never block. Pointers
// to tables live as long as the snapshot. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "table.hpp"
#include "table_lookup.hpp"

namespace sonde {

struct EnumType {
  std::string schema;
  std::string name;
  std::vector<std::string> values;
};

struct Domain {
  std::string schema;
  std::string name;
  std::string declaredType;
  bool nullable = true;
  std::optional<ColumnDefault> defaultValue;
  std::vector<Check> checks;
};

struct Sequence {
  std::string schema;
  std::string name;
  std::optional<std::string> ownedBy;  ///< "table.column"
};

/// What a catalog reader found: the input of Schema::build. Foreign keys may still name their
/// target in the wrong case or without columns; relations are empty.
struct Catalog {
  std::string dialect;  ///< "sqlite", "postgresql", "mysql" or "mariadb".
  std::string serverVersion;
  /// Schemas that an unqualified name is looked up in, in order; empty for all that tables stand
  /// in.
  std::vector<std::string> searchPath;
  bool ignoreCase = false;  ///< Names of tables and columns ignore ASCII case.
  std::vector<Table> tables;
  std::vector<EnumType> enums;
  std::vector<Domain> domains;
  std::vector<Sequence> sequences;
};

/// Names that override inferred relation names: table (optionally "schema.table") → inferred name →
/// name to use.
using RelationNames = std::map<std::string, std::map<std::string, std::string>, std::less<>>;

/// See the file comment.
class Schema {
 public:
  /// Resolves foreign keys, infers and names relations, computes the fingerprint.
  /// @throws ConfigError when an override names a table or relation that does not exist, or makes
  /// two relations of a table equal.
  [[nodiscard]] static std::shared_ptr<const Schema> build(Catalog catalog,
                                                           const RelationNames& names = {});

  [[nodiscard]] const std::string& dialect() const noexcept { return catalog_.dialect; }
  [[nodiscard]] const std::string& serverVersion() const noexcept { return catalog_.serverVersion; }
  /// @return A hash in hex over everything static: names, types, keys, not row estimates, comments
  /// or the version of the server.
  [[nodiscard]] const std::string& fingerprint() const noexcept { return fingerprint_; }

  /// @return Every table, in declaration order where the database has one, else by name.
  [[nodiscard]] const std::vector<Table>& tables() const noexcept { return catalog_.tables; }
  [[nodiscard]] const std::vector<EnumType>& enums() const noexcept { return catalog_.enums; }
  [[nodiscard]] const std::vector<Domain>& domains() const noexcept { return catalog_.domains; }
  [[nodiscard]] const std::vector<Sequence>& sequences() const noexcept {
    return catalog_.sequences;
  }

  /// Looks a table up by `name` along the search path, then as `schema.name`. In each schema exact
  /// case goes first, then (where the engine ignores it) any case. Does not allocate.
  /// @return nullptr when there is none.
  [[nodiscard]] const Table* findTable(std::string_view name) const noexcept;
  /// @return The table of this schema and name; nullptr when there is none.
  [[nodiscard]] const Table* findTable(std::string_view schema,
                                       std::string_view name) const noexcept;
  /// @return The table. @throws SchemaError naming the nearest tables.
  [[nodiscard]] const Table& table(std::string_view name) const;
  /// @return The shortest name that findTable gives this table for: `name`, else `schema.name`.
  [[nodiscard]] std::string displayName(const Table& table) const;

  /// @return The schemas that an unqualified name is looked up in, in order.
  [[nodiscard]] const std::vector<std::string>& searchPath() const noexcept {
    return lookup_.searchPath();
  }

  Schema(const Schema&) = delete;  // lookup_ views the names inside catalog_
  Schema& operator=(const Schema&) = delete;

 private:
  explicit Schema(Catalog catalog);

  Catalog catalog_;
  std::string fingerprint_;
  TableLookup lookup_;
};

}  // namespace sonde
