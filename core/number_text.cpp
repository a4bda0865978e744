#include "number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>
#include <system_error>

#include "text.hpp"

namespace sonde::number {
namespace {

// Beyond this an integral double is not the only one its digits could mean.
constexpr double kMaxExact = 9007199254740992.0;  // 2^53

// The longest fixed spelling of a double: 5e-324 with all its zeros and 17 digits.
constexpr std::size_t kFixedSize = 400;

constexpr bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// The parts of a number's text.
struct Scan {
  bool negative = false;
  std::string_view whole;
  std::string_view fraction;
  long exponent = 0;
  bool hasPoint = false;
  bool hasExponent = false;
};

std::size_t countDigits(std::string_view text, std::size_t from) noexcept {
  std::size_t at = from;
  while (at < text.size() && isDigit(text[at])) ++at;
  return at - from;
}

bool scanExponent(std::string_view text, std::size_t at, Scan& scan) noexcept {
  scan.hasExponent = true;
  ++at;
  bool negative = false;
  if (at < text.size() && (text[at] == '+' || text[at] == '-')) negative = text[at++] == '-';
  const std::size_t digits = countDigits(text, at);
  if (digits == 0 || at + digits != text.size()) return false;
  for (std::size_t i = 0; i < digits; ++i) {
    // Larger exponents than this mean the same to every caller: out of range, or all zeros.
    scan.exponent = std::min(scan.exponent * 10 + (text[at + i] - '0'), 1'000'000'000L);
  }
  if (negative) scan.exponent = -scan.exponent;
  return true;
}

bool scanNumber(std::string_view text, Scan& scan) noexcept {
  std::size_t at = 0;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) scan.negative = text[at++] == '-';
  scan.whole = text.substr(at, countDigits(text, at));
  at += scan.whole.size();
  if (at < text.size() && text[at] == '.') {
    scan.hasPoint = true;
    ++at;
    scan.fraction = text.substr(at, countDigits(text, at));
    at += scan.fraction.size();
  }
  if (scan.whole.empty() && scan.fraction.empty()) return false;
  if (at == text.size()) return true;
  return (text[at] == 'e' || text[at] == 'E') && scanExponent(text, at, scan);
}

/// Writes n / 10^6 without trailing zeros; n is not a multiple of 10^6.
char* writeMillionths(char* out, std::int64_t n) noexcept {
  const auto size = static_cast<std::uint64_t>(n < 0 ? -n : n);
  if (n < 0) *out++ = '-';
  out = writeUnsigned(out, size / 1'000'000);
  auto fraction = static_cast<std::uint32_t>(size % 1'000'000);
  *out++ = '.';
  for (int i = 5; i >= 0; --i) {
    out[i] = static_cast<char>('0' + fraction % 10);
    fraction /= 10;
  }
  out += 6;
  while (out[-1] == '0') --out;
  return out;
}

}  // namespace

char* writeInteger(char* out, std::int64_t value) noexcept {
  return std::to_chars(out, out + kNumberSize, value).ptr;
}

char* writeUnsigned(char* out, std::uint64_t value) noexcept {
  return std::to_chars(out, out + kNumberSize, value).ptr;
}

char* writeReal(char* out, double value) noexcept {
  const double size = std::fabs(value);
  if (size < kMaxExact) {
    const auto whole = static_cast<std::int64_t>(value);
    if (static_cast<double>(whole) == value) {
      if (whole == 0 && std::signbit(value)) *out++ = '-';
      out = writeInteger(out, whole);
      *out++ = '.';
      *out++ = '0';
      return out;
    }
    // Prices and the like have few digits. If n / 10^6 rounds to this very double and has at most
    // 15 digits, n's digits are its shortest form: distinct decimals of 15 digits are distinct
    // doubles.
    if (size < 1e9) {
      const std::int64_t scaled = std::llround(value * 1e6);
      if (static_cast<double>(scaled) / 1e6 == value) return writeMillionths(out, scaled);
    }
  }
  // Without an exponent where people would not write one.
  const auto format =
      size >= 1e-5 && size < 1e16 ? std::chars_format::fixed : std::chars_format::general;
  char* end = std::to_chars(out, out + kNumberSize, value, format).ptr;
  const bool integral = std::none_of(out, end, [](char c) { return c == '.' || c == 'e'; });
  if (integral) {
    *end++ = '.';
    *end++ = '0';
  }
  return end;
}

std::string_view nonFiniteName(double value) noexcept {
  if (std::isfinite(value)) return {};
  if (std::isnan(value)) return "NaN";
  return value < 0 ? "-Infinity" : "Infinity";
}

void appendDecimal(std::string& out, std::string_view digits, int scale) {
  Scan scan;
  out += digits;
  if (scale <= 0 || !scanNumber(digits, scan) || scan.hasExponent) return;
  const auto wanted = static_cast<std::size_t>(scale);
  if (scan.fraction.size() >= wanted) return;
  if (!scan.hasPoint) out += '.';
  out.append(wanted - scan.fraction.size(), '0');
}

void appendDecimal(std::string& out, std::int64_t value, int scale) {
  std::array<char, kNumberSize> digits;
  const char* end = writeInteger(digits.data(), value);
  appendDecimal(out, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())),
                scale);
}

