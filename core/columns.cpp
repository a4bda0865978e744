#include "columns.hpp"

#include <bit>
#include <functional>
#include <utility>

#include "cell.hpp"
#include "error.hpp"
#include "json_writer.hpp"
#include "suggest.hpp"

namespace sonde {
namespace {

constexpr std::size_t kHashAbove = 16;

}  // namespace

Columns::Columns(std::vector<ColumnInfo> columns) : columns_(std::move(columns)) {
  if (columns_.size() > kMaxColumns) {
    throw Error("a result of " + std::to_string(columns_.size()) +
                " columns is beyond the limit of " + std::to_string(kMaxColumns));
  }
  names_.reserve(columns_.size());
  keyStarts_.reserve(columns_.size() + 1);
  for (const ColumnInfo& column : columns_) {
    names_.emplace_back(column.name);
    keyStarts_.push_back(keys_.size());
    keys_ += keys_.empty() ? '{' : ',';
    static_cast<void>(json::appendString(keys_, column.name, true));
    keys_ += ':';
  }
  keyStarts_.push_back(keys_.size());
  keys_.append(kKeySlack, '\0');
  if (columns_.size() > kHashAbove) buildSlots();
}

std::shared_ptr<const Columns> Columns::make(std::vector<ColumnInfo> columns) {
  return std::make_shared<const Columns>(std::move(columns));
}

void Columns::buildSlots() {
  slots_.resize(std::bit_ceil(names_.size() * 2));
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t i = 0; i < names_.size(); ++i) {
    std::size_t at = std::hash<std::string_view>()(names_[i]) & mask;
    while (slots_[at] != 0 && names_[slots_[at] - 1U] != names_[i]) at = (at + 1) & mask;
    // The first of several columns of one name keeps the slot.
    if (slots_[at] == 0) slots_[at] = static_cast<std::uint16_t>(i + 1);
  }
}

std::size_t Columns::find(std::string_view name) const noexcept {
  if (slots_.empty()) {
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (names_[i] == name) return i;
    }
    return npos;
  }
  const std::size_t mask = slots_.size() - 1;
  for (std::size_t at = std::hash<std::string_view>()(name) & mask; slots_[at] != 0;
       at = (at + 1) & mask) {
    if (names_[slots_[at] - 1U] == name) return slots_[at] - 1U;
  }
  return npos;
}

std::size_t Columns::index(std::string_view name) const {
  const std::size_t found = find(name);
  if (found != npos) return found;
  const std::vector<std::string> candidates(names_.begin(), names_.end());
  std::vector<std::string> suggestions = nearest(name, candidates);
  const std::string hint = didYouMean(suggestions);
  throw SchemaError("the result has no column " + quoteForMessage(name) + hint,
                    std::move(suggestions));
}

}  // namespace sonde
