// What was counted of an application's statements up to one moment, as plain data.
//
// Invariant: holds no parameter value and no literal of a statement. What was forgotten for want of
// room is in `evicted`, so that the sums of calls and time are those of everything that ran.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

#include "../../core/error.hpp"
#include "../../dialects/statement.hpp"
#include "../../query/plan.hpp"
#include "duration_histogram.hpp"

namespace sonde {

/// Errors by their code, in the order of the codes.
using ErrorCounts = std::vector<std::pair<ErrorCode, std::uint64_t>>;

/// What statements that differ only in values did together.
struct StatementSummary {
  std::uint64_t fingerprint = 0;        ///< query::fingerprintSql of `sql`.
  std::string sql;                      ///< query::normalizeSql of the statement.
  std::vector<query::TableUse> tables;  ///< That it reads or writes.
  bool write = false;
  std::uint64_t calls = 0;  ///< Those that failed included; a batch in a pipeline is one.
  ErrorCounts errors;
  std::uint64_t rows = 0;
  std::uint64_t affected = 0;
  DurationSummary time;  ///< Of every call that got a connection, failed ones included.
  DurationSummary wait;  ///< For a connection, of every call.
  StatementEffort effort;
  std::chrono::system_clock::time_point firstSeen;  ///< When the first call ended.
  std::chrono::system_clock::time_point lastSeen;
  std::string slowestSql;  ///< The slowest call's own SQL, with `?` for its literals.

  [[nodiscard]] std::uint64_t failed() const noexcept;
};

/// What an operation that the application named did.
struct OperationSummary {
  std::string name;
  std::uint64_t calls = 0;  ///< Those that failed included.
  ErrorCounts errors;       ///< Exceptions that are none of sonde's count as Generic.
  DurationSummary time;
  std::chrono::system_clock::time_point lastSeen;
};

/// What had to be forgotten because there were more fingerprints than may be kept.
struct EvictedStatements {
  std::uint64_t fingerprints = 0;
  std::uint64_t calls = 0;
  std::chrono::nanoseconds time{};
};

/// By what statements are sorted, the highest first.
enum class StatisticsOrder : std::uint8_t { TotalTime, MeanTime, P95Time, Calls, Rows, Scans };

/// See the file comment.
struct StatisticsSnapshot {
  bool enabled = false;  ///< False: nothing is counted, and everything here is empty.
  std::chrono::system_clock::time_point since;  ///< When counting began, or was reset.
  std::chrono::system_clock::time_point taken;
  std::vector<StatementSummary> statements;  ///< By total time, the longest first.
  std::vector<OperationSummary> operations;  ///< The same.
  EvictedStatements evicted;
  std::uint64_t operationsLeftOut = 0;  ///< Calls of operations beyond the number of names kept.

  /// Sorts the statements anew; equal ones by their SQL.
  void sortBy(StatisticsOrder order);
  /// @return The statement of a fingerprint; nullptr when there is none.
  [[nodiscard]] const StatementSummary* find(std::uint64_t fingerprint) const noexcept;
};

/// @return The snapshot as JSON, as docs/statistics.md describes it. Thread-safe.
[[nodiscard]] nlohmann::json toJson(const StatisticsSnapshot& snapshot);
/// @return A fingerprint as it stands in the JSON: 16 hexadecimal digits. Thread-safe.
[[nodiscard]] std::string fingerprintText(std::uint64_t fingerprint);

}  // namespace sonde
