// What a driver does that has not been taught better.
#include "driver.hpp"

namespace sonde {

WhatIfOffer Driver::whatIf(Connection&, std::shared_ptr<const Schema>, const WhatIfOptions&) const {
  return {nullptr, "the driver cannot ask its planner about indexes that are not there"};
}

}  // namespace sonde
