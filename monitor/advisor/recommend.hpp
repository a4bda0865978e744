// Turns a workload into statements to plan, and chosen proposals into recommendations.
//
// Invariant: texts hold no values of statements but the literals of a partial index's predicate.
// Private to IndexAdvisor.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "../../dialects/dialect.hpp"
#include "index_advice.hpp"
#include "selection.hpp"
#include "workload.hpp"

namespace sonde::advisor {

/// @return The statements of a workload with their shapes, the most frequent first, at most `most`;
/// behind them, for each that deletes rows or changes their keys, the searches that the foreign
/// keys of other tables cause, cascades followed. Without plans yet.
[[nodiscard]] std::vector<PlannedStatement> prepare(std::span<const WorkloadStatement> workload,
                                                    const Schema& schema, const Dialect& dialect,
                                                    std::size_t most);

/// @return `SELECT 1 FROM "table" WHERE "a" = ? AND …`, which is planned as what a foreign key
/// looks for.
[[nodiscard]] std::string searchOf(const Table& table, const std::vector<std::string>& columns,
                                   const Dialect& dialect);

/// @return The recommendation of one index, its statements among `statements` with it. Proof, size
/// and gain are left to fill in.
[[nodiscard]] IndexRecommendation recommend(const Candidate& candidate,
                                            const std::vector<const PlannedStatement*>& statements,
                                            const Schema& schema, const Dialect& dialect);

/// @return How many calls of the workload would have to keep the index.
[[nodiscard]] double writesOf(const Candidate& candidate,
                              const std::vector<PlannedStatement>& statements);

/// @return Whether a statement of this shape has to keep an index of its table.
[[nodiscard]] bool keeps(const QueryShape& shape, const Candidate& candidate);

}  // namespace sonde::advisor
