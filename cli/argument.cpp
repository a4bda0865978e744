#include "argument.hpp"

#include <charconv>
#include <cmath>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "../core/text.hpp"

namespace sonde::cli {
namespace {

constexpr std::string_view kTextPrefix = "text:";

template <class Number>
std::optional<Number> wholly(std::string_view word) {
  Number number{};
  const char* end = word.data() + word.size();
  const auto [stopped, error] = std::from_chars(word.data(), end, number);
  if (error != std::errc{} || stopped != end) return std::nullopt;
  return number;
}

std::optional<Value> integerFrom(std::string_view word) {
  if (const auto number = wholly<std::int64_t>(word)) return Value(*number);
  if (const auto number = wholly<std::uint64_t>(word)) return Value(*number);
  return std::nullopt;
}

std::optional<Value> realFrom(std::string_view word) {
  if (const auto number = wholly<double>(word); number && std::isfinite(*number)) return *number;
  return std::nullopt;
}

std::optional<Value> booleanFrom(std::string_view word) {
  if (text::equalsIgnoreCase(word, "true") || word == "1") return Value(true);
  if (text::equalsIgnoreCase(word, "false") || word == "0") return Value(false);
  return std::nullopt;
}

std::optional<Value> blobFrom(std::string_view word) {
  const bool literal = word.size() >= 3 && (word[0] == 'x' || word[0] == 'X') && word[1] == '\'' &&
                       word.back() == '\'' && word.size() % 2 == 1;
  if (!literal) return std::nullopt;
  std::vector<std::byte> bytes;
  for (std::size_t i = 2; i + 1 < word.size(); i += 2) {
    unsigned byte = 0;
    const char* end = word.data() + i + 2;
    const auto [stopped, error] = std::from_chars(word.data() + i, end, byte, 16);
    if (error != std::errc{} || stopped != end) return std::nullopt;
    bytes.push_back(static_cast<std::byte>(byte));
  }
  return Value(Blob(std::move(bytes)));
}

std::optional<Value> typedValue(Type type, std::string_view word) {
  switch (type) {
    case Type::Boolean:
      return booleanFrom(word);
    case Type::Decimal:
      if (realFrom(word) && !integerFrom(word)) return Value::decimal(std::string(word));
      [[fallthrough]];
    case Type::Integer:
    case Type::Real:
      if (auto value = integerFrom(word)) return value;
      return realFrom(word);
    case Type::Blob:
      return blobFrom(word);
    default:
      return std::nullopt;
  }
}

// "007" and "1e3" are not how a program writes a number: they are kept as text.
bool isCanonicalNumber(std::string_view word) {
  if (!word.empty() && word.front() == '-') word.remove_prefix(1);
  if (word.empty() || word.front() < '0' || word.front() > '9') return false;
  const bool leadingZero = word.size() > 1 && word.front() == '0' && word[1] != '.';
  return !leadingZero && word.find_first_not_of("0123456789.") == std::string_view::npos &&
         word.back() != '.';
}

}  // namespace

Value valueFor(Type type, std::string_view word) {
  if (type == Type::Other) return guessValue(word);
  if (word.starts_with(kTextPrefix)) return Value(word.substr(kTextPrefix.size()));
  if (auto value = typedValue(type, word)) return *std::move(value);
  return Value(word);
}

Value::Array listFor(Type type, std::string_view word) {
  if (word.starts_with('[')) {
    const Value list = Value::parseJson(word);
    if (list.kind() != Value::Kind::Array) {
      throw ValidationError("a list is written a,b,c or as a JSON array");
    }
    return list.items();
  }
  Value::Array items;
  while (!word.empty()) {
    const std::size_t comma = word.find(',');
    items.push_back(valueFor(type, word.substr(0, comma)));
    if (comma == std::string_view::npos) break;
    word.remove_prefix(comma + 1);
    if (word.empty()) items.push_back(valueFor(type, word));
  }
  return items;
}

Value guessValue(std::string_view word) {
  if (word.starts_with(kTextPrefix)) return Value(word.substr(kTextPrefix.size()));
  if (word == "null") return Value();
  if (auto blob = blobFrom(word)) return *std::move(blob);
  if (isCanonicalNumber(word)) {
    if (auto number = integerFrom(word)) return *std::move(number);
    if (auto number = realFrom(word)) return *std::move(number);
  }
  return Value(word);
}

}  // namespace sonde::cli
