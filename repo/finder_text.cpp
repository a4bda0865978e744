#include "finder_text.hpp"

#include <algorithm>

#include "../core/text.hpp"

namespace sonde::repo {
namespace {

bool isUpper(char c) noexcept { return c >= 'A' && c <= 'Z'; }
bool isLower(char c) noexcept { return c >= 'a' && c <= 'z'; }
bool isDigit(char c) noexcept { return c >= '0' && c <= '9'; }
bool isBeyondAscii(char c) noexcept { return static_cast<unsigned char>(c) >= 0x80; }
char fold(char c) noexcept { return isUpper(c) ? static_cast<char>(c - 'A' + 'a') : c; }

// Spaces and punctuation of a column have no place in a name, so that "first name" is FirstName.
std::string foldColumn(std::string_view column) {
  std::string folded;
  folded.reserve(column.size());
  for (const char c : column) {
    if (isUpper(c) || isLower(c) || isDigit(c) || isBeyondAscii(c)) folded += fold(c);
  }
  return folded;
}

std::string decapitalised(std::string_view text) {
  std::string result(text);
  if (!result.empty()) result.front() = fold(result.front());
  return result;
}

}  // namespace

FinderText::FinderText(std::string_view name) : name_(name) {
  folded_.reserve(name.size());
  offsets_.reserve(name.size());
  starts_.reserve(name.size());
  bool afterUnderscore = true;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const char c = name[i];
    if (c == '_') {
      afterUnderscore = true;
      continue;
    }
    folded_ += fold(c);
    offsets_.push_back(static_cast<std::uint32_t>(i));
    starts_.push_back(afterUnderscore || !isLower(c));
    afterUnderscore = false;
  }
}

bool FinderText::hasWord(std::size_t at, std::string_view spelling) const noexcept {
  if (folded_.size() - at < spelling.size()) return false;
  for (std::size_t i = 0; i < spelling.size(); ++i) {
    if (folded_[at + i] != fold(spelling[i])) return false;
  }
  return startsWord(at + spelling.size());
}

std::string_view FinderText::written(std::size_t from, std::size_t to) const noexcept {
  if (from >= to) return {};
  const std::size_t first = offsets_[from];
  return name_.substr(first, offsets_[to - 1] + 1 - first);
}

std::size_t FinderText::offset(std::size_t at) const noexcept {
  return at < offsets_.size() ? offsets_[at] : name_.size();
}

std::size_t FinderText::underscoresBefore(std::size_t at) const noexcept {
  const std::size_t end = offset(at);
  std::size_t count = 0;
  while (count < end && name_[end - 1 - count] == '_') ++count;
  return count;
}

FinderColumns::FinderColumns(const Table& table) {
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    std::string folded = foldColumn(table.columns[i].name);
    if (folded.empty()) continue;
    auto& bucket = byFirst_[static_cast<unsigned char>(folded.front())];
    bucket.push_back({std::move(folded), i});
  }
  for (auto& bucket : byFirst_) {
    std::stable_sort(bucket.begin(), bucket.end(), [](const Entry& a, const Entry& b) {
      return a.folded.size() > b.folded.size();
    });
  }
}

int finderLikeness(std::string_view column, const FinderText& text, std::size_t from,
                   std::size_t to) {
  const std::size_t first = std::min(column.find_first_not_of('_'), column.size());
  const std::size_t last = column.find_last_not_of('_');
  const std::size_t end = last == std::string_view::npos ? first : last + 1;
  const std::string_view core = column.substr(first, end - first);
  const std::string_view written = text.written(from, to);

  int score = 0;
  if (core == written || core == decapitalised(written)) {
    score = 12;
  } else if (text::toCamelCase(core) == decapitalised(written)) {
    score = 8;
  } else if (text::equalsIgnoreCase(core, written)) {
    score = 4;
  }
  // find_by_id has one separating underscore before a column; further ones belong to its name.
  const bool snake = text.underscoresBefore(from) > 0;
  const std::size_t before = text.underscoresBefore(from) - (snake && from > 0 ? 1 : 0);
  const bool more = to < text.size();
  const std::size_t gap = text.underscoresBefore(to);
  const std::size_t after = gap - (more && gap > 0 ? 1 : 0);
  if (before == first) score += 2;
  if (after == column.size() - end) score += 1;
  return score;
}

}  // namespace sonde::repo
