// Planted violations of the text rules, and the nearest thing that is allowed.
#include "text_rules.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "../support/temporary_folder.hpp"

namespace sonde::tidy {
namespace {

std::vector<SourceFile> only(std::string path, std::string text) {
  return {{std::move(path), std::move(text)}};
}

TEST(LineWidth, CountsCodePoints) {
  EXPECT_TRUE(checkLineWidth(only("core/a.cpp", std::string(100, 'x') + "\n")).empty());
  EXPECT_EQ(checkLineWidth(only("core/a.cpp", "\n" + std::string(101, 'x') + "\n")).size(), 1U);
  std::string umlauts;
  for (int i = 0; i < 100; ++i) umlauts += "ä";
  EXPECT_TRUE(checkLineWidth(only("core/a.cpp", umlauts)).empty());
}

TEST(LineWidth, CoversBuildFilesButNotProse) {
  EXPECT_EQ(checkLineWidth(only("core/CMakeLists.txt", std::string(101, 'x'))).size(), 1U);
  EXPECT_EQ(checkLineWidth(only("dev", std::string(101, 'x'))).size(), 1U);
  EXPECT_TRUE(checkLineWidth(only("README.md", std::string(101, 'x'))).empty());
}

std::string functionOf(int lines) {
  std::string text = "namespace n {\n\nint f(int x) {\n";
  for (int i = 0; i < lines - 2; ++i) text += "  x += [] { return 1; }();  // }\n";
  return text + "}\n\nstruct S {\n  int g() { return 1; }\n};\n\n}  // namespace n\n";
}

TEST(Lengths, FindALongFunctionAndWhereItBegins) {
  EXPECT_TRUE(checkLengths(only("core/a.cpp", functionOf(70))).empty());
  const auto findings = checkLengths(only("core/a.cpp", functionOf(71)));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].line, 3U);
  EXPECT_EQ(findings[0].message, "a function of 71 lines");
}

TEST(Lengths, DoNotTakeAClassForAFunction) {
  std::string text = "class Big {\n";
  for (int i = 0; i < 100; ++i) text += "  int member(int) const;\n";
  EXPECT_TRUE(checkLengths(only("core/a.hpp", text + "};\n")).empty());
}

TEST(Lengths, FindALongFile) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "int x;\n";
  EXPECT_TRUE(checkLengths(only("core/a.cpp", text)).empty());
  EXPECT_EQ(checkLengths(only("core/a.cpp", text + "int y;\n")).size(), 1U);
}

TEST(WhiteSpace, FindsTabsTrailingSpaceAndAMissingNewline) {
  EXPECT_EQ(checkWhiteSpace(only("a.md", "a\tb\n")).size(), 1U);
  EXPECT_EQ(checkWhiteSpace(only("a.md", "a \nb\n")).size(), 1U);
  EXPECT_EQ(checkWhiteSpace(only("a.md", "a\r\n")).size(), 1U);
  EXPECT_EQ(checkWhiteSpace(only("a.md", "a")).size(), 1U);
  EXPECT_TRUE(checkWhiteSpace(only("a.md", "a b\n\nc\n")).empty());
}

TEST(HeaderShape, FindsWhatAHeaderLacks) {
  EXPECT_TRUE(checkHeaderShape(only("a.hpp", "// What.\n#pragma once\nint x;\n")).empty());
  EXPECT_EQ(checkHeaderShape(only("a.hpp", "#pragma once\nint x;\n")).size(), 1U);
  EXPECT_EQ(checkHeaderShape(only("a.hpp", "// What. #pragma once\nint x;\n")).size(), 1U);
  EXPECT_EQ(checkHeaderShape(only("a.hpp", "// W.\n#pragma once\nusing namespace std;\n")).size(),
            1U);
  EXPECT_TRUE(checkHeaderShape(only("a.cpp", "using namespace std::literals;\n")).empty());
}

TEST(StrayOutput, IsFoundInTheLibraryOnly) {
  for (const char* line : {"std::cout << 1;", "std::cerr << 1;", "printf(\"x\");", "std::exit(1);",
                           "std::fputs(\"x\", stderr);", "abort();"}) {
    EXPECT_EQ(checkStrayOutput(only("core/a.cpp", line)).size(), 1U) << line;
    EXPECT_TRUE(checkStrayOutput(only("cli/a.cpp", line)).empty()) << line;
    EXPECT_TRUE(checkStrayOutput(only("tests/a.cpp", line)).empty()) << line;
  }
}

