// What the command knows of the terminal it writes to.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace sonde::cli {

/// Width and colours of standard output. Plain data.
struct Terminal {
  bool colours = false;   ///< Only on a terminal, and not when NO_COLOR is set or TERM is dumb.
  std::size_t width = 0;  ///< Columns; 0 when not a terminal: nothing is cut.

  /// @return What standard output is connected to. COLUMNS overrides the width on a terminal.
  [[nodiscard]] static Terminal ofStandardOutput();

  /// @return `text` in this style where colours are on, else unchanged.
  [[nodiscard]] std::string bold(std::string_view text) const;
  [[nodiscard]] std::string dim(std::string_view text) const;
  [[nodiscard]] std::string red(std::string_view text) const;
};

}  // namespace sonde::cli
