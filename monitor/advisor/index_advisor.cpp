#include "index_advisor.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "../../core/error.hpp"
#include "../../core/text.hpp"
#include "index_name.hpp"
#include "recommend.hpp"
#include "redundant.hpp"
#include "schema_findings.hpp"

namespace sonde {

namespace {

using advisor::Candidate;
using advisor::PlannedStatement;
using advisor::Proposal;

/// Asks for the plan of each statement; those that have none are taken out.
/// @return How many of the workload's own were taken out.
std::size_t planAll(std::vector<PlannedStatement>& statements, WhatIf& planner) {
  std::size_t refused = 0;
  planner.assume({});
  const auto isRefused = [&](PlannedStatement& statement) {
    try {
      statement.before = planner.plan(statement.sql);
      statement.after = statement.before;
      return false;
    } catch (const ConnectionError&) {
      throw;
    } catch (const Error&) {
      if (statement.foreignKeyOf == nullptr) ++refused;
      return true;
    }
  };
  std::vector<PlannedStatement> planned;
  for (PlannedStatement& statement : statements) {
    if (!isRefused(statement)) planned.push_back(std::move(statement));
  }
  statements = std::move(planned);
  return refused;
}

/// The rows of a table as far as anybody knows.
std::optional<double> rowsOf(const Table& table, WhatIf* planner) {
  if (planner != nullptr) {
    if (const auto rows = planner->rows(table.schema, table.name)) return rows;
  }
  if (!table.rowEstimate || *table.rowEstimate < 0) return std::nullopt;
  return static_cast<double>(*table.rowEstimate);
}

/// One advice while it is made.
class Advising {
 public:
  Advising(const Schema& schema, const Dialect& dialect, WhatIf* planner,
           const std::string& unproved, const IndexAdvisorOptions& options)
      : schema_(schema),
        dialect_(dialect),
        planner_(planner),
        unproved_(unproved),
        options_(options),
        names_(schema, dialect.indexRules().maxNameBytes) {}

  IndexAdvice run(std::span<const WorkloadStatement> workload) {
    statements_ = advisor::prepare(workload, schema_, dialect_, options_.maxStatements);
    advice_.statements = std::min(workload.size(), options_.maxStatements);
    if (workload.size() > options_.maxStatements) {
      advice_.notes.push_back("only the " + std::to_string(options_.maxStatements) +
                              " most frequent of " + std::to_string(workload.size()) +
                              " statements were looked at");
    }
    if (planner_ != nullptr) {
      prove();
    } else {
      guess();
    }
    std::stable_sort(advice_.recommendations.begin(), advice_.recommendations.end(),
                     [](const auto& a, const auto& b) { return saved(a) > saved(b); });
    return std::move(advice_);
  }

 private:
  static double saved(const IndexRecommendation& made) {
    double sum = 0;
    for (const HelpedStatement& statement : made.statements) {
      sum += statement.calls * (statement.costBefore - statement.costAfter);
    }
    return sum;
  }

  [[nodiscard]] bool isLarge(const Proposal& proposal) const {
    const auto rows = rowsOf(*proposal.indexes.front().table, planner_);
    return !rows || *rows >= options_.minRows;
  }

  /// What the statements could want, each proposal once, of tables that are worth it.
  template <class Propose>
  std::vector<Proposal> collect(Propose propose) {
    std::vector<Proposal> all;
    for (const PlannedStatement& statement : statements_) {
      for (Proposal& proposal : propose(statement.shape, schema_, dialect_.indexRules())) {
        const auto same = [&](const Proposal& other) { return proposal.same(other); };
        if (std::none_of(all.begin(), all.end(), same) && isLarge(proposal)) {
          all.push_back(std::move(proposal));
        }
      }
    }
    return all;
  }

  /// Names every candidate; equal ones get one name.
  void name(std::vector<Proposal>& proposals) {
    std::vector<Candidate> named;
    for (Proposal& proposal : proposals) {
      for (Candidate& candidate : proposal.indexes) {
        const auto known = std::find_if(named.begin(), named.end(), [&](const Candidate& other) {
          return candidate.same(other);
        });
        if (known != named.end()) {
          candidate.index.name = known->index.name;
          continue;
        }
        candidate.index.name = names_.nameFor(*candidate.table, candidate.index);
        named.push_back(candidate);
      }
    }
  }

  void prove() {
    advice_.skipped = planAll(statements_, *planner_);
    advice_.method = planner_->method();
    std::vector<Proposal> proposals = collect(advisor::proposals);
    name(proposals);
    advisor::SelectionOptions options;
    options.minGain = options_.minGain;
    advisor::Selection selection(*planner_, statements_, options);
    for (const advisor::Chosen& chosen : selection.choose(std::move(proposals))) {
      for (const Candidate& candidate : chosen.proposal.indexes) add(candidate);
    }
    for (std::string& note : planner_->notes()) advice_.notes.push_back(std::move(note));
    planner_->assume({});
  }

