// Databases for the `sonde` command, made with SQLite's C API.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "../support/command.hpp"
#include "../support/sqlite_file.hpp"
#include "../support/temporary_folder.hpp"

namespace sonde::test {

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
