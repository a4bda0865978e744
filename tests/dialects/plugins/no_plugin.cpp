// A shared library that is no driver.
#include <cstdlib>

namespace {
// Tells the test that code of this library ran.
[[maybe_unused]] const int kConstructed = setenv("SONDE_TEST_PLUGIN_RAN", "1", 1);
}  // namespace
