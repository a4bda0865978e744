#include "relation.hpp"

namespace sonde {

std::string_view relationKindName(RelationKind kind) noexcept {
  switch (kind) {
    case RelationKind::BelongsTo:
      return "belongsTo";
    case RelationKind::HasOne:
      return "hasOne";
    case RelationKind::HasMany:
      return "hasMany";
    case RelationKind::ManyToMany:
      return "manyToMany";
  }
  return "belongsTo";
}

}  // namespace sonde
