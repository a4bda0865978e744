// Reading values as PostgreSQL sends them, in binary and in text, into cells.
//
// Invariant: both forms of a value give the same cell: what a type has no number for (dates,
// decimals, uuids) is given as the text that the server itself would write under the settings of
// postgres_settings.cpp. Formatted text goes to the caller's buffer. Used by statements.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "../../core/cell.hpp"
#include "postgres_types.hpp"

namespace sonde::postgres {

/// Room that writeText() needs for every codec but Numeric.
inline constexpr std::size_t kFixedText = 96;

/// Writes a binary value of a codec with a formatted text (Date … Uuid, not Numeric) to `buffer`.
/// @return The characters written, at most kFixedText; 0 when the bytes are no such value.
[[nodiscard]] std::size_t writeText(char* buffer, PostgresCodec codec,
                                    std::string_view bytes) noexcept;

/// @return The digits of a binary numeric: `-12.50`, `NaN`, `Infinity`. Empty when the bytes are no
/// numeric. Thread-safe.
[[nodiscard]] std::string numericText(std::string_view bytes);

/// @return The double that shows as the shortest text of a float: 1.1 and not 1.10000002384.
[[nodiscard]] double widened(float value) noexcept;

/// Reads an integer in network byte order.
template <class Integer>
[[nodiscard]] Integer bigEndian(const char* bytes) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Integer); ++i) {
    value = value << 8 | static_cast<unsigned char>(bytes[i]);
  }
  return static_cast<Integer>(value);
}

}  // namespace sonde::postgres
