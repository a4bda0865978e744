// The rule of docs/features.md: every promised feature names the tests that show it, and they
// exist, or says that it is partial or missing.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "source_tree.hpp"

namespace sonde::tidy {

/// The names of all tests in tests/, "Suite.Name": those of GoogleTest as written in the source,
/// and those that a CMakeLists.txt adds under such a name.
std::set<std::string> testNames(const std::vector<SourceFile>& files);

/// Each item of docs/features.md ("- …", with the lines that continue it) names at least one test
/// as `Suite.Name`, and only tests that exist; or has the word partial or missing.
std::vector<Finding> checkFeatures(const std::vector<SourceFile>& files);

}  // namespace sonde::tidy
