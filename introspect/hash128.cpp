#include "hash128.hpp"

#include <bit>
#include <cstddef>
#include <cstring>

namespace sonde::detail {
namespace {

constexpr std::uint64_t kFirst = 0x87c37b91114253d5;
constexpr std::uint64_t kSecond = 0x4cf5ad432745937f;

constexpr std::uint64_t rotate(std::uint64_t x, int by) noexcept {
  return (x << by) | (x >> (64 - by));
}

constexpr std::uint64_t finish(std::uint64_t x) noexcept {
  x ^= x >> 33;
  x *= 0xff51afd7ed558ccd;
  x ^= x >> 33;
  x *= 0xc4ceb9fe1a85ec53;
  return x ^ (x >> 33);
}

constexpr std::uint64_t mixFirst(std::uint64_t x) noexcept {
  return rotate(x * kFirst, 31) * kSecond;
}
constexpr std::uint64_t mixSecond(std::uint64_t x) noexcept {
  return rotate(x * kSecond, 33) * kFirst;
}

/// Up to eight bytes as a little-endian number.
std::uint64_t number(std::string_view bytes) noexcept {
  if (std::endian::native == std::endian::little && bytes.size() == 8) {
    std::uint64_t whole = 0;
    std::memcpy(&whole, bytes.data(), 8);
    return whole;
  }
  std::uint64_t value = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) {
    value = (value << 8) | static_cast<unsigned char>(bytes[i - 1]);
  }
  return value;
}

}  // namespace

Hash128 hash128(std::string_view bytes) noexcept {
  const std::uint64_t size = bytes.size();
  Hash128 hash;
  for (; bytes.size() >= 16; bytes.remove_prefix(16)) {
    hash.low ^= mixFirst(number(bytes.substr(0, 8)));
    hash.low = (rotate(hash.low, 27) + hash.high) * 5 + 0x52dce729;
    hash.high ^= mixSecond(number(bytes.substr(8, 8)));
    hash.high = (rotate(hash.high, 31) + hash.low) * 5 + 0x38495ab5;
  }
  if (bytes.size() > 8) hash.high ^= mixSecond(number(bytes.substr(8)));
  hash.low ^= mixFirst(number(bytes.substr(0, 8)));

  hash.low ^= size;
  hash.high ^= size;
  hash.low += hash.high;
  hash.high += hash.low;
  hash.low = finish(hash.low);
  hash.high = finish(hash.high);
  hash.low += hash.high;
  hash.high += hash.low;
  return hash;
}

std::string Hash128::hex() const {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (const std::uint64_t half : {low, high}) {
    for (int shift = 60; shift >= 0; shift -= 4) out += kDigits[(half >> shift) & 0xf];
  }
  return out;
}

}  // namespace sonde::detail
