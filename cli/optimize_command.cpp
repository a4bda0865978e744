#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <ostream>
#include <string>
#include <vector>

#include "../core/error.hpp"
#include "../monitor/tuning/tuning_json.hpp"
#include "command.hpp"
#include "open.hpp"
#include "optimize_text.hpp"

namespace sonde::cli {
namespace {

struct OptimizeArguments {
  std::string profile;
  std::string format = "text";
  bool apply = false;
  bool dryRun = false;
};

void printJson(nlohmann::json json, const std::vector<AppliedAdvice>& applied,
               const Output& output) {
  nlohmann::json list = nlohmann::json::array();
  for (const AppliedAdvice& each : applied) {
    list.push_back({{"id", each.recommendation.id},
                    {"subject", each.recommendation.subject},
                    {"verified", each.verified},
                    {"error", each.error}});
  }
  json["applied"] = std::move(list);
  output.out << json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) << '\n';
}

void optimize(const DatabaseArguments& database, const OptimizeArguments& arguments,
              const Output& output) {
  const bool writes = arguments.apply && !arguments.dryRun;
  const Database db = writes ? openForWriting(database) : openForReading(database);
  const Tuning tuning = db.tuning();
  const TuningPlan plan = tuning.plan({.profile = arguments.profile});
  std::vector<AppliedAdvice> applied;
  if (writes) applied = tuning.apply(plan);
  if (arguments.format == "json") {
    printJson(tuningJson(plan), applied, output);
  } else if (applied.empty()) {
    output.out << tuningText(plan, output.terminal);
  } else {
    output.out << appliedText(applied, output.terminal);
  }
  const auto failed = std::count_if(applied.begin(), applied.end(),
                                    [](const AppliedAdvice& each) { return !each.verified; });
  if (failed != 0) {
    throw QueryError(std::to_string(failed) + " of " + std::to_string(applied.size()) +
                     " recommendations did not take effect");
  }
}

}  // namespace

void addOptimizeCommand(CLI::App& app, const Output& output) {
  CLI::App* command =
      app.add_subcommand("optimize", "Give advice on the settings of a database, and follow it");
  auto arguments = std::make_shared<OptimizeArguments>();
  const auto database = addDatabaseArguments(*command);
  command
      ->add_option("--profile", arguments->profile,
                   "What the database should be fit for: production, development, readMostly, "
                   "bulkLoad, safest or untrustedFile")
      ->type_name("PROFILE");
  command->add_flag("--apply", arguments->apply,
                    "Carry out what is safe, and read it back; the rest is printed only");
  command->add_flag("--dry-run", arguments->dryRun,
                    "Open the database for reading only, whatever else is asked for");
  command->add_option("--format", arguments->format, "text or json")
      ->check(CLI::IsMember({"text", "json"}).description(""))
      ->type_name("FORMAT");
  command->callback([database, arguments, &output] { optimize(*database, *arguments, output); });
}

}  // namespace sonde::cli
