#include "text.hpp"

#include <cstdint>
#include <cstring>

#include "utf8.hpp"

namespace sonde::text {
namespace {

constexpr bool isUpper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool isLower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }
constexpr char toLower(char c) noexcept { return isUpper(c) ? static_cast<char>(c + 32) : c; }
constexpr char toUpper(char c) noexcept { return isLower(c) ? static_cast<char>(c - 32) : c; }
constexpr bool isSpace(char c) noexcept { return c == ' ' || (c >= '\t' && c <= '\r'); }

constexpr char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

}  // namespace

std::size_t findInvalidUtf8(std::string_view text) noexcept {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    while (end - at >= 8) {
      std::uint64_t word;
      std::memcpy(&word, at, sizeof(word));
      if ((word & 0x8080808080808080U) != 0) break;
      at += 8;
    }
    if (at == end) break;
    if (static_cast<unsigned char>(*at) < 0x80) {
      ++at;
      continue;
    }
    const std::size_t length = utf8::sequenceLength(at, end);
    if (length == 0) return static_cast<std::size_t>(at - text.data());
    at += length;
  }
  return std::string_view::npos;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = toLower(c);
  return result;
}

bool equalsIgnoreCase(std::string_view a, std::string_view b) noexcept {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (toLower(a[i]) != toLower(b[i])) return false;
  }
  return true;
}

std::string_view trim(std::string_view text) noexcept {
  while (!text.empty() && isSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && isSpace(text.back())) text.remove_suffix(1);
  return text;
}

char* writeBase64(char* out, std::span<const std::byte> bytes) noexcept {
  const auto at = [&](std::size_t i) { return std::to_integer<std::uint32_t>(bytes[i]); };
  std::size_t i = 0;
  for (; i + 3 <= bytes.size(); i += 3) {
    const std::uint32_t group = at(i) << 16 | at(i + 1) << 8 | at(i + 2);
    *out++ = kBase64[group >> 18];
    *out++ = kBase64[group >> 12 & 63];
    *out++ = kBase64[group >> 6 & 63];
    *out++ = kBase64[group & 63];
  }
  const std::size_t rest = bytes.size() - i;
  if (rest != 0) {
    const std::uint32_t group = at(i) << 16 | (rest == 2 ? at(i + 1) << 8 : 0);
    *out++ = kBase64[group >> 18];
    *out++ = kBase64[group >> 12 & 63];
    *out++ = rest == 2 ? kBase64[group >> 6 & 63] : '=';
    *out++ = '=';
  }
  return out;
}

void appendBase64(std::string& out, std::span<const std::byte> bytes) {
  const std::size_t before = out.size();
  out.resize(before + base64Size(bytes.size()));
  writeBase64(out.data() + before, bytes);
}

std::string counted(std::uint64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string toSnakeCase(std::string_view text) {
  std::string result;
  result.reserve(text.size() + 4);
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (isUpper(c) && i != 0) {
      const char before = text[i - 1];
      const bool nextIsLower = i + 1 < text.size() && isLower(text[i + 1]);
      // "userId" breaks before I; "HTTPServer" breaks before S, not inside HTTP.
      if (isLower(before) || isDigit(before) || (isUpper(before) && nextIsLower)) result += '_';
    }
    result += toLower(c);
  }
  return result;
}

std::string toCamelCase(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  std::size_t at = 0;
  // Leading underscores carry meaning ("_id") and stay.
  while (at < text.size() && text[at] == '_') {
    result += '_';
    ++at;
  }
  bool firstWord = true;
  while (at < text.size()) {
    std::size_t end = text.find('_', at);
    if (end == std::string_view::npos) end = text.size();
    const std::string_view word = text.substr(at, end - at);
    at = end + 1;
    if (word.empty()) continue;
    bool shouting = word.size() > 1;
    for (const char c : word) shouting = shouting && !isLower(c);
    for (std::size_t i = 0; i < word.size(); ++i) {
      if (i == 0) {
        result += firstWord ? toLower(word[0]) : toUpper(word[0]);
      } else {
        result += shouting ? toLower(word[i]) : word[i];
      }
    }
    firstWord = false;
  }
  return result;
}

}  // namespace sonde::text
