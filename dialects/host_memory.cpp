#include "host_memory.hpp"

#include <unistd.h>

namespace sonde {

std::int64_t hostMemory() noexcept {
  const std::int64_t pages = sysconf(_SC_PHYS_PAGES);
  const std::int64_t size = sysconf(_SC_PAGESIZE);
  return pages > 0 && size > 0 ? pages * size : 0;
}

int hostProcessors() noexcept {
  const auto count = static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  return count > 0 ? count : 0;
}

}  // namespace sonde
