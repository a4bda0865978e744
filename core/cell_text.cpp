#include "cell_text.hpp"

#include "number_text.hpp"
#include "suggest.hpp"

namespace sonde {

std::string describeColumn(const Cell& cell, const Columns* columns) {
  if (columns == nullptr || cell.column >= columns->size()) return "the value";
  const ColumnInfo& column = (*columns)[cell.column];
  std::string result = "column " + quoteForMessage(column.name);
  if (!column.table.empty()) result += " of table " + quoteForMessage(column.table);
  return result;
}

ErrorDetails detailsOfColumn(const Cell& cell, const Columns* columns) {
  ErrorDetails details;
  if (columns != nullptr && cell.column < columns->size()) {
    const ColumnInfo& column = (*columns)[cell.column];
    details.table = column.table;
    details.columns = {column.name};
  }
  return details;
}

void appendDecimalDigits(std::string& out, const Cell& cell, const Columns* columns) {
  const bool known = columns != nullptr && cell.column < columns->size();
  const int scale = known ? (*columns)[cell.column].scale : -1;
  switch (cell.storage) {
    case Storage::Unsigned:
      number::appendDecimal(out, cell.unsignedInteger, scale);
      return;
    case Storage::Real:
      number::appendDecimal(out, cell.real, scale);
      return;
    case Storage::Text:
      number::appendDecimal(out, cell.view(), scale);
      return;
    default:
      number::appendDecimal(out, cell.integer, scale);
      return;
  }
}

}  // namespace sonde
