// What a database says of its indexes.
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "../core/error.hpp"
#include "../dialects/usage.hpp"
#include "database.hpp"

namespace sonde {

namespace {

/// Runs `ask` with an advisor that has a connection, and the schema as that connection sees it, to
/// itself.
template <class Ask>
auto withAdvisor(Runtime& runtime, const Context& context, const IndexAdvisorOptions& options,
                 Ask ask) {
  runtime.refreshSchema();
  const std::shared_ptr<const Schema> schema = runtime.schemas().current();
  const Lease lease = runtime.pool().lease(LeaseKind::Read, context, "advising on indexes");
  lease.session().markTouched();  // what the planner was told ends with the lease
  const WhatIfOffer offer = runtime.driver().whatIf(lease.session().connection(), schema, {});
  IndexUsage usage;
  const std::unique_ptr<UsageReader> reader = runtime.driver().usage();
  if (reader != nullptr) usage = reader->indexes(lease.session().connection());
  IndexAdvisor advisor(schema, runtime.dialect(), offer.whatIf.get(), offer.reason, options);
  if (reader != nullptr) advisor.take(std::move(usage));
  return ask(advisor);
}

}  // namespace

IndexAdvice Database::adviseIndexes(const Workload& workload,
                                    const IndexAdvisorOptions& options) const {
  IndexAdvice advice =
      withAdvisor(*executor_->runtime(), context(), options,
                  [&](IndexAdvisor& advisor) { return advisor.advise(workload.statements); });
  advice.notes.insert(advice.notes.begin(), workload.notes.begin(), workload.notes.end());
  return advice;
}

Workload Database::observedWorkload(std::size_t most) const {
  Runtime& runtime = *executor_->runtime();
  const std::unique_ptr<UsageReader> reader = runtime.driver().usage();
  if (reader == nullptr) {
    ErrorDetails details;
    details.hint = "name a file of statements, or let sonde count them: statistics.enabled";
    throw Unsupported(std::string(runtime.dialect().name()) + " counts no statements",
                      std::move(details));
  }
  const Lease lease =
      runtime.pool().lease(LeaseKind::Read, context(), "reading the statements of the server");
  return sonde::observedWorkload(reader->statements(lease.session().connection(), most),
                                 runtime.dialect().lexerRules());
}

IndexAdvice Database::adviseIndexes() const { return adviseIndexes(countedWorkload(statistics())); }

std::vector<IndexFinding> Database::indexFindings(const IndexAdvisorOptions& options) const {
  return withAdvisor(*executor_->runtime(), context(), options,
                     [](IndexAdvisor& advisor) { return advisor.findings(); });
}

}  // namespace sonde
