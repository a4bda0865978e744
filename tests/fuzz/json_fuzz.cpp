// Any text as JSON: what is accepted is written in a form that reads back as the same value.
#include <sonde/core/error.hpp>
#include <sonde/core/json_writer.hpp>
#include <sonde/core/value.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);

  // The direct writer: a valid string, or nothing at all.
  std::string written;
  if (sonde::json::appendString(written, text, false)) {
    require(sonde::Value::parseJson(written).text() == text);
  } else {
    require(written.empty());
    require(sonde::json::appendString(written, text, true));
    require(sonde::Value::parseJson(written).kind() == sonde::Value::Kind::Text);
  }

  try {
    const sonde::Value value = sonde::Value::parseJson(text);
    const std::string dumped = value.dump();
    require(sonde::Value::parseJson(dumped).dump() == dumped);
  } catch (const sonde::ConversionError&) {
    return 0;  // Not JSON.
  } catch (const sonde::ValidationError&) {
    return 0;  // A name twice in one object.
  }
  return 0;
}
