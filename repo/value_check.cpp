#include "value_check.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <string_view>

#include "../core/text.hpp"

namespace sonde::repo {
namespace {

using Kind = Value::Kind;

bool readsAsNumber(std::string_view text) {
  std::string_view digits = text::trim(text);
  if (digits.starts_with('+')) digits.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return end == digits.data() + digits.size() && !digits.empty() &&
         error != std::errc::invalid_argument;
}

bool readsAsBoolean(std::string_view text) {
  static constexpr std::string_view kWords[] = {"t", "true",  "y", "yes", "on",  "1",
                                                "f", "false", "n", "no",  "off", "0"};
  const std::string word = text::lower(text::trim(text));
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

std::size_t codePoints(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

std::string integerProblem(const Value& value) {
  switch (value.kind()) {
    case Kind::Boolean:
    case Kind::Integer:
    case Kind::Unsigned:
      return {};
    case Kind::Real: {
      const double number = value.as<double>();
      return std::trunc(number) == number ? "" : "holds integers, not a number with a fraction";
    }
    case Kind::Text:
      return readsAsNumber(value.text()) ? "" : "holds integers, not text";
    default:
      return "holds integers, not blobs or documents";
  }
}

std::string realProblem(const Value& value) {
  switch (value.kind()) {
    case Kind::Text:
      return readsAsNumber(value.text()) ? "" : "holds numbers, not text";
    case Kind::Blob:
    case Kind::Array:
    case Kind::Object:
      return "holds numbers, not blobs or documents";
    default:
      return {};
  }
}

std::string booleanProblem(const Value& value) {
  switch (value.kind()) {
    case Kind::Text:
      return readsAsBoolean(value.text()) ? "" : "holds booleans, not text";
    case Kind::Real:
    case Kind::Blob:
    case Kind::Array:
    case Kind::Object:
      return "holds booleans";
    default:
      return {};
  }
}

// Spaces at the end may be cut by the engine, as the SQL standard has it.
std::string textProblem(const Column& column, const Value& value) {
  if (value.kind() == Kind::Blob) return "holds text, not blobs";
  if (value.kind() != Kind::Text || !column.length) return {};
  std::string_view text = value.text();
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (codePoints(text) <= static_cast<std::size_t>(std::max(*column.length, 0))) return {};
  return "holds at most " + std::to_string(*column.length) + " characters";
}

std::string enumProblem(const Column& column, const Value& value) {
  if (value.kind() == Kind::Integer) return {};  // MySQL takes the number of a value
  const auto& values = column.enumValues;
  const bool known =
      value.kind() == Kind::Text &&
      std::any_of(values.begin(), values.end(), [&](const std::string& allowed) {
        return text::equalsIgnoreCase(allowed, value.text());  // some collations ignore case
      });
  return known || values.empty() ? "" : "holds one of its enumerated values only";
}

}  // namespace

bool refusesValues(const Column& column) noexcept {
  if (!column.strictlyTyped) return false;
  switch (column.type) {
    case Type::Boolean:
    case Type::Integer:
    case Type::Real:
    case Type::Text:
    case Type::Blob:
    case Type::Enum:
      return true;
    default:
      return false;
  }
}

std::string valueProblem(const Column& column, const Value& value) {
  if (value.isNull()) return {};
  switch (column.type) {
    case Type::Boolean:
      return booleanProblem(value);
    case Type::Integer:
      return integerProblem(value);
    case Type::Real:
      return realProblem(value);
    case Type::Text:
      return textProblem(column, value);
    case Type::Blob:
      return value.kind() == Kind::Blob || value.kind() == Kind::Text
                 ? ""
                 : "holds blobs, not numbers or documents";
    case Type::Enum:
      return enumProblem(column, value);
    default:
      return {};
  }
}

}  // namespace sonde::repo
