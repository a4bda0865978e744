#include "selection.hpp"

#include <algorithm>
#include <cmath>
#include <optional>

#include "../../core/error.hpp"
#include "recommend.hpp"

namespace sonde::advisor {

namespace {

std::vector<HypotheticalIndex> hypothetical(const Proposal& proposal) {
  std::vector<HypotheticalIndex> indexes;
  for (const Candidate& candidate : proposal.indexes) {
    indexes.push_back({candidate.table->schema, candidate.table->name, candidate.index});
  }
  return indexes;
}

bool usesAny(const QueryPlan& plan, const Proposal& proposal) {
  return std::any_of(proposal.indexes.begin(), proposal.indexes.end(),
                     [&](const Candidate& candidate) { return plan.uses(candidate.index.name); });
}

bool isPartial(const Proposal& proposal) {
  return proposal.indexes.size() == 1 && proposal.indexes.front().index.where.has_value();
}

std::size_t coveringOf(const Proposal& proposal) {
  std::size_t covering = 0;
  for (const Candidate& candidate : proposal.indexes) covering += candidate.covering;
  return covering;
}

/// What there is to keep; a condition counts as a key.
std::size_t weightOf(const Proposal& proposal) {
  return proposal.weight() + (isPartial(proposal) ? 1 : 0);
}

/// Whether one proposes the keys alone of what the other holds more columns for.
bool isBeginningOf(const Proposal& keys, const Proposal& covering) {
  if (keys.indexes.size() != 1 || covering.indexes.size() != 1) return false;
  const Candidate& a = keys.indexes.front();
  const Candidate& b = covering.indexes.front();
  const std::size_t more = b.index.include.empty() ? b.covering : 0;
  if (a.table != b.table || a.index.where != b.index.where ||
      a.index.parts.size() + more != b.index.parts.size()) {
    return false;
  }
  return std::equal(a.index.parts.begin(), a.index.parts.end(), b.index.parts.begin(),
                    [](const IndexPart& x, const IndexPart& y) {
                      return x.column == y.column && x.expression == y.expression &&
                             x.collation == y.collation;
                    });
}

}  // namespace

bool Selection::touches(const PlannedStatement& statement, const Proposal& proposal) {
  const auto isOn = [&](const Source& source) {
    return std::any_of(proposal.indexes.begin(), proposal.indexes.end(),
                       [&](const Candidate& candidate) { return candidate.table == source.table; });
  };
  return std::any_of(statement.shape.blocks.begin(), statement.shape.blocks.end(),
                     [&](const QueryBlock& block) {
                       return std::any_of(block.sources.begin(), block.sources.end(), isOn);
                     });
}

// What is chosen, and perhaps one more or one less. False where the engine refuses it.
bool Selection::assume(const Proposal* more, const Proposal* less) {
  std::vector<HypotheticalIndex> indexes;
  const auto add = [&](const Proposal& proposal) {
    for (HypotheticalIndex& index : hypothetical(proposal)) {
      const bool there = std::any_of(
          indexes.begin(), indexes.end(),
          [&](const HypotheticalIndex& other) { return other.index.name == index.index.name; });
      if (!there) indexes.push_back(std::move(index));
    }
  };
  for (const Chosen& chosen : chosen_) {
    if (&chosen.proposal != less) add(chosen.proposal);
  }
  if (more != nullptr) add(*more);
  try {
    planner_.assume(indexes);
    return true;
  } catch (const ConnectionError&) {
    throw;
  } catch (const Error&) {
    return false;  // an expression that is not deterministic, a type without an order …
  }
}

Selection::Trial Selection::tryOut(const Proposal& proposal) {
  Trial trial;
  if (!assume(&proposal)) return trial;
  for (std::size_t i = 0; i < statements_.size(); ++i) {
    const PlannedStatement& statement = statements_[i];
    if (plansLeft_ == 0 || !touches(statement, proposal)) continue;
    --plansLeft_;
    const QueryPlan plan = planner_.plan(statement.sql);
    if (!usesAny(plan, proposal)) continue;
    const double saving = cost_[i] - plan.cost;
    trial.saved += saving * statement.calls;
    if (savesEnough(i, saving, *proposal.indexes.front().table)) {
      trial.helped.emplace_back(i, plan.cost);
    }
  }
  trial.saved -= keepingCost(proposal);
  trial.useful = !trial.helped.empty() && trial.saved > 0;
  return trial;
}

// Enough is the asked share of what the statement costs now, or nearly a whole reading of the
// table, which may be one of several that the statement makes; and no trifle beside what it cost at
// first.
bool Selection::savesEnough(std::size_t statement, double saving, const Table& table) {
  constexpr double kNearly = 0.9;
  constexpr double kTrifle = 0.1;
  if (saving < options_.minSaving) return false;
  if (saving >= kNearly * scanCost(table)) return true;
  return saving >= options_.minGain * cost_[statement] &&
         saving >= kTrifle * statements_[statement].before.cost;
}

// Keeping an entry of an index costs about two searches: for its place, and for that of the page to
// be written later.
double Selection::keepingCost(const Proposal& proposal) {
  constexpr double kSearches = 2;
  double cost = 0;
  for (const Candidate& candidate : proposal.indexes) {
    for (const PlannedStatement& statement : statements_) {
      if (!keeps(statement.shape, candidate)) continue;
      cost += statement.calls * kSearches * lookupCost(*candidate.table);
    }
  }
  return cost;
}

// The depth of a B-tree in comparisons, each about as dear as a row read in order, which is the
// unit of SQLite's price and near that of PostgreSQL's and MariaDB's.
double Selection::lookupCost(const Table& table) {
  return std::log2(std::max(2.0, planner_.rows(table.schema, table.name).value_or(1000)));
}

double Selection::scanCost(const Table& table) {
  for (const auto& [known, cost] : scans_) {
    if (known == &table) return cost;
  }
  const double cost = planner_.rows(table.schema, table.name).value_or(1000);
  scans_.emplace_back(&table, cost);
  return cost;
}

// Where an index of no more keys saves nearly as much for every value, one for a single value is a
// part of it that happened to be asked for.
void Selection::dropOneValues() {
  constexpr double kNearly = 0.9;
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    if (!trials_[i].useful || !isPartial(proposals_[i])) continue;
    for (std::size_t j = 0; j < trials_.size() && trials_[i].useful; ++j) {
      const Proposal& whole = proposals_[j];
      if (!trials_[j].useful || whole.indexes.size() != 1 || isPartial(whole)) continue;
      if (coveringOf(whole) > 0 || whole.weight() > proposals_[i].weight()) continue;
      if (trials_[j].saved >= kNearly * trials_[i].saved) trials_[i].useful = false;
    }
  }
}

