#include "source_tree.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <fstream>
#include <iterator>
#include <memory>

namespace sonde::tidy {

namespace {

namespace fs = std::filesystem;

/// What git tracks or would track under root; empty when git or the repository is not there.
std::vector<std::string> listWithGit(const fs::path& root) {
  const std::string command =
      "git -C '" + root.string() + "' ls-files --cached --others --exclude-standard -z 2>/dev/null";
  const auto close = [](std::FILE* pipe) { pclose(pipe); };
  const std::unique_ptr<std::FILE, decltype(close)> pipe(popen(command.c_str(), "r"), close);
  std::vector<std::string> paths;
  if (!pipe) return paths;
  std::string path;
  for (int c = std::fgetc(pipe.get()); c != EOF; c = std::fgetc(pipe.get())) {
    if (c != '\0') {
      path.push_back(static_cast<char>(c));
    } else {
      paths.push_back(std::move(path));
      path.clear();
    }
  }
  return paths;
}

std::vector<std::string> listByWalking(const fs::path& root) {
  std::vector<std::string> paths;
  for (auto it = fs::recursive_directory_iterator(root); it != fs::end(it); ++it) {
    const std::string name = it->path().filename().string();
    if (it->is_directory()) {
      if (name == "build" || name == ".git" || name == ".cache") it.disable_recursion_pending();
    } else if (it->is_regular_file()) {
      paths.push_back(fs::relative(it->path(), root).generic_string());
    }
  }
  return paths;
}

bool isTextFile(const fs::path& path) {
  static constexpr std::array<std::string_view, 16> kExtensions = {
      ".cpp", ".hpp", ".txt", ".cmake", ".md",  ".sh",   ".json", ".in",
      ".sql", ".yml", ".pc",  "",       ".csv", ".fish", ".bash", ".zsh"};
  const std::string extension = path.extension().string();
  return std::find(kExtensions.begin(), kExtensions.end(), extension) != kExtensions.end();
}

std::string readFile(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// Where the literal or comment that begins at `begin` ends; `begin` itself when nothing does.
std::size_t endOfBlank(std::string_view text, std::size_t begin) {
  const auto endAfter = [&](std::string_view mark, std::size_t from) {
    const std::size_t at = text.find(mark, from);
    return at == std::string_view::npos ? text.size() : at + mark.size();
  };
  if (text.substr(begin, 2) == "//") return std::min(text.find('\n', begin), text.size());
  if (text.substr(begin, 2) == "/*") return endAfter("*/", begin + 2);
  const char c = text[begin];
  const bool wordBefore =
      begin > 0 && std::isalnum(static_cast<unsigned char>(text[begin - 1])) != 0;
  if (c == '"' && begin > 0 && text[begin - 1] == 'R') {
    const std::size_t open = text.find('(', begin);
    if (open == std::string_view::npos) return text.size();
    const std::string mark = ")" + std::string(text.substr(begin + 1, open - begin - 1)) + "\"";
    return endAfter(mark, open);
  }
  // A quote after a digit separates thousands.
  if (c != '"' && (c != '\'' || wordBefore)) return begin;
  std::size_t i = begin + 1;
  while (i < text.size() && text[i] != c && text[i] != '\n') i += text[i] == '\\' ? 2 : 1;
  return std::min(i + 1, text.size());
}

}  // namespace

bool SourceFile::isHeader() const { return path.ends_with(".hpp"); }

bool SourceFile::isCpp() const { return isHeader() || path.ends_with(".cpp"); }

std::string SourceFile::folder() const {
  const std::size_t slash = path.find('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::vector<SourceFile> readSourceTree(const fs::path& root) {
  std::vector<std::string> paths = listWithGit(root);
  if (paths.empty()) paths = listByWalking(root);
  std::sort(paths.begin(), paths.end());
  std::vector<SourceFile> files;
  for (std::string& path : paths) {
    const fs::path full = root / path;
    // A tracked file may have been deleted and not yet committed.
    if (!isTextFile(full) || !fs::is_regular_file(full)) continue;
    files.push_back({std::move(path), readFile(full)});
  }
  return files;
}

std::vector<std::string_view> splitLines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::string blankCommentsAndLiterals(std::string_view text) {
  std::string blanked(text);
  for (std::size_t i = 0; i < text.size();) {
    const std::size_t end = endOfBlank(text, i);
    for (std::size_t j = i; j < end; ++j) {
      if (text[j] != '\n') blanked[j] = ' ';
    }
    i = std::max(end, i + 1);
  }
  return blanked;
}

std::string describe(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += finding.path;
    if (finding.line != 0) text += ":" + std::to_string(finding.line);
    text += ": " + finding.message + "\n";
  }
  return text;
}

bool isLibraryFolder(std::string_view folder) {
  static constexpr std::array<std::string_view, 10> kFolders = {
      "core", "introspect", "query",   "dialects", "session",
      "repo", "monitor",    "migrate", "db",       "server"};
  return std::find(kFolders.begin(), kFolders.end(), folder) != kFolders.end();
}

}  // namespace sonde::tidy
