// The names that a relation of one table can no longer have.
//
// Invariant: the names of columns are taken as they are written, those of relations in any case.
// Used by relations.cpp and relation_overrides.cpp.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "table.hpp"

namespace sonde::detail {

/// See the file comment. Views the table's columns.
class TakenNames {
 public:
  /// Takes the names of all columns.
  explicit TakenNames(const Table& table) : columns_(table.columns) {}

  /// @return Whether the name was free; it is taken now.
  bool take(std::string_view name);
  /// @return `stem` with the first number from 2 on that is free; it is taken now.
  std::string takeNumbered(const std::string& stem);

 private:
  const std::vector<Column>& columns_;  // few enough to be looked through for each name
  std::unordered_set<std::string> relations_;
  std::unordered_map<std::string, unsigned> next_;  // so that many equal stems take linear time
};

}  // namespace sonde::detail
