// Chooses indexes by asking the planner: the greedy algorithm over a whole workload.
//
// Each step tries every proposal beside what is chosen, takes the one that saves the workload most
// (calls times what the planner's price falls by, less the price of keeping it), then the narrowest
// that does about the same; until none saves enough. What the others have made needless is taken
// back at the end. (The scheme of Chaudhuri and Narasayya, VLDB 1997, with lazy evaluation left
// out: workloads are small.)
//
// Invariant: nothing is chosen that a plan does not use. Used by one thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "../../dialects/what_if.hpp"
#include "candidates.hpp"

namespace sonde::advisor {

/// A statement with its plans.
struct PlannedStatement {
  std::string sql;    ///< What is planned.
  std::string shown;  ///< What people see: without values.
  double calls = 1;
  QueryShape shape;
  /// The table whose foreign key this is a search of, caused by a delete; null for a statement of
  /// the workload itself.
  const Table* foreignKeyOf = nullptr;
  QueryPlan before;  ///< With the indexes that are there.
  QueryPlan after;   ///< With those that were chosen too.
};

struct SelectionOptions {
  double minGain = 0.5;        ///< Share of a statement's price that an index must save.
  double minSaving = 100;      ///< Of the planner's unit, for each call.
  std::size_t most = 20;       ///< Indexes.
  std::size_t plans = 20'000;  ///< Questions to the planner, after which the best so far is given.
};

/// A proposal that was chosen, its indexes named.
struct Chosen {
  Proposal proposal;
  double saved = 0;  ///< Of the planner's unit, over all calls.
};

/// See the file comment.
class Selection {
 public:
  /// All must outlive this. `statements` have their plans of before.
  Selection(WhatIf& planner, std::vector<PlannedStatement>& statements,
            const SelectionOptions& options)
      : planner_(planner), statements_(statements), options_(options) {}

  /// @param proposals With names on their indexes, no two the same.
  /// @return What to make, in the order of its use; the statements have their plans of after.
  [[nodiscard]] std::vector<Chosen> choose(std::vector<Proposal> proposals);

 private:
  /// What a proposal does beside the chosen ones.
  struct Trial {
    bool useful = false;
    double saved = 0;
    std::vector<std::pair<std::size_t, double>> helped;  // statements and their new price
  };

  [[nodiscard]] bool assume(const Proposal* more, const Proposal* less = nullptr);
  [[nodiscard]] Trial tryOut(const Proposal& proposal);
  [[nodiscard]] double keepingCost(const Proposal& proposal);
  [[nodiscard]] bool savesEnough(std::size_t statement, double saving, const Table& table);
  [[nodiscard]] double scanCost(const Table& table);
  [[nodiscard]] double lookupCost(const Table& table);
  void dropOneValues();
  [[nodiscard]] std::optional<std::size_t> mostUseful() const;
  [[nodiscard]] bool paysForReading(std::size_t covering) const;
  [[nodiscard]] std::size_t narrowest(std::size_t best) const;
  [[nodiscard]] double left(const Trial& own, const Trial& best) const;
  [[nodiscard]] std::size_t partialFor(std::size_t whole);
  void take(std::size_t proposal);
  void takeBackNeedless();
  [[nodiscard]] static bool touches(const PlannedStatement& statement, const Proposal& proposal);

  WhatIf& planner_;
  std::vector<PlannedStatement>& statements_;
  SelectionOptions options_;
  std::vector<Proposal> proposals_;
  std::vector<Trial> trials_;  // of each proposal
  std::vector<bool> stale_;    // those to be made again
  std::vector<Chosen> chosen_;
  std::vector<double> cost_;  // of each statement beside the chosen ones
  std::vector<std::pair<const Table*, double>> scans_;
  std::size_t plansLeft_ = 0;
};

}  // namespace sonde::advisor