  void add(const Candidate& candidate) {
    const auto isKnown = [&](const IndexRecommendation& made) {
      return made.index.name == candidate.index.name;
    };
    if (std::any_of(advice_.recommendations.begin(), advice_.recommendations.end(), isKnown)) {
      return;
    }
    std::vector<const PlannedStatement*> helped;
    for (const PlannedStatement& statement : statements_) {
      if (statement.after.uses(candidate.index.name)) helped.push_back(&statement);
    }
    if (helped.empty()) return;
    IndexRecommendation made = advisor::recommend(candidate, helped, schema_, dialect_);
    made.proved = true;
    made.proof = planner_->method();
    made.bytes = planner_->size({made.schema, made.table, made.index});
    made.writes = advisor::writesOf(candidate, statements_);
    advice_.recommendations.push_back(std::move(made));
  }

  // Without a planner: what each statement would begin with, once for each table and column.
  void guess() {
    std::vector<Proposal> proposals = collect(advisor::firstProposals);
    name(proposals);
    for (const Proposal& proposal : proposals) {
      const Candidate& candidate = proposal.indexes.front();
      const auto covers = [&](const Proposal& other) {
        return &other != &proposal && other.indexes.front().table == candidate.table &&
               advisor::isRedundant(schema_, *candidate.table, candidate.index,
                                    other.indexes.front().index);
      };
      if (std::any_of(proposals.begin(), proposals.end(), covers)) continue;
      IndexRecommendation made =
          advisor::recommend(candidate, statementsOf(candidate), schema_, dialect_);
      made.proof = unproved_;
      made.writes = advisor::writesOf(candidate, statements_);
      advice_.recommendations.push_back(std::move(made));
    }
  }

  [[nodiscard]] std::vector<const PlannedStatement*> statementsOf(
      const Candidate& candidate) const {
    std::vector<const PlannedStatement*> wanting;
    for (const PlannedStatement& statement : statements_) {
      for (const Proposal& first :
           advisor::firstProposals(statement.shape, schema_, dialect_.indexRules())) {
        const Candidate& own = first.indexes.front();
        const bool serves = own.table == candidate.table &&
                            (own.same(candidate) ||
                             advisor::isRedundant(schema_, *own.table, own.index, candidate.index));
        if (serves) wanting.push_back(&statement);
      }
    }
    return wanting;
  }

  const Schema& schema_;
  const Dialect& dialect_;
  WhatIf* planner_;
  const std::string& unproved_;
  const IndexAdvisorOptions& options_;
  advisor::IndexNames names_;
  std::vector<PlannedStatement> statements_;
  IndexAdvice advice_;
};

}  // namespace

const char* indexFindingName(IndexFindingKind kind) noexcept {
  switch (kind) {
    case IndexFindingKind::Duplicate:
      return "duplicate";
    case IndexFindingKind::Redundant:
      return "redundant";
    case IndexFindingKind::Invalid:
      return "invalid";
    case IndexFindingKind::Unused:
      return "unused";
    case IndexFindingKind::MissingForeignKey:
      return "missingForeignKey";
  }
  return "";
}

IndexAdvisor::IndexAdvisor(std::shared_ptr<const Schema> schema, const Dialect& dialect,
                           WhatIf* planner, std::string unproved,
                           const IndexAdvisorOptions& options)
    : schema_(std::move(schema)),
      dialect_(dialect),
      planner_(planner),
      unproved_(std::move(unproved)),
      options_(options) {}

IndexAdvice IndexAdvisor::advise(std::span<const WorkloadStatement> workload) {
  IndexAdvice advice = Advising(*schema_, dialect_, planner_, unproved_, options_).run(workload);
  advice.findings = findings();
  if (usage_) {
    advice.notes.insert(advice.notes.end(), usage_->notes.begin(), usage_->notes.end());
    if (!usage_->indexes.empty() && usage_->counted < options_.minUnusedTime) {
      advice.notes.push_back(
          usage_->source + " has counted the use of indexes for " +
          text::counted(static_cast<std::uint64_t>(usage_->counted / std::chrono::hours(24)), "day",
                        "days") +
          ", too short a time to call one unused");
    }
  }
  // A foreign key that a recommended index serves lacks none.
  const auto isServed = [&](const IndexFinding& finding) {
    return finding.kind == IndexFindingKind::MissingForeignKey &&
           std::any_of(advice.recommendations.begin(), advice.recommendations.end(),
                       [&](const IndexRecommendation& made) {
                         if (made.schema != finding.schema || made.table != finding.table) {
                           return false;
                         }
                         Table table;
                         table.indexes = {made.index};
                         return advisor::isSupported(table, finding.columns);
                       });
  };
  advice.findings.erase(std::remove_if(advice.findings.begin(), advice.findings.end(), isServed),
                        advice.findings.end());
  return advice;
}

std::vector<IndexFinding> IndexAdvisor::findings() {
  const auto rows = [this](const Table& table) { return rowsOf(table, planner_); };
  std::vector<IndexFinding> all =
      advisor::schemaFindings(*schema_, dialect_, rows, options_.minKeyRows);
  if (!usage_) return all;
  const advisor::UnusedLimits limits{options_.minUnusedTime, options_.minUnusedBytes};
  for (IndexFinding& unused : advisor::unusedFindings(*schema_, dialect_, *usage_, limits)) {
    const auto isSame = [&](const IndexFinding& other) {
      return other.index == unused.index && other.table == unused.table &&
             other.schema == unused.schema;
    };
    if (std::none_of(all.begin(), all.end(), isSame)) all.push_back(std::move(unused));
  }
  return all;
}

}  // namespace sonde
