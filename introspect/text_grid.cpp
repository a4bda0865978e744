#include "text_grid.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <utility>

#include "../core/text.hpp"

namespace sonde {
namespace {

constexpr std::size_t kGap = 2;  // between two columns
constexpr std::string_view kEllipsis = "…";

/// The bytes of the character at the start of UTF-8 text.
std::size_t characterSize(std::string_view text) noexcept {
  std::size_t size = 1;
  while (size < text.size() && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80) ++size;
  return size;
}

void appendEscaped(std::string& out, unsigned char byte) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  out.append("\\x").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 0xf]);
}

/// C0 and C1 controls and DEL, the marks that change the direction of what follows, and U+FFFE and
/// U+FFFF, which are no characters.
bool isControl(std::string_view character) noexcept {
  const auto byte = static_cast<unsigned char>(character.front());
  if (character.size() == 1) return byte < 0x20 || byte == 0x7f;
  const auto next = static_cast<unsigned char>(character[1]);
  if (character.size() == 2) return byte == 0xc2 && next < 0xa0;
  if (character.size() != 3) return false;
  const auto last = static_cast<unsigned char>(character[2]);
  if (byte == 0xef) return next == 0xbf && last >= 0xbe;
  if (byte != 0xe2) return false;
  const bool embedding =
      next == 0x80 && (last == 0x8e || last == 0x8f || (last >= 0xa8 && last <= 0xae));
  const bool isolate = next == 0x81 && last >= 0xa6 && last <= 0xa9;
  return embedding || isolate;
}

/// How many bytes from the start of the text take at most `width` cells.
std::size_t bytesWithin(std::string_view text, std::size_t width) noexcept {
  std::size_t bytes = 0;
  std::size_t cells = 0;
  while (bytes < text.size()) {
    const std::size_t size = characterSize(text.substr(bytes));
    cells += text::displayWidth(text.substr(bytes, size));
    if (cells > width) break;
    bytes += size;
  }
  return bytes;
}

void appendSpaces(std::string& out, std::size_t count) { out.append(count, ' '); }

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    const std::size_t valid = text::findInvalidUtf8(text);
    std::string_view good = text.substr(0, valid);
    while (!good.empty()) {
      const std::string_view character = good.substr(0, characterSize(good));
      good.remove_prefix(character.size());
      if (!isControl(character)) {
        out += character;
      } else if (character == "\n") {
        out += "\\n";
      } else if (character == "\t") {
        out += "\\t";
      } else {
        for (const char c : character) appendEscaped(out, static_cast<unsigned char>(c));
      }
    }
    if (valid == std::string_view::npos) break;
    appendEscaped(out, static_cast<unsigned char>(text[valid]));
    text.remove_prefix(valid + 1);
  }
  return out;
}

std::string clipped(std::string_view text, std::size_t width) {
  if (text::displayWidth(text) <= width) return std::string(text);
  if (width == 0) return {};
  return std::string(text.substr(0, bytesWithin(text, width - 1))).append(kEllipsis);
}

void appendWrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t width) {
  std::size_t margin = indent;
  do {
    const std::size_t room = width > margin + 1 ? width - margin : 1;
    std::size_t end = std::max(bytesWithin(text, room), characterSize(text.substr(0, 4)));
    end = std::min(end, text.size());
    if (end < text.size()) {
      const std::size_t space = text.rfind(' ', end);
      // Not at the indentation of the text itself: the line would be blank.
      if (space != std::string_view::npos && text.find_first_not_of(' ') < space) end = space;
    }
    appendSpaces(out, margin);
    out.append(text.substr(0, end)).append(1, '\n');
    text.remove_prefix(end);
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    margin = indent + 4;
  } while (!text.empty());
}

TextGrid::TextGrid(std::vector<std::string> headers, std::size_t indent)
    : indent_(indent), right_(headers.size()) {
  for (std::string& header : headers) header = printable(header);
  rows_.push_back(std::move(headers));
}

void TextGrid::add(std::vector<std::string> cells) {
  cells.resize(rows_.front().size());
  for (std::string& cell : cells) cell = printable(cell);
  rows_.push_back(std::move(cells));
}

std::vector<std::size_t> TextGrid::widths(std::size_t width) const {
  std::vector<std::size_t> natural(right_.size());
  for (const auto& row : rows_) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      natural[i] = std::max(natural[i], text::displayWidth(row[i]));
    }
  }
  const std::size_t gaps = indent_ + kGap * (natural.empty() ? 0 : natural.size() - 1);
  std::size_t room = width > gaps ? width - gaps : 0;
  if (std::accumulate(natural.begin(), natural.end(), std::size_t{0}) <= room) return natural;
  // The narrow columns are served first; what they leave is shared by the wider ones.
  std::vector<std::size_t> byWidth(natural.size());
  std::iota(byWidth.begin(), byWidth.end(), std::size_t{0});
  std::sort(byWidth.begin(), byWidth.end(),
            [&](std::size_t a, std::size_t b) { return natural[a] < natural[b]; });
  for (std::size_t i = 0; i < byWidth.size(); ++i) {
    std::size_t& column = natural[byWidth[i]];
    column = std::min(column, room / (byWidth.size() - i));
    room -= column;
  }
  return natural;
}

void TextGrid::appendTo(std::string& out, std::size_t width) const {
  const std::vector<std::size_t> widths = this->widths(width);
  for (const auto& row : rows_) {
    std::string line(indent_, ' ');
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (i > 0) appendSpaces(line, kGap);
      const std::string cell = clipped(row[i], widths[i]);
      const std::size_t padding = widths[i] - text::displayWidth(cell);
      if (right_[i]) appendSpaces(line, padding);
      line += cell;
      if (!right_[i]) appendSpaces(line, padding);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    // With very many columns the gaps alone are too wide.
    out.append(clipped(line, width)).append(1, '\n');
  }
}

}  // namespace sonde
