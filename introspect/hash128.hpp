// A 128-bit hash of bytes: MurmurHash3 x64 128 by Austin Appleby (public domain), seed 0.
//
// Invariant: the same bytes give the same hash on every machine, whatever its byte order. Not meant
// to resist an attacker. Used by fingerprint.cpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace sonde::detail {

struct Hash128 {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  /// @return 32 hexadecimal digits.
  [[nodiscard]] std::string hex() const;

  friend bool operator==(const Hash128& a, const Hash128& b) noexcept {
    return a.low == b.low && a.high == b.high;
  }
};

/// @return The hash of the bytes. Thread-safe.
[[nodiscard]] Hash128 hash128(std::string_view bytes) noexcept;

}  // namespace sonde::detail
