// Waiting for a server, in place of libmariadb's own poll().
//
// libmariadb asks a callback whenever it would block on a socket, but does not say for which
// connection. The thread that made the call knows: it says so with a MysqlWaitScope, and the
// callback asks the innermost one of its thread. A call made outside any scope waits as libmariadb
// would. So a deadline, a stop token or interrupt() reaches into every call without a second
// thread and without libmariadb's coroutines.
//
// Used by everything in this folder that talks to a server.
#pragma once

#include <chrono>

struct st_mysql;

namespace sonde {

/// What is done while a socket is not ready.
class MysqlWait {
 public:
  using Clock = std::chrono::steady_clock;

  /// @return Whether the socket is ready; false gives the connection up.
  [[nodiscard]] virtual bool ready(int socket, bool reading) noexcept = 0;

 protected:
  ~MysqlWait() = default;
};

/// Waits until a fixed time: for connecting, for a sign of life, for stopping another connection.
class MysqlWaitUntil final : public MysqlWait {
 public:
  explicit MysqlWaitUntil(Clock::time_point until) noexcept : until_(until) {}
  [[nodiscard]] bool ready(int socket, bool reading) noexcept override;
  [[nodiscard]] bool expired() const noexcept { return Clock::now() >= until_; }

 private:
  Clock::time_point until_;
};

/// Lets `wait` serve the calls that this thread makes into libmariadb while this lives. Scopes
/// nest; the innermost serves.
class MysqlWaitScope {
 public:
  explicit MysqlWaitScope(MysqlWait& wait) noexcept;
  ~MysqlWaitScope();
  MysqlWaitScope(const MysqlWaitScope&) = delete;
  MysqlWaitScope& operator=(const MysqlWaitScope&) = delete;

 private:
  MysqlWait* outer_;
};

/// Has libmariadb ask the scopes of the calling thread; before the connection is opened.
void installMysqlWait(st_mysql* db) noexcept;

/// Waits for a socket. @return Above 0 when it is ready, 0 at `until` (none: never), below 0 when
/// `wake` became readable first; a `wake` of -1 is none.
[[nodiscard]] int pollMysqlSocket(int socket, bool reading, int wake,
                                  const MysqlWait::Clock::time_point* until) noexcept;

}  // namespace sonde
