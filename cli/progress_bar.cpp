#include "progress_bar.hpp"

#include <algorithm>
#include <ostream>
#include <string>

namespace sonde::cli {
namespace {

constexpr std::size_t kWidest = 40;
constexpr std::size_t kBesideTheBar = 24;  // what is done, brackets, percent

}  // namespace

void ProgressBar::show(std::string_view what, std::uint64_t done, std::uint64_t total) {
  if (width_ == 0) return;
  const std::uint64_t percent =
      total == 0 ? 0
                 : static_cast<std::uint64_t>(static_cast<double>(std::min(done, total)) * 100.0 /
                                              static_cast<double>(total));
  if (drawn_ && what == what_ && percent == percent_) return;
  what_ = what;
  percent_ = percent;
  drawn_ = true;
  std::string line = "\r\x1b[K" + std::string(what);
  if (total != 0 && width_ > kBesideTheBar) {
    const std::size_t size = std::min(kWidest, width_ - kBesideTheBar);
    const std::size_t full = size * percent / 100;
    line += " [" + std::string(full, '#') + std::string(size - full, ' ') + "] " +
            std::to_string(percent) + " %";
  }
  out_ << line << std::flush;
}

void ProgressBar::clear() {
  if (drawn_) out_ << "\r\x1b[K" << std::flush;
  drawn_ = false;
}

}  // namespace sonde::cli
