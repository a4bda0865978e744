#include "build_lists.hpp"

#include <algorithm>

namespace sonde::tidy {

namespace {

std::string parentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

std::string nameOf(const std::string& path) { return path.substr(path.rfind('/') + 1); }

/// Where a list names a file; npos when it does not. A longer name that ends alike does not count.
std::size_t positionOf(std::string_view list, const std::string& name) {
  std::size_t at = list.find(name);
  while (at != std::string_view::npos) {
    const char before = at == 0 ? ' ' : list[at - 1];
    if (before == ' ' || before == '\n' || before == '/' || before == '(') return at;
    at = list.find(name, at + 1);
  }
  return std::string_view::npos;
}

}  // namespace

BuildLists::BuildLists(const std::vector<SourceFile>& files) {
  for (const SourceFile& file : files) {
    if (nameOf(file.path) == "CMakeLists.txt") lists_[parentOf(file.path)] = file.text;
  }
}

bool BuildLists::names(const std::string& path) const {
  constexpr auto kNowhere = std::string_view::npos;
  if (positionOf(nearest(parentOf(path)), nameOf(path)) != kNowhere) return true;
  const std::string withFolder = nameOf(parentOf(path)) + "/" + nameOf(path);
  return std::any_of(lists_.begin(), lists_.end(), [&](const auto& list) {
    return positionOf(list.second, withFolder) != kNowhere;
  });
}

bool BuildLists::namesAsInternal(const std::string& path) const {
  const std::string_view list = nearest(parentOf(path));
  const std::size_t at = positionOf(list, nameOf(path));
  if (at == std::string_view::npos) return false;
  const std::string_view before = list.substr(0, at);
  const std::size_t internal = before.rfind("INTERNAL");
  if (internal == std::string_view::npos) return false;
  const std::string_view since = before.substr(internal);
  return since.find("HEADERS") == std::string_view::npos &&
         since.find("SOURCES") == std::string_view::npos &&
         since.find(')') == std::string_view::npos;
}

std::string_view BuildLists::nearest(std::string folder) const {
  while (true) {
    const auto found = lists_.find(folder);
    if (found != lists_.end()) return found->second;
    if (folder.empty()) return {};
    folder = parentOf(folder);
  }
}

}  // namespace sonde::tidy
