// Findings that need no workload, with the statements that put them right. Private to IndexAdvisor.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "../../dialects/dialect.hpp"
#include "index_advice.hpp"
#include "unused.hpp"

namespace sonde::advisor {

/// @param rows The rows of a table, empty where nobody knows.
/// @param minKeyRows What a table must hold for its foreign keys to want an index.
/// @return Duplicate, redundant and invalid indexes, and missing ones of foreign keys, in the order
/// of the schema.
[[nodiscard]] std::vector<IndexFinding> schemaFindings(
    const Schema& schema, const Dialect& dialect,
    const std::function<std::optional<double>(const Table&)>& rows, double minKeyRows);

/// @return What to do about indexes that nobody reads: where the engine can keep an index without
/// using it, that first; else to drop it.
[[nodiscard]] std::vector<IndexFinding> unusedFindings(const Schema& schema, const Dialect& dialect,
                                                       const IndexUsage& usage,
                                                       const UnusedLimits& limits);

}  // namespace sonde::advisor
