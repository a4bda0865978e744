#include "json_writer.hpp"

#include <cmath>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>

#include "cell_text.hpp"
#include "error.hpp"
#include "json_dom.hpp"
#include "number_text.hpp"
#include "result_set.hpp"
#include "row.hpp"
#include "temporal.hpp"
#include "text.hpp"
#include "value.hpp"

namespace sonde::json {
namespace {

constexpr std::uint32_t bit(Type type) noexcept { return 1U << static_cast<unsigned>(type); }

// How much text ArrayWriter collects for its sink.
constexpr std::size_t kPiece = std::size_t{64} << 10;

// The logical types whose JSON form differs from that of their storage.
constexpr std::uint32_t kIntegerForms = bit(Type::Boolean) | bit(Type::Decimal);
constexpr std::uint32_t kRealForms = bit(Type::Decimal);
constexpr std::uint32_t kTextForms =
    bit(Type::Decimal) | bit(Type::Timestamp) | bit(Type::TimestampTz) | bit(Type::Json);

constexpr bool isIn(std::uint32_t forms, Type type) noexcept { return (forms & bit(type)) != 0; }

/// Copies a short text; `text` is followed by Columns::kKeySlack readable bytes and `out` has as
/// much room beyond it.
char* copyKey(char* out, std::string_view text) noexcept {
  static_assert(Columns::kKeySlack == 16);
  std::memcpy(out, text.data(), 16);
  if (text.size() > 16) std::memcpy(out + 16, text.data() + 16, text.size() - 16);
  return out + text.size();
}

template <std::size_t N>
char* copyLiteral(char* out, const char (&text)[N]) noexcept {
  std::memcpy(out, text, N - 1);
  return out + N - 1;
}

/// Room for the JSON form of a cell that is no text or blob, and for a key's slack before it.
constexpr std::size_t kScalarRoom = number::kNumberSize + Columns::kKeySlack;

[[noreturn]] void failEncoding(const Cell& cell, const Columns* columns) {
  ErrorDetails details = detailsOfColumn(cell, columns);
  details.hint = "byte " + std::to_string(text::findInvalidUtf8(cell.view()) + 1) +
                 " is the first that does not fit; JsonOptions::replaceInvalidUtf8 writes U+FFFD";
  throw EncodingError(describeColumn(cell, columns) + " holds text that is not UTF-8",
                      std::move(details));
}

void appendText(TextOut& out, const Cell& cell, const Columns* columns,
                const JsonOptions& options) {
  if (!appendString(out, cell.view(), options.replaceInvalidUtf8)) failEncoding(cell, columns);
}

void appendBase64(TextOut& out, std::string_view bytes) {
  char* at = out.room(text::base64Size(bytes.size()) + 2);
  *at++ = '"';
  at = text::writeBase64(at, std::as_bytes(std::span(bytes)));
  *at++ = '"';
  out.advance(at);
}

void appendStoredBlob(TextOut& out, const Cell& cell, const JsonOptions& options) {
  if (appendString(out, cell.view(), options.replaceInvalidUtf8)) return;
  out.append(R"({"base64":)");
  appendBase64(out, cell.view());
  out.append('}');
}

void appendDecimalCell(TextOut& out, const Cell& cell, const Columns* columns,
                       const JsonOptions& options) {
  std::string digits;
  appendDecimalDigits(digits, cell, columns);
  if (options.decimalsAsNumbers && number::isJsonNumber(digits)) {
    out.append(digits);
  } else if (!appendString(out, digits, options.replaceInvalidUtf8)) {
    failEncoding(cell, columns);
  }
}

/// Text whose logical type has a form of its own; given as it is where it does not read as that
/// type.
void appendTypedText(TextOut& out, const Cell& cell, const Columns* columns,
                     const JsonOptions& options) {
  const std::string_view text = cell.view();
  if (cell.type == Type::Decimal) {
    appendDecimalCell(out, cell, columns, options);
    return;
  }
  if (cell.type == Type::Json) {
    if (nlohmann::json::accept(text)) {
      out.append(text);
      return;
    }
  } else {
    char* const at = out.room(text.size() + temporal::kIsoSlack + 2);
    const bool withZone = cell.type == Type::TimestampTz;
    const std::size_t written = temporal::writeIsoTimestamp(at + 1, text, withZone);
    if (written != 0) {
      *at = '"';
      at[1 + written] = '"';
      out.advance(at + written + 2);
      return;
    }
  }
  appendText(out, cell, columns, options);
}

char* writeReal(char* at, double value, bool storage) noexcept {
  if (std::isfinite(value)) return number::writeReal(at, value);
  if (storage && std::isinf(value)) {
    return value < 0 ? copyLiteral(at, "-1e999") : copyLiteral(at, "1e999");
  }
  const std::string_view name = number::nonFiniteName(value);
  *at++ = '"';
  std::memcpy(at, name.data(), name.size());
  at += name.size();
  *at++ = '"';
  return at;
}

/// Appends `key` and the cell, asking for room once for what most cells are.
void appendKeyed(TextOut& out, std::string_view key, const Cell& cell, const Columns* columns,
                 const JsonOptions& options) {
  const bool storage = options.form == JsonForm::Storage;
  char* at = copyKey(out.room(key.size() + kScalarRoom), key);
  switch (cell.storage) {
    case Storage::Null:
      out.advance(copyLiteral(at, "null"));
      return;
    case Storage::Boolean:
      out.advance(cell.integer != 0 ? copyLiteral(at, "true") : copyLiteral(at, "false"));
      return;
    case Storage::Integer:
      if (isIn(kIntegerForms, cell.type) && !storage) {
        if (cell.type == Type::Decimal) break;
        if (cell.integer == 0 || cell.integer == 1) {
          out.advance(cell.integer != 0 ? copyLiteral(at, "true") : copyLiteral(at, "false"));
          return;
        }
      }
      out.advance(number::writeInteger(at, cell.integer));
      return;
    case Storage::Unsigned:
      if (cell.type == Type::Decimal && !storage) break;
      out.advance(number::writeUnsigned(at, cell.unsignedInteger));
      return;
    case Storage::Real:
      if (isIn(kRealForms, cell.type) && !storage) break;
      out.advance(writeReal(at, cell.real, storage));
      return;
    case Storage::Text:
      out.advance(at);
      if (isIn(kTextForms, cell.type) && !storage) {
        appendTypedText(out, cell, columns, options);
      } else {
        appendText(out, cell, columns, options);
      }
      return;
    case Storage::Blob:
      out.advance(at);
      if (storage) {
        appendStoredBlob(out, cell, options);
      } else {
        appendBase64(out, cell.view());
      }
      return;
  }
  out.advance(at);
  appendDecimalCell(out, cell, columns, options);
}

/// Appends the fields without the closing brace.
void appendFields(TextOut& out, const Cell* cells, const Columns& columns,
                  const JsonOptions& options) {
  const std::size_t count = columns.size();
  for (std::size_t i = 0; i < count; ++i) {
    appendKeyed(out, columns.jsonSeparatedKey(i), cells[i], &columns, options);
  }
  if (count == 0) out.append('{');
}

void appendRelation(TextOut& out, const ResultBlock::Child& child, std::size_t row,
                    const JsonOptions& options) {
  const RelatedRows rows(*child.block, child.firsts[row], child.firsts[row + 1]);
  if (child.single) {
    if (rows.empty()) {
      out.append("null");
    } else {
      appendRow(out, rows[0], options);
    }
    return;
  }
  char separator = '[';
  for (const RowView related : rows) {
    out.append(separator);
    appendRow(out, related, options);
    separator = ',';
  }
  out.append(rows.empty() ? std::string_view("[]") : std::string_view("]"));
}

constexpr char kNoKey[Columns::kKeySlack] = {};

/// Appends a value; what was written before an error stays for the caller to take back.
void appendNested(TextOut& out, const Value& value, const JsonOptions& options) {
  if (value.kind() == Value::Kind::Array) {
    char separator = '[';
    for (const Value& item : value.items()) {
      out.append(separator);
      appendNested(out, item, options);
      separator = ',';
    }
    out.append(value.items().empty() ? std::string_view("[]") : std::string_view("]"));
  } else if (value.kind() == Value::Kind::Object) {
    char separator = '{';
    for (const auto& [name, member] : value.members()) {
      out.append(separator);
      if (!appendString(out, name, options.replaceInvalidUtf8))
        static_cast<void>(checkedName(name));
      out.append(':');
      appendNested(out, member, options);
      separator = ',';
    }
    out.append(value.members().empty() ? std::string_view("{}") : std::string_view("}"));
  } else {
    appendKeyed(out, {kNoKey, 0}, cellOf(value), nullptr, options);
  }
}

/// Calls `write` on the string; leaves it as it was when that throws.
template <class Write>
void intoString(std::string& out, Write write) {
  StringOut buffer(out);
  write(buffer);
  buffer.commit();
}

}  // namespace

const std::string& checkedName(const std::string& name) {
  if (text::findInvalidUtf8(name) == std::string_view::npos) return name;
  throw EncodingError("the name of a member of an object is not UTF-8");
}

void appendCellOf(TextOut& out, const Cell& cell, const Columns* columns,
                  const JsonOptions& options) {
  const std::size_t before = out.size();
  try {
    appendKeyed(out, {kNoKey, 0}, cell, columns, options);
  } catch (...) {
    out.truncate(before);
    throw;
  }
}

void appendCell(TextOut& out, const Cell& cell, const Columns& columns,
                const JsonOptions& options) {
  appendCellOf(out, cell, &columns, options);
}

void appendValue(TextOut& out, const Value& value, const JsonOptions& options) {
  const std::size_t before = out.size();
  try {
    appendNested(out, value, options);
  } catch (...) {
    out.truncate(before);
    throw;
  }
}

void appendRow(TextOut& out, const Cell* cells, const Columns& columns,
               const JsonOptions& options) {
  const std::size_t before = out.size();
  try {
    appendFields(out, cells, columns, options);
    out.append('}');
  } catch (...) {
    out.truncate(before);
    throw;
  }
}

void appendRow(TextOut& out, RowView row, const JsonOptions& options) {
  const std::span<const ResultBlock::Child> children = row.relations();
  if (children.empty()) {
    appendRow(out, row.cells(), row.columns(), options);
    return;
  }
  const std::size_t before = out.size();
  try {
    appendFields(out, row.cells(), row.columns(), options);
    bool first = row.size() == 0;
    for (const ResultBlock::Child& child : children) {
      if (!first) out.append(',');
      first = false;
      static_cast<void>(appendString(out, child.relation, true));
      out.append(':');
      appendRelation(out, child, row.index(), options);
    }
    out.append('}');
  } catch (...) {
    out.truncate(before);
    throw;
  }
}

void appendCell(std::string& out, const Cell& cell, const Columns& columns,
                const JsonOptions& options) {
  intoString(out, [&](TextOut& text) { appendCell(text, cell, columns, options); });
}

void appendRow(std::string& out, const Cell* cells, const Columns& columns,
               const JsonOptions& options) {
  intoString(out, [&](TextOut& text) { appendRow(text, cells, columns, options); });
}

void ArrayWriter::add(RowView row) {
  const std::size_t before = buffer_.size();
  buffer_.append(first_ ? '[' : ',');
  try {
    appendRow(buffer_, row, options_);
  } catch (...) {
    buffer_.truncate(before);
    throw;
  }
  first_ = false;
  if (buffer_.size() >= kPiece) {
    sink_(buffer_.view());
    buffer_.clear();
  }
}

void ArrayWriter::finish() {
  buffer_.append(first_ ? std::string_view("[]") : std::string_view("]"));
  sink_(buffer_.view());
  buffer_.clear();
}

void appendReal(TextOut& out, double value) {
  out.advance(writeReal(out.room(number::kNumberSize), value, false));
}

void appendReal(std::string& out, double value) {
  intoString(out, [&](TextOut& text) { appendReal(text, value); });
}

}  // namespace sonde::json
