#include <pthread.h>

#include <charconv>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "../core/error.hpp"
#include "../core/suggest.hpp"
#include "../db/admin_service.hpp"
#include "command.hpp"
#include "open.hpp"

namespace sonde::cli {
namespace {

struct ServeArguments {
  std::string admin;
  std::string tokenVariable;
  std::vector<std::string> hosts;
};

[[noreturn]] void refuseEndpoint(const std::string& given) {
  ErrorDetails details;
  details.hint = "such as 127.0.0.1:9090, [::1]:9090, or port 0 for any that is free";
  throw ConfigError("--admin takes HOST:PORT, not " + quoteForMessage(given), std::move(details));
}

// Takes "127.0.0.1:9090" or "[::1]:9090" apart.
void readEndpoint(const std::string& given, AdminConfig& options) {
  const std::size_t colon = given.rfind(':');
  if (colon == std::string::npos || colon == 0) refuseEndpoint(given);
  std::string host = given.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    refuseEndpoint(given);  // of an IPv6 address nobody can tell where the port begins
  }
  const char* const end = given.data() + given.size();
  const auto [at, failure] = std::from_chars(given.data() + colon + 1, end, options.port);
  if (failure != std::errc() || at != end || host.empty()) refuseEndpoint(given);
  options.address = std::move(host);
}

std::string tokenFrom(const std::string& variable) {
  const char* const token = std::getenv(variable.c_str());
  if (token != nullptr && *token != '\0') return token;
  throw ConfigError("the environment variable " + quoteForMessage(variable) +
                    " of --token-env is not set");
}

// SIGINT and SIGTERM are waited for, not obeyed: held back in every thread that begins meanwhile.
class HeldSignals {
 public:
  HeldSignals() {
    sigemptyset(&wanted_);
    sigaddset(&wanted_, SIGINT);
    sigaddset(&wanted_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &wanted_, &before_);
  }
  ~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  HeldSignals(const HeldSignals&) = delete;
  HeldSignals& operator=(const HeldSignals&) = delete;

  void wait() const {
    int signal = 0;
    sigwait(&wanted_, &signal);
  }

 private:
  sigset_t wanted_{};
  sigset_t before_{};
};

void serve(const DatabaseArguments& database, const ServeArguments& arguments,
           const Output& output) {
  AdminConfig options;
  readEndpoint(arguments.admin, options);
  options.hosts = arguments.hosts;
  if (!arguments.tokenVariable.empty()) options.token = tokenFrom(arguments.tokenVariable);
  const bool guarded = !options.token.empty();

  const HeldSignals signals;  // before the threads of the database begin
  const Database db = openForReading(database);
  const std::unique_ptr<AdminService> admin = startAdminService(db, options);
  output.out << "listening on " << admin->url() << (guarded ? " (a token is asked for)" : "")
             << std::endl;  // whoever waits for this line must get it now
  signals.wait();
  admin->stop();
  output.out << "stopped\n";
}

}  // namespace

void addServeCommand(CLI::App& app, const Output& output) {
  CLI::App* command =
      app.add_subcommand("serve", "Serve health, metrics and the schema over HTTP until stopped");
  auto arguments = std::make_shared<ServeArguments>();
  const auto database = addDatabaseArguments(*command);
  command->add_option("--admin", arguments->admin, "Where the admin server listens")
      ->required()
      ->type_name("HOST:PORT");
  command
      ->add_option("--token-env", arguments->tokenVariable,
                   "The environment variable that holds the token to ask for")
      ->type_name("NAME");
  command
      ->add_option("--host-name", arguments->hosts,
                   "A host name to answer to without a token; may be given again")
      ->type_name("NAME")
      ->allow_extra_args(false);
  command->callback([database, arguments, &output] { serve(*database, *arguments, output); });
}

}  // namespace sonde::cli