TEST(StrayOutput, IsNotFoundInProseOrLongerNames) {
  for (const char* line : {"// std::cout << 1;", "f(\"std::cout\");", "std::snprintf(b, 1, f);",
                           "/* printf(x) */", "onExit(1);", "R\"(abort())\"", "writeOutput(1);"}) {
    EXPECT_TRUE(checkStrayOutput(only("core/a.cpp", line)).empty()) << line;
  }
}

TEST(Leftovers, AreFound) {
  EXPECT_EQ(checkLeftovers(only("a.md", std::string("TO") + "DO: later\n")).size(), 1U);
  EXPECT_EQ(checkLeftovers(only("a.cpp", std::string("// FIX") + "ME\n")).size(), 1U);
  EXPECT_EQ(checkLeftovers(only("a.cpp", std::string("\"/ro") + "ot/x\"\n")).size(), 1U);
  EXPECT_EQ(checkLeftovers(only("a.md", std::string("see /wo") + "rk/x\n")).size(), 1U);
  EXPECT_TRUE(checkLeftovers(only("a.md", "mastodon, at work/ and root/\n")).empty());
}

TEST(FileNames, AreSnakeCaseAndListed) {
  std::vector<SourceFile> files = {{"core/CMakeLists.txt", "sonde_folder(core SOURCES a.cpp)\n"},
                                   {"core/a.cpp", ""}};
  EXPECT_TRUE(checkFileNames(files).empty());
  files.push_back({"core/stray.cpp", ""});
  files.push_back({"core/BadName.hpp", ""});
  const auto findings = checkFileNames(files);
  ASSERT_EQ(findings.size(), 3U) << describe(findings);
  EXPECT_EQ(findings[0].path, "core/stray.cpp");
  EXPECT_EQ(findings[1].message, "file names are snake_case");
}

TEST(FileNames, HelperHeadersOfTestsNeedNotBeListed) {
  EXPECT_TRUE(checkFileNames({{"tests/core/CMakeLists.txt", "sonde_test(core_test a_test.cpp)\n"},
                              {"tests/core/a_test.cpp", ""},
                              {"tests/core/helper.hpp", ""}})
                  .empty());
}

TEST(FileNames, MayBeListedByANeighbour) {
  std::vector<SourceFile> files = {
      {"tests/CMakeLists.txt", "add_subdirectory(cli)\n"},
      {"tests/cli/CMakeLists.txt", "sonde_test(cli_test ../support/process.cpp)\n"},
      {"tests/support/process.cpp", ""}};
  EXPECT_TRUE(checkFileNames(files).empty());
  files.push_back({"tests/other/process.cpp", ""});
  EXPECT_EQ(checkFileNames(files).size(), 1U);
}

TEST(FileNames, ANameThatEndsLikeAnotherIsNotListedByIt) {
  EXPECT_EQ(checkFileNames({{"core/CMakeLists.txt", "sonde_folder(core SOURCES my_value.cpp)\n"},
                            {"core/my_value.cpp", ""},
                            {"core/value.cpp", ""}})
                .size(),
            1U);
}

TEST(Blanking, KeepsLinesAndColumns) {
  const std::string text =
      "int a = 1'000; // x\nf(\"a\\\"b\", 'c', R\"x(\n)\")x\"); /* y\n */ g();\n";
  const std::string blanked = blankCommentsAndLiterals(text);
  ASSERT_EQ(blanked.size(), text.size());
  EXPECT_EQ(blanked, "int a = 1'000;     \nf(" + std::string(6, ' ') + ", " + std::string(3, ' ') +
                         ", R" + std::string(3, ' ') + "\n" + std::string(5, ' ') +
                         ");     \n    g();\n");
}

TEST(SourceTree, IsWalkedWithoutGit) {
  const test::TemporaryFolder folder;
  const std::filesystem::path& root = folder.path();
  std::filesystem::create_directories(root / "core");
  std::filesystem::create_directories(root / "build" / "dev");
  std::ofstream(root / "core" / "a.hpp") << "// A.\n";
  std::ofstream(root / "build" / "dev" / "b.hpp") << "// B.\n";
  const auto files = readSourceTree(root);
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, "core/a.hpp");
  EXPECT_EQ(files[0].text, "// A.\n");
}

}  // namespace
}  // namespace sonde::tidy
