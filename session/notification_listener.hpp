// Hears the messages sent to a channel, on a thread and a connection of its own.
//
// Invariant: the handlers run on that thread, one at a time; what they throw is logged. When the
// connection is lost a new one is opened, with growing pauses, and the gap handler is told that
// messages may have been missed, since servers keep none. Ends with this object, with cancel(), and
// when the database is closed. Made by Database::listen.
#pragma once

#include <functional>
#include <memory>
#include <string_view>

#include "runtime.hpp"

namespace sonde {

/// Who hears a channel.
struct NotificationHandlers {
  std::function<void(const Notification&)> message;
  std::function<void()> gap;  ///< Messages may have been missed: look for yourself. May be empty.
};

/// See the file comment. Movable.
class [[nodiscard]] NotificationListener {
 public:
  /// Listens from now on. @throws Unsupported on engines without; ConnectionError; Timeout and
  /// Cancelled by the context.
  NotificationListener(std::shared_ptr<Runtime> runtime, std::string_view channel,
                       NotificationHandlers handlers, const Context& context);
  NotificationListener(NotificationListener&&) noexcept = default;
  NotificationListener& operator=(NotificationListener&& other) noexcept;
  ~NotificationListener() { cancel(); }

  /// Ends the listening and waits for a handler that runs, unless that handler is who calls. Doing
  /// it twice does nothing; never throws.
  void cancel() noexcept;

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state) noexcept;

  std::shared_ptr<State> state_;
};

}  // namespace sonde
