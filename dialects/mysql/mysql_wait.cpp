#include "mysql_wait.hpp"

#include <mysql.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <limits>

namespace sonde {
namespace {

thread_local MysqlWait* innermost = nullptr;

/// Milliseconds until a time, rounded up so that poll() does not wake too early and spin.
int millisecondsUntil(MysqlWait::Clock::time_point until) noexcept {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(until - MysqlWait::Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

extern "C" {
static int sondeMysqlIoWait(my_socket socket, my_bool reading, int timeoutMs) {
  if (innermost != nullptr) return innermost->ready(socket, reading != 0) ? 1 : 0;
  pollfd fd{socket, static_cast<short>(reading != 0 ? POLLIN : POLLOUT), 0};
  int count = 0;
  do {
    count = poll(&fd, 1, timeoutMs);
  } while (count < 0 && errno == EINTR);
  return count;
}
}

}  // namespace

int pollMysqlSocket(int socket, bool reading, int wake,
                    const MysqlWait::Clock::time_point* until) noexcept {
  const auto events = static_cast<short>(reading ? POLLIN : POLLOUT);
  while (true) {
    std::array<pollfd, 2> fds{{{socket, events, 0}, {wake, POLLIN, 0}}};
    const int timeout = until == nullptr ? -1 : millisecondsUntil(*until);
    const int count = poll(fds.data(), wake < 0 ? 1 : 2, timeout);
    if (count < 0 && errno == EINTR) continue;
    // An answer that is there goes before the wish to stop waiting for it.
    if (count <= 0) return count < 0 ? 1 : 0;  // a failing poll is for recv() to explain
    if (fds[0].revents != 0) return 1;
    return -1;
  }
}

bool MysqlWaitUntil::ready(int socket, bool reading) noexcept {
  return pollMysqlSocket(socket, reading, -1, &until_) > 0;
}

MysqlWaitScope::MysqlWaitScope(MysqlWait& wait) noexcept : outer_(innermost) { innermost = &wait; }

MysqlWaitScope::~MysqlWaitScope() { innermost = outer_; }

void installMysqlWait(st_mysql* db) noexcept {
  mysql_optionsv(db, MARIADB_OPT_IO_WAIT, &sondeMysqlIoWait);
}

}  // namespace sonde
