// Lists of numbers as PostgreSQL writes them: arrays ({1,2}) and vectors (1 2).
//
// Used by the catalog reader.
#pragma once

#include <charconv>
#include <cstdint>
#include <string_view>
#include <vector>

namespace sonde::postgres {

/// Calls `function` with each number of the text, in order; anything between them is passed over.
template <typename Function>
void forEachNumber(std::string_view text, Function function) {
  const char* at = text.data();
  const char* const end = at + text.size();
  while (at != end) {
    std::int64_t number = 0;
    const auto [next, error] = std::from_chars(at, end, number);
    if (error == std::errc()) {
      function(number);
      at = next;
    } else {
      ++at;
    }
  }
}

/// @return The numbers of the text, in order.
[[nodiscard]] inline std::vector<std::int64_t> numbersOf(std::string_view text) {
  std::vector<std::int64_t> numbers;
  forEachNumber(text, [&](std::int64_t number) { numbers.push_back(number); });
  return numbers;
}

}  // namespace sonde::postgres
