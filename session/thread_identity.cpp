#include "thread_identity.hpp"

#include <unistd.h>

#include <atomic>

namespace sonde {

std::uint64_t detail::makeThreadIdentity() noexcept {
  static std::atomic<std::uint32_t> last{0};
  const std::uint64_t number = last.fetch_add(1, std::memory_order_relaxed) + 1U;
#ifdef __linux__
  const auto shown = static_cast<std::uint32_t>(gettid());
#else
  const auto shown = static_cast<std::uint32_t>(number);
#endif
  threadIdentity = number << 32 | shown;
  return threadIdentity;
}

std::string describeThread(std::uint64_t identity) {
  return "thread " + std::to_string(static_cast<std::uint32_t>(identity));
}

}  // namespace sonde