// What is only there to be read is thought of last, when the keys have done what they can.
std::optional<std::size_t> Selection::mostUseful() const {
  std::optional<std::size_t> best;
  for (const bool covering : {false, true}) {
    if (best) break;
    for (std::size_t i = 0; i < trials_.size(); ++i) {
      if (!trials_[i].useful || (coveringOf(proposals_[i]) > 0) != covering) continue;
      if (covering && !paysForReading(i)) continue;
      if (!best || trials_[i].saved > trials_[*best].saved) best = i;
    }
  }
  return best;
}

// Columns that are only there to be read have to save a good part of what the statements cost at
// first, and the keys alone have to be chosen already: those that are still proposed were of no
// use.
bool Selection::paysForReading(std::size_t covering) const {
  constexpr double kForReading = 0.3;
  const Trial& trial = trials_[covering];
  double first = 0;
  double now = 0;
  double after = 0;
  for (const auto& [statement, price] : trial.helped) {
    first += statements_[statement].calls * statements_[statement].before.cost;
    now += statements_[statement].calls * cost_[statement];
    after += statements_[statement].calls * price;
  }
  for (const Proposal& proposal : proposals_) {
    const bool alone = coveringOf(proposal) == 0;
    if (alone && isBeginningOf(proposal, proposals_[covering])) return false;
  }
  return now - after >= kForReading * first;
}

// What the statements that `best` helps would cost with `own`.
double Selection::left(const Trial& own, const Trial& best) const {
  double sum = 0;
  for (const auto& [statement, price] : best.helped) {
    const auto found = std::find_if(own.helped.begin(), own.helped.end(),
                                    [at = statement](const auto& h) { return h.first == at; });
    sum += statements_[statement].calls *
           (found == own.helped.end() ? cost_[statement] : found->second);
  }
  return sum;
}

