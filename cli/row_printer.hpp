// Prints rows as they come: a text table, JSON or CSV.
//
// Invariant: begin() once, row() any number of times, end() once. Memory is bounded whatever the
// number of rows: the text table looks at the first rows only to choose its column widths.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <memory>
#include <string>
#include <string_view>

#include "../core/json_form.hpp"
#include "../core/row.hpp"
#include "terminal.hpp"

namespace sonde::cli {

enum class Format : std::uint8_t { Text, Json, Csv };

/// See the file comment.
class RowPrinter {
 public:
  virtual ~RowPrinter() = default;

  /// Prints one row. The first call fixes the columns.
  /// @throws EncodingError from JSON when a text is not UTF-8.
  virtual void row(const RowView& row) = 0;
  /// Prints what is left. `columns` is the header when no row came; null when it is not known.
  virtual void end(const Columns* columns) = 0;
};

/// @return A printer for the format. `out` must outlive it.
[[nodiscard]] std::unique_ptr<RowPrinter> makeRowPrinter(Format format, const JsonOptions& options,
                                                         const Terminal& terminal,
                                                         std::ostream& out);

/// @return The value at `index` as people read it: text with control characters escaped, blobs by
/// their size, null as "null". Bytes that are not UTF-8 are shown as U+FFFD.
[[nodiscard]] std::string displayText(const RowView& row, std::size_t index,
                                      const JsonOptions& options);

/// @return The text cut to `width` terminal cells, an ellipsis at its end when something was cut,
/// and padded with spaces at the right, or at the left when `alignRight`.
[[nodiscard]] std::string fitted(std::string_view text, std::size_t width, bool alignRight);

}  // namespace sonde::cli
