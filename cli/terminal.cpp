#include "terminal.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <charconv>
#include <cstdlib>
#include <cstring>

namespace sonde::cli {
namespace {

constexpr std::size_t kDefaultWidth = 80;

std::size_t widthOfTerminal() {
  if (const char* columns = std::getenv("COLUMNS"); columns != nullptr) {
    std::size_t width = 0;
    const auto [end, error] = std::from_chars(columns, columns + std::strlen(columns), width);
    if (error == std::errc{} && *end == '\0' && width != 0) return width;
  }
  winsize size{};
  if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col != 0) return size.ws_col;
  return kDefaultWidth;
}

std::string styled(std::string_view code, std::string_view text) {
  std::string out("\x1b[");
  out.append(code).append("m").append(text).append("\x1b[0m");
  return out;
}

}  // namespace

Terminal Terminal::ofStandardOutput() {
  Terminal terminal;
  if (isatty(STDOUT_FILENO) == 0) return terminal;
  terminal.width = widthOfTerminal();
  const char* noColour = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  const bool refused = noColour != nullptr && *noColour != '\0';
  const bool dumb = term == nullptr || std::string_view(term) == "dumb";
  terminal.colours = !refused && !dumb;
  return terminal;
}

std::string Terminal::bold(std::string_view text) const {
  return colours ? styled("1", text) : std::string(text);
}

std::string Terminal::dim(std::string_view text) const {
  return colours ? styled("2", text) : std::string(text);
}

std::string Terminal::red(std::string_view text) const {
  return colours ? styled("31", text) : std::string(text);
}

}  // namespace sonde::cli
