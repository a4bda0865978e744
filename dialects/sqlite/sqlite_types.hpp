// What a type name in SQLite's DDL means. SQLite itself only takes an affinity from it, and stores
// what it is given; sonde reads the conventional names, and calls everything else Type::Other, so
// that a column whose values vary by row is never coerced. The table stands in docs/sqlite.md.
//
// Invariant: pure functions that allocate nothing, cheap enough for every column of every
// statement. Used by the catalog reader and by statements.
#pragma once

#include <string_view>

#include "../../core/type.hpp"

namespace sonde {

/// @return What a declared type such as "VARCHAR(255)" means: the words outside parentheses decide,
/// case, SIGNED, UNSIGNED and ZEROFILL apart. Other for unknown names and for none. Thread-safe.
[[nodiscard]] Type sqliteType(std::string_view declaredType) noexcept;

/// @return The digits after the point that a decimal type declares, 0 or more: 2 for
/// "DECIMAL(10,2)". -1 when the type is no decimal or declares no scale: its values are then given
/// as stored. Thread-safe.
[[nodiscard]] int sqliteScale(std::string_view declaredType) noexcept;

}  // namespace sonde
