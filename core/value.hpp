// An owning, JSON-like value: what goes into a query as a parameter and what a record is made of.
//
// Invariant: integers, decimals and timestamps survive unchanged; nothing is rounded through
// double. There is no initializer_list constructor (`Value::array(…)`, `Value::object(…)`), and the
// bool constructor takes nothing but bool. Arrays and objects are immutable and shared, so copying
// is cheap.
#pragma once

#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "lifetime.hpp"
#include "type.hpp"

namespace sonde {

/// Bytes that are not text.
struct Blob {
  std::vector<std::byte> bytes;

  Blob() = default;
  explicit Blob(std::vector<std::byte> b) : bytes(std::move(b)) {}
  explicit Blob(std::string_view raw);
  friend bool operator==(const Blob&, const Blob&) = default;
};

template <class T>
concept IntegerNumber = std::integral<T> && !std::same_as<T, bool> && !std::same_as<T, char> &&
                        !std::same_as<T, wchar_t> && !std::same_as<T, char8_t> &&
                        !std::same_as<T, char16_t> && !std::same_as<T, char32_t>;

template <class T>
concept RealNumber = std::same_as<T, float> || std::same_as<T, double>;

template <class T>
concept TextView =
    std::same_as<T, std::string_view> || std::same_as<T, std::optional<std::string_view>>;

/// See the file comment. A default-constructed Value is null. Not thread-safe while being assigned;
/// any number of threads may read one.
class Value {
 public:
  using Array = std::vector<Value>;
  using Member = std::pair<std::string, Value>;
  using Object = std::vector<Member>;  ///< In the order given; names are unique.

  enum class Kind : std::uint8_t {
    Null,
    Boolean,
    Integer,
    Unsigned,  ///< Only above the range of a signed 64-bit integer.
    Real,
    Text,  ///< Also decimal, date, time, timestamp, uuid … : see type().
    Blob,
    Array,
    Object,
  };

  /// How deep JSON documents may be nested: as deep as SQLite's own JSON functions allow.
  static constexpr std::size_t kMaxJsonDepth = 1000;

  Value() noexcept = default;
  Value(std::nullptr_t) noexcept {}
  Value(std::nullopt_t) noexcept {}
  template <std::same_as<bool> B>
  Value(B value) noexcept : data_(value), type_(Type::Boolean) {}
  template <IntegerNumber I>
  Value(I value) noexcept : type_(Type::Integer) {
    if (std::in_range<std::int64_t>(value)) {
      data_ = static_cast<std::int64_t>(value);
    } else {
      data_ = static_cast<std::uint64_t>(value);
    }
  }
  // A template, or characters and enumerators would become numbers on the way to double.
  template <RealNumber R>
  Value(R value) noexcept : data_(static_cast<double>(value)), type_(Type::Real) {}
  Value(std::string value) noexcept : data_(std::move(value)), type_(Type::Text) {}
  Value(std::string_view value) : Value(std::string(value)) {}
  Value(const char* value) : Value(std::string(value)) {}
  Value(Blob value) noexcept : data_(std::move(value)), type_(Type::Blob) {}
  template <class T>
  Value(const std::optional<T>& value) : Value(value ? Value(*value) : Value()) {}

  /// @return An array value.
  [[nodiscard]] static Value array(Array items);
  /// @return An object value.
  /// @throws ValidationError when a name occurs twice.
  [[nodiscard]] static Value object(Object members);
  /// @return A decimal kept as its digits, such as "12.50".
  /// @throws ConversionError when the text is not a decimal number, NaN or an infinity.
  [[nodiscard]] static Value decimal(std::string digits);
  /// @return Text with a logical type (date, timestamp, uuid, json …), unchecked.
  [[nodiscard]] static Value typed(std::string text, Type type);
  /// @return The value a JSON document stands for; numbers keep 64-bit integers exactly.
  /// @throws ConversionError when it is nested deeper than kMaxJsonDepth.
  [[nodiscard]] static Value fromJson(const nlohmann::json& json);
  /// @return The value a JSON text stands for. Integers beyond 64 bits become decimals; of members
  /// with one name the last counts.
  /// @throws ConversionError with the byte position when the text is not JSON, holds a number
  /// beyond the range of a double or is nested deeper than kMaxJsonDepth.
  [[nodiscard]] static Value parseJson(std::string_view text);

  [[nodiscard]] Kind kind() const noexcept { return static_cast<Kind>(data_.index()); }
  /// @return The logical type; Other for null, arrays and objects give Json.
  [[nodiscard]] Type type() const noexcept { return type_; }
  [[nodiscard]] bool isNull() const noexcept { return kind() == Kind::Null; }

  /// @return The value as T: bool, any integer or floating type, std::string, std::string_view
  /// (valid while this lives), Blob, or std::optional of these (empty for null).
  /// Numeric kinds convert with range checks; decimal text converts to numbers exactly or not at
  /// all for integers.
  /// @throws ConversionError that says what could not be converted.
  template <class T>
  [[nodiscard]] T as() const&;
  /// The same on a temporary, which gives no views: they would dangle. Ask for std::string.
  template <class T>
  [[nodiscard]] T as() const&& {
    return static_cast<const Value&>(*this).as<T>();
  }
  template <TextView T>
  T as() const&& = delete;

  /// @return The text of a text value; moved out of a temporary.
  /// @throws ConversionError for any other kind.
  [[nodiscard]] const std::string& text() const& SONDE_LIFETIMEBOUND;
  [[nodiscard]] std::string text() &&;
  /// @return The items of an array. @throws ConversionError for any other kind.
  [[nodiscard]] const Array& items() const SONDE_LIFETIMEBOUND;
  /// @return The members of an object. @throws ConversionError for any other kind.
  [[nodiscard]] const Object& members() const SONDE_LIFETIMEBOUND;
  /// @return The bytes of a blob. @throws ConversionError for any other kind.
  [[nodiscard]] const Blob& blob() const SONDE_LIFETIMEBOUND;
  /// @return The member of this name; nullptr when there is none or this is no object.
  [[nodiscard]] const Value* find(std::string_view name) const noexcept SONDE_LIFETIMEBOUND;

  /// @return The logical JSON form: decimals as text, blobs in base64, NaN and infinities as
  /// text.
  /// @throws EncodingError when a text is not UTF-8.
  [[nodiscard]] nlohmann::json toJson() const;
  /// @return The same as compact text, with the members of objects in their order.
  /// @throws EncodingError when a text is not UTF-8.
  [[nodiscard]] std::string dump() const;

  /// Equality of kind and content, without regard to type(): kinds never mix, decimals compare as
  /// text, objects without regard to the order of their members, and NaN equals itself.
  friend bool operator==(const Value& a, const Value& b) noexcept;

  /// The raw alternatives, for code that switches on kind(). Use the accessors elsewhere.
  using Data = std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
                            Blob, std::shared_ptr<const Array>, std::shared_ptr<const Object>>;
  [[nodiscard]] const Data& data() const noexcept { return data_; }

 private:
  Data data_;
  Type type_ = Type::Other;
};

}  // namespace sonde

#include "value_as.hpp"  // IWYU pragma: export
