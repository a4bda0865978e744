// A driver library that keeps its symbol to itself.
#include "plugin_driver.hpp"

extern "C" {
extern __attribute__((visibility("hidden"))) const sonde::DriverPlugin sonde_driver_plugin;
}
namespace {
constexpr const char* kSchemes[] = {"hidden", nullptr};
}
constinit const sonde::DriverPlugin sonde_driver_plugin = {
    sonde::detail::driverStamp(), &sonde::version, &sonde::test::makePluginDriver, kSchemes};
