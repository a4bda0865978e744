// Decoding of single UTF-8 sequences, shared by the text helpers and the JSON writer.
//
// Invariant: accepts exactly what Unicode's table 3-7 allows: no overlong forms, no surrogates,
// nothing above U+10FFFF. Internal to core/.
#pragma once

#include <cstddef>
#include <cstdint>

namespace sonde::utf8 {

namespace detail {
[[nodiscard]] constexpr bool isContinuation(char c) noexcept {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}
}  // namespace detail

/// @return The length of the sequence that starts at `at`, 1 to 4; 0 when it is not valid. `at`
/// must not be `end`.
[[nodiscard]] constexpr std::size_t sequenceLength(const char* at, const char* end) noexcept {
  using detail::isContinuation;
  const auto lead = static_cast<unsigned char>(at[0]);
  if (lead < 0x80) return 1;
  const auto room = static_cast<std::size_t>(end - at);
  if (lead < 0xC2 || room < 2 || !isContinuation(at[1])) return 0;
  if (lead < 0xE0) return 2;
  if (room < 3 || !isContinuation(at[2])) return 0;
  const auto second = static_cast<unsigned char>(at[1]);
  if (lead < 0xF0) {
    if (lead == 0xE0 && second < 0xA0) return 0;   // overlong
    if (lead == 0xED && second >= 0xA0) return 0;  // surrogate
    return 3;
  }
  if (room < 4 || !isContinuation(at[3])) return 0;
  if (lead > 0xF4) return 0;
  if (lead == 0xF0 && second < 0x90) return 0;   // overlong
  if (lead == 0xF4 && second >= 0x90) return 0;  // above U+10FFFF
  return 4;
}

/// @return How many bytes one U+FFFD stands for where sequenceLength() is 0: the longest start of a
/// valid sequence, at least 1 ("maximal subpart", Unicode 15 section 3.9; Python and browsers
/// agree).
[[nodiscard]] constexpr std::size_t replacedLength(const char* at, const char* end) noexcept {
  using detail::isContinuation;
  const auto lead = static_cast<unsigned char>(at[0]);
  if (lead < 0xC2 || lead > 0xF4 || end - at < 2) return 1;
  const auto second = static_cast<unsigned char>(at[1]);
  const bool secondFits = isContinuation(at[1]) && !(lead == 0xE0 && second < 0xA0) &&
                          !(lead == 0xED && second >= 0xA0) && !(lead == 0xF0 && second < 0x90) &&
                          !(lead == 0xF4 && second >= 0x90);
  if (lead < 0xE0 || !secondFits) return 1;
  if (lead < 0xF0 || end - at < 3) return 2;
  return isContinuation(at[2]) ? 3 : 2;
}

/// @return The code point of a sequence of this valid length.
[[nodiscard]] constexpr char32_t decode(const char* at, std::size_t length) noexcept {
  const auto byte = [at](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(at[i]));
  };
  switch (length) {
    case 2:
      return (byte(0) & 0x1F) << 6 | (byte(1) & 0x3F);
    case 3:
      return (byte(0) & 0x0F) << 12 | (byte(1) & 0x3F) << 6 | (byte(2) & 0x3F);
    case 4:
      return (byte(0) & 0x07) << 18 | (byte(1) & 0x3F) << 12 | (byte(2) & 0x3F) << 6 |
             (byte(3) & 0x3F);
    default:
      return byte(0);
  }
}

}  // namespace sonde::utf8
