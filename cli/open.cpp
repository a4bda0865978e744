#include "open.hpp"

namespace sonde::cli {
namespace {

Database openAs(AccessMode access, const DatabaseArguments& arguments) {
  Config config;
  config.uri = arguments.uri;
  config.access = access;
  config.drivers = arguments.drivers;
  return Database::open(config);
}

}  // namespace

std::shared_ptr<const DatabaseArguments> addDatabaseArguments(CLI::App& command) {
  auto arguments = std::make_shared<DatabaseArguments>();
  command.add_option("URI", arguments->uri, "sqlite:PATH, or the path of a SQLite file")
      ->required();
  command
      .add_option("--driver", arguments->drivers,
                  "A driver library to load first, by path or name; may be given again")
      ->type_name("PATH")
      ->allow_extra_args(false);  // or it would take the words that follow
  return arguments;
}

Database openForReading(const DatabaseArguments& arguments) {
  return openAs(AccessMode::ReadOnly, arguments);
}

Database openForWriting(const DatabaseArguments& arguments) {
  return openAs(AccessMode::ReadWrite, arguments);
}

}  // namespace sonde::cli
