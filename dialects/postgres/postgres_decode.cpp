#include "postgres_decode.hpp"

#include <array>
#include <charconv>
#include <cstring>
#include <limits>

namespace sonde::postgres {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t kMinute = 60 * kSecond;
constexpr std::int64_t kHour = 60 * kMinute;
constexpr std::int64_t kDay = 24 * kHour;

/// Appends to a buffer that is known to be large enough.
class Out {
 public:
  explicit Out(char* begin) noexcept : begin_(begin), at_(begin) {}

  Out& text(std::string_view text) noexcept {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
    return *this;
  }
  Out& put(char c) noexcept {
    *at_++ = c;
    return *this;
  }
  Out& number(std::int64_t value) noexcept {
    at_ = std::to_chars(at_, at_ + 24, value).ptr;
    return *this;
  }
  /// With zeros in front, at least `width` digits.
  Out& padded(std::int64_t value, int width) noexcept {
    std::array<char, 24> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    const auto count = static_cast<int>(end - digits.data());
    for (int i = count; i < width; ++i) put('0');
    return text({digits.data(), static_cast<std::size_t>(count)});
  }
  /// ".5" for 500000 microseconds; nothing for 0.
  Out& fraction(std::int64_t micros) noexcept {
    if (micros == 0) return *this;
    put('.').padded(micros, 6);
    while (at_[-1] == '0') --at_;
    return *this;
  }
  [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(at_ - begin_); }

