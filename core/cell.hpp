// One value of a result in 16 bytes.
//
// Invariant: text and blob cells point at bytes that somebody else owns: the arena of a
// ResultBlock, or the engine's own buffer while a statement stands on a row. Text is followed by a
// NUL byte that is not counted. A cell is trivially copyable and never owns. Written by drivers,
// read through ValueView.
#pragma once

#include <cstdint>
#include <limits>
#include <string_view>
#include <type_traits>

#include "type.hpp"

namespace sonde {

/// A tagged union of what an engine can return, with its logical type and the index of its column,
/// so that a failed conversion can name the column.
struct Cell {
  Storage storage = Storage::Null;
  Type type = Type::Other;
  std::uint16_t column = 0;
  std::uint32_t length = 0;
  union {
    std::int64_t integer = 0;
    std::uint64_t unsignedInteger;
    double real;
    const char* bytes;
  };

  /// @return The bytes of a text or blob cell. Undefined for other storage.
  [[nodiscard]] std::string_view view() const noexcept { return {bytes, length}; }
};

static_assert(sizeof(Cell) == 16);
static_assert(std::is_trivially_copyable_v<Cell>);

/// The largest text or blob that a cell can describe, in bytes.
inline constexpr std::uint64_t kMaxCellBytes = std::numeric_limits<std::uint32_t>::max();

/// The largest number of columns that a result can have.
inline constexpr std::size_t kMaxColumns = std::numeric_limits<std::uint16_t>::max();

}  // namespace sonde
