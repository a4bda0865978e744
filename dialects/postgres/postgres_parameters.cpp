#include "postgres_parameters.hpp"

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <utility>

#include "../../core/error.hpp"
#include "postgres_array.hpp"

namespace sonde {
namespace {

namespace oid = postgres_oid;

[[noreturn]] void refuse(std::size_t index, std::string_view why, std::string_view sql) {
  const std::string field = "parameter " + std::to_string(index + 1);
  ErrorDetails details;
  details.sql = sql;
  throw ValidationError(field + ": " + std::string(why), {{field, std::string(why)}},
                        std::move(details));
}

/// Whether the binary form of a type is the bytes of its text.
constexpr bool isPlainText(std::uint32_t type) noexcept {
  return type == oid::kText || type == oid::kVarchar || type == oid::kBpchar ||
         type == oid::kName || type == oid::kJson;
}

constexpr bool isInteger(std::uint32_t type) noexcept {
  return type == oid::kInt2 || type == oid::kInt4 || type == oid::kInt8;
}

/// The bytes of an integer type; 0 when it cannot hold the value.
std::size_t integerBytes(std::uint32_t type, std::int64_t value) noexcept {
  switch (type) {
    case oid::kInt2:
      return std::in_range<std::int16_t>(value) ? 2 : 0;
    case oid::kInt4:
      return std::in_range<std::int32_t>(value) ? 4 : 0;
    case oid::kInt8:
      return 8;
    default:
      return 0;
  }
}

constexpr double kTwoTo63 = 9'223'372'036'854'775'808.0;

}  // namespace

void PostgresParameters::set(Args args, std::span<const PostgresType> types, bool mayRetype,
                             std::string_view sql) {
  const std::size_t count = args.size();
  values_.resize(count);
  lengths_.resize(count);
  formats_.resize(count);
  types_.resize(count);
  if (slots_.size() < count * kSlot) slots_.resize(count * kSlot);
  if (texts_.size() < count) texts_.resize(count);
  retyped_ = false;
  static constexpr PostgresType kUnknown{};
  for (std::size_t i = 0; i < count; ++i) {
    const PostgresType& type = i < types.size() ? types[i] : kUnknown;
    types_[i] = type.oid;
    setOne(i, args[i], type, mayRetype, sql);
  }
}

void PostgresParameters::setOne(std::size_t index, const Arg& arg, const PostgresType& type,
                                bool mayRetype, std::string_view sql) {
  switch (arg.kind()) {
    case Arg::Kind::Null:
      values_[index] = nullptr;
      lengths_[index] = 0;
      formats_[index] = 0;
      return;
    case Arg::Kind::Boolean:
      if (type.oid == oid::kBool) return binary(index, arg.boolean() ? 1 : 0, 1);
      if (isInteger(type.oid)) return setInteger(index, arg.boolean() ? 1 : 0, type, mayRetype);
      return keep(index, arg.boolean() ? "true" : "false");
    case Arg::Kind::Integer:
      return setInteger(index, arg.integer(), type, mayRetype);
    case Arg::Kind::Unsigned:
      if (mayRetype && isInteger(type.oid)) retype(index, oid::kNumeric);
      return keep(index, std::to_string(arg.unsignedInteger()));
    case Arg::Kind::Real:
      return setReal(index, arg.real(), type, mayRetype);
    case Arg::Kind::Text:
      return setTextArg(index, arg.text(), type, sql);
    case Arg::Kind::Blob: {
      const auto bytes = arg.bytes();
      if (type.oid == 0) types_[index] = oid::kBytea;
      return view(index, {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    }
    case Arg::Kind::Document: {
      const Value& document = arg.document();
      const bool asArray = type.isArray() && document.kind() == Value::Kind::Array;
      return setTextArg(index,
                        asArray ? postgresArrayLiteral(document.items(), false) : document.dump(),
                        PostgresType{}, sql);
    }
    case Arg::Kind::List:
      refuse(index, "a list cannot be bound to one placeholder", sql);
  }
}

void PostgresParameters::setInteger(std::size_t index, std::int64_t value, const PostgresType& type,
                                    bool mayRetype) {
  if (const std::size_t bytes = integerBytes(type.oid, value)) {
    return binary(index, static_cast<std::uint64_t>(value), bytes);
  }
  if (isInteger(type.oid) && mayRetype) {
    retype(index, oid::kInt8);
    return binary(index, static_cast<std::uint64_t>(value), 8);
  }
  if (type.oid == oid::kBool && (value == 0 || value == 1)) {
    return binary(index, static_cast<std::uint64_t>(value), 1);
  }
  char* const slot = slots_.data() + index * kSlot;
  *std::to_chars(slot, slot + kSlot - 1, value).ptr = '\0';
  values_[index] = slot;
  formats_[index] = 0;
}

void PostgresParameters::setReal(std::size_t index, double value, const PostgresType& type,
                                 bool mayRetype) {
  const bool integral = std::trunc(value) == value && value >= -kTwoTo63 && value < kTwoTo63;
  if (isInteger(type.oid) && integral) {
    return setInteger(index, static_cast<std::int64_t>(value), type, mayRetype);
  }
  const bool own = isInteger(type.oid) && mayRetype;
  if (own) retype(index, oid::kFloat8);
  if (own || type.oid == oid::kFloat8) {
    return binary(index, std::bit_cast<std::uint64_t>(value), 8);
  }
  char* const slot = slots_.data() + index * kSlot;
  values_[index] = slot;
  formats_[index] = 0;
  if (std::isfinite(value)) {
    *std::to_chars(slot, slot + kSlot - 1, value).ptr = '\0';
    return;
  }
  values_[index] = std::isnan(value) ? "NaN" : value < 0 ? "-Infinity" : "Infinity";
}

void PostgresParameters::setTextArg(std::size_t index, std::string_view text,
                                    const PostgresType& type, std::string_view sql) {
  if (type.oid == oid::kBytea) return view(index, text);
  if (text.find('\0') != std::string_view::npos) {
    refuse(index, "PostgreSQL's text cannot hold a NUL", sql);
  }
  if (isPlainText(type.oid)) return view(index, text);
  keep(index, text);
}

void PostgresParameters::view(std::size_t index, std::string_view bytes) {
  if (!std::in_range<int>(bytes.size())) {
    refuse(index, "larger than PostgreSQL can take", {});
  }
  values_[index] = bytes.data() == nullptr ? "" : bytes.data();
  lengths_[index] = static_cast<int>(bytes.size());
  formats_[index] = 1;
}

void PostgresParameters::keep(std::size_t index, std::string_view text) {
  formats_[index] = 0;
  if (text.size() < kSlot) {
    char* const slot = slots_.data() + index * kSlot;
    std::memcpy(slot, text.data(), text.size());
    slot[text.size()] = '\0';
    values_[index] = slot;
    return;
  }
  texts_[index] = text;
  values_[index] = texts_[index].c_str();
}

void PostgresParameters::binary(std::size_t index, std::uint64_t bits, std::size_t bytes) {
  char* const slot = slots_.data() + index * kSlot;
  for (std::size_t i = 0; i < bytes; ++i) {
    slot[i] = static_cast<char>(bits >> (8 * (bytes - 1 - i)));
  }
  values_[index] = slot;
  lengths_[index] = static_cast<int>(bytes);
  formats_[index] = 1;
}

void PostgresParameters::retype(std::size_t index, std::uint32_t type) {
  types_[index] = type;
  retyped_ = true;
}

}  // namespace sonde
