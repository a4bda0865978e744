#include "convert.hpp"

#include <nlohmann/json.hpp>

#include "cell_text.hpp"
#include "columns.hpp"
#include "error.hpp"
#include "json_dom.hpp"
#include "number_text.hpp"
#include "suggest.hpp"
#include "temporal.hpp"
#include "text.hpp"

namespace sonde::convert {
namespace {

// The bounds of the 64-bit integers as doubles; the upper ones are the first that do not fit.
constexpr double kInt64Begin = -9223372036854775808.0;
constexpr double kInt64End = 9223372036854775808.0;
constexpr double kUint64End = 18446744073709551616.0;

constexpr std::uint64_t kInt64Limit = std::uint64_t{1} << 63;

bool isIntegral(double value) noexcept { return std::trunc(value) == value; }

/// What a cell holds, for a hint: texts shortened, blobs by their size.
std::string showValue(const Cell& cell) {
  std::string shown;
  switch (cell.storage) {
    case Storage::Null:
      return "null";
    case Storage::Boolean:
      return cell.integer != 0 ? "true" : "false";
    case Storage::Integer:
      return std::to_string(cell.integer);
    case Storage::Unsigned:
      return std::to_string(cell.unsignedInteger);
    case Storage::Real:
      json::appendReal(shown, cell.real);
      return shown;
    case Storage::Text:
      return quoteForMessage(cell.view());
    case Storage::Blob:
      return "a blob of " + std::to_string(cell.length) + " bytes";
  }
  return shown;
}

}  // namespace

void fail(const Cell& found, const Columns* columns, std::string_view wanted) {
  const bool known = columns != nullptr && found.column < columns->size();
  std::string message = describeColumn(found, columns) + (known ? " holds " : " is ");
  message += storageName(found.storage);
  if (found.type != Type::Other && found.storage == Storage::Text && found.type != Type::Text) {
    message += " (" + std::string(typeName(found.type)) + ")";
  }
  message += ", which cannot be converted to ";
  message += wanted;
  ErrorDetails details = detailsOfColumn(found, columns);
  details.hint = "the value is " + showValue(found);
  throw ConversionError(message, std::move(details));
}

bool toBool(const Cell& cell, const Columns* columns) {
  switch (cell.storage) {
    case Storage::Boolean:
      return cell.integer != 0;
    case Storage::Integer:
      if (cell.integer == 0 || cell.integer == 1) return cell.integer == 1;
      break;
    case Storage::Real:
      if (cell.real == 0 || cell.real == 1) return cell.real == 1;
      break;
    case Storage::Text: {
      const std::string_view text = cell.view();
      if (text == "1" || text::equalsIgnoreCase(text, "true") ||
          text::equalsIgnoreCase(text, "t")) {
        return true;
      }
      if (text == "0" || text::equalsIgnoreCase(text, "false") ||
          text::equalsIgnoreCase(text, "f")) {
        return false;
      }
      break;
    }
    case Storage::Null:
    case Storage::Unsigned:
    case Storage::Blob:
      break;
  }
  fail(cell, columns, "a boolean");
}

std::int64_t toInt64(const Cell& cell, const Columns* columns) {
  switch (cell.storage) {
    case Storage::Integer:
    case Storage::Boolean:
      return cell.integer;
    case Storage::Real:
      if (isIntegral(cell.real) && cell.real >= kInt64Begin && cell.real < kInt64End) {
        return static_cast<std::int64_t>(cell.real);
      }
      break;
    case Storage::Text:
      if (const auto number = number::exactInteger(cell.view())) {
        if (!number->negative && number->magnitude < kInt64Limit) {
          return static_cast<std::int64_t>(number->magnitude);
        }
        if (number->negative && number->magnitude <= kInt64Limit) {
          return static_cast<std::int64_t>(~number->magnitude + 1);
        }
      }
      break;
    case Storage::Null:
    case Storage::Unsigned:
    case Storage::Blob:
      break;
  }
  fail(cell, columns, "a 64-bit integer");
}

std::uint64_t toUint64(const Cell& cell, const Columns* columns) {
  switch (cell.storage) {
    case Storage::Unsigned:
      return cell.unsignedInteger;
    case Storage::Integer:
    case Storage::Boolean:
      if (cell.integer >= 0) return static_cast<std::uint64_t>(cell.integer);
      break;
    case Storage::Real:
      if (isIntegral(cell.real) && cell.real >= 0 && cell.real < kUint64End) {
        return static_cast<std::uint64_t>(cell.real);
      }
      break;
    case Storage::Text:
      if (const auto number = number::exactInteger(cell.view()); number && !number->negative) {
        return number->magnitude;
      }
      break;
    case Storage::Null:
    case Storage::Blob:
      break;
  }
  fail(cell, columns, "an unsigned 64-bit integer");
}

double toDouble(const Cell& cell, const Columns* columns) {
  switch (cell.storage) {
    case Storage::Real:
      return cell.real;
    case Storage::Integer:
    case Storage::Boolean:
      return static_cast<double>(cell.integer);
    case Storage::Unsigned:
      return static_cast<double>(cell.unsignedInteger);
    case Storage::Text:
      if (const std::optional<double> number = number::parseReal(cell.view())) return *number;
      break;
    case Storage::Null:
    case Storage::Blob:
      break;
  }
  fail(cell, columns, "a real");
}

std::string toText(const Cell& cell, const Columns* columns) {
  if (cell.storage == Storage::Text) return std::string(cell.view());
  if (cell.storage == Storage::Null || cell.storage == Storage::Blob) fail(cell, columns, "text");
  std::string text;
  if (cell.type == Type::Decimal) {
    appendDecimalDigits(text, cell, columns);
    return text;
  }
  TextBuffer buffer;
  json::appendCellOf(buffer, cell, columns, {});
  std::string_view spelling = buffer.view();
  if (spelling.starts_with('"')) spelling = spelling.substr(1, spelling.size() - 2);  // "NaN"
  return std::string(spelling);
}

std::string_view toTextView(const Cell& cell, const Columns* columns) {
  if (cell.storage == Storage::Text) return cell.view();
  fail(cell, columns, "a text view; as<std::string>() converts");
}

Blob toBlob(const Cell& cell, const Columns* columns) {
  if (cell.storage == Storage::Blob || cell.storage == Storage::Text) return Blob(cell.view());
  fail(cell, columns, "a blob");
}

std::chrono::sys_time<std::chrono::microseconds> toTime(const Cell& cell, const Columns* columns) {
  if (cell.storage == Storage::Text) {
    if (const auto time = temporal::parse(cell.view())) return *time;
  }
  fail(cell, columns, "a point in time");
}

Value toValue(const Cell& cell, const Columns* columns) {
  if (cell.type == Type::Decimal && cell.storage != Storage::Null &&
      cell.storage != Storage::Blob && cell.storage != Storage::Boolean) {
    std::string digits;
    appendDecimalDigits(digits, cell, columns);
    return Value::typed(std::move(digits), Type::Decimal);
  }
  switch (cell.storage) {
    case Storage::Null:
      return {};
    case Storage::Boolean:
      return cell.integer != 0;
    case Storage::Integer:
      if (kindOf(cell) == Value::Kind::Boolean) return cell.integer != 0;
      return cell.integer;
    case Storage::Unsigned:
      return cell.unsignedInteger;
    case Storage::Real:
      return cell.real;
    case Storage::Text:
      return Value::typed(std::string(cell.view()),
                          cell.type == Type::Other ? Type::Text : cell.type);
    case Storage::Blob:
      return Blob(cell.view());
  }
  return {};
}

template <class Json>
Json toJsonDocument(const Cell& cell, const Columns* columns) {
  const bool holdsDocument =
      cell.storage == Storage::Text &&
      (cell.type == Type::Json || cell.type == Type::Text || cell.type == Type::Other);
  if (!holdsDocument) return json::toDom<Json>(cell, columns, {});
  Json document = Json::parse(cell.view(), nullptr, false);
  if (document.is_discarded()) fail(cell, columns, "a JSON document");
  return document;
}
template nlohmann::json toJsonDocument(const Cell& cell, const Columns* columns);

Value::Kind kindOf(const Cell& cell) noexcept {
  switch (cell.storage) {
    case Storage::Null:
      return Value::Kind::Null;
    case Storage::Boolean:
      return Value::Kind::Boolean;
    case Storage::Integer:
      return cell.type == Type::Boolean && (cell.integer == 0 || cell.integer == 1)
                 ? Value::Kind::Boolean
                 : Value::Kind::Integer;
    case Storage::Unsigned:
      return Value::Kind::Unsigned;
    case Storage::Real:
      return Value::Kind::Real;
    case Storage::Text:
      return Value::Kind::Text;
    case Storage::Blob:
      return Value::Kind::Blob;
  }
  return Value::Kind::Null;
}

}  // namespace sonde::convert
