// A driver library that needs a symbol which nobody has.
#include "plugin_driver.hpp"

namespace sonde {
std::unique_ptr<Driver> makeDriverThatNobodyHas();
}

SONDE_DRIVER_PLUGIN(sonde::makeDriverThatNobodyHas, "unresolved");
