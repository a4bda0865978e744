// Identifiers and literals of SQLite, for the few statements that cannot take parameters (PRAGMA).
#pragma once

#include <string>
#include <string_view>

namespace sonde {

/// @return The name in double quotes, those inside doubled. Thread-safe.
[[nodiscard]] inline std::string sqliteQuote(std::string_view name) {
  std::string quoted = "\"";
  for (const char c : name) {
    quoted += c;
    if (c == '"') quoted += c;
  }
  return quoted += '"';
}

}  // namespace sonde
