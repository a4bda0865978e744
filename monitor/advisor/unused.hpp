// Indexes that nobody was seen to read.
//
// Invariant: none that keeps rows unique, backs a constraint or is the only one that a foreign key
// has; and none at all before the server has counted for long enough: an index for the report at
// the end of the month has not been read today either. Pure functions of the schema, whose tables
// and indexes the results point at. Thread-safe. Used by the index advisor.
#pragma once

#include <chrono>
#include <cstdint>
#include <vector>

#include "../../dialects/usage.hpp"
#include "../../introspect/schema.hpp"

namespace sonde::advisor {

/// See the file comment.
struct UnusedIndex {
  const Table* table = nullptr;
  const Index* index = nullptr;
};

/// What an index must meet to be called unused.
struct UnusedLimits {
  std::chrono::seconds counted{0};  ///< For how long.
  std::uint64_t bytes = 0;          ///< Smaller ones cost little; unknown sizes pass.
};

/// @return The indexes of the schema that the server counted no read of, in its order; none where
/// it has counted for too short a time.
[[nodiscard]] std::vector<UnusedIndex> unusedIndexes(const Schema& schema, const IndexUsage& usage,
                                                     const UnusedLimits& limits);

}  // namespace sonde::advisor
