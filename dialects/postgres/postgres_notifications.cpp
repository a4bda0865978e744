#include "postgres_notifications.hpp"

#include <deque>
#include <string>
#include <utility>

#include "../../core/error.hpp"
#include "postgres_handle.hpp"
#include "postgres_pqxx.hpp"

namespace sonde {

struct PostgresNotifications::Parts {
  explicit Parts(PostgresHandle& handle) : pqxx(handle.connection()) {}
  std::deque<Notification> waiting;
  PostgresPqxx pqxx;
};

PostgresNotifications::PostgresNotifications(PostgresHandle& handle)
    : handle_(handle), parts_(std::make_unique<Parts>(handle)) {}

PostgresNotifications::~PostgresNotifications() = default;

void PostgresNotifications::listen(std::string_view channel) {
  if (channel.empty() || channel.find('\0') != std::string_view::npos) {
    throw ValidationError("a channel needs a name, without NUL");
  }
  parts_->pqxx.hear(std::string(channel),
                    [parts = parts_.get()](const std::string& name, const std::string& payload) {
                      parts->waiting.push_back({name, payload});
                    });
}

void PostgresNotifications::unlisten(std::string_view channel) {
  parts_->pqxx.forget(std::string(channel));
}

std::optional<Notification> PostgresNotifications::wait(std::chrono::milliseconds timeout) {
  const auto end = Context::Clock::now() + timeout;
  do {
    parts_->pqxx.deliver();
    if (!parts_->waiting.empty()) {
      Notification oldest = std::move(parts_->waiting.front());
      parts_->waiting.pop_front();
      return oldest;
    }
    handle_.requireAlive();
  } while (handle_.waitForInput(end));
  return std::nullopt;
}

}  // namespace sonde
