#include "taken_names.hpp"

#include <algorithm>

#include "../core/text.hpp"

namespace sonde::detail {

bool TakenNames::take(std::string_view name) {
  const bool isColumn = std::any_of(columns_.begin(), columns_.end(),
                                    [&](const Column& column) { return column.name == name; });
  return !isColumn && relations_.insert(text::lower(name)).second;
}

std::string TakenNames::takeNumbered(const std::string& stem) {
  unsigned& number = next_.try_emplace(stem, 2).first->second;
  for (;;) {
    std::string name = stem + std::to_string(number++);
    if (take(name)) return name;
  }
}

}  // namespace sonde::detail
