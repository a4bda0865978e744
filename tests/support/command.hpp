// Runs the `sonde` command in the test's own process.
#pragma once

#include <sonde/cli/app.hpp>

#include <sstream>
#include <string>
#include <vector>

namespace sonde::test {

struct CommandResult {
  int code = -1;
  std::string out;
  std::string err;
};

/// Runs `sonde` with these words; standard output is no terminal unless one is passed.
inline CommandResult sondeCommand(const std::vector<std::string>& words,
                                  const cli::Terminal& terminal = {}) {
  std::ostringstream out;
  std::ostringstream err;
  CommandResult result;
  result.code = cli::run(words, out, err, terminal);
  result.out = out.str();
  result.err = err.str();
  return result;
}

}  // namespace sonde::test
