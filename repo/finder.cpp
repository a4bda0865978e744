#include "finder.hpp"

#include "../core/error.hpp"
#include "access.hpp"
#include "finder_query.hpp"

namespace sonde {

template <class T>
const T& FinderResult::get(std::string_view wanted) const {
  if (const T* held = std::get_if<T>(&data_)) return *held;
  static constexpr std::string_view kAccessors[] = {"rows()", "row()", "count()", "exists()",
                                                    "affected()"};
  const std::string rule =
      "the finder gives " + std::string(kAccessors[data_.index()]) + ", not " + std::string(wanted);
  throw ValidationError(rule, {{std::string(wanted), rule}});
}

const ResultSet& FinderResult::rows() const& { return get<ResultSet>("rows()"); }
const std::optional<Row>& FinderResult::row() const& { return get<std::optional<Row>>("row()"); }
std::uint64_t FinderResult::count() const { return get<Count>("count()").rows; }
bool FinderResult::exists() const { return get<Found>("exists()").any; }
std::uint64_t FinderResult::affected() const { return get<Affected>("affected()").rows; }

Finder::Finder(std::shared_ptr<const repo::Access> access, std::string name,
               std::shared_ptr<const repo::FinderPlan> plan) noexcept
    : access_(std::move(access)), name_(std::move(name)), plan_(std::move(plan)) {}

FinderResult Finder::run(Args args) const {
  return access_->run([&](Executor& executor, const repo::TablePlans& plans) {
    if (plan_->madeFor == plans.id()) return repo::runFinder(executor, plans, *plan_, args);
    return repo::runFinder(executor, plans, *plans.finder(executor, name_), args);
  });
}

std::vector<FinderResult> Finder::each(std::span<const Args> batch) const {
  return access_->run([&](Executor& executor, const repo::TablePlans& plans) {
    if (plan_->madeFor == plans.id()) return repo::runFinderEach(executor, plans, *plan_, batch);
    return repo::runFinderEach(executor, plans, *plans.finder(executor, name_), batch);
  });
}

std::vector<FinderResult> Finder::each(std::span<const Value> arguments) const {
  const std::vector<Arg> args(arguments.begin(), arguments.end());
  std::vector<Args> batch;
  batch.reserve(args.size());
  for (const Arg& arg : args) batch.emplace_back(&arg, 1);
  return each(batch);
}

std::size_t Finder::argumentCount() const noexcept { return plan_->spec.argumentCount; }

}  // namespace sonde
