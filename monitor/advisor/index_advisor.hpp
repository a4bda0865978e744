// Advises on indexes: which to make for a workload, which to drop, which the schema calls for.
//
// Invariant: nothing is changed. With a planner to ask, nothing is recommended that no plan would
// use, or that saves less than asked; without one, recommendations are marked as unproved. The same
// schema, statistics and workload give the same advice. Used by one thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "../../dialects/dialect.hpp"
#include "../../dialects/usage.hpp"
#include "../../dialects/what_if.hpp"
#include "index_advice.hpp"
#include "workload.hpp"

namespace sonde {

struct IndexAdvisorOptions {
  double minGain = 0.5;        ///< Share of a statement's cost that an index must save.
  double minRows = 1000;       ///< Of a table; smaller ones are read as fast as searched.
  double minKeyRows = 10'000;  ///< Of a table whose foreign key nobody was seen to look for.
  std::chrono::hours minUnusedTime{30 * 24};  ///< Of counting, before an index is called unused.
  std::uint64_t minUnusedBytes = std::uint64_t{1}
                                 << 20U;  ///< Of an index; smaller ones cost little.
  std::size_t maxStatements = 500;        ///< The most frequent ones.
};

/// See the file comment.
class IndexAdvisor {
 public:
  /// @param planner May be null; `unproved` then says why, for people. Must outlive this.
  IndexAdvisor(std::shared_ptr<const Schema> schema, const Dialect& dialect, WhatIf* planner,
               std::string unproved, const IndexAdvisorOptions& options = {});

  /// Takes what the engine counted of its indexes, so that unused ones are found.
  void take(IndexUsage usage) { usage_ = std::move(usage); }

  /// Advises on a workload, and on the schema.
  /// @throws ConnectionError when the planner's connection is gone.
  [[nodiscard]] IndexAdvice advise(std::span<const WorkloadStatement> workload);

  /// What the schema alone tells: duplicate, redundant and invalid indexes, foreign keys of large
  /// tables without one; and what was taken of their use: unused ones. @throws ConnectionError when
  /// the planner's connection is gone.
  [[nodiscard]] std::vector<IndexFinding> findings();

 private:
  std::shared_ptr<const Schema> schema_;
  const Dialect& dialect_;
  WhatIf* planner_;
  std::string unproved_;
  IndexAdvisorOptions options_;
  std::optional<IndexUsage> usage_;
};

}  // namespace sonde
