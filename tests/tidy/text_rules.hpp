// Rules about the text of the files: width, length, white space, names, and what code may not say.
#pragma once

#include <vector>

#include "source_tree.hpp"

namespace sonde::tidy {

/// No line of code is wider than 100 columns (a code point is one column).
std::vector<Finding> checkLineWidth(const std::vector<SourceFile>& files);

/// Files over 500 lines and functions over 70: worth a look, not a failure.
std::vector<Finding> checkLengths(const std::vector<SourceFile>& files);

/// No tabs, no white space at the end of a line, no carriage returns, a newline at the end.
std::vector<Finding> checkWhiteSpace(const std::vector<SourceFile>& files);

/// A header opens with a comment, has `#pragma once` and no `using namespace`.
std::vector<Finding> checkHeaderShape(const std::vector<SourceFile>& files);

/// The library writes to no standard stream and does not end the process.
std::vector<Finding> checkStrayOutput(const std::vector<SourceFile>& files);

/// No notes to self, and no path of the machine somebody worked on.
std::vector<Finding> checkLeftovers(const std::vector<SourceFile>& files);

/// File names are snake_case, and every C++ file is listed in the nearest CMakeLists.txt; headers
/// that only tests, benchmarks or examples include need not be.
std::vector<Finding> checkFileNames(const std::vector<SourceFile>& files);

}  // namespace sonde::tidy
