// Counts what an application's statements do, by fingerprint: calls, errors, rows, times, waits and
// the engine's effort.
//
// Invariant: a statement is normalised once for each plan, never for each run. Memory is bounded by
// the number of fingerprints; when there are more, the twentieth of them that took the least time
// goes, and what they did is added to what was evicted. Statements that sonde runs for itself do
// not pass its observers, so they are not counted; nor is one for which there is no memory left.
//
// Thread-safe. The numbers stand in shards, each with a mutex that the threads of one shard hold
// for some twenty nanoseconds; the directory of fingerprints has a mutex of its own, taken before a
// shard's, and only for plans that a shard does not know. Made by db/ where the configuration says
// so; read by monitors and advisers.
#pragma once

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "../../query/lexer.hpp"
#include "../../session/statement_observer.hpp"
#include "statistics_snapshot.hpp"

namespace sonde {

/// See the file comment.
class StatementStatistics final : public StatementObserver {
 public:
  /// Keeps at most `maxFingerprints` (at least one), and as many names of operations.
  StatementStatistics(const query::LexerRules& rules, std::size_t maxFingerprints);
  ~StatementStatistics() override;

  void after(const StatementInfo& info, const StatementOutcome& outcome) noexcept override;
  void failed(const StatementInfo& info, const std::exception& error,
              const StatementOutcome& outcome) noexcept override;
  [[nodiscard]] bool wantsBefore() const noexcept override { return false; }
  [[nodiscard]] bool wantsEffort() const noexcept override { return true; }

  /// Counts an operation of the application. @param error What it failed with; nullptr for nothing.
  void recordOperation(std::string_view name, std::chrono::nanoseconds took,
                       const ErrorCode* error) noexcept;

  /// @return What was counted until now, by total time. A statement that ends while it is taken is
  /// in it or not, never by half.
  [[nodiscard]] StatisticsSnapshot snapshot() const;
  /// Forgets everything and begins anew.
  void reset();

  /// @return The SQL of the slowest call of a fingerprint as it was prepared, literals included;
  /// empty for a fingerprint that is not known. For explaining it, not for showing it.
  [[nodiscard]] std::string preparedSql(std::uint64_t fingerprint) const;

 private:
  using SteadyTime = std::chrono::steady_clock::time_point;

  /// What a fingerprint stands for. Never changes.
  struct Description {
    std::string sql;
    std::vector<query::TableUse> tables;
    bool write = false;
  };

  /// What one fingerprint did on the threads of one shard.
  struct Series {
    std::uint64_t calls = 0;
    std::uint64_t rows = 0;
    std::uint64_t affected = 0;
    StatementEffort effort;
    DurationHistogram times;
    DurationHistogram waits;  // of the calls that waited at all
    std::map<ErrorCode, std::uint64_t> errors;
    SteadyTime firstSeen;
    SteadyTime lastSeen;
    std::uint64_t slowestPlan = 0;
    std::string slowestSql;

    void add(const query::Plan& plan, const StatementOutcome& outcome);
    void merge(const Series& other);
  };

  struct Operation {
    DurationHistogram times;
    std::map<ErrorCode, std::uint64_t> errors;
    SteadyTime lastSeen;
  };

  static constexpr std::size_t kDirect = 64;

  struct alignas(64) Shard {
    mutable std::mutex mutex;
    // The first look, by plan id, as in StatementCache.
    struct Slot {
      std::uint64_t plan = 0;
      Series* series = nullptr;
    };
    std::array<Slot, kDirect> direct{};
    std::unordered_map<std::uint64_t, Series*> byPlan;
    std::unordered_map<std::uint64_t, std::unique_ptr<Series>> byFingerprint;

    [[nodiscard]] Series* find(std::uint64_t plan) noexcept;
    [[nodiscard]] Series* findFar(std::uint64_t plan) noexcept;
    void forgetPlans() noexcept;
  };

  [[nodiscard]] Shard& shard() noexcept;
  void record(const StatementInfo& info, const StatementOutcome& outcome,
              const ErrorCode* error) noexcept;
  void recordUnknown(Shard& shard, const query::Plan& plan, const StatementOutcome& outcome,
                     const ErrorCode* error);
  [[nodiscard]] std::uint64_t fingerprintOf(const query::Plan& plan, std::string& normalized);
  void describe(std::uint64_t fingerprint, const query::Plan& plan, std::string normalized);
  void evict();
  [[nodiscard]] std::unordered_map<std::uint64_t, Series> merged() const;

  const query::LexerRules rules_;
  const std::size_t maxFingerprints_;
  std::unique_ptr<Shard[]> shards_;
  std::size_t shardCount_;

  mutable std::mutex directory_;  // of what follows; before a shard's
  std::unordered_map<std::uint64_t, std::shared_ptr<const Description>> known_;
  std::unordered_map<std::uint64_t, std::uint64_t> fingerprints_;  // by plan id
  EvictedStatements evicted_;
  std::chrono::system_clock::time_point since_;

  mutable std::mutex operationsMutex_;
  std::map<std::string, Operation, std::less<>> operations_;
  std::uint64_t operationsLeftOut_ = 0;
};

}  // namespace sonde
