// Opens the database that a command was given.
#pragma once

#include <CLI/CLI.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "../db/database.hpp"

namespace sonde::cli {

/// What the command line says of the database.
struct DatabaseArguments {
  std::string uri;
  std::vector<std::string> drivers;  ///< Libraries to load first: paths or names.
};

/// Adds `URI` and `--driver` to a subcommand. @return Where they will stand once parsed.
[[nodiscard]] std::shared_ptr<const DatabaseArguments> addDatabaseArguments(CLI::App& command);

/// @return The database, opened so that nothing in it can change.
/// @throws ConnectionError, ConfigError.
[[nodiscard]] Database openForReading(const DatabaseArguments& arguments);
/// @return The same, opened for writing; it must exist unless the URI says mode=rwc.
[[nodiscard]] Database openForWriting(const DatabaseArguments& arguments);

/// @return The text with the passwords of the URIs in it replaced by `***`: for messages that quote
/// the command line.
[[nodiscard]] std::string withoutPasswords(std::string_view text);

}  // namespace sonde::cli
