#include "spelled_index.hpp"

#include <algorithm>
#include <cctype>
#include <stdexcept>

namespace sonde::test {
namespace {

/// Lower case, without white space and quotes of names; literals as they are.
std::string normalized(std::string_view text) {
  std::string out;
  bool literal = false;
  for (const char c : text) {
    if (c == '\'') literal = !literal;
    if (literal || c == '\'') {
      out += c;
    } else if (c != '"' && c != '`' && c != '[' && c != ']' &&
               std::isspace(static_cast<unsigned char>(c)) == 0) {
      out += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.front())) != 0) {
    text.remove_prefix(1);
  }
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.remove_suffix(1);
  }
  return text;
}

/// Cuts at a character that stands outside parentheses, braces and literals.
std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  int depth = 0;
  bool literal = false;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\'') literal = !literal;
    if (literal) continue;
    if (c == '(' || c == '{') ++depth;
    if (c == ')' || c == '}') --depth;
    // In `a || b` it is an operator, which no case needs outside parentheses.
    if (depth != 0 || c != at) continue;
    parts.push_back(trimmed(text.substr(begin, i - begin)));
    begin = i + 1;
  }
  parts.push_back(trimmed(text.substr(begin)));
  return parts;
}

SpelledPart readPart(std::string_view text) {
  SpelledPart part;
  const std::string lower = normalized(text.size() > 5 ? text.substr(text.size() - 5) : "");
  if (lower == "desc" && text[text.size() - 5] == ' ') {
    part.descending = true;
    text.remove_suffix(5);
  }
  part.text = normalized(text);
  return part;
}

/// The place of the parenthesis that closes the first one.
std::size_t closing(std::string_view text) {
  int depth = 0;
  bool literal = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\'') literal = !literal;
    if (literal) continue;
    if (text[i] == '(') ++depth;
    if (text[i] == ')' && --depth == 0) return i;
  }
  throw std::runtime_error("no index: " + std::string(text));
}

bool matches(const SpelledIndex& wanted, const std::vector<SpelledPart>& parts, bool mirrored) {
  std::size_t at = 0;
  for (std::vector<SpelledPart> group : wanted.groups) {
    if (at + group.size() > parts.size()) return false;
    const auto first = parts.begin() + static_cast<std::ptrdiff_t>(at);
    std::vector<SpelledPart> own(first, first + static_cast<std::ptrdiff_t>(group.size()));
    for (SpelledPart& part : own) part.descending = part.descending != mirrored;
    std::sort(own.begin(), own.end());
    std::sort(group.begin(), group.end());
    if (own != group) return false;
    at += group.size();
  }
  return at == parts.size();
}

}  // namespace

bool SpelledIndex::accepts(const SpelledIndex& made) const {
  if (table != made.table || where != made.where) return false;
  std::vector<SpelledPart> parts;
  for (const auto& group : made.groups) parts.insert(parts.end(), group.begin(), group.end());
  return matches(*this, parts, false) || matches(*this, parts, true);
}

SpelledIndex readIndex(std::string_view text) {
  text = trimmed(text);
  const std::size_t open = text.find('(');
  if (open == std::string_view::npos) throw std::runtime_error("no index: " + std::string(text));
  const std::size_t close = closing(text);
  SpelledIndex index;
  index.table = normalized(text.substr(0, open));
  for (std::string_view part : split(text.substr(open + 1, close - open - 1), ',')) {
    std::vector<SpelledPart>& group = index.groups.emplace_back();
    if (part.starts_with('{') && part.ends_with('}')) {
      for (const std::string_view one : split(part.substr(1, part.size() - 2), ',')) {
        group.push_back(readPart(one));
      }
    } else {
      group.push_back(readPart(part));
    }
  }
  const std::string_view rest = trimmed(text.substr(close + 1));
  if (rest.empty()) return index;
  if (!rest.starts_with("WHERE ")) throw std::runtime_error("no index: " + std::string(text));
  index.where = normalized(rest.substr(6));
  return index;
}

std::vector<SpelledIndex> readAlternatives(std::string_view text) {
  std::vector<SpelledIndex> alternatives;
  for (const std::string_view one : split(text, '|')) alternatives.push_back(readIndex(one));
  return alternatives;
}

SpelledIndex spell(const std::string& table, const Index& index) {
  SpelledIndex spelled;
  spelled.table = normalized(table);
  for (const IndexPart& part : index.parts) {
    std::string text = part.column.empty() ? part.expression : part.column;
    if (part.collation) text += " COLLATE " + *part.collation;
    spelled.groups.push_back({{normalized(text), part.descending}});
  }
  spelled.where = normalized(index.where.value_or(""));
  return spelled;
}

}  // namespace sonde::test
