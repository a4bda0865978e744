#include "what_if.hpp"

#include <algorithm>

namespace sonde {

bool QueryPlan::uses(std::string_view index) const noexcept {
  return std::find(indexes.begin(), indexes.end(), index) != indexes.end();
}

}  // namespace sonde
