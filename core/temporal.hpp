// Dates and times as text: reading what engines store, writing ISO 8601.
//
// Invariant: digits are kept as stored; only the separator and the zone spelling are normalised. A text
// that does not read as a date or time is left to the caller to give as it is.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace sonde::temporal {

/// Appends `text` in its ISO 8601 form ("2024-01-02 03:04:05.6" gives "2024-01-02T03:04:05.6"), an
/// offset only when `withZone` and the text has one ("+00" gives "Z").
/// @return False, with nothing appended, when the text is not a real timestamp (month 13 is not).
[[nodiscard]] bool appendIsoTimestamp(std::string& out, std::string_view text, bool withZone);

/// @return Whether the text is a real calendar date, `YYYY-MM-DD`.
[[nodiscard]] bool isDate(std::string_view text) noexcept;
/// @return Whether the text is a time of day, `HH:MM[:SS[.fraction]]`.
[[nodiscard]] bool isTime(std::string_view text) noexcept;

/// @return The instant of a date or timestamp text, UTC unless it has an offset; empty when it is none.
[[nodiscard]] std::optional<std::chrono::sys_time<std::chrono::microseconds>> parse(
    std::string_view text) noexcept;

}  // namespace sonde::temporal
