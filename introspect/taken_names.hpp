// The names that a relation of one table can no longer have.
//
// Invariant: the names of columns are taken as they are written, those of relations in any case.
// Used by relations.cpp and relation_overrides.cpp.
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

#include "table.hpp"

namespace sonde::detail {

/// See the file comment. Views the names of the table's columns.
class TakenNames {
 public:
  /// Takes the names of all columns.
  explicit TakenNames(const Table& table);

  /// @return Whether the name was free; it is taken now.
  bool take(std::string_view name);
  /// @return `stem` with the first number from 2 on that is free; it is taken now.
  std::string takeNumbered(const std::string& stem);

 private:
  std::unordered_set<std::string_view> columns_;
  std::unordered_set<std::string> relations_;
  std::unordered_map<std::string, unsigned> next_;  // so that many equal stems take linear time
};

}  // namespace sonde::detail
