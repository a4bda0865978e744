// The driver of the test libraries: the mock engine, which the program has, under another name.
#pragma once

#include <sonde/dialects/plugin.hpp>
#include <sonde/dialects/registry.hpp>

#include <memory>

namespace sonde::test {

/// @return A driver made by the registry of whatever sonde this library reaches.
inline std::unique_ptr<Driver> makePluginDriver() { return makeDriver("mock"); }

}  // namespace sonde::test
