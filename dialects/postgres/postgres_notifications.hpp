// The channels that one connection hears, and the messages that came.
//
// Invariant: messages are given once, in the order they came. Used by PostgresConnection.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string_view>

#include "../connection.hpp"

namespace sonde {

class PostgresHandle;

/// See the file comment. Listens through libpqxx on the handle's own connection.
class PostgresNotifications {
 public:
  explicit PostgresNotifications(PostgresHandle& handle);
  ~PostgresNotifications();
  PostgresNotifications(const PostgresNotifications&) = delete;
  PostgresNotifications& operator=(const PostgresNotifications&) = delete;

  /// LISTEN "channel"; one that is heard already is left as it is.
  void listen(std::string_view channel);
  /// UNLISTEN "channel"
  void unlisten(std::string_view channel);
  /// @return The oldest message; empty when none came in time or after interrupt().
  [[nodiscard]] std::optional<Notification> wait(std::chrono::milliseconds timeout);

 private:
  struct Parts;
  PostgresHandle& handle_;
  std::unique_ptr<Parts> parts_;
};

}  // namespace sonde
