#include "app.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <memory>
#include <ostream>
#include <sonde/version.hpp>
#include <string_view>
#include <vector>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "command.hpp"
#include "open.hpp"

namespace sonde::cli {
namespace {

constexpr std::string_view kDescription =
    "Looks into any database: its schema, its rows, its relations.\n"
    "URI is postgresql://USER@HOST/DATABASE, mysql://USER@HOST/DATABASE, sqlite:PATH, or the path "
    "of a SQLite file.";

// Many messages end with their hint or with the only problem they list: those are not said twice.
void printError(const Output& output, std::string_view message, std::string_view hint) {
  output.err << output.terminal.red("sonde: ") << withoutPasswords(message) << '\n';
  if (message.find(hint) == std::string_view::npos) output.err << "  hint: " << hint << '\n';
}

void printValidationProblems(const Output& output, const ValidationError& error) {
  for (const auto& problem : error.problems()) {
    if (std::string_view(error.what()).find(problem.message) != std::string_view::npos) continue;
    output.err << "  ";
    if (!problem.field.empty()) output.err << problem.field << ": ";
    output.err << problem.message << '\n';
  }
}

const CLI::App* commandNamed(const CLI::App& app, const std::string& name) {
  const auto found =
      app.get_subcommands([&name](const CLI::App* command) { return command->get_name() == name; });
  return found.empty() ? nullptr : found.front();
}

std::string usageHint(const CLI::App& app, const std::string& first) {
  if (first.starts_with('-')) return "try 'sonde help'";
  if (commandNamed(app, first) != nullptr) return "try 'sonde help " + first + "'";
  std::vector<std::string> names;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) names.push_back(command->get_name());
  }
  const auto near = nearest(first, names);
  return near.empty() ? "try 'sonde help'" : "did you mean 'sonde " + near.front() + "'?";
}

// CLI11 takes a word like [a,b] apart, even where it is a table's name or a value to bind. Such
// words go through it with a mark in front, which every option takes off again.
constexpr char kMark = '\x01';

std::string marked(const std::string& word) {
  const std::size_t value = word.starts_with("--") ? word.find('=') + 1 : 0;
  if (!word.ends_with(']') || word[value] != '[') return word;
  return std::string(word).insert(value, 1, kMark);
}

void takeMarksOff(CLI::App& app) {
  for (CLI::App* command : app.get_subcommands([](CLI::App*) { return true; })) {
    for (CLI::Option* option : command->get_options()) {
      if (option->get_items_expected_max() == 0) continue;  // a flag
      option->transform(CLI::Validator(
          [](std::string& word) {
            if (word.starts_with(kMark)) word.erase(0, 1);
            return std::string();
          },
          ""));
    }
  }
}

// Not topic.help(), which explains the subcommand that is running, whatever was asked for.
std::string helpOn(const CLI::App& app, const CLI::App& topic) {
  const std::string name =
      &topic == &app ? app.get_name() : app.get_name() + " " + topic.get_name();
  return topic.get_formatter()->make_help(&topic, name, CLI::AppFormatMode::Normal);
}

void addHelpCommand(CLI::App& app, const Output& output) {
  CLI::App* help = app.add_subcommand("help", "Say how to use sonde, or one of its commands");
  auto command = std::make_shared<std::string>();
  help->add_option("COMMAND", *command, "The command to explain");
  help->callback([&app, &output, command] {
    const CLI::App* topic = command->empty() ? &app : commandNamed(app, *command);
    if (topic == nullptr) throw CLI::ExtrasError("help", {*command});
    output.out << helpOn(app, *topic);
  });
}

// Parses and runs. CLI11 runs the callback of the chosen subcommand inside parse().
int dispatch(CLI::App& app, std::span<const std::string> arguments, const Output& output) {
  if (arguments.empty()) {
    output.out << helpOn(app, app);
    return kSuccess;
  }
  const std::string& first = arguments.front();
  if (!first.starts_with('-') && commandNamed(app, first) == nullptr) {
    printError(output, "there is no command " + quoteForMessage(first), usageHint(app, first));
    return kUsage;
  }
  std::vector<std::string> reversed;
  for (const std::string& word : arguments) reversed.insert(reversed.begin(), marked(word));
  try {
    app.parse(std::move(reversed));
    return kSuccess;
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    output.out << helpOn(app, chosen.empty() ? app : *chosen.front());
    return kSuccess;
  } catch (const CLI::CallForVersion& version) {
    output.out << version.what() << '\n';
    return kSuccess;
  } catch (const CLI::RuntimeError& end) {
    return end.get_exit_code();  // of a command that has said all it has to say
  } catch (const CLI::ParseError& error) {
    printError(output, error.what(), usageHint(app, first));
    return kUsage;
  } catch (const ValidationError& error) {
    printError(output, error.what(), error.hint());
    printValidationProblems(output, error);
    return kFailure;
  } catch (const Error& error) {
    printError(output, error.what(), error.hint());
    return kFailure;
  }
}

}  // namespace

int run(std::span<const std::string> arguments, std::ostream& out, std::ostream& err,
        const Terminal& terminal) noexcept {
  const Output output{out, err, terminal};
  try {
    CLI::App app{std::string(kDescription), "sonde"};
    app.set_version_flag("--version", "sonde " + std::string(version()), "Print the version");
    app.require_subcommand(1);
    addSchemaCommand(app, output);
    addFindCommand(app, output);
    addQueryCommand(app, output);
    addBackupCommand(app, output);
    addServeCommand(app, output);
    addOptimizeCommand(app, output);
    addDoctorCommand(app, output);
    addAdviseCommand(app, output);
    addCompletionCommand(app, output);
    addHelpCommand(app, output);
    takeMarksOff(app);
    return dispatch(app, arguments, output);
  } catch (const std::exception& error) {
    printError(output, error.what(), {});
    return kFailure;
  }
}

}  // namespace sonde::cli
