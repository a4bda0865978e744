// The logical types a value or a column can have, the same on every engine.
//
// Invariant: `Type` says what a value means, `Storage` how the engine handed it over. A SQLite
// column declared BOOLEAN holds Storage::Integer and means Type::Boolean. Used by every folder.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace sonde {

/// The normalised type of a column or value. `Other` means: whatever the storage says.
enum class Type : std::uint8_t {
  Other,
  Boolean,
  Integer,
  Real,
  Decimal,
  Text,
  Blob,
  Date,
  Time,
  Timestamp,
  TimestampTz,
  Interval,
  Uuid,
  Json,
  Enum,
  Array,
};

/// How a value is stored: the classes that an engine's wire or file format knows.
/// `Unsigned` is only used for integers above the range of a signed 64-bit one.
enum class Storage : std::uint8_t { Null, Boolean, Integer, Unsigned, Real, Text, Blob };

/// @return The name used in `sonde schema --format json`, such as "timestamptz". Never empty.
/// Thread-safe.
[[nodiscard]] std::string_view typeName(Type type) noexcept;

/// @return The type that `typeName` gives this name to; empty for any other text. Thread-safe.
[[nodiscard]] std::optional<Type> typeFromName(std::string_view name) noexcept;

/// @return A word for messages, such as "text" or "null". Never empty. Thread-safe.
[[nodiscard]] std::string_view storageName(Storage storage) noexcept;

}  // namespace sonde
