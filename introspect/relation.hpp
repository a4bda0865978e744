// A relation between two tables, inferred from foreign keys. Plain data, immutable inside a Schema.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

enum class RelationKind : std::uint8_t { BelongsTo, HasOne, HasMany, ManyToMany };

/// @return "belongsTo", "hasOne", "hasMany" or "manyToMany". Thread-safe.
[[nodiscard]] std::string_view relationKindName(RelationKind kind) noexcept;

/// The table between the two of a many-to-many relation.
struct RelationThrough {
  std::string schema;
  std::string table;
  std::vector<std::string> columns;         ///< Point at `columns` of the relation's own table.
  std::vector<std::string> foreignColumns;  ///< Point at `foreignColumns` of the other table.
};

struct Relation {
  std::string name;  ///< Unique within its table, never the name of a column.
  RelationKind kind = RelationKind::BelongsTo;
  std::string schema;                       ///< Of the other table.
  std::string table;                        ///< The other table.
  std::vector<std::string> columns;         ///< Of the own table.
  std::vector<std::string> foreignColumns;  ///< Of the other table, pairwise.
  std::optional<RelationThrough> through;
};

}  // namespace sonde
