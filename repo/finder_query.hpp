// From a parsed finder name to its plans and the arguments they take.
//
// Invariant: without nulls and lists among the arguments a finder has one plan, compiled with it;
// with them it has one more for each pattern of nulls and list lengths, found by shape. Immutable,
// shared.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../core/arg.hpp"
#include "../query/executor.hpp"
#include "finder.hpp"
#include "finder_name.hpp"
#include "table_plans.hpp"

namespace sonde::repo {

/// A finder compiled for one TablePlans.
struct FinderPlan {
  std::string name;
  std::string table;
  std::uint64_t madeFor = 0;  ///< TablePlans::id() of what it was compiled for.
  FinderSpec spec;
  bool takesList = false;
  query::PlanPtr plan;  ///< For arguments without nulls; null where a list is wanted.
  /// For each parameter of the plan the argument it takes, or kTrue or kFalse; empty when the first
  /// is the first, and so on.
  std::vector<std::int64_t> sources;
  std::uint64_t limit = 0;  ///< Passed as the last argument; 0: no limit.

  static constexpr std::int64_t kTrue = -1;
  static constexpr std::int64_t kFalse = -2;
};

/// @return A finder of this name, compiled. @throws SchemaError as parseFinder().
[[nodiscard]] std::shared_ptr<const FinderPlan> compileFinder(const TablePlans& plans,
                                                              const Executor& executor,
                                                              std::string_view name);

/// Runs a finder. @throws ValidationError before any SQL when the arguments do not fit the name.
[[nodiscard]] FinderResult runFinder(Executor& executor, const TablePlans& plans,
                                     const FinderPlan& finder, Args args);

/// Runs a finder once for each list of arguments: through Executor::queryEach where they share a
/// plan. @throws As runFinder(), before any SQL for arguments that do not fit.
[[nodiscard]] std::vector<FinderResult> runFinderEach(Executor& executor, const TablePlans& plans,
                                                      const FinderPlan& finder,
                                                      std::span<const Args> batch);

}  // namespace sonde::repo
