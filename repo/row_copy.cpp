#include "row_copy.hpp"

#include <utility>
#include <vector>

namespace sonde::repo {

void appendCopy(ResultBlock& block, RowView row) {
  Cell* cells = block.appendRow();
  for (std::size_t i = 0; i < block.columns().size(); ++i) {
    cells[i] = row.cells()[i];
    if (cells[i].storage == Storage::Text || cells[i].storage == Storage::Blob) {
      cells[i].bytes = block.store(row.cells()[i].bytes, row.cells()[i].length);
    }
  }
}

ResultSet copyRows(const ResultSet& rows, std::size_t rowCount, std::size_t columnCount) {
  if (rowCount == rows.size() && columnCount == rows.columns().size()) return rows;
  std::shared_ptr<const Columns> columns = rows.block()->sharedColumns();
  if (columnCount != columns->size()) {
    columns = Columns::make(std::vector<ColumnInfo>(
        columns->begin(), columns->begin() + static_cast<std::ptrdiff_t>(columnCount)));
  }
  BlockPtr block = ResultBlock::make(std::move(columns), {rowCount, rows.block()->byteCount()});
  for (std::size_t i = 0; i < rowCount; ++i) appendCopy(*block, rows[i].view());
  return ResultSet(std::move(block));
}

}  // namespace sonde::repo
