// Numbers as text, exact: the spellings of the JSON forms and of as<std::string>(), and the reading
// of decimal text as integers.
//
// Invariant: no digit is lost. A real is written in the shortest form that reads back as itself; a
// decimal gets zeros up to its scale but never loses digits beyond it. Internal to core/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::number {

/// Room that writeReal() and writeInteger() need.
inline constexpr std::size_t kNumberSize = 40;

/// Writes an integer in decimal. @return The end of what was written. Thread-safe.
[[nodiscard]] char* writeInteger(char* out, std::int64_t value) noexcept;
[[nodiscard]] char* writeUnsigned(char* out, std::uint64_t value) noexcept;

/// Writes a finite double, with ".0" when it is integral so that it reads back as a real.
/// @return The end of what was written. Thread-safe.
[[nodiscard]] char* writeReal(char* out, double value) noexcept;

/// @return "NaN", "Infinity" or "-Infinity"; empty for a finite number. Thread-safe.
[[nodiscard]] std::string_view nonFiniteName(double value) noexcept;

/// Appends the digits of a decimal, without exponent, with zeros up to `scale` (none when
/// negative).
void appendDecimal(std::string& out, std::int64_t value, int scale);
void appendDecimal(std::string& out, std::uint64_t value, int scale);
void appendDecimal(std::string& out, double value, int scale);
/// The same for digits as an engine gave them. Text that is no plain number is appended as it is.
void appendDecimal(std::string& out, std::string_view digits, int scale);

/// @return Whether the text is a number: sign, digits, fraction, exponent. Thread-safe.
[[nodiscard]] bool isNumber(std::string_view text) noexcept;
/// @return Whether the text is a number as JSON spells it. Thread-safe.
[[nodiscard]] bool isJsonNumber(std::string_view text) noexcept;

/// An integer by sign and magnitude, so that it covers both signed and unsigned 64 bits.
struct ExactInteger {
  bool negative = false;
  std::uint64_t magnitude = 0;
};

/// @return The integer that a number's text stands for ("12", "12.00", "1.2e1"); empty when it is
/// no number, has a fraction other than zeros, or does not fit. Thread-safe.
[[nodiscard]] std::optional<ExactInteger> exactInteger(std::string_view text) noexcept;

/// @return The nearest double of a number's text, or of NaN, Infinity, -Infinity; empty when it is
/// none or is beyond the range of a double. Thread-safe.
[[nodiscard]] std::optional<double> parseReal(std::string_view text) noexcept;

}  // namespace sonde::number
