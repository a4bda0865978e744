// The options of every command that prints rows.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>

#include "../core/json_form.hpp"
#include "row_printer.hpp"

namespace sonde::cli {

struct RowOptions {
  Format format = Format::Text;
  JsonOptions json;
};

/// Adds `--format text|json|csv` and `--raw` to a subcommand.
/// @return Where their values will be once the command line is parsed.
[[nodiscard]] std::shared_ptr<RowOptions> addRowOptions(CLI::App& command);

}  // namespace sonde::cli
