// Lays out cells of text in columns that fit the width of a terminal.
//
// Invariant: no line is wider than asked for, counted in terminal cells; control characters and
// bytes that are not UTF-8 are shown as escapes, so that no name can drive the terminal. Used by
// schema_text and by the command.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

/// @return The text with control characters as \n, \t or \x1b, and bytes that are not UTF-8 as
/// \xff. Thread-safe.
[[nodiscard]] std::string printable(std::string_view text);

/// @return The text, or its start with an ellipsis where it takes more cells than `width`. The text
/// is UTF-8. Thread-safe.
[[nodiscard]] std::string clipped(std::string_view text, std::size_t width);

/// Appends `text` in lines of at most `width` cells, broken at spaces where there are any; the
/// first line starts with `indent` spaces, the others with four more.
void appendWrapped(std::string& out, std::string_view text, std::size_t indent, std::size_t width);

/// See the file comment. Not thread-safe.
class TextGrid {
 public:
  /// `indent` spaces stand before each line.
  explicit TextGrid(std::vector<std::string> headers, std::size_t indent = 0);

  /// Sets the numbers of a column flush right.
  void alignRight(std::size_t column) { right_[column] = true; }

  /// Adds a row; cells missing at its end are empty, further ones are dropped.
  void add(std::vector<std::string> cells);

  /// Appends the header and the rows, each with a newline. Columns keep their natural width where
  /// they fit; else the widest give way first and clip their cells.
  void appendTo(std::string& out, std::size_t width) const;

 private:
  [[nodiscard]] std::vector<std::size_t> widths(std::size_t width) const;

  std::size_t indent_;
  std::vector<std::vector<std::string>> rows_;  // the headers first
  std::vector<bool> right_;
};

}  // namespace sonde
