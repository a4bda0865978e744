// What an engine does not have, said where it is asked for.
#include "connection.hpp"

#include "../core/error.hpp"

namespace sonde {

std::string_view settingScopeName(SettingScope scope) noexcept {
  switch (scope) {
    case SettingScope::Connection:
      return "connection";
    case SettingScope::File:
      return "file";
    case SettingScope::Process:
      return "process";
    case SettingScope::Server:
      return "server";
  }
  return {};
}

bool Connection::ping(std::chrono::milliseconds) noexcept { return !broken(); }

std::uint64_t Connection::bulkInsert(const Table&, const std::vector<std::string>&,
                                     FunctionRef<Args()>) {
  throw Unsupported("the engine has no bulk insert of its own");
}

bool Connection::lock(std::string_view, std::chrono::milliseconds) {
  throw Unsupported("the engine has no named locks");
}

void Connection::unlock(std::string_view) { throw Unsupported("the engine has no named locks"); }

void Connection::listen(std::string_view) { throw Unsupported("the engine has no notifications"); }

void Connection::unlisten(std::string_view) {
  throw Unsupported("the engine has no notifications");
}

std::optional<Notification> Connection::waitForNotification(std::chrono::milliseconds) {
  throw Unsupported("the engine has no notifications");
}

void Connection::notify(std::string_view, std::string_view) {
  throw Unsupported("the engine has no notifications");
}

}  // namespace sonde
