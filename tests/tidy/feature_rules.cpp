#include "feature_rules.hpp"

#include <regex>

namespace sonde::tidy {

namespace {

struct Item {
  std::size_t line = 0;
  std::string text;
};

std::vector<Item> itemsOf(std::string_view text) {
  std::vector<Item> items;
  const auto lines = splitLines(text);
  bool open = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (lines[i].starts_with("- ")) {
      items.push_back({i + 1, std::string(lines[i])});
      open = true;
    } else if (open && lines[i].starts_with("  ")) {
      items.back().text.append("\n").append(lines[i]);
    } else {
      open = false;
    }
  }
  return items;
}

}  // namespace

std::set<std::string> testNames(const std::vector<SourceFile>& files) {
  static const std::regex kTest(R"(\bTEST(_F|_P)?\(\s*(\w+)\s*,\s*(\w+)\s*\))");
  static const std::regex kCTest(R"(\badd_test\(\s*NAME\s+([A-Z]\w*\.[A-Z]\w*))");
  std::set<std::string> names;
  const std::sregex_iterator end;
  for (const SourceFile& file : files) {
    if (file.folder() != "tests") continue;
    if (file.path.ends_with("CMakeLists.txt")) {
      for (std::sregex_iterator it(file.text.begin(), file.text.end(), kCTest); it != end; ++it) {
        names.insert((*it)[1].str());
      }
    }
    if (!file.isCpp()) continue;
    const std::string code = blankCommentsAndLiterals(file.text);
    for (std::sregex_iterator it(code.begin(), code.end(), kTest); it != end; ++it) {
      names.insert((*it)[2].str() + "." + (*it)[3].str());
    }
  }
  return names;
}

std::vector<Finding> checkFeatures(const std::vector<SourceFile>& files) {
  static const std::regex kReference("`([A-Z]\\w*\\.[A-Z]\\w*)`");
  static const std::regex kUnfinished("\\b(partial|missing)\\b", std::regex::icase);
  const std::set<std::string> tests = testNames(files);
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    if (file.path != "docs/features.md") continue;
    for (const Item& item : itemsOf(file.text)) {
      bool named = false;
      for (std::sregex_iterator it(item.text.begin(), item.text.end(), kReference), end; it != end;
           ++it) {
        named = true;
        const std::string name = (*it)[1].str();
        if (tests.count(name) == 0) {
          findings.push_back({file.path, item.line, "there is no test " + name});
        }
      }
      if (!named && !std::regex_search(item.text, kUnfinished)) {
        findings.push_back({file.path, item.line, "names no test, nor says partial or missing"});
      }
    }
  }
  return findings;
}

}  // namespace sonde::tidy
