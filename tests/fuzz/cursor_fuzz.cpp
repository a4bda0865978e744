// Any text as a page cursor: its values or ValidationError. The input's first byte is the number of
// values asked for; the rest is the cursor, as it is and behind the start of a good one.
#include <sonde/core/error.hpp>
#include <sonde/repo/cursor.hpp>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "require.hpp"

namespace {

constexpr std::uint64_t kOrder = 42;

void decode(std::string_view cursor, std::size_t count) {
  try {
    require(sonde::repo::decodeCursor(cursor, kOrder, count).size() == count);
  } catch (const sonde::ValidationError&) {
    return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::size_t count = data[0] % 4;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  decode(text, count);

  sonde::Cell cell;
  cell.storage = sonde::Storage::Text;
  cell.bytes = text.data();
  cell.length = static_cast<std::uint32_t>(text.size());
  std::string good = sonde::repo::encodeCursor(kOrder, {cell});
  const auto values = sonde::repo::decodeCursor(good, kOrder, 1);
  require(values.front().text() == text);
  good.resize(good.size() / 2);
  good.append(text);
  decode(good, 1);
  return 0;
}
