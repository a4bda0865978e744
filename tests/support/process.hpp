// Runs a program and keeps what it printed.
#pragma once

#include <string>
#include <vector>

namespace sonde::test {

struct ProcessResult {
  int exitCode = -1;  ///< 128 + the signal when it was killed.
  std::string out;
  std::string err;
};

/// Runs a program found on PATH, without a shell, with `input` on its standard input.
/// @throws std::runtime_error when it cannot be started.
[[nodiscard]] ProcessResult runProcess(const std::vector<std::string>& words,
                                       const std::string& input = {});

}  // namespace sonde::test
