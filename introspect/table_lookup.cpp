#include "table_lookup.hpp"

#include <algorithm>
#include <unordered_set>

#include "../core/text.hpp"

namespace sonde {
namespace {

constexpr std::uint64_t kFnvPrime = 0x100000001b3;

std::uint64_t hashText(std::uint64_t hash, std::string_view text, bool ignoreCase) noexcept {
  for (const char c : text) {
    const bool upper = ignoreCase && c >= 'A' && c <= 'Z';
    hash ^= static_cast<unsigned char>(upper ? c - 'A' + 'a' : c);
    hash *= kFnvPrime;
  }
  return hash * kFnvPrime;  // keeps ("a", "bc") and ("ab", "c") apart
}

}  // namespace

std::size_t TableLookup::Hash::operator()(const Key& key) const noexcept {
  const std::uint64_t offset = 0xcbf29ce484222325;
  return static_cast<std::size_t>(
      hashText(hashText(offset, key.schema, ignoreCase), key.name, ignoreCase));
}

bool TableLookup::Equal::operator()(const Key& a, const Key& b) const noexcept {
  if (!ignoreCase) return a.schema == b.schema && a.name == b.name;
  return text::equalsIgnoreCase(a.schema, b.schema) && text::equalsIgnoreCase(a.name, b.name);
}

TableLookup::TableLookup(const std::vector<Table>& tables,
                         const std::vector<std::string>& searchPath, bool ignoreCase)
    : searchPath_(searchPath), byKey_(tables.size(), Hash{ignoreCase}, Equal{ignoreCase}) {
  std::unordered_set<std::string_view> seen;
  for (std::uint32_t i = 0; i < tables.size(); ++i) {
    const Table& table = tables[i];
    byKey_.emplace(Key{table.schema, table.name}, i);
    if (searchPath.empty() && seen.insert(table.schema).second) searchPath_.push_back(table.schema);
  }
}

std::optional<std::uint32_t> TableLookup::find(std::string_view schema,
                                               std::string_view name) const noexcept {
  const auto [first, last] = byKey_.equal_range(Key{schema, name});
  std::optional<std::uint32_t> best;
  bool bestIsExact = false;
  for (auto it = first; it != last; ++it) {
    const bool exact = it->first.schema == schema && it->first.name == name;
    if (best && (bestIsExact > exact || (bestIsExact == exact && *best < it->second))) continue;
    best = it->second;
    bestIsExact = exact;
  }
  return best;
}

std::optional<std::uint32_t> TableLookup::find(std::string_view name) const noexcept {
  for (const std::string& schema : searchPath_) {
    if (const auto found = find(schema, name)) return found;
  }
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos;
       dot = name.find('.', dot + 1)) {
    if (const auto found = find(name.substr(0, dot), name.substr(dot + 1))) return found;
  }
  return std::nullopt;
}

}  // namespace sonde
