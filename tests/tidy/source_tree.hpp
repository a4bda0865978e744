// The files of the source tree as the tidy rules see them: path from the root, and text.
// A rule is a function from files to findings; it reads no disk, so a test can plant a violation.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace sonde::tidy {

/// One text file of the project.
struct SourceFile {
  std::string path;  ///< From the root, with '/': "core/value.hpp".
  std::string text;

  [[nodiscard]] bool isHeader() const;
  [[nodiscard]] bool isCpp() const;          ///< A header or a source.
  [[nodiscard]] std::string folder() const;  ///< The first part of the path, empty at the root.
};

/// A broken rule: where, and what to do about it.
struct Finding {
  std::string path;
  std::size_t line = 0;  ///< From 1; 0 means the file as a whole.
  std::string message;
};

/// Every text file that git tracks or would track; without git, every file outside build folders.
std::vector<SourceFile> readSourceTree(const std::filesystem::path& root);

/// The lines of a text, without their ends.
std::vector<std::string_view> splitLines(std::string_view text);

/// The same text with comments, string and character literals blanked out, line by line, so that a
/// rule about code does not trip over prose.
std::string blankCommentsAndLiterals(std::string_view text);

/// "path:line: message" lines.
std::string describe(const std::vector<Finding>& findings);

/// Whether a folder is part of the library, as opposed to the command, tests and the like.
bool isLibraryFolder(std::string_view folder);

}  // namespace sonde::tidy
