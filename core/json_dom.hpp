// Cells as nlohmann documents, for those who want a DOM instead of text.
//
// Invariant: the same form as the JSON writer gives, parsed. Internal to core/: it includes
// json.hpp.
#pragma once

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "json_writer.hpp"
#include "text.hpp"
#include "value.hpp"

namespace sonde::json {

/// Appends a cell's form; without columns an error names none.
void appendCellOf(TextOut& out, const Cell& cell, const Columns* columns,
                  const JsonOptions& options);

/// @return The name of a member. @throws EncodingError when it is not UTF-8.
[[nodiscard]] const std::string& checkedName(const std::string& name);

/// @return The cell's form as a document; `columns` may be null.
/// @throws EncodingError naming the column.
template <class Json>
[[nodiscard]] Json toDom(const Cell& cell, const Columns* columns, const JsonOptions& options) {
  const bool storage = options.form == JsonForm::Storage;
  const bool plain = storage || (cell.type != Type::Boolean && cell.type != Type::Decimal);
  switch (cell.storage) {
    case Storage::Null:
      return nullptr;
    case Storage::Integer:
      if (plain) return cell.integer;
      break;
    case Storage::Unsigned:
      if (plain) return cell.unsignedInteger;
      break;
    case Storage::Real:
      // An infinity in storage form is no number that a JSON parser takes, but the DOM can hold it.
      if (plain && (std::isfinite(cell.real) || storage)) return cell.real;
      break;
    case Storage::Text:
      if ((storage || cell.type == Type::Text) &&
          text::findInvalidUtf8(cell.view()) == std::string_view::npos) {
        return std::string(cell.view());
      }
      break;
    case Storage::Boolean:
      return cell.integer != 0;
    case Storage::Blob:
      break;
  }
  TextBuffer text;
  appendCellOf(text, cell, columns, options);
  return Json::parse(text.view());
}

/// @return The value as a document. @throws EncodingError when a text is not UTF-8.
template <class Json>
[[nodiscard]] Json toDom(const Value& value, const JsonOptions& options) {
  if (value.kind() == Value::Kind::Array) {
    Json result = Json::array();
    for (const Value& item : value.items()) result.push_back(toDom<Json>(item, options));
    return result;
  }
  if (value.kind() == Value::Kind::Object) {
    Json result = Json::object();
    for (const auto& [name, member] : value.members()) {
      result[checkedName(name)] = toDom<Json>(member, options);
    }
    return result;
  }
  return toDom<Json>(cellOf(value), nullptr, options);
}

}  // namespace sonde::json
