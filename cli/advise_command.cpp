#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <memory>
#include <ostream>
#include <sstream>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "advice_printer.hpp"
#include "apply_indexes.hpp"
#include "command.hpp"
#include "open.hpp"

namespace sonde::cli {
namespace {

struct AdviseArguments {
  std::string queries;
  bool observed = false;
  std::string format = "text";
  bool apply = false;
  bool yes = false;
  std::vector<std::string> only;
  double minGain = IndexAdvisorOptions().minGain;
  int unusedDays = static_cast<int>(IndexAdvisorOptions().minUnusedTime / std::chrono::hours(24));
};

Workload workloadOf(const AdviseArguments& arguments, const Database& db) {
  if (arguments.observed) return db.observedWorkload();
  if (arguments.queries.empty()) return {};
  std::ifstream file(arguments.queries, std::ios::binary);
  if (!file) throw ConfigError("cannot read " + quoteForMessage(arguments.queries));
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  Workload workload = readWorkload(text, db.executor()->runtime()->dialect().lexerRules());
  if (workload.statements.empty()) {
    workload.notes.push_back("no statement that reads or changes rows was found in " +
                             quoteForMessage(arguments.queries));
  }
  return workload;
}

void refuseApplyWithoutConsent(const AdviseArguments& arguments) {
  if (!arguments.apply || arguments.yes || !arguments.only.empty()) return;
  throw ValidationError(
      "--apply makes indexes, which wants consent: add --yes for all that is recommended, or "
      "--only NAME for one");
}

void advise(const DatabaseArguments& database, const AdviseArguments& arguments,
            const Output& output) {
  refuseApplyWithoutConsent(arguments);
  const Database db = arguments.apply ? openForWriting(database) : openForReading(database);
  IndexAdvisorOptions options;
  options.minGain = arguments.minGain;
  options.minUnusedTime = std::chrono::hours(24) * arguments.unusedDays;
  const IndexAdvice advice = db.adviseIndexes(workloadOf(arguments, db), options);
  if (!arguments.apply) {
    if (arguments.format == "json") {
      output.out << adviceJson(advice) << '\n';
    } else {
      output.out << adviceText(advice, output.terminal);
    }
    return;
  }
  const std::vector<AppliedIndex> made = applyIndexes(db, advice, arguments.only);
  output.out << (arguments.format == "json" ? appliedJson(made) + "\n" : appliedText(made));
  if (std::any_of(made.begin(), made.end(), [](const AppliedIndex& i) { return !i.made; })) {
    throw QueryError("not every index could be made");
  }
}

}  // namespace

void addAdviseCommand(CLI::App& app, const Output& output) {
  CLI::App* command = app.add_subcommand("advise", "Say which indexes to make, and which to drop");
  auto arguments = std::make_shared<AdviseArguments>();
  const auto database = addDatabaseArguments(*command);
  CLI::Option* const queries =
      command
          ->add_option("--queries", arguments->queries,
                       "A file of SQL: statements, one a line, or a log of PostgreSQL or MySQL")
          ->type_name("FILE");
  command
      ->add_flag("--observed", arguments->observed,
                 "What the server counted: pg_stat_statements, or MySQL's performance schema")
      ->excludes(queries);
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("FORMAT");
  command
      ->add_option("--min-gain", arguments->minGain,
                   "Share of a statement's cost that an index must save, 0 to 1, unless it spares "
                   "reading a table")
      ->check(CLI::Range(0.0, 1.0).description(""))
      ->type_name("SHARE");
  command
      ->add_option("--unused-days", arguments->unusedDays,
                   "For how long a server must have counted before an index is called unused")
      ->check(CLI::Range(0, 36'500).description(""))
      ->type_name("DAYS");
  command->add_flag("--apply", arguments->apply, "Make the indexes; with --yes or --only");
  command->add_flag("--yes", arguments->yes, "With --apply: all that are recommended");
  command->add_option("--only", arguments->only, "With --apply: this one; may be given again")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->callback([database, arguments, &output] { advise(*database, *arguments, output); });
}

}  // namespace sonde::cli