// The one with the fewest keys that leaves about as little to pay: each key more has to spare a
// third of what is left.
std::size_t Selection::narrowest(std::size_t best) const {
  constexpr double kForKey = 1.5;
  std::size_t narrow = best;
  const double bestLeft = left(trials_[best], trials_[best]);
  for (std::size_t i = 0; i < trials_.size(); ++i) {
    const std::size_t weight = weightOf(proposals_[i]);
    if (!trials_[i].useful || weight > weightOf(proposals_[narrow])) continue;
    if (coveringOf(proposals_[i]) > coveringOf(proposals_[best])) continue;
    const auto fewer = static_cast<double>(weightOf(proposals_[best]) - weight);
    if (left(trials_[i], trials_[best]) > bestLeft * std::pow(kForKey, fewer)) continue;
    const bool narrower = weight < weightOf(proposals_[narrow]);
    if (narrower || trials_[i].saved > trials_[narrow].saved) narrow = i;
  }
  return narrow;
}

// A partial index that does the same in a fraction of the room.
std::size_t Selection::partialFor(std::size_t whole) {
  constexpr double kFraction = 0.25;
  if (proposals_[whole].indexes.size() != 1 || isPartial(proposals_[whole])) return whole;
  const auto size = [&](std::size_t i) {
    return planner_.size(hypothetical(proposals_[i]).front());
  };
  const double enough = left(trials_[whole], trials_[whole]);
  const std::optional<std::uint64_t> room = size(whole);
  for (std::size_t i = 0; room && i < trials_.size(); ++i) {
    if (!trials_[i].useful || !isPartial(proposals_[i])) continue;
    if (proposals_[i].weight() > proposals_[whole].weight()) continue;
    if (left(trials_[i], trials_[whole]) > enough) continue;
    const std::optional<std::uint64_t> own = size(i);
    if (own && static_cast<double>(*own) <= kFraction * static_cast<double>(*room)) return i;
  }
  return whole;
}

void Selection::take(std::size_t proposal) {
  const auto at = static_cast<std::ptrdiff_t>(proposal);
  for (const auto& [statement, price] : trials_[proposal].helped) {
    cost_[statement] = price;
    // Whoever shares a statement with it may save less now.
    for (std::size_t i = 0; i < proposals_.size(); ++i) {
      stale_[i] = stale_[i] || touches(statements_[statement], proposals_[i]);
    }
  }
  chosen_.push_back({std::move(proposals_[proposal]), trials_[proposal].saved});
  proposals_.erase(proposals_.begin() + at);
  trials_.erase(trials_.begin() + at);
  stale_.erase(stale_.begin() + at);
}

std::vector<Chosen> Selection::choose(std::vector<Proposal> proposals) {
  proposals_ = std::move(proposals);
  plansLeft_ = options_.plans;
  for (const PlannedStatement& statement : statements_) cost_.push_back(statement.before.cost);
  trials_.resize(proposals_.size());
  stale_.assign(proposals_.size(), true);
  while (chosen_.size() < options_.most) {
    for (std::size_t i = 0; i < proposals_.size(); ++i) {
      if (stale_[i]) trials_[i] = tryOut(proposals_[i]);
      stale_[i] = false;
    }
    dropOneValues();
    const std::optional<std::size_t> best = mostUseful();
    if (!best) break;
    take(partialFor(narrowest(*best)));
  }
  takeBackNeedless();
  return std::move(chosen_);
}

// The first ones chosen may have been overtaken by wider ones chosen later.
void Selection::takeBackNeedless() {
  constexpr double kSlack = 1.1;
  if (!assume(nullptr)) return;
  for (PlannedStatement& statement : statements_) statement.after = planner_.plan(statement.sql);
  for (std::size_t i = 0; i < chosen_.size();) {
    const bool without = assume(nullptr, &chosen_[i].proposal);
    const bool needless =
        without &&
        std::all_of(statements_.begin(), statements_.end(), [&](const PlannedStatement& statement) {
          if (!touches(statement, chosen_[i].proposal)) {
            return true;
          }
          return planner_.plan(statement.sql).cost <= kSlack * statement.after.cost;
        });
    if (needless) {
      chosen_.erase(chosen_.begin() + static_cast<std::ptrdiff_t>(i));
    } else {
      ++i;
    }
  }
  if (!assume(nullptr)) return;
  for (PlannedStatement& statement : statements_) statement.after = planner_.plan(statement.sql);
}

}  // namespace sonde::advisor
