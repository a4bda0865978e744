#include "notification_listener.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <utility>

#include "../core/error.hpp"

namespace sonde {

namespace {

using std::chrono::milliseconds;

// How long a wait lasts before the thread looks whether the database was closed.
constexpr milliseconds kSlice{500};
constexpr milliseconds kFirstPause{20};
constexpr milliseconds kLongestPause{5'000};

}  // namespace

// Shared with the thread, which may outlive the handle when a handler ends it.
struct NotificationListener::State {
  std::shared_ptr<Runtime> runtime;
  std::string channel;
  NotificationHandlers handlers;

  std::mutex mutex;  // guards what follows
  std::condition_variable wake;
  bool ending = false;
  std::unique_ptr<Session> session;  // replaced by the thread only; used by it without the mutex

  std::thread thread;

  bool ended() {
    const std::lock_guard lock(mutex);
    return ending || runtime->pool().closed();
  }
  void pause(milliseconds length) {
    std::unique_lock lock(mutex);
    wake.wait_for(lock, length, [this] { return ending; });
  }
  void replace(std::unique_ptr<Session> fresh) {
    const std::lock_guard lock(mutex);
    session.swap(fresh);
  }

  template <class Handler>
  void tell(Handler&& handler) noexcept {
    try {
      handler();
    } catch (const std::exception& error) {
      runtime->logger().log(LogLevel::Error, "a listener failed",
                            {{"listener", channel}, {"error", error.what()}});
    } catch (...) {
      runtime->logger().log(LogLevel::Error, "a listener failed", {{"listener", channel}});
    }
  }

  void hear() {
    while (!ended()) {
      const auto message = session->connection().waitForNotification(kSlice);
      if (message && !ended()) tell([&] { handlers.message(*message); });
    }
  }
  // @return Whether it listens again; false when it is to end.
  bool reconnect() noexcept {
    replace(nullptr);
    for (milliseconds wait = kFirstPause; !ended(); wait = std::min(2 * wait, kLongestPause)) {
      try {
        Context context;
        context.timeout(kSlice);
        std::unique_ptr<Session> fresh = runtime->pool().openApart(context);
        fresh->connection().listen(channel);
        replace(std::move(fresh));
        return true;
      } catch (const std::exception& error) {
        runtime->logger().log(LogLevel::Debug, "a channel cannot be listened to yet",
                              {{"channel", channel}, {"error", error.what()}});
      }
      pause(wait);
    }
    return false;
  }
};

NotificationListener::NotificationListener(std::shared_ptr<Runtime> runtime,
                                           std::string_view channel, NotificationHandlers handlers,
                                           const Context& context)
    : state_(std::make_shared<State>()) {
  const Dialect& dialect = runtime->dialect();
  if (!dialect.capabilities().notifications) {
    throw Unsupported(std::string(dialect.name()) + " has no notifications");
  }
  if (!handlers.message) throw ConfigError("listen was given no handler");
  context.check();
  state_->session = runtime->pool().openApart(context);
  state_->session->connection().listen(channel);
  state_->runtime = std::move(runtime);
  state_->channel = channel;
  state_->handlers = std::move(handlers);
  state_->thread = std::thread([state = state_] { run(state); });
}

void NotificationListener::run(const std::shared_ptr<State>& state) noexcept {
  while (!state->ended()) {
    try {
      state->hear();
    } catch (const std::exception& error) {
      state->runtime->logger().log(LogLevel::Warn, "the connection that listened was lost",
                                   {{"channel", state->channel}, {"error", error.what()}});
      if (!state->reconnect()) break;
      if (state->handlers.gap) state->tell([&] { state->handlers.gap(); });
    }
  }
  state->replace(nullptr);
}

NotificationListener& NotificationListener::operator=(NotificationListener&& other) noexcept {
  if (this != &other) {
    cancel();
    state_ = std::move(other.state_);
  }
  return *this;
}

void NotificationListener::cancel() noexcept {
  const std::shared_ptr<State> state = std::move(state_);
  if (state == nullptr) return;
  {
    const std::lock_guard lock(state->mutex);
    state->ending = true;
    if (state->session != nullptr) state->session->connection().interrupt();
    state->wake.notify_all();
  }
  if (state->thread.get_id() == std::this_thread::get_id()) {
    state->thread.detach();
  } else {
    state->thread.join();
  }
}

}  // namespace sonde
