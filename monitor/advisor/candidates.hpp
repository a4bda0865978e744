// The indexes that could help a statement, before anybody asked the planner.
//
// Invariant: pure functions of shapes, schema and the engine's rules; nothing that an index, key or
// unique constraint of the table does already is among them. Deterministic. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "../../dialects/index_rules.hpp"
#include "query_shape.hpp"

namespace sonde::advisor {

/// An index that might be made; it has no name yet.
struct Candidate {
  const Table* table = nullptr;
  Index index;
  std::size_t covering = 0;  ///< Columns, keys or included, that are only there to be read.

  /// @return Whether both would be the same index.
  [[nodiscard]] bool same(const Candidate& other) const;
};

/// Candidates that help together only (the branches of an OR), or one that helps alone.
struct Proposal {
  std::vector<Candidate> indexes;

  /// @return How much there is to keep: the keys, and twice what is only there to be read.
  [[nodiscard]] std::size_t weight() const noexcept;
  /// @return Whether both propose the same.
  [[nodiscard]] bool same(const Proposal& other) const;
};

/// @return What could help one statement: equalities, then a range or an order; joins from either
/// side; expressions; partial indexes over comparisons with literals; columns to be read from the
/// index alone; for OR an index for each branch. Each once. At most some dozens.
[[nodiscard]] std::vector<Proposal> proposals(const QueryShape& shape, const Schema& schema,
                                              const IndexRules& rules);

/// @return For each table of the statement the one proposal that a careful engineer would begin
/// with: what to say where no planner can be asked.
[[nodiscard]] std::vector<Proposal> firstProposals(const QueryShape& shape, const Schema& schema,
                                                   const IndexRules& rules);

/// @return Whether the table has an index, or key, that does all that the candidate would.
[[nodiscard]] bool isThere(const Candidate& candidate, const Schema& schema);

}  // namespace sonde::advisor
