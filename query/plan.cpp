#include "plan.hpp"

#include <atomic>

namespace sonde::query {

std::uint64_t nextPlanId() noexcept {
  static std::atomic<std::uint64_t> last{0};
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

}  // namespace sonde::query
