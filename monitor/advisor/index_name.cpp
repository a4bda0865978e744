#include "index_name.hpp"

#include <cstdint>
#include <string_view>

#include "../../core/text.hpp"

namespace sonde::advisor {

namespace {

/// Letters, digits and bytes of longer characters as they are; other bytes as one underscore.
std::string asWord(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       static_cast<unsigned char>(c) >= 0x80;
    if (plain) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::string hashOf(std::string_view text) {
  std::uint32_t hash = 0x811c9dc5U;  // FNV-1a
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x01000193U;
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string out;
  for (int shift = 28; shift >= 0; shift -= 4) out += kDigits[(hash >> shift) & 0xFU];
  return out;
}

/// The longest beginning of whole characters that fits.
std::string_view cut(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

}  // namespace

IndexNames::IndexNames(const Schema& schema, std::size_t maxBytes) : maxBytes_(maxBytes) {
  for (const Table& table : schema.tables()) {
    taken_.insert(text::lower(table.name));
    for (const Index& index : table.indexes) taken_.insert(text::lower(index.name));
  }
}

std::string IndexNames::nameFor(const Table& table, const Index& index) {
  std::string whole = "idx_" + asWord(table.name);
  for (const IndexPart& part : index.parts) {
    whole += '_' + asWord(part.column.empty() ? part.expression : part.column);
    if (part.descending) whole += "_desc";
  }
  if (index.where) whole += "_where_" + asWord(*index.where);
  std::string name = whole;
  if (name.size() > maxBytes_) {
    const std::string hash = '_' + hashOf(whole);
    name = std::string(cut(whole, maxBytes_ - hash.size())) + hash;
  }
  std::string free = name;
  for (int number = 2; !taken_.insert(text::lower(free)).second; ++number) {
    const std::string suffix = '_' + std::to_string(number);
    free = std::string(cut(name, maxBytes_ - suffix.size())) + suffix;
  }
  return free;
}

}  // namespace sonde::advisor
