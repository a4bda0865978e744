#include "temporal.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace sonde::temporal {
namespace {

struct Parts {
  int year = 0;
  unsigned month = 0;
  unsigned day = 0;
  unsigned hour = 0;
  unsigned minute = 0;
  unsigned second = 0;
  std::uint32_t micros = 0;
  bool hasZone = false;
  int offsetMinutes = 0;
  std::size_t timeEnd = 0;  ///< Where the digits of the time end and the zone begins.
};

/// Reads a text from the front; every step says whether it fitted.
class Reader {
 public:
  explicit Reader(std::string_view text) noexcept
      : begin_(text.data()), at_(begin_), end_(begin_ + text.size()) {}

  [[nodiscard]] bool done() const noexcept { return at_ == end_; }
  [[nodiscard]] std::size_t position() const noexcept {
    return static_cast<std::size_t>(at_ - begin_);
  }
  [[nodiscard]] bool peek(char c) const noexcept { return at_ != end_ && *at_ == c; }
  bool skip(char c) noexcept {
    if (!peek(c)) return false;
    ++at_;
    return true;
  }
  bool digit(unsigned& value) noexcept {
    if (at_ == end_ || *at_ < '0' || *at_ > '9') return false;
    value = static_cast<unsigned>(*at_++ - '0');
    return true;
  }
  bool twoDigits(unsigned& value, unsigned most) noexcept {
    unsigned tens = 0;
    unsigned ones = 0;
    if (!digit(tens) || !digit(ones)) return false;
    value = tens * 10 + ones;
    return value <= most;
  }

 private:
  const char* begin_;
  const char* at_;
  const char* end_;
};

bool readDate(Reader& in, Parts& parts) noexcept {
  unsigned century = 0;
  unsigned year = 0;
  if (!in.twoDigits(century, 99) || !in.twoDigits(year, 99)) return false;
  if (!in.skip('-') || !in.twoDigits(parts.month, 12)) return false;
  if (!in.skip('-') || !in.twoDigits(parts.day, 31)) return false;
  parts.year = static_cast<int>(century * 100 + year);
  return std::chrono::year_month_day(std::chrono::year(parts.year), std::chrono::month(parts.month),
                                     std::chrono::day(parts.day))
      .ok();
}

bool readTime(Reader& in, Parts& parts) noexcept {
  if (!in.twoDigits(parts.hour, 23) || !in.skip(':') || !in.twoDigits(parts.minute, 59)) {
    return false;
  }
  if (in.skip(':')) {
    if (!in.twoDigits(parts.second, 59)) return false;
    if (in.skip('.')) {
      unsigned digit = 0;
      std::uint32_t weight = 100'000;
      if (!in.digit(digit)) return false;
      do {
        parts.micros += digit * weight;  // digits beyond microseconds weigh nothing
        weight /= 10;
      } while (in.digit(digit));
    }
  }
  parts.timeEnd = in.position();
  return true;
}

/// Z, +HH, +HHMM or +HH:MM, after at most one space.
bool readZone(Reader& in, Parts& parts) noexcept {
  if (in.done()) return true;
  in.skip(' ');
  parts.hasZone = true;
  if (in.skip('Z') || in.skip('z')) return in.done();
  const bool west = in.peek('-');
  if (!in.skip('-') && !in.skip('+')) return false;
  unsigned hours = 0;
  unsigned minutes = 0;
  if (!in.twoDigits(hours, 15)) return false;  // PostgreSQL's widest is 15:59
  if (!in.done()) {
    in.skip(':');
    if (!in.twoDigits(minutes, 59)) return false;
  }
  parts.offsetMinutes = static_cast<int>(hours * 60 + minutes) * (west ? -1 : 1);
  return in.done();
}

bool readTimestamp(std::string_view text, Parts& parts) noexcept {
  Reader in(text);
  if (!readDate(in, parts)) return false;
  if (!in.skip(' ') && !in.skip('T') && !in.skip('t')) return false;
  return readTime(in, parts) && readZone(in, parts);
}

char* writeTwoDigits(char* out, unsigned value) noexcept {
  *out++ = static_cast<char>('0' + value / 10);
  *out++ = static_cast<char>('0' + value % 10);
  return out;
}

}  // namespace

std::size_t writeIsoTimestamp(char* out, std::string_view text, bool withZone) noexcept {
  Parts parts;
  if (!readTimestamp(text, parts) || (parts.hasZone && !withZone)) return 0;
  std::memcpy(out, text.data(), parts.timeEnd);
  out[10] = 'T';
  char* at = out + parts.timeEnd;
  if (parts.hasZone) {
    if (parts.offsetMinutes == 0) {
      *at++ = 'Z';
    } else {
      const bool west = parts.offsetMinutes < 0;
      const auto minutes = static_cast<unsigned>(west ? -parts.offsetMinutes : parts.offsetMinutes);
      *at++ = west ? '-' : '+';
      at = writeTwoDigits(at, minutes / 60);
      *at++ = ':';
      at = writeTwoDigits(at, minutes % 60);
    }
  }
  return static_cast<std::size_t>(at - out);
}

bool appendIsoTimestamp(std::string& out, std::string_view text, bool withZone) {
  const std::size_t before = out.size();
  out.resize(before + text.size() + kIsoSlack);
  const std::size_t written = writeIsoTimestamp(out.data() + before, text, withZone);
  out.resize(before + written);
  return written != 0;
}

bool isDate(std::string_view text) noexcept {
  Parts parts;
  Reader in(text);
  return readDate(in, parts) && in.done();
}

bool isTime(std::string_view text) noexcept {
  Parts parts;
  Reader in(text);
  return readTime(in, parts) && in.done();
}

std::optional<std::chrono::sys_time<std::chrono::microseconds>> parse(
    std::string_view text) noexcept {
  namespace chrono = std::chrono;
  Parts parts;
  Reader in(text);
  const bool dateOnly = readDate(in, parts) && in.done();
  if (!dateOnly) {
    parts = {};
    if (!readTimestamp(text, parts)) return std::nullopt;
  }
  const chrono::sys_days day = chrono::year_month_day(
      chrono::year(parts.year), chrono::month(parts.month), chrono::day(parts.day));
  return day + chrono::hours(parts.hour) + chrono::minutes(parts.minute) +
         chrono::seconds(parts.second) + chrono::microseconds(parts.micros) -
         chrono::minutes(parts.offsetMinutes);
}

std::string formatInstant(std::chrono::system_clock::time_point instant) {
  namespace chrono = std::chrono;
  const auto millis = chrono::floor<chrono::milliseconds>(instant);
  const auto day = chrono::floor<chrono::days>(millis);
  const chrono::year_month_day date(day);
  const chrono::hh_mm_ss clock(millis - day);
  std::array<char, 64> text;
  const int size = std::snprintf(
      text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ",
      static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
      static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
      static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()),
      static_cast<int>(clock.subseconds().count()));
  return {text.data(), static_cast<std::size_t>(size)};
}

}  // namespace sonde::temporal