void appendDecimal(std::string& out, std::uint64_t value, int scale) {
  std::array<char, kNumberSize> digits;
  const char* end = writeUnsigned(digits.data(), value);
  appendDecimal(out, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())),
                scale);
}

void appendDecimal(std::string& out, double value, int scale) {
  if (const std::string_view name = nonFiniteName(value); !name.empty()) {
    out += name;
    return;
  }
  std::array<char, kFixedSize> digits;
  const char* end =
      std::to_chars(digits.data(), digits.data() + digits.size(), value, std::chars_format::fixed)
          .ptr;
  appendDecimal(out, std::string_view(digits.data(), static_cast<std::size_t>(end - digits.data())),
                scale);
}

bool isNumber(std::string_view text) noexcept {
  Scan scan;
  return scanNumber(text, scan);
}

bool isJsonNumber(std::string_view text) noexcept {
  Scan scan;
  if (!scanNumber(text, scan) || text[0] == '+') return false;
  if (scan.whole.empty() || (scan.whole.size() > 1 && scan.whole[0] == '0')) return false;
  return !scan.hasPoint || !scan.fraction.empty();
}

std::optional<ExactInteger> exactInteger(std::string_view text) noexcept {
  Scan scan;
  if (!scanNumber(text, scan)) return std::nullopt;
  const std::size_t count = scan.whole.size() + scan.fraction.size();
  const auto digit = [&scan](std::size_t i) {
    const char c = i < scan.whole.size() ? scan.whole[i] : scan.fraction[i - scan.whole.size()];
    return static_cast<std::uint64_t>(c - '0');
  };
  // Digits before the decimal point once the exponent is applied.
  const auto point = static_cast<long>(scan.whole.size()) + scan.exponent;
  ExactInteger result;
  for (std::size_t i = 0; i < count; ++i) {
    if (static_cast<long>(i) >= point) {
      if (digit(i) != 0) return std::nullopt;
      continue;
    }
    if (__builtin_mul_overflow(result.magnitude, std::uint64_t{10}, &result.magnitude) ||
        __builtin_add_overflow(result.magnitude, digit(i), &result.magnitude)) {
      return std::nullopt;
    }
  }
  if (result.magnitude != 0) {
    for (long i = static_cast<long>(count); i < point; ++i) {
      if (__builtin_mul_overflow(result.magnitude, std::uint64_t{10}, &result.magnitude)) {
        return std::nullopt;
      }
    }
  }
  result.negative = scan.negative && result.magnitude != 0;
  return result;
}

std::optional<double> parseReal(std::string_view text) noexcept {
  Scan scan;
  if (!scanNumber(text, scan)) {
    constexpr double kInfinity = std::numeric_limits<double>::infinity();
    if (text::equalsIgnoreCase(text, "nan")) return std::numeric_limits<double>::quiet_NaN();
    const bool negative = text.starts_with('-');
    if (negative || text.starts_with('+')) text.remove_prefix(1);
    if (text::equalsIgnoreCase(text, "infinity") || text::equalsIgnoreCase(text, "inf")) {
      return negative ? -kInfinity : kInfinity;
    }
    return std::nullopt;
  }
  if (text.starts_with('+')) text.remove_prefix(1);
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace sonde::number
