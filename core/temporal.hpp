// Dates and times as text: reading what engines store, writing ISO 8601.
//
// Invariant: digits are kept as stored; only the separator and the zone spelling are normalised. A
// text that does not read as a date or time is left to the caller to give as it is.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::temporal {

/// How much longer the ISO form of a timestamp can be than the text it is made from.
inline constexpr std::size_t kIsoSlack = 4;

/// Appends `text` in its ISO 8601 form: "2024-01-02 03:04:05.6" gives "2024-01-02T03:04:05.6", and
/// with `withZone` "2024-01-02 03:04:05+00" gives "2024-01-02T03:04:05Z". Offsets are Z, +HH, +HHMM
/// and +HH:MM, after at most one space; years have four digits.
/// @return False, with nothing appended, when the text is not a real timestamp (month 13 is not),
/// or has an offset where the type has none: cutting it off would change what the text says.
/// Thread-safe.
[[nodiscard]] bool appendIsoTimestamp(std::string& out, std::string_view text, bool withZone);

/// The same into `out`, which has room for text.size() + kIsoSlack characters.
/// @return How many characters were written; 0 when the text has no ISO form. Thread-safe.
[[nodiscard]] std::size_t writeIsoTimestamp(char* out, std::string_view text,
                                            bool withZone) noexcept;

/// @return Whether the text is a real calendar date, `YYYY-MM-DD`. Thread-safe.
[[nodiscard]] bool isDate(std::string_view text) noexcept;
/// @return Whether the text is a time of day, `HH:MM[:SS[.fraction]]`. Thread-safe.
[[nodiscard]] bool isTime(std::string_view text) noexcept;

/// @return The instant of a date or timestamp text, UTC unless it has an offset, cut to
/// microseconds; empty when it is none. Thread-safe.
[[nodiscard]] std::optional<std::chrono::sys_time<std::chrono::microseconds>> parse(
    std::string_view text) noexcept;

/// @return The instant in UTC with milliseconds, as RFC 3339 has it: 2024-01-02T03:04:05.600Z.
/// Thread-safe.
[[nodiscard]] std::string formatInstant(std::chrono::system_clock::time_point instant);

}  // namespace sonde::temporal
