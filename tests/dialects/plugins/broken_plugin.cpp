// A driver library with one thing wrong, which SONDE_TEST_WRONG names; see load_driver_test.cpp.
#include <cstdlib>
#include <stdexcept>
#include <string_view>

#include "plugin_driver.hpp"

namespace {

using sonde::test::makePluginDriver;

// Tells the test that code of this library ran.
[[maybe_unused]] const int kConstructed = setenv("SONDE_TEST_PLUGIN_RAN", "1", 1);

[[maybe_unused]] std::unique_ptr<sonde::Driver> throwing() {
  throw std::runtime_error("no licence");
}
[[maybe_unused]] std::unique_ptr<sonde::Driver> throwingTyped() {
  sonde::ErrorDetails details;
  details.hint = "plug it in";
  throw sonde::ConnectionError("no dongle", details);
}
[[maybe_unused]] std::unique_ptr<sonde::Driver> throwingNumber() { throw 42; }
[[maybe_unused]] std::unique_ptr<sonde::Driver> makingNothing() { return nullptr; }
[[maybe_unused]] std::string_view otherVersion() noexcept { return SONDE_VERSION; }

constexpr const char* kSchemes[] = {"broken", nullptr};
[[maybe_unused]] constexpr const char* kNoSchemes[] = {nullptr};
[[maybe_unused]] constexpr const char* kBadSchemes[] = {"fine", "not a scheme", nullptr};

enum class Wrong {
  Interface,
  Version,
  Compiler,
  Layout,
  OwnCopy,
  NoScheme,
  BadScheme,
  Throws,
  ThrowsTyped,
  ThrowsNumber,
  MakesNothing,
  Patch
};

constexpr sonde::DriverStamp kStamp = sonde::detail::driverStamp();

constexpr sonde::DriverPlugin broken(Wrong wrong) {
  sonde::DriverPlugin plugin{kStamp, &sonde::version, &makePluginDriver, kSchemes};
  switch (wrong) {
    case Wrong::Interface:
      plugin.stamp.interfaceVersion = 999;
      break;
    case Wrong::Version:
      plugin.stamp.sondeVersion = {'0', '.', '9', '9', '.', '3'};
      break;
    case Wrong::Compiler:
      plugin.stamp.abi = {'g', '+', '+', ' ', '2', '.', '9', '5'};
      break;
    case Wrong::Layout:
      plugin.stamp.layout ^= 1U;
      break;
    case Wrong::OwnCopy:
      plugin.version = &otherVersion;
      break;
    case Wrong::NoScheme:
      plugin.schemes = kNoSchemes;
      break;
    case Wrong::BadScheme:
      plugin.schemes = kBadSchemes;
      break;
    case Wrong::Throws:
      plugin.make = &throwing;
      break;
    case Wrong::ThrowsTyped:
      plugin.make = &throwingTyped;
      break;
    case Wrong::ThrowsNumber:
      plugin.make = &throwingNumber;
      break;
    case Wrong::MakesNothing:
      plugin.make = &makingNothing;
      break;
    case Wrong::Patch:  // not wrong: the same minor version
      plugin.stamp.sondeVersion = {
          SONDE_VERSION_MAJOR + '0', '.', SONDE_VERSION_MINOR + '0', '.', '9', '9'};
      break;
  }
  return plugin;
}

}  // namespace

extern "C" {
extern const sonde::DriverPlugin sonde_driver_plugin;
}
constinit const sonde::DriverPlugin sonde_driver_plugin = broken(Wrong::SONDE_TEST_WRONG);
