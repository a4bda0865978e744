// Advice on the settings of a database, and the safe part of it carried out.
//
// Invariant: plan() only reads. apply() runs nothing but what a plan calls safe, and believes
// nothing that it has not read back. Thread-safe, as what it stands on is. Used by db/ and cli/.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/context.hpp"
#include "../../dialects/tuner.hpp"
#include "../../session/runtime.hpp"

namespace sonde {

/// What advice is wanted for.
struct TuningOptions {
  std::string profile;  ///< What the database should be fit for; empty: no profile.
};

/// What was asked of the engine, what holds, and what would be better.
struct TuningPlan {
  std::string engine;
  std::string profile;                  ///< As asked for; empty for none.
  std::vector<SettingReport> settings;  ///< Of a connection that writes, where there is one.
  std::vector<TuningFact> facts;        ///< What the advice was judged by.
  std::vector<Recommendation> recommendations;  ///< The gravest first.
  std::vector<std::string> unread;              ///< What could not be read, and why.

  /// @return How many recommendations apply() would carry out.
  [[nodiscard]] std::size_t safeCount() const noexcept;
};

/// What became of one recommendation.
struct AppliedAdvice {
  Recommendation recommendation;
  bool verified = false;  ///< Reading back, the tuner has nothing more to say about it.
  std::string error;      ///< Why a statement failed; empty where none did.
};

/// See the file comment.
class Tuning {
 public:
  /// A deadline or stop token of the context bounds the reading, as anywhere.
  explicit Tuning(std::shared_ptr<Runtime> runtime, Context context = {})
      : runtime_(std::move(runtime)), context_(std::move(context)) {}

  /// Reads settings, catalog and counters. SQLite: PRAGMA …, sqlite_stat1; PostgreSQL: pg_settings,
  /// pg_stat_…; MySQL: SHOW VARIABLES, information_schema.
  /// @throws Unsupported where the engine has no tuner; ConfigError for an unknown profile;
  /// PoolTimeout, ConnectionError.
  [[nodiscard]] TuningPlan plan(const TuningOptions& options = {}) const;

  /// Runs what the plan calls safe, one after another, then reads everything again. A statement
  /// that fails is told in its entry, and the others run all the same.
  /// @return One entry for each safe recommendation. @throws as plan().
  std::vector<AppliedAdvice> apply(const TuningPlan& wanted) const;

 private:
  std::shared_ptr<Runtime> runtime_;
  Context context_;
};

}  // namespace sonde
