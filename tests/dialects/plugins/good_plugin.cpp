// A driver library that serves two schemes.
#include "plugin_driver.hpp"

SONDE_DRIVER_PLUGIN(sonde::test::makePluginDriver, "plugged", "plugged2");
