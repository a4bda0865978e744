// Who holds a connection: a cheap identity of the calling thread, and a cheap clock.
//
// Invariant: a number is never given to two threads of a process, not even one after the other, so
// a connection left behind by a finished thread is never taken for one's own. Used by the pool and
// by transactions.
#pragma once

#include <cstdint>
#include <ctime>
#include <string>

namespace sonde {

namespace detail {
inline constinit thread_local std::uint64_t threadIdentity = 0;
/// Gives the calling thread its number. @return The number, never 0.
std::uint64_t makeThreadIdentity() noexcept;
}  // namespace detail

/// @return The identity of the calling thread: its own number above, the number that the operating
/// system and loggers show in the lower 32 bits. Never 0. Thread-safe.
[[nodiscard]] inline std::uint64_t thisThread() noexcept {
  const std::uint64_t known = detail::threadIdentity;
  return known != 0 ? known : detail::makeThreadIdentity();
}

/// @return "thread 4711", with the number that the operating system shows. Thread-safe.
[[nodiscard]] std::string describeThread(std::uint64_t identity);

/// @return Milliseconds of a clock that never goes back and costs a few nanoseconds to read; it may
/// be some milliseconds behind. Thread-safe.
[[nodiscard]] inline std::int64_t coarseNowMs() noexcept {
#ifdef CLOCK_MONOTONIC_COARSE
  constexpr clockid_t kClock = CLOCK_MONOTONIC_COARSE;
#else
  constexpr clockid_t kClock = CLOCK_MONOTONIC;
#endif
  std::timespec now{};
  clock_gettime(kClock, &now);
  return static_cast<std::int64_t>(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

}  // namespace sonde
