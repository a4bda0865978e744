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

void expectClean(const std::vector<Finding>& findings) {
  EXPECT_TRUE(findings.empty()) << describe(findings);
}

TEST(Tree, IsRead) {
  std::size_t cppFiles = 0;
  for (const SourceFile& file : tree()) {
    EXPECT_FALSE(file.path.starts_with("build/")) << file.path;
    if (file.isCpp()) ++cppFiles;
  }
  EXPECT_GT(cppFiles, 10U);
}

TEST(Tree, FoldersIncludeOnlyWhatStandsBelowThem) { expectClean(checkFolderOrder(tree())); }

TEST(Tree, ClientHeadersStayInTheirDialect) { expectClean(checkClientHeaders(tree())); }

TEST(Tree, IncludesHaveOneForm) { expectClean(checkIncludeForm(tree())); }

TEST(Tree, PublicHeadersAreLight) { expectClean(checkPublicHeaders(tree())); }

TEST(Tree, LinesFitInOneHundredColumns) { expectClean(checkLineWidth(tree())); }

TEST(Tree, WhiteSpaceIsClean) { expectClean(checkWhiteSpace(tree())); }

TEST(Tree, HeadersSayWhatTheyAreFor) { expectClean(checkHeaderShape(tree())); }

TEST(Tree, LibraryNeverWritesToAStreamOrExits) { expectClean(checkStrayOutput(tree())); }

TEST(Tree, HasNoLeftovers) { expectClean(checkLeftovers(tree())); }

TEST(Tree, FilesAreNamedAndListed) { expectClean(checkFileNames(tree())); }

TEST(Tree, EveryFeatureIsShownByATestOrSaidToBeMissing) { expectClean(checkFeatures(tree())); }

// Long files and functions are worth a look, not a failure: they are printed.
TEST(Tree, LongFilesAndFunctionsArePrinted) {
  const auto findings = checkLengths(tree());
  std::cout << describe(findings) << findings.size() << " long files and functions\n";
}

}  // namespace
}  // namespace sonde::tidy
