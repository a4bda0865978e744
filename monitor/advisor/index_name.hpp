// Names for indexes that are to be made.
//
// Invariant: equal indexes of equal tables get equal names, unless the schema has the name already.
// Not thread-safe: it remembers what it gave.
#pragma once

#include <cstddef>
#include <set>
#include <string>

#include "../../introspect/schema.hpp"

namespace sonde::advisor {

/// See the file comment.
class IndexNames {
 public:
  /// `maxBytes` is the longest name that the engine takes.
  IndexNames(const Schema& schema, std::size_t maxBytes);

  /// @return `idx_<table>_<columns>`, shortened with a hash where it is too long, numbered where
  /// the schema, or an earlier call, has it: unlike every index and table, whatever the case.
  [[nodiscard]] std::string nameFor(const Table& table, const Index& index);

 private:
  std::size_t maxBytes_;
  std::set<std::string> taken_;  // in lower case
};

}  // namespace sonde::advisor
