// What PostgreSQL's types mean, and how their values reach the client.
//
// Invariant: the built-in types are a fixed table by OID; pure functions. docs/postgresql.md shows
// the same table. Used by statements, by the type cache and by the catalog reader.
#pragma once

#include <cstdint>
#include <string_view>

#include "../../core/type.hpp"

namespace sonde {

/// How a value is read. Those before `TextOnly` have a binary form that sonde reads.
enum class PostgresCodec : std::uint8_t {
  Boolean,
  Int2,
  Int4,
  Int8,
  Oid,
  Float4,
  Float8,
  Text,  ///< Bytes of text, the same in both formats: text, varchar, name, enums, xml …
  Bytea,
  Numeric,
  Date,
  Time,
  TimeTz,
  Timestamp,
  TimestampTz,
  Interval,
  Uuid,
  Json,
  Jsonb,
  TextOnly,  ///< Read in its text form.
  Array,     ///< Read in its text form, and given as a JSON array.
};

/// A type as statements know it.
struct PostgresType {
  std::uint32_t oid = 0;
  Type type = Type::Other;
  PostgresCodec codec = PostgresCodec::TextOnly;
  std::uint32_t element = 0;  ///< Of arrays: the OID of the element's type.
  char delimiter = ',';       ///< Between the elements of an array of this type.

  [[nodiscard]] bool isArray() const noexcept { return element != 0; }
  /// @return Whether sonde reads the binary form.
  [[nodiscard]] bool binary() const noexcept { return codec < PostgresCodec::TextOnly; }
};

// OIDs of PostgreSQL's pg_type.dat that the driver sends parameters as.
namespace postgres_oid {
inline constexpr std::uint32_t kBool = 16;
inline constexpr std::uint32_t kBytea = 17;
inline constexpr std::uint32_t kName = 19;
inline constexpr std::uint32_t kInt8 = 20;
inline constexpr std::uint32_t kInt2 = 21;
inline constexpr std::uint32_t kInt4 = 23;
inline constexpr std::uint32_t kText = 25;
inline constexpr std::uint32_t kJson = 114;
inline constexpr std::uint32_t kFloat4 = 700;
inline constexpr std::uint32_t kFloat8 = 701;
inline constexpr std::uint32_t kBpchar = 1042;
inline constexpr std::uint32_t kVarchar = 1043;
inline constexpr std::uint32_t kTimestampTz = 1184;
inline constexpr std::uint32_t kNumeric = 1700;
}  // namespace postgres_oid

/// @return A built-in type; nullptr for others, which the catalog knows. Thread-safe.
[[nodiscard]] const PostgresType* findPostgresType(std::uint32_t oid) noexcept;

/// @return The digits after the point that a type modifier of numeric declares; -1 for none.
/// Thread-safe.
[[nodiscard]] int postgresScale(int typeModifier) noexcept;

}  // namespace sonde
