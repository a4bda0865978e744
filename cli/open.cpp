#include "open.hpp"

#include <algorithm>

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
  command
      .add_option("URI", arguments->uri,
                  "postgresql://USER@HOST/DATABASE, mysql://USER@HOST/DATABASE, sqlite:PATH, or a "
                  "path")
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

std::string withoutPasswords(std::string_view text) {
  constexpr std::string_view kScheme = "://";
  constexpr std::string_view kOption = "password=";  // sslpassword= too
  std::string out(text);
  const auto hide = [&out](std::size_t from, std::size_t to) {
    out.replace(from, to - from, "***");
  };
  for (std::size_t at = out.find(kScheme); at != std::string::npos; at = out.find(kScheme, at)) {
    at += kScheme.size();
    // The last @, because one in a password may have been left as it is.
    const std::size_t login = out.substr(0, out.find_first_of(" \t\n\"'", at)).rfind('@');
    const std::size_t colon = out.find(':', at);
    if (login != std::string::npos && login > at && colon < login) hide(colon + 1, login);
  }
  for (std::size_t at = out.find(kOption); at != std::string::npos; at = out.find(kOption, at)) {
    at += kOption.size();
    hide(at, std::min(out.find_first_of("& \t\n\"'", at), out.size()));
  }
  return out;
}

}  // namespace sonde::cli
