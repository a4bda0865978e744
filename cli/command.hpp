// The subcommands of `sonde`: each adds itself to the CLI11 application and runs when it was
// chosen.
//
// Invariant: data goes to standard output, messages to standard error; a failure is a non-zero exit
// code. A new subcommand is one file and one line in app.cpp.
#pragma once

#include <CLI/CLI.hpp>
#include <iosfwd>

#include "terminal.hpp"

namespace sonde::cli {

/// Where a subcommand writes, and what the terminal can do. The streams outlive every command.
struct Output {
  std::ostream& out;
  std::ostream& err;
  Terminal terminal;
};

// Each but completion takes `--driver PATH` beside its URI.

/// `sonde schema URI [--table T] [--format text|json|mermaid|dot|sql]`
void addSchemaCommand(CLI::App& app, const Output& output);
/// `sonde find URI TABLE FINDER [ARG…] [--limit N] [--format text|json|csv] [--raw]`
void addFindCommand(CLI::App& app, const Output& output);
/// `sonde query URI SQL [ARG…] [--write] [--format text|json|csv] [--raw]`
void addQueryCommand(CLI::App& app, const Output& output);
/// `sonde backup URI FILE [--vacuum] [--full-check] [--force] [--format text|json]`
void addBackupCommand(CLI::App& app, const Output& output);
/// `sonde serve URI --admin HOST:PORT [--token-env NAME] [--host-name NAME]`
void addServeCommand(CLI::App& app, const Output& output);
/// `sonde optimize URI [--profile P] [--apply] [--dry-run] [--format text|json]`
void addOptimizeCommand(CLI::App& app, const Output& output);
/// `sonde doctor URI [--deep] [--format text|json]`
void addDoctorCommand(CLI::App& app, const Output& output);
/// `sonde advise URI [--queries FILE | --observed] [--min-gain SHARE] [--unused-days DAYS]
/// [--format text|json]`, and
/// `… --apply --yes`, `… --apply --only NAME…`
void addAdviseCommand(CLI::App& app, const Output& output);
/// `sonde completion bash|zsh|fish`, and the hidden command that lists tables for it.
void addCompletionCommand(CLI::App& app, const Output& output);

}  // namespace sonde::cli
