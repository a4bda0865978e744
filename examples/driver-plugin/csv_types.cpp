#include "csv_types.hpp"

#include <sonde/core/temporal.hpp>
#include <sonde/core/text.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace csv {

namespace {

using sonde::Type;

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// A number as programs write it: no plus, no leading zero, a digit first.
bool isPlainNumber(std::string_view text) noexcept {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !isDigit(text[0])) return false;
  return text[0] != '0' || text.size() == 1 || !isDigit(text[1]);
}

template <class Number>
bool reads(std::string_view text, Number& number) noexcept {
  const char* const end = text.data() + text.size();
  const auto [stopped, error] = std::from_chars(text.data(), end, number);
  return error == std::errc() && stopped == end;
}

bool isInteger(std::string_view text) noexcept {
  std::int64_t number = 0;
  return isPlainNumber(text) && text != "-0" && reads(text, number);
}

/// As many digits as every double keeps; what has more would come back changed.
bool isReal(std::string_view text) noexcept {
  double number = 0;
  if (!isPlainNumber(text) || !reads(text, number) || !std::isfinite(number)) return false;
  const std::string_view digits = text.substr(0, text.find_first_of("eE"));
  const auto first =
      std::find_if(digits.begin(), digits.end(), [](char c) { return c >= '1' && c <= '9'; });
  return std::count_if(first, digits.end(), isDigit) <= std::numeric_limits<double>::digits10;
}

bool isBoolean(std::string_view text) noexcept {
  return sonde::text::equalsIgnoreCase(text, "true") ||
         sonde::text::equalsIgnoreCase(text, "false");
}

/// A date and a time, with an offset from UTC or without.
bool isTimestamp(std::string_view text, bool withZone) noexcept {
  constexpr std::size_t kShortest = std::string_view("2024-01-02T03:04").size();
  std::array<char, 64> iso;
  if (text.size() < kShortest || text.size() + sonde::temporal::kIsoSlack > iso.size())
    return false;
  const std::size_t size = sonde::temporal::writeIsoTimestamp(iso.data(), text, withZone);
  if (size == 0 || !withZone) return size != 0;
  const char sign = iso[size - std::string_view("+00:00").size()];
  return iso[size - 1] == 'Z' || sign == '+' || sign == '-';
}

struct Candidate {
  Type type;
  std::string_view sql;
  bool (*fits)(std::string_view text) noexcept;
};

// The narrowest first: what is an integer is a real as well.
constexpr std::array kCandidates{
    Candidate{Type::Integer, "INTEGER", isInteger},
    Candidate{Type::Real, "REAL", isReal},
    Candidate{Type::Boolean, "BOOLEAN", isBoolean},
    Candidate{Type::Date, "DATE", sonde::temporal::isDate},
    Candidate{Type::Timestamp, "TIMESTAMP",
              [](std::string_view text) noexcept { return isTimestamp(text, false); }},
    Candidate{Type::TimestampTz, "TIMESTAMPTZ",
              [](std::string_view text) noexcept { return isTimestamp(text, true); }},
};

}  // namespace

void TypeGuess::see(const Field& field) noexcept {
  if (field.text.empty()) {
    empty_ = true;
    return;
  }
  seen_ = true;
  for (std::size_t i = 0; i < kCandidates.size(); ++i) {
    const auto bit = static_cast<std::uint8_t>(1U << i);
    if ((possible_ & bit) != 0 && !kCandidates[i].fits(field.text)) {
      possible_ = static_cast<std::uint8_t>(possible_ & ~bit);
    }
  }
}

Type TypeGuess::type() const noexcept {
  if (!seen_) return Type::Text;
  for (std::size_t i = 0; i < kCandidates.size(); ++i) {
    if ((possible_ & (1U << i)) != 0) return kCandidates[i].type;
  }
  return Type::Text;
}

std::string_view sqlType(Type type) noexcept {
  for (const Candidate& candidate : kCandidates) {
    if (candidate.type == type) return candidate.sql;
  }
  return "TEXT";
}

sonde::Arg argumentFrom(Type type, const Field& field) noexcept {
  if (field.text.empty() && (!field.quoted || type != Type::Text)) return {};
  if (type == Type::Integer) {
    std::int64_t number = 0;
    if (reads(field.text, number)) return number;
  } else if (type == Type::Real) {
    double number = 0;
    if (reads(field.text, number)) return number;
  } else if (type == Type::Boolean) {
    return field.text.size() == 4;  // "true", in any case
  }
  return {field.text, type};
}

}  // namespace csv
