#include "value.hpp"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <unordered_set>

#include "error.hpp"
#include "json_writer.hpp"
#include "number_text.hpp"
#include "suggest.hpp"
#include "text.hpp"

namespace sonde {
namespace {

std::string_view kindPhrase(Value::Kind kind) noexcept {
  switch (kind) {
    case Value::Kind::Null:
      return "null";
    case Value::Kind::Boolean:
      return "a boolean";
    case Value::Kind::Integer:
      return "an integer";
    case Value::Kind::Unsigned:
      return "an unsigned integer";
    case Value::Kind::Real:
      return "a real";
    case Value::Kind::Text:
      return "text";
    case Value::Kind::Blob:
      return "a blob";
    case Value::Kind::Array:
      return "an array";
    case Value::Kind::Object:
      return "an object";
  }
  return "unknown";
}

[[noreturn]] void failKind(const Value& value, std::string_view wanted) {
  throw ConversionError("the value is " + std::string(kindPhrase(value.kind())) + ", not " +
                        std::string(wanted));
}

/// @return The first name that occurs twice; nullptr when there is none.
const std::string* findRepeated(const Value::Object& members) {
  constexpr std::size_t kFew = 16;
  if (members.size() <= kFew) {
    for (std::size_t i = 1; i < members.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (members[i].first == members[j].first) return &members[i].first;
      }
    }
    return nullptr;
  }
  std::unordered_set<std::string_view> seen;
  for (const Value::Member& member : members) {
    if (!seen.insert(member.first).second) return &member.first;
  }
  return nullptr;
}

bool sameReal(double a, double b) noexcept { return a == b || (std::isnan(a) && std::isnan(b)); }

bool sameMembers(const Value::Object& a, const Value& b) noexcept {
  const Value::Object& others = *std::get<std::shared_ptr<const Value::Object>>(b.data());
  if (a.size() != others.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    // Mostly both are in one order.
    const Value* other = others[i].first == a[i].first ? &others[i].second : b.find(a[i].first);
    if (other == nullptr || !(a[i].second == *other)) return false;
  }
  return true;
}

}  // namespace

Blob::Blob(std::string_view raw) {
  const auto view = std::as_bytes(std::span(raw));
  bytes.assign(view.begin(), view.end());
}

Value Value::array(Array items) {
  Value value;
  value.data_ = std::make_shared<const Array>(std::move(items));
  value.type_ = Type::Json;
  return value;
}

Value Value::object(Object members) {
  if (const std::string* repeated = findRepeated(members)) {
    throw ValidationError("an object has two members called " + quoteForMessage(*repeated),
                          {{*repeated, "occurs twice"}});
  }
  Value value;
  value.data_ = std::make_shared<const Object>(std::move(members));
  value.type_ = Type::Json;
  return value;
}

Value Value::decimal(std::string digits) {
  if (!number::isNumber(digits)) {
    const std::optional<double> special = number::parseReal(digits);
    if (!special) {
      ErrorDetails details;
      details.hint = "the text is " + quoteForMessage(digits);
      throw ConversionError("the text is not a decimal number", std::move(details));
    }
    digits = number::nonFiniteName(*special);
  }
  return typed(std::move(digits), Type::Decimal);
}

Value Value::typed(std::string text, Type type) {
  Value value(std::move(text));
  value.type_ = type;
  return value;
}

const std::string& Value::text() const& {
  if (const auto* text = std::get_if<std::string>(&data_)) return *text;
  failKind(*this, "text");
}

std::string Value::text() && {
  if (auto* text = std::get_if<std::string>(&data_)) return std::move(*text);
  failKind(*this, "text");
}

const Value::Array& Value::items() const {
  if (const auto* items = std::get_if<std::shared_ptr<const Array>>(&data_)) return **items;
  failKind(*this, "an array");
}

const Value::Object& Value::members() const {
  if (const auto* members = std::get_if<std::shared_ptr<const Object>>(&data_)) return **members;
  failKind(*this, "an object");
}

const Blob& Value::blob() const {
  if (const auto* blob = std::get_if<Blob>(&data_)) return *blob;
  failKind(*this, "a blob");
}

const Value* Value::find(std::string_view name) const noexcept {
  const auto* members = std::get_if<std::shared_ptr<const Object>>(&data_);
  if (members == nullptr) return nullptr;
  for (const Member& member : **members) {
    if (member.first == name) return &member.second;
  }
  return nullptr;
}

std::string Value::dump() const {
  TextBuffer buffer;
  json::appendValue(buffer, *this, {});
  return std::string(buffer.view());
}

bool operator==(const Value& a, const Value& b) noexcept {
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case Value::Kind::Real:
      return sameReal(std::get<double>(a.data_), std::get<double>(b.data_));
    case Value::Kind::Array: {
      const auto& left = std::get<std::shared_ptr<const Value::Array>>(a.data_);
      const auto& right = std::get<std::shared_ptr<const Value::Array>>(b.data_);
      return left == right || *left == *right;
    }
    case Value::Kind::Object: {
      const auto& left = std::get<std::shared_ptr<const Value::Object>>(a.data_);
      return left == std::get<std::shared_ptr<const Value::Object>>(b.data_) ||
             sameMembers(*left, b);
    }
    default:
      return a.data_ == b.data_;
  }
}

Cell cellOf(const Value& value) {
  Cell cell;
  cell.type = value.type();
  const auto pointAt = [&cell](Storage storage, const char* bytes, std::size_t size) {
    if (size > kMaxCellBytes) {
      throw ConversionError("a value of " + std::to_string(size) + " bytes is too large");
    }
    cell.storage = storage;
    cell.bytes = bytes;
    cell.length = static_cast<std::uint32_t>(size);
  };
  switch (value.kind()) {
    case Value::Kind::Null:
      break;
    case Value::Kind::Boolean:
      cell.storage = Storage::Boolean;
      cell.integer = std::get<bool>(value.data()) ? 1 : 0;
      break;
    case Value::Kind::Integer:
      cell.storage = Storage::Integer;
      cell.integer = std::get<std::int64_t>(value.data());
      break;
    case Value::Kind::Unsigned:
      cell.storage = Storage::Unsigned;
      cell.unsignedInteger = std::get<std::uint64_t>(value.data());
      break;
    case Value::Kind::Real:
      cell.storage = Storage::Real;
      cell.real = std::get<double>(value.data());
      break;
    case Value::Kind::Text: {
      const std::string& text = std::get<std::string>(value.data());
      pointAt(Storage::Text, text.data(), text.size());
      break;
    }
    case Value::Kind::Blob: {
      const std::vector<std::byte>& bytes = std::get<Blob>(value.data()).bytes;
      pointAt(Storage::Blob, reinterpret_cast<const char*>(bytes.data()), bytes.size());
      break;
    }
    case Value::Kind::Array:
    case Value::Kind::Object:
      failKind(value, "a scalar");
  }
  return cell;
}

}  // namespace sonde
