#include "env_file.hpp"

#include "../core/error.hpp"
#include "../core/text.hpp"

namespace sonde::detail {

namespace {

struct Place {
  std::string_view origin;
  std::size_t line;
};

[[noreturn]] void fail(const Place& place, const std::string& what) {
  throw ConfigError(std::string(place.origin) + ":" + std::to_string(place.line) + ": " + what);
}

bool isNameCharacter(char c, bool first) noexcept {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  return letter || (!first && c >= '0' && c <= '9');
}

void requireName(std::string_view name, const Place& place) {
  bool good = !name.empty();
  for (std::size_t i = 0; i < name.size(); ++i) good = good && isNameCharacter(name[i], i == 0);
  if (!good) fail(place, "a line is NAME=value, or a comment that begins with #");
}

void requireNothingAfter(std::string_view rest, const Place& place) {
  rest = text::trim(rest);
  if (!rest.empty() && rest.front() != '#') fail(place, "something follows the closing quote");
}

// What an escape in double quotes stands for; `after` is what follows it.
std::string unescape(char c, std::string_view after) {
  switch (c) {
    case 'n':
      return "\n";
    case 't':
      return "\t";
    case '$':
      // The interpolation that follows takes "$${" for a literal "${".
      return after.starts_with('{') ? "$$" : "$";
    default:
      return {c};
  }
}

std::string readDoubleQuoted(std::string_view rest, const Place& place) {
  std::string value;
  for (std::size_t i = 1; i < rest.size(); ++i) {
    if (rest[i] == '"') {
      requireNothingAfter(rest.substr(i + 1), place);
      return value;
    }
    if (rest[i] == '\\' && i + 1 < rest.size()) {
      ++i;
      value += unescape(rest[i], rest.substr(i + 1));
    } else {
      value += rest[i];
    }
  }
  fail(place, "the double quote is not closed");
}

void readValue(std::string_view rest, const Place& place, EnvEntry& entry) {
  rest = text::trim(rest);
  if (rest.starts_with('"')) {
    entry.value = readDoubleQuoted(rest, place);
  } else if (rest.starts_with('\'')) {
    const std::size_t end = rest.find('\'', 1);
    if (end == std::string_view::npos) fail(place, "the single quote is not closed");
    requireNothingAfter(rest.substr(end + 1), place);
    entry.value = rest.substr(1, end - 1);
    entry.literal = true;
  } else {
    std::size_t end = rest.size();
    for (std::size_t i = 0; i < rest.size(); ++i) {
      const bool comment = rest[i] == '#' && (i == 0 || rest[i - 1] == ' ' || rest[i - 1] == '\t');
      if (comment) {
        end = i;
        break;
      }
    }
    entry.value = text::trim(rest.substr(0, end));
  }
}

}  // namespace

std::vector<EnvEntry> parseEnvFile(std::string_view text, std::string_view origin) {
  std::vector<EnvEntry> entries;
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    std::string_view line = text::trim(text.substr(0, end));
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    const Place place{origin, ++number};
    if (line.empty() || line.front() == '#') continue;
    if (line.starts_with("export ")) line = text::trim(line.substr(7));
    const std::size_t equals = line.find('=');
    const std::string_view name = text::trim(line.substr(0, equals));
    if (equals == std::string_view::npos) fail(place, "a line is NAME=value, or a comment");
    requireName(name, place);
    EnvEntry entry;
    entry.name = name;
    entry.line = number;
    readValue(line.substr(equals + 1), place, entry);
    entries.push_back(std::move(entry));
  }
  return entries;
}

}  // namespace sonde::detail
