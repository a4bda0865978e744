// A bar that shows how far something long is, on one line of a terminal.
//
// Invariant: draws on a terminal only, and leaves the line empty at its end. Used by one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iosfwd>
#include <string_view>

#include "terminal.hpp"

namespace sonde::cli {

/// See the file comment.
class ProgressBar {
 public:
  /// `out` is where messages go, so that data can be redirected and the bar still be seen.
  ProgressBar(std::ostream& out, const Terminal& terminal) noexcept
      : out_(out), width_(terminal.width) {}
  ~ProgressBar() { clear(); }
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Draws the bar where it would look different. `total` is 0 where nobody knows it.
  void show(std::string_view what, std::uint64_t done, std::uint64_t total);
  /// Empties the line, so that something else can be written there.
  void clear();

 private:
  std::ostream& out_;
  std::size_t width_;
  std::string_view what_;
  std::uint64_t percent_ = 0;
  bool drawn_ = false;
};

}  // namespace sonde::cli
