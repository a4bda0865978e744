// A driver library that wants a scheme of its own and one that is taken.
#include "plugin_driver.hpp"

SONDE_DRIVER_PLUGIN(sonde::test::makePluginDriver, "untaken", "mock");
