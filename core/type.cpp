#include "type.hpp"

#include <array>
#include <cstddef>

namespace sonde {
namespace {

// In the order of the enumerators.
constexpr std::array<std::string_view, 16> kTypeNames = {
    "other", "boolean",   "integer",     "real",     "decimal", "text", "blob", "date",
    "time",  "timestamp", "timestamptz", "interval", "uuid",    "json", "enum", "array"};
static_assert(kTypeNames.size() == static_cast<std::size_t>(Type::Array) + 1);

constexpr std::array<std::string_view, 7> kStorageNames = {
    "null", "a boolean", "an integer", "an unsigned integer", "a real", "text", "a blob"};
static_assert(kStorageNames.size() == static_cast<std::size_t>(Storage::Blob) + 1);

}  // namespace

std::string_view typeName(Type type) noexcept {
  const auto index = static_cast<std::size_t>(type);
  return index < kTypeNames.size() ? kTypeNames[index] : kTypeNames[0];
}

std::optional<Type> typeFromName(std::string_view name) noexcept {
  for (std::size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames[i] == name) return static_cast<Type>(i);
  }
  return std::nullopt;
}

std::string_view storageName(Storage storage) noexcept {
  const auto index = static_cast<std::size_t>(storage);
  return index < kStorageNames.size() ? kStorageNames[index] : kStorageNames[0];
}

}  // namespace sonde
