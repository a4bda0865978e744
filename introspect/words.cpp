#include "words.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace sonde::detail {
namespace {

constexpr bool isUpper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
constexpr bool isLower(char c) noexcept { return c >= 'a' && c <= 'z'; }
constexpr bool isWordByte(char c) noexcept {
  return isUpper(c) || isLower(c) || (c >= '0' && c <= '9') ||
         static_cast<unsigned char>(c) >= 0x80;
}
constexpr bool isVowel(char c) noexcept {
  return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u' || c == 'y';
}

using Pair = std::pair<std::string_view, std::string_view>;  // singular, plural

constexpr std::array<std::string_view, 13> kUncountable = {
    "data",    "metadata", "equipment", "information", "money",  "news", "series",
    "species", "sheep",    "fish",      "feedback",    "access", "staff"};

constexpr std::array<Pair, 40> kIrregular = {{
    {"alias", "aliases"},
    {"analysis", "analyses"},
    {"atlas", "atlases"},
    {"axis", "axes"},
    {"bias", "biases"},
    {"canvas", "canvases"},
    {"lens", "lenses"},
    {"bonus", "bonuses"},
    {"bus", "buses"},
    {"campus", "campuses"},
    {"census", "censuses"},
    {"child", "children"},
    {"cookie", "cookies"},
    {"crisis", "crises"},
    {"criterion", "criteria"},
    {"diagnosis", "diagnoses"},
    {"echo", "echoes"},
    {"foot", "feet"},
    {"half", "halves"},
    {"hero", "heroes"},
    {"index", "indexes"},
    {"knife", "knives"},
    {"leaf", "leaves"},
    {"life", "lives"},
    {"man", "men"},
    {"matrix", "matrices"},
    {"mouse", "mice"},
    {"movie", "movies"},
    {"person", "people"},
    {"phenomenon", "phenomena"},
    {"potato", "potatoes"},
    {"quiz", "quizzes"},
    {"shelf", "shelves"},
    {"status", "statuses"},
    {"thesis", "theses"},
    {"tomato", "tomatoes"},
    {"tooth", "teeth"},
    {"virus", "viruses"},
    {"wolf", "wolves"},
    {"woman", "women"},
}};

// Plurals that English has beside the one above.
constexpr std::array<Pair, 3> kOtherPlurals = {
    {{"index", "indices"}, {"cache", "caches"}, {"vertex", "vertices"}}};

bool isUncountable(std::string_view word) noexcept {
  return std::find(kUncountable.begin(), kUncountable.end(), word) != kUncountable.end();
}

/// Rules are for English words in ASCII; an abbreviation without a vowel ("crs", "gps") is none.
bool isInflected(std::string_view word) noexcept {
  return word.size() > 2 && std::all_of(word.begin(), word.end(), isLower) &&
         std::any_of(word.begin(), word.end() - 1, isVowel);
}

bool hasTail(std::string_view word, std::string_view tail) noexcept {
  return word.size() > tail.size() && word.substr(word.size() - tail.size()) == tail;
}

std::string swapTail(std::string_view word, std::size_t cut, std::string_view tail) {
  return std::string(word.substr(0, word.size() - cut)).append(tail);
}

}  // namespace

Words splitWords(std::string_view identifier) {
  Words words;
  bool open = false;
  for (std::size_t i = 0; i < identifier.size(); ++i) {
    const char c = identifier[i];
    if (!isWordByte(c)) {
      open = false;
      continue;
    }
    if (isUpper(c) && open) {
      // "tR" starts a word; so does the S of "HTTPServer", the last of its capitals.
      const bool nextIsLower = i + 1 < identifier.size() && isLower(identifier[i + 1]);
      open = isUpper(identifier[i - 1]) && !nextIsLower;
    }
    if (!open) words.emplace_back();
    open = true;
    words.back() += isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

std::string camelCase(const Words& words) {
  if (words.empty()) return "unnamed";
  std::string out = words.front();
  for (std::size_t i = 1; i < words.size(); ++i) {
    const char first = words[i].front();
    out += isLower(first) ? static_cast<char>(first - 'a' + 'A') : first;
    out.append(words[i], 1);
  }
  return out;
}

std::string singular(std::string_view word) {
  for (const Pair& pair : kIrregular) {
    if (word == pair.first || word == pair.second) return std::string(pair.first);
  }
  for (const Pair& pair : kOtherPlurals) {
    if (word == pair.second) return std::string(pair.first);
  }
  if (!isInflected(word) || isUncountable(word) || word.back() != 's') return std::string(word);
  if (hasTail(word, "ss") || hasTail(word, "us") || hasTail(word, "is")) return std::string(word);
  if (hasTail(word, "ies")) {
    return word.size() > 4 ? swapTail(word, 3, "y") : swapTail(word, 1, "");
  }
  for (const std::string_view tail : {"sses", "shes", "ches", "xes", "zzes"}) {
    if (hasTail(word, tail)) return swapTail(word, 2, "");
  }
  return swapTail(word, 1, "");
}

std::string plural(std::string_view word) {
  for (const Pair& pair : kIrregular) {
    if (word == pair.first || word == pair.second) return std::string(pair.second);
  }
  if (!isInflected(word) || isUncountable(word)) return std::string(word);
  if (singular(word) != word) return std::string(word);
  if (word.back() == 'y' && !isVowel(word[word.size() - 2])) return swapTail(word, 1, "ies");
  for (const std::string_view tail : {"s", "x", "z", "ch", "sh"}) {
    if (hasTail(word, tail)) return swapTail(word, 0, "es");
  }
  return swapTail(word, 0, "s");
}

Words singular(Words words) {
  if (!words.empty()) words.back() = singular(std::string_view(words.back()));
  return words;
}

Words plural(Words words) {
  if (!words.empty()) words.back() = plural(std::string_view(words.back()));
  return words;
}

bool endsWith(const Words& words, const Words& tail) noexcept {
  return words.size() >= tail.size() && std::equal(tail.rbegin(), tail.rend(), words.rbegin());
}

void append(Words& words, const Words& tail) {
  words.insert(words.end(), tail.begin(), tail.end());
}

}  // namespace sonde::detail
