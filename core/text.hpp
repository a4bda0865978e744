// Small text helpers: UTF-8, ASCII case, base64, counts.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace sonde::text {

/// @return The offset of the first byte that is not UTF-8; npos when all is well. NUL bytes are
/// fine; surrogates and overlong forms are not. Thread-safe.
[[nodiscard]] std::size_t findInvalidUtf8(std::string_view text) noexcept;

/// @return The text in ASCII lower case; other bytes unchanged. Thread-safe.
[[nodiscard]] std::string lower(std::string_view text);
/// @return Whether two texts are equal but for ASCII case. Thread-safe.
[[nodiscard]] bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept;
/// @return The text without ASCII white space at both ends. Thread-safe.
[[nodiscard]] std::string_view trim(std::string_view text) noexcept;

/// @return How many characters this many bytes take in base64.
[[nodiscard]] constexpr std::size_t base64Size(std::size_t bytes) noexcept {
  return (bytes + 2) / 3 * 4;
}
/// Writes the bytes in base64 (RFC 4648, with padding) to `out`, which has base64Size() room.
/// @return The end of what was written.
char* writeBase64(char* out, std::span<const std::byte> bytes) noexcept;
/// Appends the bytes in base64 (RFC 4648, with padding).
void appendBase64(std::string& out, std::span<const std::byte> bytes);

/// @return "camelCase" and "PascalCase" as "snake_case"; other text in lower case. Thread-safe.
[[nodiscard]] std::string toSnakeCase(std::string_view text);
/// @return "snake_case" as "camelCase". Thread-safe.
[[nodiscard]] std::string toCamelCase(std::string_view text);

/// @return "1 row", "2 rows": the count and the right one of two words. Thread-safe.
[[nodiscard]] std::string counted(std::uint64_t count, const char* one, const char* many);

/// @return How many terminal cells a UTF-8 text takes: wide East Asian characters two, combining
/// marks none. Thread-safe.
[[nodiscard]] std::size_t displayWidth(std::string_view text) noexcept;

}  // namespace sonde::text
