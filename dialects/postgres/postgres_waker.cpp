#include "postgres_waker.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>

#include "../../core/error.hpp"

namespace sonde {

PostgresWaker::PostgresWaker() {
  if (pipe2(ends_, O_CLOEXEC | O_NONBLOCK) == 0) return;
  ErrorDetails details;
  details.hint = "raise the limit of open files (ulimit -n)";
  throw ConnectionError("the process has no file descriptors left for a connection",
                        std::move(details));
}

PostgresWaker::~PostgresWaker() {
  close(ends_[0]);
  close(ends_[1]);
}

void PostgresWaker::wake() const noexcept {
  // A full pipe has woken the reader already.
  [[maybe_unused]] const auto written = write(ends_[1], "", 1);
}

void PostgresWaker::clear() const noexcept {
  std::array<char, 64> bytes{};
  while (read(ends_[0], bytes.data(), bytes.size()) > 0) {
  }
}

}  // namespace sonde
