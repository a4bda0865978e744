#include "suggest.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "text.hpp"
#include "utf8.hpp"

namespace sonde {
namespace {

// Names longer than this are never near anything: the cost would be quadratic for input of any
// length.
constexpr std::size_t kMaxCompared = 256;

constexpr std::size_t kMaxQuoted = 80;

/// What is compared: lower case, no underscores, no plural.
std::string comparable(std::string_view name) {
  std::string result;
  result.reserve(name.size());
  for (const char c : text::lower(name)) {
    if (c != '_' && c != '-' && c != ' ') result += c;
  }
  if (result.size() > 3 && result.ends_with("ies")) {
    result.replace(result.size() - 3, 3, "y");
  } else if (result.size() > 3 && result.ends_with("s") && !result.ends_with("ss")) {
    result.pop_back();
  }
  return result;
}

/// How many edits still count as a slip of the pen.
std::size_t tolerance(std::size_t length) noexcept {
  return length <= 2 ? 0 : length <= 4 ? 1 : length <= 8 ? 2 : 3;
}

void appendEscaped(std::string& out, std::string_view sequence) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : sequence) {
    const auto byte = static_cast<unsigned char>(c);
    out += "\\x";
    out += kHex[byte >> 4];
    out += kHex[byte & 15];
  }
}

}  // namespace

std::size_t editDistance(std::string_view a, std::string_view b, std::size_t limit) {
  if (a.size() > b.size()) std::swap(a, b);
  if (b.size() - a.size() > limit) return limit + 1;
  const std::string left = text::lower(a);
  const std::string right = text::lower(b);
  // Three rows of the alignment table: the swap of two neighbours looks two rows back.
  std::array<std::vector<std::size_t>, 3> rows;
  for (auto& row : rows) row.resize(left.size() + 1);
  for (std::size_t i = 0; i <= left.size(); ++i) rows[0][i] = i;
  for (std::size_t j = 1; j <= right.size(); ++j) {
    const auto& before = rows[(j - 1) % 3];
    const auto& beforeThat = rows[(j + 1) % 3];
    auto& row = rows[j % 3];
    row[0] = j;
    std::size_t best = j;
    for (std::size_t i = 1; i <= left.size(); ++i) {
      const bool same = left[i - 1] == right[j - 1];
      row[i] = std::min({before[i] + 1, row[i - 1] + 1, before[i - 1] + (same ? 0U : 1U)});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[i] = std::min(row[i], beforeThat[i - 2] + 1);
      }
      best = std::min(best, row[i]);
    }
    // A swap may still improve on this row by looking back one, hence the slack of one.
    if (best > limit + 1) return limit + 1;
  }
  return std::min(rows[right.size() % 3][left.size()], limit + 1);
}

std::vector<std::string> nearest(std::string_view wrong, std::span<const std::string> candidates,
                                 std::size_t most) {
  if (wrong.empty() || wrong.size() > kMaxCompared) return {};
  const std::string target = comparable(wrong);
  struct Match {
    std::size_t distance;
    std::size_t index;
  };
  std::vector<Match> matches;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (candidates[i].empty() || candidates[i].size() > kMaxCompared) continue;
    const std::string candidate = comparable(candidates[i]);
    const std::size_t limit = tolerance(std::max(target.size(), candidate.size()));
    std::size_t distance = editDistance(target, candidate, limit);
    if (distance > limit) {
      // "name" for "first_name": a whole word is worth a hint, after every near spelling.
      const bool contained = target.size() >= 3 && candidate.find(target) != std::string::npos;
      const bool contains = candidate.size() >= 3 && target.find(candidate) != std::string::npos;
      if (!contained && !contains) continue;
      distance = 4 + (std::max(target.size(), candidate.size()) -
                      std::min(target.size(), candidate.size()));
    }
    matches.push_back({distance, i});
  }
  std::stable_sort(matches.begin(), matches.end(),
                   [](const Match& a, const Match& b) { return a.distance < b.distance; });
  std::vector<std::string> result;
  for (const Match& match : matches) {
    if (result.size() == most) break;
    const std::string& name = candidates[match.index];
    if (std::find(result.begin(), result.end(), name) == result.end()) result.push_back(name);
  }
  return result;
}

std::string didYouMean(std::span<const std::string> suggestions) {
  if (suggestions.empty()) return {};
  std::string result = "; did you mean ";
  for (std::size_t i = 0; i < suggestions.size(); ++i) {
    if (i != 0) result += i + 1 == suggestions.size() ? " or " : ", ";
    result += quoteForMessage(suggestions[i]);
  }
  result += '?';
  return result;
}

std::string quoteForMessage(std::string_view text) {
  std::string result = "\"";
  const char* at = text.data();
  const char* const end = at + text.size();
  std::size_t shown = 0;
  while (at != end) {
    if (shown == kMaxQuoted) {
      result += "...";
      break;
    }
    const std::size_t length = utf8::sequenceLength(at, end);
    const auto lead = static_cast<unsigned char>(*at);
    if (length == 0) {
      appendEscaped(result, {at, 1});
      ++at;
    } else if (lead == '\n') {
      result += "\\n";
      ++at;
    } else if (lead == '\t') {
      result += "\\t";
      ++at;
    } else if (lead < 0x20 || lead == 0x7F || (length == 2 && utf8::decode(at, 2) < 0xA0)) {
      appendEscaped(result, {at, length});
      at += length;
    } else {
      if (lead == '"' || lead == '\\') result += '\\';
      result.append(at, length);
      at += length;
    }
    ++shown;
  }
  result += '"';
  return result;
}

}  // namespace sonde
