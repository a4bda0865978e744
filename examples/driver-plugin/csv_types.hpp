// What the columns of a CSV file hold, found out by reading all of it.
//
// Invariant: nothing is changed by being read as its type: a number that would come back written
// otherwise ("007", more digits than a double keeps) makes its column text.
#pragma once

#include <sonde/core/arg.hpp>
#include <sonde/core/type.hpp>

#include <cstdint>
#include <string_view>

#include "csv_reader.hpp"

namespace csv {

/// The type of one column: the narrowest that every field seen so far has. Empty fields say
/// nothing.
class TypeGuess {
 public:
  void see(const Field& field) noexcept;
  /// @return Integer, Real, Boolean, Date, Timestamp, TimestampTz or Text; Text when all was empty.
  [[nodiscard]] sonde::Type type() const noexcept;
  /// @return Whether every field so far had text.
  [[nodiscard]] bool full() const noexcept { return !empty_; }

 private:
  std::uint8_t possible_ = 0xFF;  // one bit for each candidate
  bool seen_ = false;
  bool empty_ = false;
};

/// @return The name of a type in the table definition.
[[nodiscard]] std::string_view sqlType(sonde::Type type) noexcept;

/// @return The field as an argument of this type, which TypeGuess found: null for an empty field
/// without quotes, and for one with quotes in a column that is not text.
[[nodiscard]] sonde::Arg argumentFrom(sonde::Type type, const Field& field) noexcept;

}  // namespace csv
