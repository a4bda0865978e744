// Planted violations of the rule of docs/features.md.
#include "feature_rules.hpp"

#include <gtest/gtest.h>

namespace sonde::tidy {
namespace {

std::vector<SourceFile> withFeatures(std::string features) {
  // The macro's name is spelled apart, so that these are not taken for tests of this file.
  return {{"tests/core/a_test.cpp", std::string("TE") + "ST(Value, Holds) {}\n" + "TE" +
                                        "ST_P(\n    Conformance, Reads) {}\n// TE" +
                                        "ST(Not, ATest)\n"},
          {"tests/install/CMakeLists.txt", "add_test(NAME Install.Works COMMAND x)\n"},
          {"docs/features.md", std::move(features)}};
}

TEST(TestNames, AreReadFromCodeOnly) {
  EXPECT_EQ(testNames(withFeatures("")),
            (std::set<std::string>{"Value.Holds", "Conformance.Reads", "Install.Works"}));
}

TEST(Features, MayNameTestsThatExist) {
  EXPECT_TRUE(checkFeatures(withFeatures("# Features\n\nProse.\n\n- holds: `Value.Holds`\n"
                                         "- reads, over\n  two lines: `Conformance.Reads`\n"))
                  .empty());
}

TEST(Features, MayNotNameATestThatIsGone) {
  const auto findings = checkFeatures(withFeatures("- a: `Value.Holds`\n- b: `Value.Gone`\n"));
  ASSERT_EQ(findings.size(), 1U);
  EXPECT_EQ(findings[0].line, 2U);
  EXPECT_EQ(findings[0].message, "there is no test Value.Gone");
}

TEST(Features, MustNameATestOrSayWhatIsLacking) {
  EXPECT_EQ(checkFeatures(withFeatures("- holds values\n")).size(), 1U);
  EXPECT_TRUE(checkFeatures(withFeatures("- holds values: missing\n- and: partial, x\n")).empty());
}

}  // namespace
}  // namespace sonde::tidy
