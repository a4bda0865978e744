#include "include_rules.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "build_lists.hpp"

namespace sonde::tidy {

namespace {

struct Include {
  std::size_t line = 0;
  std::string target;
  bool quoted = false;
};

std::vector<Include> includesOf(const SourceFile& file) {
  std::vector<Include> includes;
  if (!file.isCpp()) return includes;
  const auto lines = splitLines(file.text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string_view line = lines[i];
    const std::size_t hash = line.find_first_not_of(' ');
    if (hash == std::string_view::npos || line[hash] != '#') continue;
    if (line.find("include") == std::string_view::npos) continue;
    const std::size_t open = line.find_first_of("\"<");
    if (open == std::string_view::npos) continue;
    const std::size_t close = line.find_first_of("\">", open + 1);
    if (close == std::string_view::npos) continue;
    includes.push_back(
        {i + 1, std::string(line.substr(open + 1, close - open - 1)), line[open] == '"'});
  }
  return includes;
}

/// The path from the root of the header that an include means; nothing when it is not the
/// project's.
std::optional<std::string> projectHeader(const SourceFile& file, const Include& include) {
  static constexpr std::string_view kPrefix = "sonde/";
  if (!include.quoted) {
    if (!include.target.starts_with(kPrefix)) return std::nullopt;
    return include.target.substr(kPrefix.size());
  }
  const std::filesystem::path from = std::filesystem::path(file.path).parent_path();
  return (from / include.target).lexically_normal().generic_string();
}

std::string folderOf(const std::string& path) { return SourceFile{path, {}}.folder(); }

/// "sqlite" for "dialects/sqlite/driver.hpp"; empty elsewhere.
std::string engineOf(const std::string& path) {
  static constexpr std::string_view kDialects = "dialects/";
  if (!path.starts_with(kDialects)) return {};
  const std::size_t slash = path.find('/', kDialects.size());
  if (slash == std::string::npos) return {};
  return path.substr(kDialects.size(), slash - kDialects.size());
}

/// What each folder may include besides itself, transitively. A folder that is not here (tests,
/// bench, examples) may include everything.
const std::map<std::string, std::set<std::string>>& allowedFolders() {
  static const auto table = [] {
    std::map<std::string, std::set<std::string>> allowed;
    const auto add = [&](const std::string& folder, const std::vector<std::string>& below) {
      auto& set = allowed[folder];
      for (const std::string& other : below) {
        set.insert(other);
        set.insert(allowed[other].begin(), allowed[other].end());
      }
    };
    add("core", {});
    add("introspect", {"core"});
    add("query", {"introspect"});
    add("dialects", {"query"});
    add("session", {"dialects"});
    add("repo", {"session"});
    add("monitor", {"session"});
    add("migrate", {"session"});
    add("db", {"repo", "monitor", "migrate"});
    add("server", {"db"});
    add("cli", {"db"});
    add("", {"db"});  // The umbrella, sonde.hpp.
    return allowed;
  }();
  return table;
}

bool isOutsideTheLibrary(const std::string& folder) {
  return folder == "tests" || folder == "bench" || folder == "examples";
}

}  // namespace

std::vector<Finding> checkFolderOrder(const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    const std::string folder = file.folder();
    const auto rule = allowedFolders().find(folder);
    if (rule == allowedFolders().end()) continue;
    for (const Include& include : includesOf(file)) {
      const auto header = projectHeader(file, include);
      // Generated headers, such as <sonde/version.hpp>, stand at the root and belong to nobody.
      if (!header || header->find('/') == std::string::npos) continue;
      const std::string target = folderOf(*header);
      if (target != folder && rule->second.count(target) == 0) {
        findings.push_back({file.path, include.line,
                            (folder.empty() ? "the umbrella" : folder + "/") + " may not include " +
                                target + "/ (" + include.target + ")"});
      }
      const std::string engine = engineOf(*header);
      if (!engine.empty() && engineOf(file.path) != engine &&
          file.path != "dialects/registry.cpp") {
        findings.push_back({file.path, include.line,
                            "only dialects/registry.cpp may reach into dialects/" + engine + "/"});
      }
    }
  }
  return findings;
}

std::vector<Finding> checkClientHeaders(const std::vector<SourceFile>& files) {
  static constexpr std::array<std::string_view, 10> kClientHeaders = {
      "sqlite3",   "libpq",        "pqxx",       "mysql",    "mariadb",
      "pg_config", "postgres_ext", "catalog/pg", "errmsg.h", "mysqld_error"};
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    const std::string folder = file.folder();
    if (folder == "tests" || folder == "bench") continue;
    if (!file.isHeader() && !engineOf(file.path).empty()) continue;
    for (const Include& include : includesOf(file)) {
      if (include.quoted) continue;
      const bool client =
          std::any_of(kClientHeaders.begin(), kClientHeaders.end(),
                      [&](std::string_view name) { return include.target.starts_with(name); });
      if (client) {
        findings.push_back({file.path, include.line,
                            "<" + include.target + "> belongs in dialects/<engine>/*.cpp only"});
      }
    }
  }
  return findings;
}

std::vector<Finding> checkIncludeForm(const std::vector<SourceFile>& files) {
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    const bool outside = isOutsideTheLibrary(file.folder());
    for (const Include& include : includesOf(file)) {
      if (!outside && !include.quoted && include.target.starts_with("sonde/") &&
          include.target != "sonde/version.hpp") {
        findings.push_back(
            {file.path, include.line,
             "the library includes itself relatively, not as <" + include.target + ">"});
      }
      if (outside && include.quoted && folderOf(*projectHeader(file, include)) != file.folder()) {
        findings.push_back(
            {file.path, include.line, "write <sonde/…> instead of \"" + include.target + "\""});
      }
    }
  }
  return findings;
}

std::vector<Finding> checkPublicHeaders(const std::vector<SourceFile>& files) {
  const BuildLists lists(files);
  std::vector<Finding> findings;
  for (const SourceFile& file : files) {
    const std::string folder = file.folder();
    if (!file.isHeader() || isOutsideTheLibrary(folder)) continue;
    if (lists.namesAsInternal(file.path)) continue;
    for (const Include& include : includesOf(file)) {
      const std::string& target = include.target;
      const bool heavy = target.starts_with("spdlog/") || target.starts_with("fmt/") ||
                         target == "nlohmann/json.hpp" || target == "iostream" ||
                         (target.starts_with("CLI/") && folder != "cli");
      if (heavy) findings.push_back({file.path, include.line, "<" + target + "> in a header"});
      const auto header = projectHeader(file, include);
      if (header && lists.namesAsInternal(*header)) {
        findings.push_back({file.path, include.line, *header + " is not installed"});
      }
    }
  }
  return findings;
}

}  // namespace sonde::tidy
