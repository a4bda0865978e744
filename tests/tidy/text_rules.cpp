#include "text_rules.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <regex>
#include <string>
#include <string_view>

#include "build_lists.hpp"

namespace sonde::tidy {

namespace {

constexpr std::size_t kMaxColumns = 100;
constexpr std::size_t kMaxFileLines = 500;
constexpr std::size_t kMaxFunctionLines = 70;

std::size_t columnsOf(std::string_view line) {
  return static_cast<std::size_t>(std::count_if(line.begin(), line.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
  }));
}

bool isCode(const SourceFile& file) {
  return file.isCpp() || file.path.ends_with("CMakeLists.txt") || file.path.ends_with(".cmake") ||
         file.path.ends_with(".sh") || file.path.ends_with(".in") || file.path == "dev";
}

/// Whether the text before an opening brace declares a function.
bool opensFunction(std::string_view before) {
  static const std::regex kOther(
      R"(\b(namespace|class|struct|enum|union|extern|concept)\b[^()]*$)");
  if (before.find('(') == std::string_view::npos) return false;
  return !std::regex_search(before.begin(), before.end(), kOther);
}

struct Function {
  std::size_t firstLine = 0;
  std::size_t lastLine = 0;
};

/// The functions of a file, lambdas counted as part of the function around them. A heuristic over
/// braces, which is enough for a warning.
std::vector<Function> functionsOf(std::string_view text) {
  const std::string code = blankCommentsAndLiterals(text);
  std::vector<Function> functions;
  std::string before;  // What stands between the last ';', '{' or '}' and here.
  std::size_t line = 1, beforeLine = 1, depth = 0, functionDepth = 0;
  bool preprocessor = false;
  for (const char c : code) {
    if (c == '\n') {
      ++line;
      preprocessor = false;
    }
    if (c == '#') preprocessor = true;
    if (preprocessor) continue;
    if (c == '{') {
      ++depth;
      if (functionDepth == 0 && opensFunction(before)) {
        functionDepth = depth;
        functions.push_back({beforeLine, line});
      }
    } else if (c == '}' && depth > 0) {
      if (functionDepth == depth) {
        functions.back().lastLine = line;
        functionDepth = 0;
      }
      --depth;
    }
    if (c == '{' || c == '}' || c == ';') {
      before.clear();
    } else if (!before.empty() || std::isspace(static_cast<unsigned char>(c)) == 0) {
      if (before.empty()) beforeLine = line;
      before.push_back(c);
    }
  }
  return functions;
}

/// Reports every line of the given text that the pattern matches.
void reportMatches(const SourceFile& file, std::string_view text, const std::regex& pattern,
                   const std::string& message, std::vector<Finding>& findings) {
  const auto lines = splitLines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    std::match_results<std::string_view::const_iterator> match;
    if (std::regex_search(lines[i].begin(), lines[i].end(), match, pattern)) {
      findings.push_back({file.path, i + 1, message + ": " + match.str()});
    }
  }
}

}  // namespace

std::vector<Finding> checkLineWidth(const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!isCode(file)) continue;
    const auto lines = splitLines(file.text);
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const std::size_t columns = columnsOf(lines[i]);
      if (columns <= kMaxColumns) continue;
      findings.push_back({file.path, i + 1, std::to_string(columns) + " columns"});
    }
  }
  return findings;
}

std::vector<Finding> checkLengths(const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.isCpp()) continue;
    const std::size_t lines = splitLines(file.text).size();
    if (lines > kMaxFileLines) findings.push_back({file.path, 0, std::to_string(lines) + " lines"});
    for (const Function& function : functionsOf(file.text)) {
      const std::size_t length = function.lastLine - function.firstLine + 1;
      if (length <= kMaxFunctionLines) continue;
      findings.push_back(
          {file.path, function.firstLine, "a function of " + std::to_string(length) + " lines"});
    }
  }
  return findings;
}

std::vector<Finding> checkWhiteSpace(const std::vector<SourceFile>& files) {
  static const std::regex kTab("\t");
  static const std::regex kTrailing("[ \t\r]+$");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    reportMatches(file, file.text, kTab, "a tab", findings);
    reportMatches(file, file.text, kTrailing, "white space at the end of a line", findings);
    if (!file.text.empty() && file.text.back() != '\n') {
      findings.push_back({file.path, 0, "no newline at the end of the file"});
    }
  }
  return findings;
}

std::vector<Finding> checkHeaderShape(const std::vector<SourceFile>& files) {
  static const std::regex kUsingNamespace(R"(\busing\s+namespace\b)");
  static const std::regex kPragmaOnce("(^|\n)#pragma once\n");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.isHeader()) continue;
    if (!file.text.starts_with("//")) {
      findings.push_back({file.path, 1, "a header opens by saying what it is for"});
    }
    if (!std::regex_search(file.text, kPragmaOnce)) {
      findings.push_back({file.path, 0, "no #pragma once"});
    }
    reportMatches(file, blankCommentsAndLiterals(file.text), kUsingNamespace, "in a header",
                  findings);
  }
  return findings;
}

std::vector<Finding> checkStrayOutput(const std::vector<SourceFile>& files) {
  static const std::regex kOutput(
      R"(\bstd::(cout|cerr|clog|wcout|wcerr)\b|\b(printf|fprintf|vprintf|puts|fputs|putchar|perror)"
      R"(|abort|exit|_exit|quick_exit)\s*\(|\bstd(out|err)\b)");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.isCpp() || !isLibraryFolder(file.folder())) continue;
    reportMatches(file, blankCommentsAndLiterals(file.text), kOutput,
                  "the library does not write or exit", findings);
  }
  return findings;
}

std::vector<Finding> checkLeftovers(const std::vector<SourceFile>& files) {
  // Spelled apart, so that this file does not find itself.
  static const std::regex kNotes(
      "\\b(TO"
      "DO|FIX"
      "ME|XX"
      "X|HA"
      "CK)\\b");
  static const std::regex kMachinePaths(
      "(^|[^A-Za-z0-9_.])/(wo"
      "rk|ro"
      "ot)/");
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    reportMatches(file, file.text, kNotes, "a note to self", findings);
    reportMatches(file, file.text, kMachinePaths, "a path of one machine", findings);
  }
  return findings;
}

std::vector<Finding> checkFileNames(const std::vector<SourceFile>& files) {
  static const std::regex kSnakeCase("[a-z0-9_]+\\.(hpp|cpp)");
  const BuildLists lists(files);
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (!file.isCpp()) continue;
    const std::string name = file.path.substr(file.path.rfind('/') + 1);
    if (!std::regex_match(name, kSnakeCase)) {
      findings.push_back({file.path, 0, "file names are snake_case"});
    }
    const std::string folder = file.folder();
    const bool helper =
        file.isHeader() && (folder == "tests" || folder == "bench" || folder == "examples");
    if (!helper && !lists.names(file.path)) {
      findings.push_back({file.path, 0, "not listed in the CMakeLists.txt of its folder"});
    }
  }
  return findings;
}

}  // namespace sonde::tidy
