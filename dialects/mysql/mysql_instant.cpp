#include "mysql_instant.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "../../core/temporal.hpp"

namespace sonde {
std::string mysqlInstant(std::string_view text) {
  // A date and time is 19 characters at least; only behind them can an offset stand.
  if (text.size() < 20 || text.find_first_of("Zz+-", 16) == std::string_view::npos) return {};
  const auto at = temporal::parse(text);
  if (!at) return {};
  const auto day = std::chrono::floor<std::chrono::days>(*at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(*at - day);
  std::array<char, 40> out{};
  const int length = std::snprintf(
      out.data(), out.size(), "%04d-%02u-%02u %02d:%02d:%02d.%06d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
      static_cast<int>(time.seconds().count()), static_cast<int>(time.subseconds().count()));
  return {out.data(), static_cast<std::size_t>(length)};
}

}  // namespace sonde
