// A parameter on its way into a statement, not owned.
//
// Invariant: an Arg is valid for the call it is passed to and no longer; it points at the caller's
// text, bytes or Value. Finder arguments and bound parameters are passed as Args so that nothing is
// copied before the driver binds it.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "value.hpp"
#include "value_view.hpp"

namespace sonde {

/// One parameter, by reference. Trivially copyable. Implicit from everything a Value is implicit
/// from, from Value, from ValueView, and from lists for `in` conditions.
class Arg {
 public:
  enum class Kind : std::uint8_t {
    Null,
    Boolean,
    Integer,
    Unsigned,
    Real,
    Text,
    Blob,
    Document,  ///< A Value that is an array or object: bound as JSON text, or a list for `in`.
    List,      ///< A span of Values: only for `in` and `notIn`.
  };

  Arg() noexcept = default;
  Arg(std::nullptr_t) noexcept {}
  Arg(std::nullopt_t) noexcept {}
  template <std::same_as<bool> B>
  Arg(B value) noexcept : kind_(Kind::Boolean), type_(Type::Boolean) {
    integer_ = value ? 1 : 0;
  }
  template <IntegerNumber I>
  Arg(I value) noexcept : type_(Type::Integer) {
    if (std::in_range<std::int64_t>(value)) {
      kind_ = Kind::Integer;
      integer_ = static_cast<std::int64_t>(value);
    } else {
      kind_ = Kind::Unsigned;
      unsigned_ = static_cast<std::uint64_t>(value);
    }
  }
  template <RealNumber R>
  Arg(R value) noexcept : kind_(Kind::Real), type_(Type::Real), real_(value) {}
  Arg(std::string_view text, Type type = Type::Text) noexcept
      : kind_(Kind::Text), type_(type), size_(text.size()), bytes_(text.data()) {}
  Arg(const char* text) noexcept : Arg(std::string_view(text)) {}
  Arg(const std::string& text) noexcept : Arg(std::string_view(text)) {}
  Arg(const Blob& blob) noexcept : Arg(std::span(blob.bytes)) {}
  Arg(std::span<const std::byte> bytes) noexcept
      : kind_(Kind::Blob),
        type_(Type::Blob),
        size_(bytes.size()),
        bytes_(reinterpret_cast<const char*>(bytes.data())) {}
  Arg(const Value& value) noexcept;
  Arg(ValueView view) noexcept;
  Arg(std::span<const Value> list) noexcept : kind_(Kind::List), size_(list.size()) {
    values_ = list.data();
  }
  Arg(const std::vector<Value>& list) noexcept : Arg(std::span<const Value>(list)) {}
  template <class T>
  Arg(const std::optional<T>& value) : Arg(value ? Arg(*value) : Arg()) {}

  [[nodiscard]] Kind kind() const noexcept { return kind_; }
  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] bool isNull() const noexcept { return kind_ == Kind::Null; }

  // Each is only meaningful for the kind it names.
  [[nodiscard]] bool boolean() const noexcept { return integer_ != 0; }
  [[nodiscard]] std::int64_t integer() const noexcept { return integer_; }
  [[nodiscard]] std::uint64_t unsignedInteger() const noexcept { return unsigned_; }
  [[nodiscard]] double real() const noexcept { return real_; }
  [[nodiscard]] std::string_view text() const noexcept { return {bytes_, size_}; }
  [[nodiscard]] std::span<const std::byte> bytes() const noexcept {
    return {reinterpret_cast<const std::byte*>(bytes_), size_};
  }
  [[nodiscard]] const Value& document() const noexcept { return *values_; }
  [[nodiscard]] std::span<const Value> list() const noexcept { return {values_, size_}; }

  /// @return An owning copy. A list becomes an array value.
  [[nodiscard]] Value toValue() const;

 private:
  Kind kind_ = Kind::Null;
  Type type_ = Type::Other;
  std::size_t size_ = 0;
  union {
    std::int64_t integer_ = 0;
    std::uint64_t unsigned_;
    double real_;
    const char* bytes_;
    const Value* values_;
  };
};

static_assert(std::is_trivially_copyable_v<Arg>);

/// The parameters of one call.
using Args = std::span<const Arg>;

}  // namespace sonde
