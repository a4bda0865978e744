#include "taken_names.hpp"

#include "../core/text.hpp"

namespace sonde::detail {

TakenNames::TakenNames(const Table& table) {
  columns_.reserve(table.columns.size());
  for (const Column& column : table.columns) columns_.insert(column.name);
}

bool TakenNames::take(std::string_view name) {
  return columns_.count(name) == 0 && relations_.insert(text::lower(name)).second;
}

std::string TakenNames::takeNumbered(const std::string& stem) {
  unsigned& number = next_.try_emplace(stem, 2).first->second;
  for (;;) {
    std::string name = stem + std::to_string(number++);
    if (take(name)) return name;
  }
}

}  // namespace sonde::detail
