#include "postgres_expression.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

namespace sonde::postgres {
namespace {

constexpr auto kUnended = std::string_view::npos;

/// @return The offset after the quoted text that begins at `start`; kUnended when it does not end.
std::size_t endOfQuoted(std::string_view text, std::size_t start) noexcept {
  const char quote = text[start];
  for (std::size_t i = start + 1; i < text.size(); ++i) {
    if (text[i] != quote) continue;
    if (i + 1 < text.size() && text[i + 1] == quote) {
      ++i;
    } else {
      return i + 1;
    }
  }
  return kUnended;
}

bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }

/// Whether the text is a number as SQL writes one: 12, -1.5, 1e+20.
bool isNumber(std::string_view text) noexcept {
  std::size_t i = !text.empty() && text.front() == '-' ? 1 : 0;
  const auto digits = [&] {
    const std::size_t first = i;
    while (i < text.size() && isDigit(text[i])) ++i;
    return i > first;
  };
  if (!digits()) return false;
  if (i < text.size() && text[i] == '.') {
    ++i;
    if (!digits()) return false;
  }
  if (i < text.size() && text[i] == 'e') {
    ++i;
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    if (!digits()) return false;
  }
  return i == text.size();
}

template <std::size_t Count>
bool isOneOf(std::string_view name, const std::array<std::string_view, Count>& names) noexcept {
  return std::find(names.begin(), names.end(), name) != names.end();
}

/// Whether a constant of type `from` may be written without its cast where `to` is wanted.
bool readsTheSame(std::string_view from, std::string_view to) noexcept {
  static constexpr std::array<std::string_view, 2> kTexts{"text", "character varying"};
  static constexpr std::array<std::string_view, 4> kNumbers{"smallint", "integer", "bigint",
                                                            "numeric"};
  return from == to || (isOneOf(from, kTexts) && isOneOf(to, kTexts)) ||
         (isOneOf(from, kNumbers) && isOneOf(to, kNumbers));
}

bool isNumeric(Type type) noexcept {
  return type == Type::Integer || type == Type::Real || type == Type::Decimal;
}

/// @return Whether the first parenthesis ends with the text.
bool isEnclosed(std::string_view expression) noexcept {
  if (expression.size() < 2 || expression.front() != '(' || expression.back() != ')') {
    return false;
  }
  std::size_t depth = 0;
  for (std::size_t i = 0; i < expression.size(); ++i) {
    const char c = expression[i];
    if (c == '\'' || c == '"') {
      i = endOfQuoted(expression, i);
      if (i == kUnended) return false;
      --i;
    } else if (c == '(') {
      ++depth;
    } else if (c == ')' && --depth == 0 && i + 1 < expression.size()) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string_view withoutParentheses(std::string_view expression) noexcept {
  while (isEnclosed(expression)) expression = expression.substr(1, expression.size() - 2);
  return expression;
}

std::optional<ColumnDefault> readDefault(std::string_view expression, std::string_view typeName,
                                         Type type) {
  using Kind = ColumnDefault::Kind;
  constexpr std::string_view kNull = "NULL";
  if (expression == kNull || expression.substr(0, kNull.size() + 2) == "NULL::") {
    return std::nullopt;
  }
  if (expression == "true" || expression == "false" || isNumber(expression)) {
    return ColumnDefault{Kind::Literal, std::string(expression)};
  }
  const ColumnDefault asWritten{Kind::Expression, std::string(expression)};
  // A bit string begins with B.
  const std::size_t quote = expression.substr(0, 2) == "B'" ? 1 : 0;
  if (quote >= expression.size() || expression[quote] != '\'') return asWritten;
  const std::size_t end = endOfQuoted(expression, quote);
  if (end == kUnended) return asWritten;
  const std::string_view constant = expression.substr(0, end);
  const std::string_view rest = expression.substr(end);
  // A cast with a modifier, as in 'abc'::character varying(2), changes the value.
  const bool bare = rest.empty();
  if (!bare && (rest.substr(0, 2) != "::" || !readsTheSame(rest.substr(2), typeName))) {
    return asWritten;
  }
  const std::string_view inside = constant.substr(quote + 1, constant.size() - quote - 2);
  const std::string_view text = isNumeric(type) && isNumber(inside) ? inside : constant;
  return ColumnDefault{Kind::Literal, std::string(text)};
}

std::string nextvalOf(std::string_view sequence) {
  std::string out = "nextval('";
  for (const char c : sequence) {
    if (c == '\'') out += c;
    out += c;
  }
  return out += "'::regclass)";
}

}  // namespace sonde::postgres
