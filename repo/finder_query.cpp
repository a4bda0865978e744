#include "finder_query.hpp"

#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../query/filter.hpp"
#include "arg_buffer.hpp"
#include "changes.hpp"

namespace sonde::repo {
namespace {

Condition conditionOf(const FinderTest& test, FunctionRef<Value(std::uint32_t)> argument) {
  const auto value = [&](std::uint32_t offset = 0) { return argument(test.argument + offset); };
  // As values, because a null is a pattern that matches nothing.
  const auto pattern = [&](Condition::Op op) {
    return Condition(op, std::vector<Value>(1, argument(test.argument)));
  };
  switch (test.op) {
    case FinderOp::Equals:
      return eq(value());
    case FinderOp::NotEquals:
      return ne(value());
    case FinderOp::LessThan:
      return lt(value());
    case FinderOp::LessThanEqual:
      return lte(value());
    case FinderOp::GreaterThan:
      return gt(value());
    case FinderOp::GreaterThanEqual:
      return gte(value());
    case FinderOp::Between:
      return between(value(), value(1));
    case FinderOp::IsNull:
      return isNull();
    case FinderOp::IsNotNull:
      return isNotNull();
    case FinderOp::Like:
      return pattern(Condition::Op::Like);
    case FinderOp::NotLike:
      return not_(pattern(Condition::Op::Like));
    case FinderOp::StartsWith:
      return pattern(Condition::Op::StartsWith);
    case FinderOp::EndsWith:
      return pattern(Condition::Op::EndsWith);
    case FinderOp::Contains:
      return pattern(Condition::Op::Contains);
    case FinderOp::NotContains:
      return not_(pattern(Condition::Op::Contains));
    case FinderOp::In:
      return in(value().items());
    case FinderOp::NotIn:
      return notIn(value().items());
    case FinderOp::True:
      return eq(true);
    case FinderOp::False:
      return eq(false);
  }
  return isNull();
}

// The name as a filter over some arguments: what the finder means is what the filter means.
Filter filterOf(const FinderSpec& spec, const Table& table,
                FunctionRef<Value(std::uint32_t)> argument) {
  std::vector<Filter> alternatives;
  for (const auto& tests : spec.anyOf) {
    Filter all;
    for (const FinderTest& test : tests) {
      Condition condition = conditionOf(test, argument);
      if (test.ignoreCase) condition = condition.ignoreCase();
      all.add(table.columns[test.column].name, std::move(condition));
    }
    alternatives.push_back(std::move(all));
  }
  if (alternatives.empty()) return {};
  if (alternatives.size() == 1) return std::move(alternatives.front());
  return anyOf(std::move(alternatives));
}

bool limited(const FinderPlan& finder) { return finder.limit != 0; }

query::Query queryOf(const TablePlans& plans, const FinderPlan& finder, query::ExprPtr where,
                     std::uint32_t arguments, bool returningKey = false) {
  const FinderSpec& spec = finder.spec;
  if (spec.shape == FinderShape::Affected) {
    query::Delete deletion;
    deletion.table = &plans.table();
    deletion.where = std::move(where);
    if (returningKey) deletion.returning = plans.keyItems();
    return deletion;
  }
  query::Select select = plans.selectAll();
  select.where = std::move(where);
  if (spec.shape == FinderShape::Count) {
    select.items = {{query::make(query::Call{query::FunctionKind::Count, {}, false}), "count"}};
    select.allColumns = false;
  } else if (spec.shape == FinderShape::Exists) {
    select.items.clear();
    select.allColumns = false;
  }
  select.distinct = spec.distinct;
  for (const FinderOrder& order : spec.orderBy) {
    select.orderBy.push_back({query::column(plans.visible().columns[order.column].name),
                              order.descending, std::nullopt, false});
  }
  if (limited(finder)) select.limit = query::parameter(arguments);
  return select;
}

std::uint64_t limitOf(const FinderSpec& spec) {
  switch (spec.shape) {
    case FinderShape::Row:
    case FinderShape::Exists:
      return 1;
    case FinderShape::OnlyRow:
      return 2;  // one more than wanted tells whether there are several
    default:
      return spec.limit.value_or(0);
  }
}

// Something that is neither null nor a list, so that the plan is the one for arguments that are
// neither.
Value placeholderFor(const FinderTest& test) {
  if (finderOpInfo(test.op).argument == FinderArgument::Text) return "";
  return 0;
}

void compilePlain(const TablePlans& plans, const Executor& executor, FinderPlan& finder) {
  bool identity = true;
  for (const auto& tests : finder.spec.anyOf) {
    for (const FinderTest& test : tests) {
      const std::uint32_t count = finderOpInfo(test.op).arguments;
      for (std::uint32_t i = 0; i < count; ++i) finder.sources.push_back(test.argument + i);
      if (test.op != FinderOp::True && test.op != FinderOp::False) continue;
      finder.sources.push_back(test.op == FinderOp::True ? FinderPlan::kTrue : FinderPlan::kFalse);
      identity = false;
    }
  }
  const auto parameters = static_cast<std::uint32_t>(finder.sources.size());
  std::vector<Value> placeholders(finder.spec.argumentCount);
  for (const auto& tests : finder.spec.anyOf) {
    for (const FinderTest& test : tests) {
      for (std::uint32_t i = 0; i < finderOpInfo(test.op).arguments; ++i) {
        placeholders[test.argument + i] = placeholderFor(test);
      }
    }
  }
  const Filter filter = filterOf(finder.spec, plans.visible(),
                                 [&](std::uint32_t argument) { return placeholders[argument]; });
  finder.plan = plans.compile(
      executor, queryOf(plans, finder, query::filterExpr(filter, plans.visible()), parameters));
  if (identity) finder.sources.clear();
}

[[noreturn]] void refuse(const FinderPlan& finder, std::size_t argument, const std::string& what) {
  const std::string field = "argument " + std::to_string(argument + 1);
  ErrorDetails details;
  details.table = finder.table;
  throw ValidationError("finder " + quoteForMessage(finder.name) + ": " + field + " " + what,
                        {{field, what}}, std::move(details));
}

bool isList(const Arg& arg) {
  return arg.kind() == Arg::Kind::List ||
         (arg.kind() == Arg::Kind::Document && arg.document().kind() == Value::Kind::Array);
}

void checkArgument(const FinderPlan& finder, const FinderTest& test, std::size_t index,
                   const Arg& arg) {
  switch (finderOpInfo(test.op).argument) {
    case FinderArgument::List:
      if (!isList(arg)) refuse(finder, index, "has to be a list of values");
      break;
    case FinderArgument::Text:
      if (arg.kind() != Arg::Kind::Text && !arg.isNull()) {
        refuse(finder, index, "has to be text");
      }
      break;
    default:
      if (arg.kind() == Arg::Kind::List) refuse(finder, index, "has to be one value, not a list");
      break;
  }
}

// Whether the arguments ask for a plan of their own.
bool needsOwnPlan(const FinderPlan& finder, Args args) {
  if (finder.takesList) return true;
  bool any = false;
  for (const Arg& arg : args) any = any || arg.isNull();
  if (!any) return false;
  for (const auto& tests : finder.spec.anyOf) {
    for (const FinderTest& test : tests) {
      const FinderOpInfo info = finderOpInfo(test.op);
      const bool special = info.argument == FinderArgument::Nullable;
      if (special && info.arguments != 0 && args[test.argument].isNull()) return true;
    }
  }
  return false;
}

// What the rows of a run mean.
FinderResult resultOf(const FinderPlan& finder, ResultSet rows) {
  switch (finder.spec.shape) {
    case FinderShape::Rows:
      return FinderResult(std::move(rows));
    case FinderShape::Row:
      return FinderResult(rows.empty() ? std::nullopt : std::optional<Row>(rows[0]));
    case FinderShape::OnlyRow: {
      ErrorDetails details;
      details.table = finder.table;
      if (rows.empty()) {
        throw NotFound("finder " + quoteForMessage(finder.name) + " found no row",
                       std::move(details));
      }
      if (rows.size() > 1) {
        throw NotUnique("finder " + quoteForMessage(finder.name) + " found more than one row",
                        std::move(details));
      }
      return FinderResult(std::optional<Row>(rows[0]));
    }
    case FinderShape::Count:
      return FinderResult::ofCount(rows.front()[std::size_t{0}].as<std::uint64_t>());
    case FinderShape::Exists:
      return FinderResult::ofExists(!rows.empty());
    case FinderShape::Affected:
      break;
  }
  throw Error("a finder that deletes was run as a query");
}

FinderResult runQuery(Executor& executor, const FinderPlan& finder, const query::Plan& plan,
                      Args args) {
  // The first row alone, which need not be made into a result of its own.
  if (finder.spec.shape == FinderShape::Row) return FinderResult(executor.queryRow(plan, args));
  return resultOf(finder, executor.query(plan, args));
}

}  // namespace

std::shared_ptr<const FinderPlan> compileFinder(const TablePlans& plans, const Executor& executor,
                                                std::string_view name) {
  auto finder = std::make_shared<FinderPlan>();
  finder->name = name;
  finder->table = plans.table().name;
  finder->madeFor = plans.id();
  finder->spec = parseFinder(name, plans.visible());
  finder->limit = limitOf(finder->spec);
  for (const auto& tests : finder->spec.anyOf) {
    for (const FinderTest& test : tests) {
      const FinderOpInfo info = finderOpInfo(test.op);
      finder->takesList =
          finder->takesList || (info.arguments != 0 && info.argument == FinderArgument::List);
    }
  }
  if (!finder->takesList) compilePlain(plans, executor, *finder);
  return finder;
}

namespace {

void checkArguments(const FinderPlan& finder, Args args) {
  const std::uint32_t wanted = finder.spec.argumentCount;
  if (args.size() != wanted) {
    const std::string rule = "takes " + std::to_string(wanted) +
                             (wanted == 1 ? " argument" : " arguments") + ", got " +
                             std::to_string(args.size());
    ErrorDetails details;
    details.table = finder.table;
    throw ValidationError("finder " + quoteForMessage(finder.name) + " " + rule, {{"", rule}},
                          std::move(details));
  }
  for (const auto& tests : finder.spec.anyOf) {
    for (const FinderTest& test : tests) {
      for (std::uint32_t i = 0; i < finderOpInfo(test.op).arguments; ++i) {
        checkArgument(finder, test, test.argument + i, args[test.argument + i]);
      }
    }
  }
}

// The plan and the arguments of one run. The arguments may point into the filter.
struct FinderRun {
  Filter filter;
  query::PlanPtr plan;
  ArgBuffer arguments;
};

FinderRun prepare(const Executor& executor, const TablePlans& plans, const FinderPlan& finder,
                  Args args, bool returningKey) {
  FinderRun run;
  if (!returningKey && !needsOwnPlan(finder, args)) {
    run.plan = finder.plan;
    if (finder.sources.empty()) run.arguments.push(args);
    for (const std::int64_t source : finder.sources) {
      run.arguments.push(source >= 0 ? args[static_cast<std::size_t>(source)]
                                     : Arg(source == FinderPlan::kTrue));
    }
  } else {
    run.filter = filterOf(finder.spec, plans.visible(),
                          [&](std::uint32_t argument) { return args[argument].toValue(); });
    const query::FilterShape shape = query::filterShape(run.filter, plans.visible());
    const auto parameters = static_cast<std::uint32_t>(shape.arguments.size());
    std::string key(returningKey ? "K" : "F");
    key.append(finder.name).append(1, '\0').append(shape.key);
    run.plan = plans.shaped(executor, key, [&] {
      return queryOf(plans, finder, query::filterExpr(run.filter, plans.visible()), parameters,
                     returningKey);
    });
    run.arguments.push(shape.arguments);
  }
  if (limited(finder)) run.arguments.push(finder.limit);
  return run;
}

std::uint64_t runDelete(Executor& executor, const TablePlans& plans, const FinderPlan& finder,
                        Args args) {
  const bool tellKeys = tellsKeys(executor, plans, query::Operation::Delete);
  const FinderRun run = prepare(executor, plans, finder, args, tellKeys);
  return runBulk(executor, plans, query::Operation::Delete, *run.plan, run.arguments.args());
}

}  // namespace

FinderResult runFinder(Executor& executor, const TablePlans& plans, const FinderPlan& finder,
                       Args args) {
  checkArguments(finder, args);
  if (finder.spec.shape == FinderShape::Affected) {
    return FinderResult::ofAffected(runDelete(executor, plans, finder, args));
  }
  const FinderRun run = prepare(executor, plans, finder, args, false);
  return runQuery(executor, finder, *run.plan, run.arguments.args());
}

std::vector<FinderResult> runFinderEach(Executor& executor, const TablePlans& plans,
                                        const FinderPlan& finder, std::span<const Args> batch) {
  bool shared = finder.spec.shape != FinderShape::Affected;
  for (const Args& args : batch) {
    checkArguments(finder, args);
    shared = shared && !needsOwnPlan(finder, args);
  }
  std::vector<FinderResult> results;
  results.reserve(batch.size());
  if (!shared) {
    for (const Args& args : batch) results.push_back(runFinder(executor, plans, finder, args));
    return results;
  }
  std::vector<FinderRun> runs;
  runs.reserve(batch.size());
  std::vector<Args> arguments;
  arguments.reserve(batch.size());
  for (const Args& args : batch) {
    runs.push_back(prepare(executor, plans, finder, args, false));
    arguments.push_back(runs.back().arguments.args());
  }
  for (ResultSet& rows : executor.queryEach(*finder.plan, arguments)) {
    results.push_back(resultOf(finder, std::move(rows)));
  }
  return results;
}

}  // namespace sonde::repo
