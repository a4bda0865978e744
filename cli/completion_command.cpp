// Shell completion, generated from the command's own options so that it cannot fall behind them.
#include <CLI/CLI.hpp>
#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "command.hpp"
#include "open.hpp"

namespace sonde::cli {
namespace {

struct CommandWords {
  std::string name;
  std::string description;
  std::vector<std::string> options;
};

std::vector<CommandWords> wordsOf(const CLI::App& app) {
  std::vector<CommandWords> commands;
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (command->get_group().empty()) continue;  // hidden
    CommandWords words{command->get_name(), command->get_description(), {}};
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) words.options.push_back("--" + name);
    }
    commands.push_back(std::move(words));
  }
  return commands;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ' ';
    out += word;
  }
  return out;
}

// The third word is a database, the fourth of `find` one of its tables.
void printBash(std::ostream& out, const std::vector<CommandWords>& commands) {
  std::vector<std::string> names;
  names.reserve(commands.size());
  for (const CommandWords& command : commands) names.push_back(command.name);
  out << "_sonde() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\"\n"
         "  local options=\"\"\n"
         "  case \"${COMP_WORDS[1]}\" in\n";
  for (const CommandWords& command : commands) {
    out << "    " << command.name << ") options=\"" << joined(command.options) << "\" ;;\n";
  }
  out << "  esac\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    COMPREPLY=($(compgen -W \""
      << joined(names)
      << " --help --version\" -- \"$word\"))\n"
         "  elif [[ \"$word\" == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
         "  elif [ \"${COMP_WORDS[1]}\" = find ] && [ \"$COMP_CWORD\" -eq 3 ]; then\n"
         "    local IFS=$'\\n'\n"
         "    COMPREPLY=($(compgen -W \"$(sonde list-tables \"${COMP_WORDS[2]}\" 2>/dev/null)\""
         " -- \"$word\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$word\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _sonde sonde\n";
}

void printFish(std::ostream& out, const std::vector<CommandWords>& commands) {
  out << "complete -c sonde -n __fish_use_subcommand -f -l version -d 'Print the version'\n";
  for (const CommandWords& command : commands) {
    out << "complete -c sonde -n __fish_use_subcommand -f -a " << command.name << " -d '"
        << command.description << "'\n";
    for (const std::string& option : command.options) {
      out << "complete -c sonde -n '__fish_seen_subcommand_from " << command.name << "' -l "
          << option.substr(2) << '\n';
    }
  }
  out << "complete -c sonde -n '__fish_seen_subcommand_from find; and test (count (commandline "
         "-opc))"
         " -eq 3' -f -a '(sonde list-tables (commandline -opc)[3] 2>/dev/null)'\n";
}

}  // namespace

void addCompletionCommand(CLI::App& app, const Output& output) {
  CLI::App* command = app.add_subcommand("completion", "Print a completion script for a shell");
  auto shell = std::make_shared<std::string>();
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer(
      "bash: source <(sonde completion bash)\n"
      "zsh:  source <(sonde completion zsh)\n"
      "fish: sonde completion fish | source");
  command->callback([&app, &output, shell] {
    const auto commands = wordsOf(app);
    if (*shell == "fish") {
      printFish(output.out, commands);
      return;
    }
    if (*shell == "zsh") output.out << "autoload -U +X bashcompinit && bashcompinit\n";
    printBash(output.out, commands);
  });

  CLI::App* tables = app.add_subcommand("list-tables", "List the tables, one a line");
  tables->group("");  // for completion scripts, not for people
  const auto database = addDatabaseArguments(*tables);
  tables->callback([&output, database] {
    const Database db = openForReading(*database);
    for (const Table& table : db.schema()->tables()) {
      if (table.isListed()) output.out << table.name << '\n';
    }
  });
}

}  // namespace sonde::cli
