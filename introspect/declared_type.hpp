// Reads a declared type such as "VARCHAR(255)" or "decimal(10, 2) unsigned" into its parts.
//
// Invariant: never fails; what it cannot make sense of stays in `name`. Used by dialects whose
// catalog tells a column's type as text.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sonde {

/// See the file comment.
struct DeclaredType {
  /// In ASCII lower case with single spaces, without arguments, UNSIGNED, SIGNED and ZEROFILL:
  /// "varchar", "double precision", "timestamp with time zone". Empty for a column without a type.
  std::string name;
  /// The arguments in parentheses, trimmed; quoted ones ('it''s') as the text they stand for.
  std::vector<std::string> arguments;
  bool isUnsigned = false;

  /// @return The argument of this position as a number: a length, precision or scale. Empty when
  /// there is none, it is no number ("max") or it does not fit. Thread-safe.
  [[nodiscard]] std::optional<int> number(std::size_t position) const noexcept;
};

/// @return The parts of a declared type. Arguments may stand in the middle, as in "timestamp(3)
/// with time zone"; a parenthesis left open ends with the text. Thread-safe.
[[nodiscard]] DeclaredType parseDeclaredType(std::string_view declared);

}  // namespace sonde
