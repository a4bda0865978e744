#include "bind_text.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <span>

#include "../core/error.hpp"
#include "compiler.hpp"

namespace sonde::query {

namespace {

nlohmann::json jsonItem(const Value& value) {
  if (value.kind() == Value::Kind::Blob) {
    throw ValidationError("a list of this length cannot hold blobs");
  }
  if (value.kind() == Value::Kind::Real && !std::isfinite(value.as<double>())) {
    throw ValidationError("a list of this length cannot hold NaN or an infinity");
  }
  return value.toJson();
}

std::span<const Value> itemsOf(const Arg& list) {
  if (list.kind() == Arg::Kind::List) return list.list();
  if (list.kind() == Arg::Kind::Document && list.document().kind() == Value::Kind::Array) {
    return list.document().items();
  }
  throw ValidationError("a condition on a list was given a single value");
}

}  // namespace

std::string jsonList(std::span<const Value> items) {
  nlohmann::json array = nlohmann::json::array();
  for (const Value& item : items) {
    if (!item.isNull()) array.push_back(jsonItem(item));
  }
  return array.dump();
}

std::string bindText(const Slot& slot, const Arg& arg, const SqlCompiler& compiler) {
  if (slot.transform == BindTransform::List) return compiler.bindList(itemsOf(arg));
  switch (arg.kind()) {
    case Arg::Kind::Text:
      if (slot.transform == BindTransform::Instant) return compiler.bindInstant(arg.text());
      return compiler.bindPattern(slot.transform, slot.ignoreCase, arg.text());
    case Arg::Kind::Integer:
    case Arg::Kind::Unsigned:
    case Arg::Kind::Real: {
      const std::string digits = arg.toValue().as<std::string>();
      return compiler.bindPattern(slot.transform, slot.ignoreCase, digits);
    }
    default:
      throw ValidationError("a text pattern was given a value that is not text");
  }
}

}  // namespace sonde::query
