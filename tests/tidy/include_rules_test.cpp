// Planted violations of the include rules, and the nearest thing that is allowed.
#include "include_rules.hpp"

#include <gtest/gtest.h>

namespace sonde::tidy {
namespace {

std::vector<SourceFile> file(std::string path, std::string text) {
  return {{std::move(path), std::move(text)}};
}

TEST(FolderOrder, RefusesAFolderAbove) {
  const auto findings = checkFolderOrder(
      file("core/value.cpp", "#include \"value.hpp\"\n#include \"../repo/a.hpp\"\n"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].line, 2U);
  EXPECT_EQ(findings[0].message, "core/ may not include repo/ (../repo/a.hpp)");
}

TEST(FolderOrder, AllowsEveryFolderBelowTransitively) {
  EXPECT_TRUE(checkFolderOrder(file("repo/a.hpp",
                                    "#include \"../session/a.hpp\"\n#include \"../core/a.hpp\"\n"
                                    "#include \"../introspect/a.hpp\"\n#include \"b.hpp\"\n"))
                  .empty());
}

TEST(FolderOrder, RefusesANeighbour) {
  EXPECT_EQ(checkFolderOrder(file("repo/a.hpp", "#include \"../monitor/a.hpp\"\n")).size(), 1U);
  EXPECT_EQ(checkFolderOrder(file("server/a.cpp", "#include \"../cli/a.hpp\"\n")).size(), 1U);
}

TEST(FolderOrder, SeesThroughTheInstalledSpelling) {
  EXPECT_EQ(checkFolderOrder(file("query/a.cpp", "#include <sonde/db/database.hpp>\n")).size(), 1U);
}

TEST(FolderOrder, LetsOnlyTheRegistryNameAnEngine) {
  const std::string include = "#include \"../dialects/sqlite/driver.hpp\"\n";
  EXPECT_EQ(checkFolderOrder(file("session/pool.cpp", include)).size(), 1U);
  EXPECT_EQ(checkFolderOrder(file("db/database.cpp", include)).size(), 1U);
  EXPECT_EQ(
      checkFolderOrder(file("dialects/mock/driver.cpp", "#include \"../sqlite/driver.hpp\"\n"))
          .size(),
      1U);
  EXPECT_TRUE(
      checkFolderOrder(file("dialects/registry.cpp", "#include \"sqlite/driver.hpp\"\n")).empty());
  EXPECT_TRUE(checkFolderOrder(file("dialects/sqlite/driver.cpp",
                                    "#include \"driver.hpp\"\n#include \"../driver.hpp\"\n"))
                  .empty());
}

TEST(FolderOrder, CoversTheUmbrella) {
  EXPECT_TRUE(checkFolderOrder(file("sonde.hpp", "#include \"db/database.hpp\"\n")).empty());
  EXPECT_EQ(checkFolderOrder(file("sonde.hpp", "#include \"server/http.hpp\"\n")).size(), 1U);
}

TEST(ClientHeaders, AreRefusedOutsideTheSourcesOfTheirDialect) {
  const std::string include = "#include <sqlite3.h>\n";
  EXPECT_EQ(checkClientHeaders(file("session/pool.cpp", include)).size(), 1U);
  EXPECT_EQ(checkClientHeaders(file("dialects/driver.hpp", include)).size(), 1U);
  EXPECT_EQ(checkClientHeaders(file("dialects/registry.cpp", include)).size(), 1U);
  EXPECT_EQ(checkClientHeaders(file("dialects/sqlite/driver.hpp", include)).size(), 1U);
  EXPECT_EQ(checkClientHeaders(file("examples/first_query.cpp", include)).size(), 1U);
  EXPECT_EQ(checkClientHeaders(file("db/a.cpp", "#  include <pqxx/pqxx>\n")).size(), 1U);
  EXPECT_EQ(checkClientHeaders(file("db/a.cpp", "#include <mysql/mysql.h>\n")).size(), 1U);
}

TEST(ClientHeaders, AreAllowedWhereTheyBelong) {
  const std::string include = "#include <sqlite3.h>\n";
  EXPECT_TRUE(checkClientHeaders(file("dialects/sqlite/driver.cpp", include)).empty());
  EXPECT_TRUE(checkClientHeaders(file("tests/dialects/fault_test.cpp", include)).empty());
  EXPECT_TRUE(checkClientHeaders(file("bench/rows_bench.cpp", include)).empty());
}

TEST(IncludeForm, IsRelativeInsideTheLibrary) {
  EXPECT_EQ(checkIncludeForm(file("db/a.cpp", "#include <sonde/core/value.hpp>\n")).size(), 1U);
  EXPECT_TRUE(checkIncludeForm(file("db/a.cpp", "#include \"../core/value.hpp\"\n")).empty());
  EXPECT_TRUE(checkIncludeForm(file("db/a.cpp", "#include <sonde/version.hpp>\n")).empty());
}

TEST(IncludeForm, IsTheInstalledOneOutside) {
  EXPECT_EQ(
      checkIncludeForm(file("tests/core/a_test.cpp", "#include \"../../core/a.hpp\"\n")).size(),
      1U);
  EXPECT_TRUE(checkIncludeForm(file("tests/core/a_test.cpp",
                                    "#include \"../helpers.hpp\"\n"
                                    "#include <sonde/core/a.hpp>\n"))
                  .empty());
}

TEST(PublicHeaders, RefuseHeavyLibraries) {
  for (const char* header : {"spdlog/spdlog.h", "nlohmann/json.hpp", "iostream", "CLI/CLI.hpp"}) {
    const std::string include = std::string("#include <") + header + ">\n";
    EXPECT_EQ(checkPublicHeaders(file("db/config.hpp", include)).size(), 1U) << header;
    EXPECT_TRUE(checkPublicHeaders(file("db/config.cpp", include)).empty()) << header;
  }
  EXPECT_TRUE(
      checkPublicHeaders(file("core/json.hpp", "#include <nlohmann/json_fwd.hpp>\n")).empty());
  EXPECT_TRUE(checkPublicHeaders(file("cli/command.hpp", "#include <CLI/CLI.hpp>\n")).empty());
}

TEST(PublicHeaders, RefuseHeadersThatAreNotInstalled) {
  const std::string list =
      "sonde_folder(core\n  SOURCES a.cpp\n  INTERNAL\n    dom.hpp\n    raw.hpp\n  HEADERS a.hpp "
      "b.hpp)\n";
  std::vector<SourceFile> files = {{"core/CMakeLists.txt", list},
                                   {"core/a.cpp", "#include \"dom.hpp\"\n"},
                                   {"core/a.hpp", "#include \"b.hpp\"\n"},
                                   {"core/raw.hpp", "#include \"dom.hpp\"\n"},
                                   {"core/dom.hpp", "#include <nlohmann/json.hpp>\n"}};
  EXPECT_EQ(describe(checkPublicHeaders(files)), "");
  files.push_back({"core/b.hpp", "#include \"raw.hpp\"\n"});
  EXPECT_EQ(describe(checkPublicHeaders(files)), "core/b.hpp:1: core/raw.hpp is not installed\n");
}

}  // namespace
}  // namespace sonde::tidy
