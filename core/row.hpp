// Rows: RowView looks at one, Row owns one.
//
// Invariant: a Row keeps its block alive, so it may outlive the ResultSet; a RowView does not and
// lives as long as the ResultSet or the streaming callback that gave it. Both are cheap to copy.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <span>
#include <string>
#include <string_view>

#include "cell.hpp"
#include "columns.hpp"
#include "json_form.hpp"
#include "lifetime.hpp"
#include "result_block.hpp"
#include "value.hpp"
#include "value_view.hpp"

namespace sonde {

class RelatedRows;

/// A row that somebody else owns. Trivially copyable. Thread-safe: it only reads.
class RowView {
 public:
  /// A row of kept cells; `block` may be null for a row of a running statement.
  RowView(const Cell* cells, const Columns& columns, const ResultBlock* block = nullptr,
          std::size_t index = 0) noexcept
      : cells_(cells), columns_(&columns), block_(block), index_(index) {}

  [[nodiscard]] std::size_t size() const noexcept { return columns_->size(); }
  [[nodiscard]] const Columns& columns() const noexcept { return *columns_; }
  [[nodiscard]] const Cell* cells() const noexcept { return cells_; }

  /// @return The value of a column; valid as long as what this row came from.
  /// @throws SchemaError naming the nearest column when there is none of this name.
  [[nodiscard]] ValueView operator[](std::string_view name) const {
    return {cells_[columns_->index(name)], *columns_};
  }
  /// @return The value at a position, not checked.
  [[nodiscard]] ValueView operator[](std::size_t index) const noexcept {
    return {cells_[index], *columns_};
  }
  /// @return Whether there is a column of this name.
  [[nodiscard]] bool has(std::string_view name) const noexcept {
    return columns_->find(name) != Columns::npos;
  }
  /// @return The rows of a loaded relation.
  /// @throws SchemaError when the relation was not loaded, naming those that were.
  [[nodiscard]] RelatedRows related(std::string_view relation) const;
  /// @return Every relation that was loaded with this row; empty for a row of a running statement.
  [[nodiscard]] std::span<const ResultBlock::Child> relations() const noexcept {
    return block_ == nullptr ? std::span<const ResultBlock::Child>() : block_->children();
  }
  /// @return The position of this row in its block, 0 for a row of a running statement.
  [[nodiscard]] std::size_t index() const noexcept { return index_; }

  /// @return The row as an object, in the order of its columns.
  /// @throws EncodingError when a text is not UTF-8 and the form does not replace it.
  [[nodiscard]] nlohmann::ordered_json toJson(const JsonOptions& options = {}) const;
  /// Appends the row's JSON text to `out`, written from the cells. @throws EncodingError as above.
  void writeJson(std::string& out, const JsonOptions& options = {}) const;

 private:
  const Cell* cells_;
  const Columns* columns_;
  const ResultBlock* block_;
  std::size_t index_;
};

/// A row that owns its data. Copying is one atomic increment. Thread-safe: it only reads.
class Row {
 public:
  Row(BlockPtr block, std::size_t index) noexcept
      : block_(std::move(block)), index_(index), cells_(block_->row(index)) {}

  [[nodiscard]] std::size_t size() const noexcept { return columns().size(); }
  [[nodiscard]] const Columns& columns() const noexcept { return block_->columns(); }
  [[nodiscard]] RowView view() const noexcept SONDE_LIFETIMEBOUND {
    return {cells_, block_->columns(), block_.get(), index_};
  }
  operator RowView() const& noexcept SONDE_LIFETIMEBOUND { return view(); }
  operator RowView() const&& = delete;

  /// @return The value of a column, valid while this row lives; owning on a temporary row.
  /// @throws SchemaError naming the nearest column when there is none of this name.
  [[nodiscard]] ValueView operator[](std::string_view name) const& SONDE_LIFETIMEBOUND {
    return view()[name];
  }
  [[nodiscard]] ValueView operator[](std::size_t index) const& noexcept SONDE_LIFETIMEBOUND {
    return view()[index];
  }
  [[nodiscard]] Value operator[](std::string_view name) const&& { return view()[name].value(); }
  [[nodiscard]] Value operator[](std::size_t index) const&& { return view()[index].value(); }

  /// @return Whether there is a column of this name.
  [[nodiscard]] bool has(std::string_view name) const noexcept { return view().has(name); }
  /// @return The rows of a loaded relation, valid while this row lives.
  /// @throws SchemaError when the relation was not loaded.
  [[nodiscard]] RelatedRows related(std::string_view relation) const& SONDE_LIFETIMEBOUND;

  /// @return The row as an object. @throws EncodingError when a text is not UTF-8.
  [[nodiscard]] nlohmann::ordered_json toJson(const JsonOptions& options = {}) const;
  /// Appends the row's JSON text to `out`. @throws EncodingError as above.
  void writeJson(std::string& out, const JsonOptions& options = {}) const {
    view().writeJson(out, options);
  }

  [[nodiscard]] const BlockPtr& block() const noexcept { return block_; }

 private:
  BlockPtr block_;
  std::size_t index_;
  const Cell* cells_;
};

}  // namespace sonde
