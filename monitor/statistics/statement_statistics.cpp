#include "statement_statistics.hpp"

#include <algorithm>
#include <bit>
#include <thread>
#include <utility>

#include "../../session/thread_identity.hpp"

namespace sonde {

namespace {

// More than there are cores, so that a thread that is put to sleep while it holds a shard rarely
// stands in another's way.
std::size_t shardCountFor(unsigned cores) noexcept {
  return std::bit_ceil(std::clamp<std::size_t>(std::size_t{cores} * 2, 4, 16));
}

ErrorCounts countsOf(const std::map<ErrorCode, std::uint64_t>& errors) {
  return {errors.begin(), errors.end()};
}

// Two clocks read at one moment, to say when something was that was timed with the one that never
// goes back.
struct Now {
  std::chrono::steady_clock::time_point steady = std::chrono::steady_clock::now();
  std::chrono::system_clock::time_point system = std::chrono::system_clock::now();

  [[nodiscard]] std::chrono::system_clock::time_point at(
      std::chrono::steady_clock::time_point then) const {
    return system - std::chrono::duration_cast<std::chrono::system_clock::duration>(steady - then);
  }
};

template <class Summary>
bool longerInAll(const Summary& a, const Summary& b) noexcept {
  return a.time.total > b.time.total;
}

ErrorCode codeOf(const std::exception& error) noexcept {
  const auto* const known = dynamic_cast<const Error*>(&error);
  return known == nullptr ? ErrorCode::Generic : known->code();
}

}  // namespace

// --- what one fingerprint did ---

inline void StatementStatistics::Series::add(const query::Plan& plan,
                                             const StatementOutcome& outcome) {
  ++calls;
  lastSeen = outcome.ended;
  rows += outcome.rows;
  affected += outcome.affected;
  if (outcome.effort.any()) effort += outcome.effort;
  if (outcome.waited.count() != 0) waits.record(outcome.waited);
  if ((outcome.duration > times.max() || slowestPlan == 0) && slowestPlan != plan.id) [[unlikely]] {
    slowestSql = plan.sql;
    slowestPlan = plan.id;
  }
  if (outcome.duration.count() != 0) times.record(outcome.duration);  // Else it got no connection.
}

void StatementStatistics::Series::merge(const Series& other) {
  if (other.calls == 0) return;
  firstSeen = calls == 0 ? other.firstSeen : std::min(firstSeen, other.firstSeen);
  lastSeen = calls == 0 ? other.lastSeen : std::max(lastSeen, other.lastSeen);
  if (slowestSql.empty() || other.times.max() > times.max()) slowestSql = other.slowestSql;
  calls += other.calls;
  rows += other.rows;
  affected += other.affected;
  effort += other.effort;
  times.merge(other.times);
  waits.merge(other.waits);
  for (const auto& [code, count] : other.errors) errors[code] += count;
}

// --- shards ---

inline StatementStatistics::Series* StatementStatistics::Shard::find(std::uint64_t plan) noexcept {
  const Slot& slot = direct[plan % kDirect];
  return slot.plan == plan ? slot.series : findFar(plan);
}

StatementStatistics::Series* StatementStatistics::Shard::findFar(std::uint64_t plan) noexcept {
  const auto found = byPlan.find(plan);
  if (found == byPlan.end()) return nullptr;
  direct[plan % kDirect] = {plan, found->second};
  return found->second;
}

void StatementStatistics::Shard::forgetPlans() noexcept {
  direct = {};
  byPlan.clear();
}

StatementStatistics::StatementStatistics(const query::LexerRules& rules,
                                         std::size_t maxFingerprints)
    : rules_(rules),
      maxFingerprints_(std::max<std::size_t>(maxFingerprints, 1)),
      shardCount_(shardCountFor(std::thread::hardware_concurrency())),
      since_(std::chrono::system_clock::now()) {
  shards_ = std::make_unique<Shard[]>(shardCount_);
}

StatementStatistics::~StatementStatistics() = default;

inline StatementStatistics::Shard& StatementStatistics::shard() noexcept {
  return shards_[(thisThread() >> 32U) & (shardCount_ - 1)];
}

// --- recording ---

void StatementStatistics::after(const StatementInfo& info,
                                const StatementOutcome& outcome) noexcept {
  record(info, outcome, nullptr);
}

void StatementStatistics::failed(const StatementInfo& info, const std::exception& error,
                                 const StatementOutcome& outcome) noexcept {
  const ErrorCode code = codeOf(error);
  record(info, outcome, &code);
}

void StatementStatistics::record(const StatementInfo& info, const StatementOutcome& outcome,
                                 const ErrorCode* error) noexcept {
  try {
    Shard& mine = shard();
    {
      const std::lock_guard lock(mine.mutex);
      if (Series* const series = mine.find(info.plan.id); series != nullptr) [[likely]] {
        series->add(info.plan, outcome);
        if (error != nullptr) ++series->errors[*error];
        return;
      }
    }
    recordUnknown(mine, info.plan, outcome, error);
  } catch (const std::bad_alloc&) {
    // Left out: the caller's statement must not fail for it.
  }
}

// A plan that the shard does not know: new to it, or to all.
void StatementStatistics::recordUnknown(Shard& shard, const query::Plan& plan,
                                        const StatementOutcome& outcome, const ErrorCode* error) {
  std::string normalized;
  const std::uint64_t fingerprint = fingerprintOf(plan, normalized);
  // Held to the end, so that the fingerprint is not evicted before its numbers have a place.
  const std::lock_guard directory(directory_);
  describe(fingerprint, plan, std::move(normalized));
  const std::lock_guard lock(shard.mutex);
  std::unique_ptr<Series>& series = shard.byFingerprint[fingerprint];
  if (series == nullptr) {
    series = std::make_unique<Series>();
    series->firstSeen = outcome.ended;
  }
  if (plan.cacheable) {
    // Plans come and go with the caches of those who make them.
    if (shard.byPlan.size() >= 4 * maxFingerprints_) shard.forgetPlans();
    shard.byPlan.emplace(plan.id, series.get());
  }
  series->add(plan, outcome);
  if (error != nullptr) ++series->errors[*error];
}

// @return The fingerprint; `normalized` receives the statement's text where it had to be made.
std::uint64_t StatementStatistics::fingerprintOf(const query::Plan& plan, std::string& normalized) {
  {
    const std::lock_guard lock(directory_);
    if (const auto known = fingerprints_.find(plan.id); known != fingerprints_.end()) {
      return known->second;
    }
  }
  normalized = query::normalizeSql(plan.sql, rules_);
  return query::hashNormalized(normalized);
}

// Sees to it that the directory, which the caller holds, knows the fingerprint.
void StatementStatistics::describe(std::uint64_t fingerprint, const query::Plan& plan,
                                   std::string normalized) {
  if (!known_.contains(fingerprint)) {
    if (known_.size() >= maxFingerprints_) evict();
    // Evicted since its fingerprint was looked up.
    if (normalized.empty()) normalized = query::normalizeSql(plan.sql, rules_);
    Description description{std::move(normalized), plan.tables, plan.write};
    known_.emplace(fingerprint, std::make_shared<const Description>(std::move(description)));
  }
  if (!plan.cacheable) return;
  if (fingerprints_.size() >= 4 * maxFingerprints_) fingerprints_.clear();
  fingerprints_.emplace(plan.id, fingerprint);
}

// Makes room in the directory, which the caller holds.
void StatementStatistics::evict() {
  struct Candidate {
    std::chrono::nanoseconds time{};
    std::uint64_t calls = 0;
    std::uint64_t fingerprint = 0;
  };
  std::unordered_map<std::uint64_t, Candidate> sums;
  for (std::size_t i = 0; i < shardCount_; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    for (const auto& [fingerprint, series] : shards_[i].byFingerprint) {
      Candidate& sum = sums[fingerprint];
      sum.fingerprint = fingerprint;
      sum.time += series->times.total();
      sum.calls += series->calls;
    }
  }
  std::vector<Candidate> candidates;
  candidates.reserve(sums.size());
  for (const auto& [fingerprint, sum] : sums) candidates.push_back(sum);
  const std::size_t count =
      std::min(std::max<std::size_t>(maxFingerprints_ / 20, 1), candidates.size());
  std::partial_sort(candidates.begin(), candidates.begin() + static_cast<std::ptrdiff_t>(count),
                    candidates.end(), [](const Candidate& a, const Candidate& b) {
                      return std::pair(a.time, a.calls) < std::pair(b.time, b.calls);
                    });
  candidates.resize(count);
  for (std::size_t i = 0; i < shardCount_; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    shards_[i].forgetPlans();
    for (const Candidate& gone : candidates) {
      const auto found = shards_[i].byFingerprint.find(gone.fingerprint);
      if (found == shards_[i].byFingerprint.end()) continue;
      // Not the sums from above: calls may have been added meanwhile.
      evicted_.calls += found->second->calls;
      evicted_.time += found->second->times.total();
      shards_[i].byFingerprint.erase(found);
    }
  }
  for (const Candidate& gone : candidates) known_.erase(gone.fingerprint);
  std::erase_if(fingerprints_, [&](const auto& each) { return !known_.contains(each.second); });
  evicted_.fingerprints += count;
}

void StatementStatistics::recordOperation(std::string_view name, std::chrono::nanoseconds took,
                                          const ErrorCode* error) noexcept {
  try {
    const std::lock_guard lock(operationsMutex_);
    auto found = operations_.find(name);
    if (found == operations_.end()) {
      if (operations_.size() >= maxFingerprints_) {
        ++operationsLeftOut_;
        return;
      }
      found = operations_.emplace(std::string(name), Operation()).first;
    }
    Operation& operation = found->second;
    operation.times.record(took);
    operation.lastSeen = std::chrono::steady_clock::now();
    if (error != nullptr) ++operation.errors[*error];
  } catch (const std::bad_alloc&) {
    // Left out, as in record().
  }
}

// --- reading ---

// Each fingerprint with its numbers of all shards. The caller holds the directory.
std::unordered_map<std::uint64_t, StatementStatistics::Series> StatementStatistics::merged() const {
  std::unordered_map<std::uint64_t, Series> all;
  for (std::size_t i = 0; i < shardCount_; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    for (const auto& [fingerprint, series] : shards_[i].byFingerprint) {
      all[fingerprint].merge(*series);
    }
  }
  return all;
}

StatisticsSnapshot StatementStatistics::snapshot() const {
  StatisticsSnapshot snapshot;
  snapshot.enabled = true;
  const Now now;
  snapshot.taken = now.system;
  {
    const std::lock_guard lock(directory_);
    snapshot.since = since_;
    snapshot.evicted = evicted_;
    for (auto& [fingerprint, series] : merged()) {
      const Description& description = *known_.at(fingerprint);
      StatementSummary& summary = snapshot.statements.emplace_back();
      summary.fingerprint = fingerprint;
      summary.sql = description.sql;
      summary.tables = description.tables;
      summary.write = description.write;
      summary.calls = series.calls;
      summary.errors = countsOf(series.errors);
      summary.rows = series.rows;
      summary.affected = series.affected;
      summary.time = series.times.summary();
      series.waits.recordZeros(series.calls - series.waits.count());
      summary.wait = series.waits.summary();
      summary.effort = series.effort;
      summary.firstSeen = now.at(series.firstSeen);
      summary.lastSeen = now.at(series.lastSeen);
      summary.slowestSql = std::move(series.slowestSql);
    }
  }
  for (StatementSummary& each : snapshot.statements) {
    each.slowestSql = query::maskLiterals(each.slowestSql, rules_);
  }
  {
    const std::lock_guard lock(operationsMutex_);
    snapshot.operationsLeftOut = operationsLeftOut_;
    for (const auto& [name, operation] : operations_) {
      snapshot.operations.push_back({name, operation.times.count(), countsOf(operation.errors),
                                     operation.times.summary(), now.at(operation.lastSeen)});
    }
  }
  snapshot.sortBy(StatisticsOrder::TotalTime);
  std::stable_sort(snapshot.operations.begin(), snapshot.operations.end(),
                   longerInAll<OperationSummary>);
  return snapshot;
}

std::string StatementStatistics::preparedSql(std::uint64_t fingerprint) const {
  const std::lock_guard directory(directory_);
  std::string sql;
  std::chrono::nanoseconds slowest{-1};
  for (std::size_t i = 0; i < shardCount_; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    const auto found = shards_[i].byFingerprint.find(fingerprint);
    if (found == shards_[i].byFingerprint.end() || found->second->times.max() <= slowest) continue;
    slowest = found->second->times.max();
    sql = found->second->slowestSql;
  }
  return sql;
}

void StatementStatistics::reset() {
  {
    const std::lock_guard directory(directory_);
    for (std::size_t i = 0; i < shardCount_; ++i) {
      const std::lock_guard lock(shards_[i].mutex);
      shards_[i].forgetPlans();
      shards_[i].byFingerprint.clear();
    }
    known_.clear();
    fingerprints_.clear();
    evicted_ = {};
    since_ = std::chrono::system_clock::now();
  }
  const std::lock_guard lock(operationsMutex_);
  operations_.clear();
  operationsLeftOut_ = 0;
}

}  // namespace sonde
