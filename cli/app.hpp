// The `sonde` command as a function, so that tests can run it in their own process.
#pragma once

#include <iosfwd>
#include <span>
#include <string>

#include "terminal.hpp"

namespace sonde::cli {

inline constexpr int kSuccess = 0;
inline constexpr int kFailure = 1;  ///< The database, the query or the data said no.
inline constexpr int kUsage = 2;    ///< The command line is wrong.

/// Runs the command with these arguments (without the program's name).
/// @return The exit code. Never throws: errors are printed to `err`.
[[nodiscard]] int run(std::span<const std::string> arguments, std::ostream& out, std::ostream& err,
                      const Terminal& terminal) noexcept;

}  // namespace sonde::cli
