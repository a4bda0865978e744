// A prepared statement on one connection.
//
// Invariant: used by one thread at a time. Between reset() calls it holds locks, so whoever runs it
// resets it on every path. Rows given by step() point into the engine's memory and live until the
// next step() or reset().
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "../core/arg.hpp"
#include "../core/columns.hpp"
#include "../core/result_block.hpp"

namespace sonde {

/// Work of a statement that an index could have spared. All zero where the engine does not tell.
struct StatementEffort {
  std::uint64_t fullScanSteps = 0;  ///< Rows stepped over in scans of whole tables.
  std::uint64_t sorts = 0;          ///< Results that had to be sorted.
  std::uint64_t autoIndexRows = 0;  ///< Rows put into an index made for this run only.

  [[nodiscard]] bool any() const noexcept { return (fullScanSteps | sorts | autoIndexRows) != 0; }
  StatementEffort& operator+=(const StatementEffort& other) noexcept {
    fullScanSteps += other.fullScanSteps;
    sorts += other.sorts;
    autoIndexRows += other.autoIndexRows;
    return *this;
  }
};

/// See the file comment. Errors are thrown typed: QueryError, ConstraintError, Timeout, Cancelled,
/// TransactionError (busy), ConnectionError (the connection is gone).
class Statement {
 public:
  virtual ~Statement() = default;

  /// Binds every placeholder. Text and blobs are not copied: `args` must stay valid until reset().
  /// @throws ValidationError when the count differs or an argument cannot be bound.
  virtual void bind(Args args) = 0;

  /// Moves to the next row. @return The row's cells, valid until the next step() or reset();
  /// nullptr at the end.
  [[nodiscard]] virtual const Cell* step() = 0;

  /// Runs to the end and keeps the rows: steps, makes the block with the header as it is after the
  /// first step, and fills it. @return The block; never null, perhaps without rows.
  /// @param maxRows Stops after this many rows; 0 for all.
  /// @throws ResultTooLarge when the rows exceed `maxBytes` (0: no limit).
  [[nodiscard]] virtual BlockPtr fetch(std::size_t maxRows, std::size_t maxBytes) = 0;

  /// Runs once for each list of arguments, as bind() and fetch() in turn would, and resets. An
  /// engine with a pipeline sends them together, which saves a round trip for each.
  /// @return A block for each, in order. @throws What the first that failed throws; outside a
  /// transaction what the ones before it wrote stays.
  [[nodiscard]] virtual std::vector<BlockPtr> fetchEach(std::span<const Args> batch,
                                                        std::size_t maxBytes);

  /// Runs to the end and discards rows. @return The rows changed.
  virtual std::uint64_t run() = 0;

  /// @return The header of the rows; only right after the first step() or fetch().
  [[nodiscard]] virtual const std::shared_ptr<const Columns>& columns() = 0;

  /// Ends the run: releases locks, forgets bindings. Never throws.
  virtual void reset() noexcept = 0;

  /// @return Whether the statement writes nothing, as the engine sees it.
  [[nodiscard]] virtual bool readOnly() const noexcept = 0;
  /// @return The number of placeholders.
  [[nodiscard]] virtual std::size_t parameterCount() const noexcept = 0;
  /// @return Whether the engine had to prepare again because the schema changed since the last call
  /// of this function.
  [[nodiscard]] virtual bool takeSchemaChanged() noexcept = 0;
  /// @return What the runs since the last call of this function cost; zero where the engine does
  /// not tell. A statement that used to cost nothing may tell of some runs together, later. Asked
  /// only while somebody wants to know.
  [[nodiscard]] virtual StatementEffort takeEffort() noexcept { return {}; }
};

}  // namespace sonde
