// Any text as a connection URI: parsed or refused with ConfigError, never with the password shown.
#include <sonde/core/error.hpp>
#include <sonde/core/uri.hpp>

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    const sonde::Uri uri = sonde::Uri::parse(text);
    if (uri.password.empty()) require(sonde::Uri::parse(uri.toString()) == uri);
  } catch (const sonde::ConfigError&) {
    return 0;
  }
  return 0;
}
