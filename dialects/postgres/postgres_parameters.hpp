// The parameters of one run in the form that libpq sends.
//
// Invariant: texts and blobs are not copied where the type of the placeholder takes them as they
// are; what has to be made (digits, literals) lives here until the next set(). Nothing allocates in
// a run with as many parameters as the one before. Used by PostgresStatement.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/arg.hpp"
#include "postgres_types.hpp"

namespace sonde {

/// See the file comment.
class PostgresParameters {
 public:
  /// Takes the arguments for placeholders of these types; no types where they are not known.
  /// @param mayRetype Whether a number that the placeholder's type cannot hold may be sent as one
  /// of its own: a comparison of an integer column with 1.5 is then false, as elsewhere, while
  /// storing 1.5 in it stays an error.
  /// @throws ValidationError naming the parameter: text with a NUL, or a list.
  void set(Args args, std::span<const PostgresType> types, bool mayRetype, std::string_view sql);

  [[nodiscard]] int count() const noexcept { return static_cast<int>(values_.size()); }
  [[nodiscard]] const char* const* values() const noexcept { return values_.data(); }
  [[nodiscard]] const int* lengths() const noexcept { return lengths_.data(); }
  [[nodiscard]] const int* formats() const noexcept { return formats_.data(); }
  /// @return The type of each, 0 for what the server infers.
  [[nodiscard]] const std::uint32_t* types() const noexcept { return types_.data(); }
  /// @return Whether a parameter has another type than its placeholder, so that a statement
  /// prepared before cannot take it.
  [[nodiscard]] bool retyped() const noexcept { return retyped_; }

 private:
  void setOne(std::size_t index, const Arg& arg, const PostgresType& type, bool mayRetype,
              std::string_view sql);
  void setInteger(std::size_t index, std::int64_t value, const PostgresType& type, bool mayRetype);
  void setReal(std::size_t index, double value, const PostgresType& type, bool mayRetype);
  void setTextArg(std::size_t index, std::string_view text, const PostgresType& type,
                  std::string_view sql);
  /// Sends bytes that are not copied, in binary form.
  void view(std::size_t index, std::string_view bytes);
  /// Sends text kept here until the next set(), in text form.
  void keep(std::size_t index, std::string_view text);
  /// Sends an integer of this many bytes in binary form.
  void binary(std::size_t index, std::uint64_t bits, std::size_t bytes);
  void retype(std::size_t index, std::uint32_t type);

  static constexpr std::size_t kSlot = 40;  ///< For a number, as digits or in binary.

  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
  std::vector<std::uint32_t> types_;
  std::vector<char> slots_;         ///< kSlot bytes for each parameter.
  std::vector<std::string> texts_;  ///< One for each parameter that needs more.
  bool retyped_ = false;
};

}  // namespace sonde
