// Any text as a configuration: as JSON, and as a `.env` file. Read, or refused with ConfigError.
#include <sonde/core/error.hpp>
#include <sonde/db/config.hpp>
#include <sonde/db/env_file.hpp>

#include <cstddef>
#include <cstdint>
#include <nlohmann/json.hpp>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  try {
    (void)sonde::detail::parseEnvFile(text, "fuzz");
  } catch (const sonde::ConfigError&) {
    // expected for most texts
  }
  const auto json = nlohmann::json::parse(text, nullptr, false);
  if (json.is_discarded()) return 0;
  try {
    (void)sonde::Config::fromJson(json, "fuzz");
  } catch (const sonde::ConfigError&) {
    return 0;
  }
  return 0;
}
