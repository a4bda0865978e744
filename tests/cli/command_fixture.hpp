// Runs the `sonde` command in the test's own process and makes databases for it with SQLite's C
// API.
#pragma once

#include <gtest/gtest.h>
#include <sonde/cli/app.hpp>

#include <sstream>
#include <string>
#include <vector>

#include "../support/sqlite_file.hpp"
#include "../support/temporary_folder.hpp"

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

class CommandTest : public testing::Test {
 protected:
  /// @return The path of a new database made by this script.
  std::string database(const std::string& script, const std::string& name = "test.db") {
    const std::string path = folder_.file(name);
    runSql(path, script);
    return path;
  }

  TemporaryFolder folder_;
};

}  // namespace sonde::test
