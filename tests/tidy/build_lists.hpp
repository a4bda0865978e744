// What the CMakeLists.txt files say of the C++ files beside and below them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "source_tree.hpp"

namespace sonde::tidy {

/// The lists of a tree. Views into the files it was made from, which must outlive it.
class BuildLists {
 public:
  explicit BuildLists(const std::vector<SourceFile>& files);

  /// Whether the nearest CMakeLists.txt, at or above the file, names it, or any other one does with
  /// its folder: "../support/process.cpp".
  [[nodiscard]] bool names(const std::string& path) const;
  /// Whether it does so after INTERNAL: a header that is not installed.
  [[nodiscard]] bool namesAsInternal(const std::string& path) const;

 private:
  [[nodiscard]] std::string_view nearest(std::string folder) const;

  std::map<std::string, std::string_view> lists_;  // by folder
};

}  // namespace sonde::tidy
