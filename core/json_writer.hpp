// Writes cells as JSON text, with no DOM: the hot path of `writeJson` and `streamJson`.
//
// Invariant: appends to one buffer; keys come pre-escaped from Columns; strings are scanned for bytes
// that need escaping, and for invalid UTF-8, in the same pass as they are copied.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "cell.hpp"
#include "columns.hpp"
#include "json_form.hpp"

namespace sonde {

class RowView;

namespace json {

/// Appends a cell's JSON form. @throws EncodingError naming the column when a text is not UTF-8.
void appendCell(std::string& out, const Cell& cell, const Columns& columns,
                const JsonOptions& options);

/// Appends an object with every cell of a row. `cells` has columns.size() entries.
/// @throws EncodingError as above.
void appendRow(std::string& out, const Cell* cells, const Columns& columns,
               const JsonOptions& options);

/// Appends a text as a JSON string with quotes. @return False, with nothing appended, when the text is
/// not UTF-8 and `replaceInvalid` is false.
[[nodiscard]] bool appendString(std::string& out, std::string_view text, bool replaceInvalid = false);

/// Appends a double so that it reads back as the same number; NaN and infinities as JSON strings.
void appendReal(std::string& out, double value);

}  // namespace json
}  // namespace sonde
