// Writes cells as JSON text, with no DOM: the hot path of `writeJson` and `streamJson`.
//
// Invariant: appends to one buffer; keys come pre-escaped from Columns; strings are scanned for
// bytes that need escaping, and for invalid UTF-8, in the same pass as they are copied. What throws
// appends nothing. Columns of one name are all written, in their order.
//
// Logical form: booleans true and false, also for 0 and 1 in a column declared BOOLEAN; decimals as
// strings with zeros up to their scale; timestamps in ISO 8601; blobs in base64; json embedded; NaN
// and infinities as strings; text that does not read as what its column declares, as it is. Storage
// form, what SQLite's shell prints in `.mode json`: integers and reals as numbers (infinities as
// 1e999), text as stored, blobs as the text their bytes are. Where the bytes are not UTF-8 the
// shell prints what is no JSON; here such a blob is an object, `{"base64":"AP9B"}`, so that nothing
// is lost.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cell.hpp"
#include "columns.hpp"
#include "function_ref.hpp"
#include "json_form.hpp"
#include "text_out.hpp"

namespace sonde {

class RowView;
class Value;

/// Takes JSON text piece by piece.
using TextSink = FunctionRef<void(std::string_view)>;

namespace json {

/// Appends a cell's JSON form. @throws EncodingError naming the column when a text is not UTF-8.
void appendCell(TextOut& out, const Cell& cell, const Columns& columns, const JsonOptions& options);
void appendCell(std::string& out, const Cell& cell, const Columns& columns,
                const JsonOptions& options);

/// Appends a value, members in their order. @throws EncodingError when a text is not UTF-8.
void appendValue(TextOut& out, const Value& value, const JsonOptions& options);

/// Appends an object with every cell of a row. `cells` has columns.size() entries. The fastest way
/// to write many rows is one TextBuffer, cleared after each piece that went to its sink.
/// @throws EncodingError as above.
void appendRow(TextOut& out, const Cell* cells, const Columns& columns, const JsonOptions& options);
void appendRow(std::string& out, const Cell* cells, const Columns& columns,
               const JsonOptions& options);

/// Appends an object with every cell of a row and its loaded relations: an object or null for a
/// relation to one, else an array. @throws EncodingError as above.
void appendRow(TextOut& out, RowView row, const JsonOptions& options);

/// Writes rows one by one as an array of objects, in pieces of about 64 KiB. Columns and sink must
/// outlive it. One thread at a time.
class ArrayWriter {
 public:
  explicit ArrayWriter(TextSink sink, const JsonOptions& options)
      : sink_(sink), options_(options) {}

  /// Appends a row with its loaded relations; the sink is called when a piece is full.
  /// @throws EncodingError as above, the text then being as it was before; what the sink throws.
  void add(RowView row);
  /// Closes the array and hands over the rest. Call it once, after the last row; without it the
  /// text stays incomplete. @throws What the sink throws.
  void finish();

 private:
  TextSink sink_;
  JsonOptions options_;
  TextBuffer buffer_;
  bool first_ = true;
};

/// Appends a text as a JSON string with quotes. @return False, with nothing appended, when the text
/// is not UTF-8 and `replaceInvalid` is false.
[[nodiscard]] bool appendString(TextOut& out, std::string_view text, bool replaceInvalid = false);
[[nodiscard]] bool appendString(std::string& out, std::string_view text,
                                bool replaceInvalid = false);

/// Appends a double in its shortest form that reads back as the same number, with ".0" when it is
/// integral; NaN and infinities as JSON strings.
void appendReal(TextOut& out, double value);
void appendReal(std::string& out, double value);

}  // namespace json
}  // namespace sonde
