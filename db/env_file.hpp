// Reads `.env` files: NAME=value lines.
//
// Invariant: reads what a POSIX shell would read of plain assignments: single quotes are literal,
// double quotes take \n \t \" \\ \$, and # begins a comment outside quotes. No command runs.
// Internal to db/.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sonde::detail {

struct EnvEntry {
  std::string name;
  std::string value;
  std::size_t line = 0;
  bool literal = false;  ///< In single quotes: `${NAME}` is not replaced.
};

/// @return The assignments in order. @throws ConfigError naming `origin` and the line.
[[nodiscard]] std::vector<EnvEntry> parseEnvFile(std::string_view text, std::string_view origin);

}  // namespace sonde::detail
