#include "connection_opener.hpp"

#include <algorithm>
#include <stop_token>
#include <string_view>
#include <utility>

namespace sonde {

namespace {

// Whether the server answered and will answer the same the next time: who asks is refused (28), or
// what is asked for does not exist (3D, 42).
bool isFinal(const ConnectionError& error) noexcept {
  const std::string_view state = error.sqlState();
  return state.starts_with("28") || state.starts_with("3D") || state.starts_with("42");
}

}  // namespace

std::unique_ptr<Session> ConnectionOpener::openNow(bool writes) const {
  const bool write = writes && options_.access != AccessMode::ReadOnly;
  return std::make_unique<Session>(
      driver_.connect(options_, write ? TransactionMode::Write : TransactionMode::Read),
      statementCapacity_, sessionSettings_);
}

std::unique_ptr<Session> ConnectionOpener::open(bool writes, Clock::time_point until,
                                                const Context& context) {
  waitForTurn(until, context);
  std::unique_ptr<Session> session;
  std::optional<ConnectionError> error;
  const auto ended = [this] {
    const std::lock_guard lock(mutex_);
    --opening_;
    turn_.notify_all();
  };
  try {
    session = openNow(writes);
  } catch (const ConnectionError& refused) {
    error = refused;
  } catch (...) {
    ended();
    throw;
  }
  if (error) {
    if (!isFinal(*error)) failed(*error);
    ended();
    if (isFinal(*error)) throw ConnectionError(*error);
    return nullptr;
  }
  {
    const std::lock_guard lock(mutex_);
    pause_ = {};
    notBefore_ = {};
    failure_.reset();
  }
  ended();
  return session;
}

void ConnectionOpener::waitForTurn(Clock::time_point until, const Context& context) {
  const auto began = Clock::now();
  bool stopped = false;
  const std::stop_callback onStop(context.stopToken(), [&] {
    const std::lock_guard lock(mutex_);
    stopped = true;
    turn_.notify_all();
  });
  std::unique_lock lock(mutex_);
  while (!closed_ && !stopped && (opening_ >= kAtOnce || Clock::now() < notBefore_)) {
    if (Clock::now() >= until) break;
    const bool full = opening_ >= kAtOnce;
    turn_.wait_until(lock, full ? until : std::min(until, notBefore_));
  }
  if (closed_) throw ConnectionError("the database is closed");
  const bool late = opening_ >= kAtOnce || Clock::now() < notBefore_;
  if (!late && !stopped) {
    ++opening_;
    return;
  }
  const std::optional<ConnectionError> cause = failure_;
  lock.unlock();
  context.check();
  const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - began);
  if (cause) throwFailure(waited);
  throw ConnectionError("no connection could be opened in " + std::to_string(waited.count()) +
                        " ms: others are being opened");
}

void ConnectionOpener::failed(const ConnectionError& error) {
  const std::lock_guard lock(mutex_);
  // Attempts that failed together are one failure.
  if (Clock::now() >= notBefore_) {
    pause_ = pause_.count() == 0 ? kFirstPause : std::min(2 * pause_, kLongestPause);
    notBefore_ = Clock::now() + pause_;
  }
  failure_ = error;
}

std::optional<ConnectionError> ConnectionOpener::failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void ConnectionOpener::throwFailure(std::chrono::milliseconds waited) const {
  const std::optional<ConnectionError> cause = failure();
  if (!cause) return;
  throw ConnectionError("no connection could be opened in " + std::to_string(waited.count()) +
                            " ms; the last attempt said: " + cause->what(),
                        cause->details());
}

void ConnectionOpener::setClosed(bool closed) {
  const std::lock_guard lock(mutex_);
  closed_ = closed;
  turn_.notify_all();
}

}  // namespace sonde