 private:
  char* begin_;
  char* at_;
};

struct CivilDate {
  std::int64_t year;
  unsigned month;
  unsigned day;
};

/// Days since 2000-01-01 as a date of the proleptic Gregorian calendar.
/// After Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days.
CivilDate civil(std::int64_t days) noexcept {
  days += 10'957 + 719'468;  // 1970 to 2000, and 0000-03-01 to 1970
  const std::int64_t era = (days >= 0 ? days : days - 146'096) / 146'097;
  const auto dayOfEra = static_cast<unsigned>(days - era * 146'097);
  const unsigned yearOfEra =
      (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
  const unsigned dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
  const unsigned shifted = (5 * dayOfYear + 2) / 153;
  const unsigned month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {static_cast<std::int64_t>(yearOfEra) + era * 400 + (month <= 2 ? 1 : 0), month,
          dayOfYear - (153 * shifted + 2) / 5 + 1};
}

/// The date without the " BC" that ends the whole text. @return Whether it is before Christ.
bool putDate(Out& out, std::int64_t days) noexcept {
  const CivilDate date = civil(days);
  const bool before = date.year <= 0;
  out.padded(before ? 1 - date.year : date.year, 4).put('-');
  out.padded(date.month, 2).put('-').padded(date.day, 2);
  return before;
}

void putTime(Out& out, std::int64_t micros) noexcept {
  out.padded(micros / kHour, 2).put(':').padded(micros / kMinute % 60, 2).put(':');
  out.padded(micros / kSecond % 60, 2).fraction(micros % kSecond);
}

/// "+05:30", "-03", "+00": minutes and seconds only where there are any.
void putZone(Out& out, std::int32_t secondsWest) noexcept {
  const std::int32_t seconds = secondsWest <= 0 ? -secondsWest : secondsWest;
  out.put(secondsWest <= 0 ? '+' : '-').padded(seconds / 3600, 2);
  if (seconds % 3600 == 0) return;
  out.put(':').padded(seconds / 60 % 60, 2);
  if (seconds % 60 != 0) out.put(':').padded(seconds % 60, 2);
}

template <class Integer>
bool putInfinity(Out& out, Integer value) noexcept {
  if (value == std::numeric_limits<Integer>::max()) {
    out.text("infinity");
  } else if (value == std::numeric_limits<Integer>::min()) {
    out.text("-infinity");
  } else {
    return false;
  }
  return true;
}

void putTimestamp(Out& out, std::int64_t micros, bool zoned) noexcept {
  if (putInfinity(out, micros)) return;
  std::int64_t days = micros / kDay;
  std::int64_t time = micros % kDay;
  if (time < 0) {
    time += kDay;
    --days;
  }
  const bool before = putDate(out, days);
  out.put(' ');
  putTime(out, time);
  if (zoned) out.text("+00");
  if (before) out.text(" BC");
}

/// ISO 8601 as intervalstyle = iso_8601 writes it: P1Y2M3DT4H5M6.5S, PT0S for none. Each part has
/// its own sign.
void putInterval(Out& out, std::int64_t micros, std::int32_t days, std::int32_t months) noexcept {
  if (micros == 0 && days == 0 && months == 0) {
    out.text("PT0S");
    return;
  }
  out.put('P');
  if (months / 12 != 0) out.number(months / 12).put('Y');
  if (months % 12 != 0) out.number(months % 12).put('M');
  if (days != 0) out.number(days).put('D');
  if (micros == 0) return;
  out.put('T');
  if (micros / kHour != 0) out.number(micros / kHour).put('H');
  if (micros / kMinute % 60 != 0) out.number(micros / kMinute % 60).put('M');
  const std::int64_t rest = micros % kMinute;
  if (rest == 0) return;
  if (rest < 0) out.put('-');
  const std::int64_t magnitude = rest < 0 ? -rest : rest;
  out.number(magnitude / kSecond).fraction(magnitude % kSecond).put('S');
}

void putUuid(Out& out, std::string_view bytes) noexcept {
  static constexpr std::string_view kHex = "0123456789abcdef";
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.put('-');
    const auto byte = static_cast<unsigned char>(bytes[i]);
    out.put(kHex[byte >> 4]).put(kHex[byte & 15]);
  }
}

constexpr std::size_t sizeOf(PostgresCodec codec) noexcept {
  switch (codec) {
    case PostgresCodec::Date:
      return 4;
    case PostgresCodec::TimeTz:
      return 12;
    case PostgresCodec::Interval:
    case PostgresCodec::Uuid:
      return 16;
    default:
      return 8;
  }
}

}  // namespace

std::size_t writeText(char* buffer, PostgresCodec codec, std::string_view bytes) noexcept {
  if (bytes.size() != sizeOf(codec)) return 0;
  Out out(buffer);
  const char* data = bytes.data();
  switch (codec) {
    case PostgresCodec::Date: {
      const auto days = bigEndian<std::int32_t>(data);
      if (!putInfinity(out, days) && putDate(out, days)) out.text(" BC");
      break;
    }
    case PostgresCodec::Time:
      putTime(out, bigEndian<std::int64_t>(data));
      break;
    case PostgresCodec::TimeTz:
      putTime(out, bigEndian<std::int64_t>(data));
      putZone(out, bigEndian<std::int32_t>(data + 8));
      break;
    case PostgresCodec::Timestamp:
      putTimestamp(out, bigEndian<std::int64_t>(data), false);
      break;
    case PostgresCodec::TimestampTz:
      putTimestamp(out, bigEndian<std::int64_t>(data), true);
      break;
    case PostgresCodec::Interval:
      putInterval(out, bigEndian<std::int64_t>(data), bigEndian<std::int32_t>(data + 8),
                  bigEndian<std::int32_t>(data + 12));
      break;
    case PostgresCodec::Uuid:
      putUuid(out, bytes);
      break;
    default:
      return 0;
  }
  return out.size();
}

// The wire form (src/backend/utils/adt/numeric.c, numeric_send): count of digits to the base of
// 10000, weight of the first, sign, digits shown after the point, then the digits.
std::string numericText(std::string_view bytes) {
  constexpr std::size_t kHeader = 8;
  if (bytes.size() < kHeader) return {};
  const auto count = bigEndian<std::uint16_t>(bytes.data());
  const auto weight = bigEndian<std::int16_t>(bytes.data() + 2);
  const auto sign = bigEndian<std::uint16_t>(bytes.data() + 4);
  const auto scale = bigEndian<std::uint16_t>(bytes.data() + 6);
  switch (sign) {
    case 0xC000:
      return "NaN";
    case 0xD000:
      return "Infinity";
    case 0xF000:
      return "-Infinity";
    default:
      break;
  }
  if (bytes.size() < kHeader + 2 * std::size_t{count}) return {};
  const auto digit = [&](int index) -> unsigned {
    if (index < 0 || index >= count) return 0;
    return bigEndian<std::uint16_t>(bytes.data() + kHeader + 2 * static_cast<std::size_t>(index));
  };
  const auto append = [](std::string& text, unsigned group) {
    text += static_cast<char>('0' + group / 1000 % 10);
    text += static_cast<char>('0' + group / 100 % 10);
    text += static_cast<char>('0' + group / 10 % 10);
    text += static_cast<char>('0' + group % 10);
  };
  std::string text;
  for (int i = 0; i <= weight; ++i) append(text, digit(i));
  const std::size_t zeros = text.find_first_not_of('0');
  text.erase(0, zeros == std::string::npos ? text.size() : zeros);
  if (text.empty()) text = "0";
  if (sign == 0x4000) text.insert(text.begin(), '-');
  if (scale == 0) return text;
  text += '.';
  const std::size_t end = text.size() + scale;
  for (int i = weight + 1; text.size() < end; ++i) append(text, digit(i));
  text.resize(end);
  return text;
}

double widened(float value) noexcept {
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  double wide = 0;
  const auto [at, error] = std::from_chars(digits.data(), end, wide);
  return error == std::errc() ? wide : static_cast<double>(value);
}

}  // namespace sonde::postgres
