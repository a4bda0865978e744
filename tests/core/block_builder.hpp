// Fills result blocks for tests, as a driver would.
#pragma once

#include <cstddef>
#include <cstdint>
#include <sonde/core/result_set.hpp>
#include <string_view>
#include <utility>
#include <vector>

namespace sonde::testing {

/// Builds a block cell by cell, row after row.
class BlockBuilder {
 public:
  explicit BlockBuilder(std::vector<ColumnInfo> columns, BlockHint hint = {})
      : block_(ResultBlock::make(Columns::make(std::move(columns)), hint)) {}

  BlockBuilder& null() {
    next(Storage::Null);
    return *this;
  }
  BlockBuilder& boolean(bool value) {
    next(Storage::Boolean).integer = value ? 1 : 0;
    return *this;
  }
  BlockBuilder& integer(std::int64_t value) {
    next(Storage::Integer).integer = value;
    return *this;
  }
  BlockBuilder& unsignedInteger(std::uint64_t value) {
    next(Storage::Unsigned).unsignedInteger = value;
    return *this;
  }
  BlockBuilder& real(double value) {
    next(Storage::Real).real = value;
    return *this;
  }
  BlockBuilder& text(std::string_view value) { return bytes(Storage::Text, value); }
  BlockBuilder& blob(std::string_view value) { return bytes(Storage::Blob, value); }

  [[nodiscard]] ResultBlock& block() const { return *block_; }
  [[nodiscard]] BlockPtr take() { return std::move(block_); }
  [[nodiscard]] ResultSet rows() { return ResultSet(std::move(block_)); }

 private:
  Cell& next(Storage storage) {
    const std::size_t width = block_->columns().size();
    if (column_ == 0) cells_ = block_->appendRow();
    Cell& cell = cells_[column_];
    cell = Cell();
    cell.storage = storage;
    cell.type = block_->columns()[column_].type;
    cell.column = static_cast<std::uint16_t>(column_);
    column_ = (column_ + 1) % width;
    return cell;
  }
  BlockBuilder& bytes(Storage storage, std::string_view value) {
    Cell& cell = next(storage);
    cell.length = static_cast<std::uint32_t>(value.size());
    cell.bytes = block_->store(value.data(), value.size());
    return *this;
  }

  BlockPtr block_;
  Cell* cells_ = nullptr;
  std::size_t column_ = 0;
};

}  // namespace sonde::testing
