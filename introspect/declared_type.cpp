#include "declared_type.hpp"

#include <charconv>

#include "../core/text.hpp"

namespace sonde {
namespace {

bool isSpace(char c) noexcept {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

/// Reads the arguments after an opening parenthesis. @return The position behind the closing one.
std::size_t readArguments(std::string_view declared, std::size_t at,
                          std::vector<std::string>& arguments) {
  std::string argument;
  bool quoted = false;  // a quoted argument keeps its spaces and may be empty
  int depth = 1;
  const auto finish = [&] {
    if (quoted || !text::trim(argument).empty()) {
      arguments.emplace_back(quoted ? std::string_view(argument) : text::trim(argument));
    }
    argument.clear();
    quoted = false;
  };
  for (; at < declared.size(); ++at) {
    const char c = declared[at];
    if (c == '\'') {
      argument.clear();
      quoted = true;
      for (++at; at < declared.size(); ++at) {
        if (declared[at] != '\'') {
          argument += declared[at];
        } else if (at + 1 < declared.size() && declared[at + 1] == '\'') {
          argument += declared[++at];
        } else {
          break;
        }
      }
    } else if (c == ',' && depth == 1) {
      finish();
    } else if (c == ')' && --depth == 0) {
      ++at;
      break;
    } else if (!quoted) {
      if (c == '(') ++depth;
      argument += c;
    }
  }
  finish();
  return at;
}

}  // namespace

std::optional<int> DeclaredType::number(std::size_t position) const noexcept {
  if (position >= arguments.size()) return std::nullopt;
  std::string_view digits = arguments[position];
  if (digits.size() > 1 && digits.front() == '+') digits.remove_prefix(1);
  int value = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

DeclaredType parseDeclaredType(std::string_view declared) {
  DeclaredType type;
  std::string word;
  const auto finishWord = [&] {
    if (word.empty()) return;
    const std::string lowered = text::lower(word);
    word.clear();
    if (lowered == "unsigned") {
      type.isUnsigned = true;
    } else if (lowered != "signed" && lowered != "zerofill") {
      if (!type.name.empty()) type.name += ' ';
      type.name += lowered;
    }
  };
  for (std::size_t at = 0; at < declared.size();) {
    const char c = declared[at];
    if (c == '(') {
      finishWord();
      at = readArguments(declared, at + 1, type.arguments);
      continue;
    }
    if (isSpace(c)) {
      finishWord();
    } else {
      word += c;
    }
    ++at;
  }
  finishWord();
  return type;
}

}  // namespace sonde
