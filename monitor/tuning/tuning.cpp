#include "tuning.hpp"

#include <algorithm>
#include <utility>

#include "../../core/error.hpp"
#include "../../session/statement_run.hpp"

namespace sonde {
namespace {

bool isSafe(const Recommendation& advice) noexcept { return advice.risk == AdviceRisk::Safe; }

bool holds(const TuningPlan& plan, const Recommendation& wanted) {
  return std::any_of(plan.recommendations.begin(), plan.recommendations.end(),
                     [&](const Recommendation& advice) {
                       return advice.id == wanted.id && advice.subject == wanted.subject;
                     });
}

AppliedAdvice run(Connection& connection, const Recommendation& advice) {
  AppliedAdvice applied;
  applied.recommendation = advice;
  try {
    for (const std::string& statement : advice.apply) connection.executeScript(statement);
  } catch (const ConnectionError&) {
    throw;
  } catch (const Cancelled&) {
    throw;
  } catch (const Error& error) {
    applied.error = error.what();
  }
  return applied;
}

}  // namespace

std::size_t TuningPlan::safeCount() const noexcept {
  return static_cast<std::size_t>(
      std::count_if(recommendations.begin(), recommendations.end(), &isSafe));
}

TuningPlan Tuning::plan(const TuningOptions& options) const {
  const Driver& driver = runtime_->driver();
  const std::unique_ptr<Tuner> tuner = driver.tuner();
  TuningPlan plan;
  plan.engine = driver.dialect().name();
  if (tuner == nullptr) throw Unsupported("nobody gives advice on the settings of " + plan.engine);
  TuningRequest request;
  if (!options.profile.empty()) {
    request.profileName = options.profile;
    request.profile = driver.profile(options.profile);
    plan.profile = options.profile;
  }
  {
    const Lease writer = runtime_->pool().lease(LeaseKind::Write, context_, "reading settings");
    const SessionArming arming(writer.session(), context_);
    plan.settings = writer.session().connection().settings();
  }
  // One that reads for the program, because its counters are what the cache is judged by.
  const Lease reader = runtime_->pool().lease(LeaseKind::Read, context_, "advice on settings");
  const SessionArming arming(reader.session(), context_);
  TuningReport report = tuner->advise(reader.session().connection(), request);
  plan.facts = std::move(report.facts);
  plan.recommendations = std::move(report.recommendations);
  plan.unread = std::move(report.unread);
  std::stable_sort(
      plan.recommendations.begin(), plan.recommendations.end(),
      [](const Recommendation& a, const Recommendation& b) { return a.severity > b.severity; });
  return plan;
}

std::vector<AppliedAdvice> Tuning::apply(const TuningPlan& wanted) const {
  std::vector<AppliedAdvice> outcome;
  if (wanted.safeCount() == 0) return outcome;
  {
    const Lease lease = runtime_->pool().lease(LeaseKind::Write, context_, "tuning");
    const SessionArming arming(lease.session(), context_);
    for (const Recommendation& advice : wanted.recommendations) {
      if (isSafe(advice)) outcome.push_back(run(lease.session().connection(), advice));
    }
  }
  const TuningPlan after = plan({.profile = wanted.profile});
  for (AppliedAdvice& applied : outcome) {
    applied.verified = applied.error.empty() && !holds(after, applied.recommendation);
  }
  return outcome;
}

}  // namespace sonde
