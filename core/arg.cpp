#include "arg.hpp"

namespace sonde {

Arg::Arg(const Value& value) noexcept : type_(value.type()) {
  switch (value.kind()) {
    case Value::Kind::Null:
      break;
    case Value::Kind::Boolean:
      kind_ = Kind::Boolean;
      integer_ = std::get<bool>(value.data()) ? 1 : 0;
      break;
    case Value::Kind::Integer:
      kind_ = Kind::Integer;
      integer_ = std::get<std::int64_t>(value.data());
      break;
    case Value::Kind::Unsigned:
      kind_ = Kind::Unsigned;
      unsigned_ = std::get<std::uint64_t>(value.data());
      break;
    case Value::Kind::Real:
      kind_ = Kind::Real;
      real_ = std::get<double>(value.data());
      break;
    case Value::Kind::Text: {
      const std::string& text = std::get<std::string>(value.data());
      kind_ = Kind::Text;
      bytes_ = text.data();
      size_ = text.size();
      break;
    }
    case Value::Kind::Blob: {
      const std::vector<std::byte>& bytes = std::get<Blob>(value.data()).bytes;
      kind_ = Kind::Blob;
      bytes_ = reinterpret_cast<const char*>(bytes.data());
      size_ = bytes.size();
      break;
    }
    case Value::Kind::Array:
    case Value::Kind::Object:
      kind_ = Kind::Document;
      values_ = &value;
      size_ = 1;
      break;
  }
}

Arg::Arg(ValueView view) noexcept : type_(view.type()) {
  const Cell& cell = view.cell();
  switch (cell.storage) {
    case Storage::Null:
      break;
    case Storage::Boolean:
      kind_ = Kind::Boolean;
      integer_ = cell.integer;
      break;
    case Storage::Integer:
      kind_ = view.kind() == Value::Kind::Boolean ? Kind::Boolean : Kind::Integer;
      integer_ = cell.integer;
      break;
    case Storage::Unsigned:
      kind_ = Kind::Unsigned;
      unsigned_ = cell.unsignedInteger;
      break;
    case Storage::Real:
      kind_ = Kind::Real;
      real_ = cell.real;
      break;
    case Storage::Text:
      kind_ = Kind::Text;
      if (type_ == Type::Other) type_ = Type::Text;
      bytes_ = cell.bytes;
      size_ = cell.length;
      break;
    case Storage::Blob:
      kind_ = Kind::Blob;
      bytes_ = cell.bytes;
      size_ = cell.length;
      break;
  }
}

Value Arg::toValue() const {
  switch (kind_) {
    case Kind::Null:
      break;
    case Kind::Boolean:
      return boolean();
    case Kind::Integer:
      return integer_;
    case Kind::Unsigned:
      return unsigned_;
    case Kind::Real:
      return real_;
    case Kind::Text:
      return Value::typed(std::string(text()), type_);
    case Kind::Blob:
      return Blob(std::string_view(bytes_, size_));
    case Kind::Document:
      return document();
    case Kind::List:
      return Value::array(Value::Array(list().begin(), list().end()));
  }
  return {};
}

}  // namespace sonde
