// The rules, run over the whole tree. Each failure says what is wrong and where.
#include <gtest/gtest.h>

#include <iostream>

#include "feature_rules.hpp"
#include "include_rules.hpp"
#include "source_tree.hpp"
#include "text_rules.hpp"

namespace sonde::tidy {
namespace {

const std::vector<SourceFile>& tree() {
  static const std::vector<SourceFile> files = readSourceTree(SONDE_SOURCE_DIR);
  return files;
}

#define EXPECT_CLEAN(findings) EXPECT_EQ(describe(findings), "")

TEST(Tree, IsRead) {
  std::size_t cppFiles = 0;
  for (const SourceFile& file : tree()) {
    EXPECT_FALSE(file.path.starts_with("build/")) << file.path;
    if (file.isCpp()) ++cppFiles;
  }
  EXPECT_GT(cppFiles, 10U);
}

TEST(Tree, FoldersIncludeOnlyWhatStandsBelowThem) { EXPECT_CLEAN(checkFolderOrder(tree())); }

TEST(Tree, ClientHeadersStayInTheirDialect) { EXPECT_CLEAN(checkClientHeaders(tree())); }

TEST(Tree, IncludesHaveOneForm) { EXPECT_CLEAN(checkIncludeForm(tree())); }

TEST(Tree, HeadersAreLight) { EXPECT_CLEAN(checkHeaderWeight(tree())); }

TEST(Tree, LinesFitInOneHundredColumns) { EXPECT_CLEAN(checkLineWidth(tree())); }

TEST(Tree, WhiteSpaceIsClean) { EXPECT_CLEAN(checkWhiteSpace(tree())); }

TEST(Tree, HeadersSayWhatTheyAreFor) { EXPECT_CLEAN(checkHeaderShape(tree())); }

TEST(Tree, LibraryNeverWritesToAStreamOrExits) { EXPECT_CLEAN(checkStrayOutput(tree())); }

TEST(Tree, HasNoLeftovers) { EXPECT_CLEAN(checkLeftovers(tree())); }

TEST(Tree, FilesAreNamedAndListed) { EXPECT_CLEAN(checkFileNames(tree())); }

TEST(Tree, EveryFeatureIsShownByATestOrSaidToBeMissing) { EXPECT_CLEAN(checkFeatures(tree())); }

// Long files and functions are worth a look, not a failure: they are printed.
TEST(Tree, LongFilesAndFunctionsArePrinted) {
  const auto findings = checkLengths(tree());
  std::cout << describe(findings) << findings.size() << " long files and functions\n";
}

}  // namespace
}  // namespace sonde::tidy
