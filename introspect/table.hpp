// A table, view or other relation of a database, with everything the catalog says of it.
//
// Invariant: immutable once inside a Schema; pointers to it and its columns live as long as the
// Schema. A table that could not be read has `error` set and may lack columns; it never hides the
// others.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "column.hpp"
#include "constraint.hpp"
#include "index.hpp"
#include "relation.hpp"

namespace sonde {

enum class TableKind : std::uint8_t {
  Table,
  View,
  MaterializedView,
  Virtual,
  Shadow,
  Foreign,
  Partitioned,
  Partition,
  System,
};

/// @return The name of the JSON contract, such as "materializedView". Thread-safe.
[[nodiscard]] std::string_view tableKindName(TableKind kind) noexcept;

struct Trigger {
  std::string name;
  std::string timing;               ///< "BEFORE", "AFTER" or "INSTEAD OF".
  std::vector<std::string> events;  ///< "INSERT", "UPDATE", "DELETE", "TRUNCATE".
  std::string definition;
  std::vector<std::string> columns;  ///< Of UPDATE OF; empty when every column counts.
};

/// See the file comment. Lookups by name ignore ASCII case where the engine does.
struct Table {
  std::string schema;
  std::string name;
  TableKind kind = TableKind::Table;
  std::optional<std::string> error;  ///< Why it could not be read wholly.
  std::optional<std::string> comment;
  std::optional<std::int64_t> rowEstimate;
  bool strict = false;
  bool withoutRowid = false;
  std::optional<std::string> definition;      ///< SQL of a view, or the engine's own DDL.
  std::optional<std::string> partitionOf;     ///< "schema.name" of the table it is a part of.
  std::optional<std::string> partitionKey;    ///< Of a partitioned table: "RANGE (made)".
  std::optional<std::string> partitionBound;  ///< Of a partition: "FOR VALUES IN (1)", "DEFAULT".
  std::vector<std::string> inherits;          ///< "schema.name" of the tables it inherits from.
  /// Whether the engine says that rows of a view can be written; empty where it does not say.
  std::optional<bool> updatable;
  std::vector<Column> columns;
  std::optional<PrimaryKey> primaryKey;
  /// A key that every row has without declaring it (SQLite's rowid), by the name that reaches it;
  /// empty when there is none or it is shadowed by columns.
  std::optional<std::string> implicitKey;
  std::vector<ForeignKey> foreignKeys;
  std::vector<UniqueConstraint> uniqueConstraints;
  std::vector<Index> indexes;
  std::vector<Check> checks;
  std::vector<Exclusion> exclusions;
  std::vector<Trigger> triggers;
  std::vector<Relation> relations;
  /// Whether column names ignore ASCII case. Schema::build sets it where the whole catalog does; a
  /// reader sets it where only columns do (MySQL on a case-sensitive file system).
  bool ignoreCase = false;
  /// Whether the name alone, without the schema, means another table. Schema::build sets it.
  bool shadowed = false;

  static constexpr std::size_t npos = static_cast<std::size_t>(-1);

  /// @return The index of the column of this name: an exact match, else (where the engine ignores
  /// case) the match but for ASCII case; npos when there is none.
  [[nodiscard]] std::size_t columnIndex(std::string_view column) const noexcept;
  /// @return The column; nullptr when there is none.
  [[nodiscard]] const Column* findColumn(std::string_view column) const noexcept;
  /// @return The column. @throws SchemaError naming the table and the nearest columns.
  [[nodiscard]] const Column& column(std::string_view column) const;
  /// @return The relation; nullptr when there is none.
  [[nodiscard]] const Relation* findRelation(std::string_view relation) const noexcept;
  /// @return The relation. @throws SchemaError naming the nearest ones.
  [[nodiscard]] const Relation& relation(std::string_view relation) const;

  /// @return The columns that identify a row: the primary key; empty when only an implicit key
  /// does.
  [[nodiscard]] const std::vector<std::string>& keyColumns() const noexcept;
  /// @return Whether rows can be inserted, updated and deleted as far as the catalog can tell.
  [[nodiscard]] bool writable() const noexcept;
  /// @return Whether a key, unique constraint or whole unique index covers exactly these columns,
  /// in any order.
  [[nodiscard]] bool isUnique(const std::vector<std::string>& names) const noexcept;
  /// @return Whether such a key lies within these columns, so that no two rows agree in all of
  /// them.
  [[nodiscard]] bool hasKeyWithin(const std::vector<std::string>& names) const noexcept;
  /// @return Whether it holds rows by itself: neither a view nor the engine's own bookkeeping.
  [[nodiscard]] bool isStored() const noexcept;
  /// @return Whether it belongs to the engine or to another table (system and shadow tables): such
  /// tables are found by name, but not suggested, drawn, related or counted in the fingerprint.
  [[nodiscard]] bool isInternal() const noexcept {
    return kind == TableKind::System || kind == TableKind::Shadow;
  }
  /// @return Whether overviews, diagrams and suggestions show it without being asked: it is neither
  /// internal nor a partition, whose rows are those of the table it is a part of.
  [[nodiscard]] bool isListed() const noexcept {
    return !isInternal() && kind != TableKind::Partition;
  }
};

}  // namespace sonde
